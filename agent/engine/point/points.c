#include "point/point.h"
#include "retain/deleted.h"

typedef struct listing {
    ob_repo *repo;
    const ob_control *control;
    ob_point_visit visit;
    void *context;
} listing;

static bool is_damage(ob_status status)
{
    return status == OB_E_CORRUPT || status == OB_E_SEAL || status == OB_E_FORMAT_VERSION ||
           status == OB_E_TOO_LARGE || status == OB_E_IO || status == OB_E_ACCESS_DENIED;
}

static ob_status visit_point(const listing *l, const char *name)
{
    ob_manifest manifest = {0};
    ob_status status = ob_point_read_manifest(l->repo, name, &manifest);
    if (is_damage(status)) {
        if (l->control != NULL && l->control->event != NULL) {
            ob_event event = {OB_EVENT_FAILED, name, status, "", ob_detail()};
            l->control->event(l->control->context, &event);
        }
        return OB_OK;
    }
    if (status == OB_E_NOT_FOUND) {
        return OB_OK; /* deleted since the listing */
    }
    if (OB_FAILED(status)) {
        return status;
    }
    ob_point_info info = {manifest.id,      manifest.time,        manifest.bytes,
                          manifest.entries, manifest.policy,      manifest.machine_name,
                          manifest.sources, manifest.source_count};
    status = l->visit(l->context, &info);
    ob_manifest_free(&manifest);
    return status;
}

static bool cancelled(const ob_control *control)
{
    return control != NULL && control->cancelled != NULL && control->cancelled(control->context);
}

ob_status ob_points_list(const ob_engine *engine, const ob_control *control, ob_point_visit visit,
                         void *context)
{
    listing l = {NULL, control, visit, context};
    ob_point_names names = {0};
    ob_deleted deleted = {0};
    ob_status status = ob_repo_open(engine, false, &l.repo);
    if (!OB_FAILED(status)) {
        status = ob_point_names_read(engine->store, &names);
    }
    if (!OB_FAILED(status)) {
        status = ob_deleted_read(engine->store, &deleted);
        status = is_damage(status) ? OB_OK : status; /* better one too many than none */
    }
    for (size_t i = names.count; i > 0 && !OB_FAILED(status); i--) {
        const char *name = names.names[i - 1];
        if (cancelled(control)) {
            status = ob_fail(OB_E_CANCELLED, "listing recovery points");
        } else if (!ob_deleted_has(&deleted, name)) {
            status = visit_point(&l, name);
        }
    }
    ob_deleted_free(&deleted);
    ob_point_names_free(&names);
    ob_repo_close(l.repo);
    return status;
}
