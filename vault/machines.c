#include "cli.h"

#include "ob/folder_vault.h"

#include <string.h>

#include "output.h"

/* ---- JSON ---- */

typedef struct json_listing {
    cJSON *array;
    bool failed;
} json_listing;

static ob_status add_json(void *context, const ob_vault_machine *machine)
{
    json_listing *listing = context;
    cJSON *json = ob_json_new_object();
    vault_add_guid(json, "id", &machine->id, &listing->failed);
    ob_json_add_text(json, "name", machine->name, &listing->failed);
    ob_json_add_text(json, "platform", machine->platform, &listing->failed);
    vault_add_time(json, "registered", machine->registered, &listing->failed);
    ob_json_add_node(listing->array, NULL, json, &listing->failed);
    return OB_OK;
}

/* ---- a table for people ---- */

typedef struct table {
    ob_buf *out;   /* NULL while the widest name is looked for */
    size_t widest; /* characters of a name */
    size_t count;
} table;

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

static void put_row(table *to, const char *name, const char *platform, const char *registered,
                    const char *id)
{
    ob_buf_printf(to->out, "%s%*s  %-8s  %-20s  %s\n", name, (int)(to->widest - characters(name)),
                  "", platform, registered, id);
}

static const char *name_of(const ob_vault_machine *machine)
{
    return machine->name[0] != '\0' ? machine->name : "(record unreadable)";
}

static ob_status add_row(void *context, const ob_vault_machine *machine)
{
    table *to = context;
    char registered[OB_TIME_TEXT] = "";
    char id[OB_GUID_TEXT];
    const char *name = name_of(machine);
    to->count++;
    if (to->out == NULL) {
        to->widest = characters(name) > to->widest ? characters(name) : to->widest;
        return OB_OK;
    }
    if (machine->registered != 0) {
        ob_time_format(registered, machine->registered);
    }
    ob_guid_format(id, &machine->id);
    /* A machine that came after the widths were measured. */
    to->widest = characters(name) > to->widest ? characters(name) : to->widest;
    put_row(to, name, machine->platform, registered, id);
    return OB_OK;
}

static ob_status put_table(vault_cli *cli, const vault_request *request)
{
    table rows = {.widest = strlen("NAME")};
    ob_status status = ob_folder_vault_machines(cli->fs, request->folder, add_row, &rows);
    if (OB_FAILED(status)) {
        return status;
    }
    if (rows.count == 0) {
        ob_buf_put_text(&cli->out, "No machine is registered.\n");
        return OB_OK;
    }
    rows.out = &cli->out;
    put_row(&rows, "NAME", "PLATFORM", "REGISTERED", "ID");
    return ob_folder_vault_machines(cli->fs, request->folder, add_row, &rows);
}

ob_status vault_machines(vault_cli *cli, const vault_request *request)
{
    if (!request->json) {
        return put_table(cli, request);
    }
    json_listing listing = {.array = ob_json_new_array()};
    ob_status status = ob_folder_vault_machines(cli->fs, request->folder, add_json, &listing);
    if (OB_FAILED(status)) {
        ob_json_free(listing.array);
        return status;
    }
    return vault_put_json(&cli->out, listing.array, listing.failed);
}
