#include "settings.h"

#include "ob/alloc.h"
#include "ob/host.h"

#include <string.h>

/* Inside a transaction. */
static ob_status read_value(ob_db *db, const char *name, char **value)
{
    char *copy = NULL;
    bool found = false;
    ob_query query = ob_query_of(db, "SELECT value FROM setting WHERE name = ?1");
    ob_query_bind_text(&query, 1, name);
    if (ob_query_row(&query)) {
        found = true;
        copy = ob_strdup(ob_query_text(&query, 0));
    }
    ob_status status = ob_query_end(&query);
    if (status == OB_OK && !found) {
        return ob_fail(OB_E_NOT_FOUND, "the setting %s is not set", name);
    }
    if (status == OB_OK && copy == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the setting %s", name);
    }
    if (OB_FAILED(status)) {
        ob_free(copy);
        return status;
    }
    *value = copy;
    return OB_OK;
}

static ob_status write_value(ob_db *db, const char *name, const char *value)
{
    ob_query query = ob_query_of(db, "INSERT INTO setting (name, value) VALUES (?1, ?2)"
                                     " ON CONFLICT (name) DO UPDATE SET value = ?2");
    ob_query_bind_text(&query, 1, name);
    ob_query_bind_text(&query, 2, value);
    return ob_query_end(&query);
}

ob_status ob_settings_get(ob_db *db, const char *name, char **value)
{
    ob_status status = ob_db_begin(db);
    return status == OB_OK ? ob_db_end(db, read_value(db, name, value)) : status;
}

ob_status ob_settings_put(ob_db *db, const char *name, const char *value)
{
    ob_status status = ob_db_begin(db);
    return status == OB_OK ? ob_db_end(db, write_value(db, name, value)) : status;
}

ob_status ob_settings_machine(ob_db *db, ob_guid *machine)
{
    char *text = NULL;
    ob_guid guid = {{0}};
    ob_status status = ob_settings_get(db, OB_SETTING_MACHINE_ID, &text);
    if (status == OB_E_NOT_FOUND) {
        char made[OB_GUID_TEXT];
        status = ob_guid_new(&guid);
        if (status == OB_OK) {
            ob_guid_format(made, &guid);
            status = ob_settings_put(db, OB_SETTING_MACHINE_ID, made);
        }
    } else if (status == OB_OK && OB_FAILED(ob_guid_parse(&guid, text, strlen(text)))) {
        status = ob_fail(OB_E_CORRUPT, "state database: the machine's id is \"%s\"", text);
    }
    if (status == OB_OK) {
        *machine = guid;
    }
    ob_free(text);
    return status;
}

ob_status ob_settings_for_size(ob_db *db, bool *for_size)
{
    char *text = NULL;
    ob_status status = ob_settings_get(db, OB_SETTING_COMPRESSION, &text);
    if (status == OB_OK) {
        *for_size = strcmp(text, "small") == 0;
    } else if (status == OB_E_NOT_FOUND) {
        *for_size = false;
        status = OB_OK;
    }
    ob_free(text);
    return status;
}
