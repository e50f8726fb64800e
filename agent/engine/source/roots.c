#include "source/roots.h"

#include "ob/alloc.h"
#include "point/path.h"
#include "source/place.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return ob_point_path_compare(*a, strlen(*a), *b, strlen(*b));
}

/* All of them as outer ones. */
static ob_status read_all(ob_roots *roots, const ob_selection *selection)
{
    roots->outer = ob_calloc(selection->root_count, sizeof *roots->outer);
    roots->inner = ob_calloc(selection->root_count, sizeof *roots->inner);
    if (roots->outer == NULL || roots->inner == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu roots", selection->root_count);
    }
    for (size_t i = 0; i < selection->root_count; i++) {
        ob_buf path = {0};
        ob_status status = ob_place_to_point(selection->roots[i], &path);
        char *text = OB_FAILED(status) ? NULL : ob_buf_take_text(&path);
        if (text == NULL) {
            ob_buf_free(&path);
            return OB_FAILED(status) ? status : ob_fail(OB_E_NO_MEMORY, "a root");
        }
        roots->outer[roots->outer_count++] = text;
    }
    return OB_OK;
}

ob_status ob_roots_take(ob_roots *roots, const ob_selection *selection)
{
    ob_roots taken = {0};
    ob_status status = read_all(&taken, selection);
    if (OB_FAILED(status)) {
        ob_roots_free(&taken);
        return status;
    }
    if (taken.outer_count > 1) {
        qsort(taken.outer, taken.outer_count, sizeof *taken.outer, compare);
    }
    size_t kept = 0;
    for (size_t i = 0; i < taken.outer_count; i++) {
        char *root = taken.outer[i];
        const char *last = kept > 0 ? taken.outer[kept - 1] : NULL;
        if (last != NULL && strcmp(last, root) == 0) {
            ob_free(root);
        } else if (last != NULL && ob_point_path_below(last, strlen(last), root, strlen(root))) {
            taken.inner[taken.inner_count++] = root;
        } else {
            taken.outer[kept++] = root;
        }
    }
    taken.outer_count = kept;
    *roots = taken;
    return OB_OK;
}

void ob_roots_free(ob_roots *roots)
{
    for (size_t i = 0; i < roots->outer_count; i++) {
        ob_free(roots->outer[i]);
    }
    for (size_t i = 0; i < roots->inner_count; i++) {
        ob_free(roots->inner[i]);
    }
    ob_free(roots->outer);
    ob_free(roots->inner);
    *roots = (ob_roots){0};
}

bool ob_roots_has_inner(const ob_roots *roots, const char *path)
{
    for (size_t i = 0; i < roots->inner_count; i++) {
        if (strcmp(roots->inner[i], path) == 0) {
            return true;
        }
    }
    return false;
}

bool ob_roots_lie_below(const ob_roots *roots, const char *path, size_t length)
{
    for (size_t i = 0; i < roots->inner_count; i++) {
        const char *root = roots->inner[i];
        if (ob_point_path_below(path, length, root, strlen(root))) {
            return true;
        }
    }
    return false;
}
