#include "session.h"

#include "keys.h"
#include "ob/alloc.h"
#include "ob/credentials.h"
#include "ob/host.h"
#include "ob/log.h"
#include "settings.h"

#include <stdio.h>
#include <string.h>

struct ob_session {
    ob_session_host host;
    ob_registration registration;
    ob_keyring *keys;
    ob_store *store;
    char *cache_dir;
    int slot; /* of a view, -1 = none */
    ob_engine engine;
};

void ob_session_slots_init(ob_session_slots *slots)
{
    *slots = (ob_session_slots){0};
    ob_mutex_init(&slots->lock);
}

void ob_session_slots_destroy(ob_session_slots *slots)
{
    ob_mutex_destroy(&slots->lock);
}

static int take_slot(ob_session_slots *slots)
{
    int slot = -1;
    ob_mutex_lock(&slots->lock);
    for (unsigned i = 0; i < OB_SESSION_VIEWS && slot < 0; i++) {
        if ((slots->taken >> i & 1) == 0) {
            slots->taken |= UINT32_C(1) << i;
            slot = (int)i;
        }
    }
    ob_mutex_unlock(&slots->lock);
    return slot;
}

static void give_slot(ob_session_slots *slots, int slot)
{
    ob_mutex_lock(&slots->lock);
    slots->taken &= ~(UINT32_C(1) << slot);
    ob_mutex_unlock(&slots->lock);
}

/* What decoding before upload costs can be measured in builds that are made for it only. */
static bool goes_unchecked(void)
{
#ifdef OB_MEASURE
    char *text = NULL;
    bool set = ob_host_environment("OB_MEASURE_NO_CHECK", &text) == OB_OK && text[0] != '\0';
    ob_free(text);
    if (set) {
        ob_log(OB_LOG_WARNING, "OB_MEASURE_NO_CHECK is set: uploads are not decoded before");
    }
    return set;
#else
    return false;
#endif
}

ob_status ob_session_new(const ob_session_host *host, ob_session **out)
{
    bool for_size = false;
    ob_session *session = ob_calloc(1, sizeof *session);
    if (session == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a session");
    }
    session->host = *host;
    session->slot = -1;
    ob_status status = ob_registration_load(host->db, &session->registration);
    if (status == OB_OK) {
        status = ob_keys_load(host->fs, host->keys_path, &session->keys);
    }
    if (status == OB_OK) {
        status = ob_settings_for_size(host->db, &for_size);
    }
    if (OB_FAILED(status)) {
        ob_session_free(session);
        return status;
    }
    session->engine =
        (ob_engine){.fs = host->fs,
                    .clock = host->clock,
                    .keys = session->keys,
                    .small = for_size,
                    .skip_decode_check = goes_unchecked(),
                    .skip_dirs = {host->state_dir, host->cache_dir,
                                  ob_address_folder(session->registration.address), NULL}};
    *out = session;
    return OB_OK;
}

static ob_status take_cache(ob_session *session, ob_session_use use)
{
    char name[24];
    if (use == OB_SESSION_VIEW) {
        session->slot = take_slot(session->host.slots);
        if (session->slot < 0) {
            return ob_fail(OB_E_BUSY, "%u recovery points are open already", OB_SESSION_VIEWS);
        }
        snprintf(name, sizeof name, "view-%d", session->slot);
    } else {
        static const char *const names[] = {"backup", "recovery", "prune", "verify"};
        snprintf(name, sizeof name, "%s", names[use]);
    }
    session->cache_dir = ob_path_join(session->host.cache_dir, name);
    if (session->cache_dir == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the cache folder");
    }
    session->engine.cache_dir = session->cache_dir;
    session->engine.notes_dir = session->host.cache_dir;
    return ob_fs_make_dirs(session->host.fs, session->cache_dir, true);
}

ob_status ob_session_connect(ob_session *session, ob_session_use use)
{
    ob_status status = take_cache(session, use);
    if (status == OB_OK) {
        status = ob_registration_open(&session->registration, session->host.fs,
                                      session->host.machine, &session->store);
    }
    session->engine.store = session->store;
    return status;
}

void ob_session_free(ob_session *session)
{
    if (session == NULL) {
        return;
    }
    ob_store_close(session->store);
    ob_keyring_free(session->keys);
    if (session->slot >= 0) {
        give_slot(session->host.slots, session->slot);
    }
    ob_free(session->cache_dir);
    ob_registration_free(&session->registration);
    ob_free(session);
}

const ob_engine *ob_session_engine(const ob_session *session)
{
    return &session->engine;
}

typedef struct point_search {
    char hex[33];
    bool found;
} point_search;

/* The GUID's hex digits end the object's name. */
static ob_status look_at_point(void *context, const char *name, uint64_t size)
{
    point_search *search = context;
    size_t length = strlen(name);
    (void)size;
    search->found = search->found || (length > 32 && strcmp(name + length - 32, search->hex) == 0);
    return OB_OK;
}

ob_status ob_session_find_point(const ob_session *session, const ob_guid *point)
{
    point_search search = {.found = false};
    ob_hex_encode(search.hex, point->bytes, sizeof point->bytes);
    ob_status status =
        session->store->ops->list(session->store, OB_OBJECT_POINT, "", look_at_point, &search);
    if (status == OB_OK && !search.found) {
        char text[OB_GUID_TEXT];
        ob_guid_format(text, point);
        status = ob_fail(OB_E_NOT_FOUND, "the vault has no recovery point %s", text);
    }
    return status;
}

ob_status ob_session_check_passphrase(const ob_session *session, const char *passphrase,
                                      size_t length)
{
    ob_keyring *keys = NULL;
    ob_status status = ob_keyring_open(&keys, session->store, passphrase, length);
    ob_keyring_free(keys);
    return status;
}
