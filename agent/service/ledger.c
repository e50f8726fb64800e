#include "ledger.h"

#include "ob/alloc.h"
#include "shown.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct kind_row {
    const char *name;
    const char *text;
    bool counted_by_what; /* the engine's word for what it is belongs to the kind */
} kind_row;

/* By ob_event_kind. */
static const kind_row rows[] = {
    [OB_EVENT_FAILED] = {"failed", "failed, see the list of failed files", false},
    [OB_EVENT_CHANGED] = {"changed", "changed while read, the copy may be of two moments", false},
    [OB_EVENT_NOT_KEPT] = {"not_kept", "not kept with all that belongs to it", true},
    [OB_EVENT_SKIPPED_KIND] = {"skipped", "left out, of a kind that is not backed up", true},
    [OB_EVENT_RESTORED_AS] = {"restored_as", "restored under another name", false},
    [OB_EVENT_EXISTED] = {"existed", "there already, left as it is", false},
    [OB_EVENT_LEFT_OUT] = {"left_out", "rightly left out", true},
};

static void note_failure(ob_ledger *ledger, const ob_event *event)
{
    if (ledger->failure_count == OB_LEDGER_FAILED) {
        return;
    }
    /* Without memory the count still tells of it, and the log has its line. */
    ob_ledger_failure failure = {.path = ob_shown(event->path, OB_LEDGER_TEXT_MOST, true),
                                 .detail = ob_shown(event->detail, OB_LEDGER_TEXT_MOST, false),
                                 .status = event->status};
    if (failure.path == NULL || failure.detail == NULL) {
        ob_free(failure.path);
        ob_free(failure.detail);
        return;
    }
    ledger->failures[ledger->failure_count++] = failure;
}

static void exchange(char *text, char from, char to)
{
    for (; *text != '\0'; text++) {
        *text = *text == from ? to : *text;
    }
}

static void count_kind(ob_ledger *ledger, const ob_event *event)
{
    char kind[sizeof ledger->kinds[0].kind];
    const kind_row *row = &rows[event->kind];
    if (row->counted_by_what && event->what[0] != '\0') {
        snprintf(kind, sizeof kind, "%s_%s", row->name, event->what);
    } else {
        snprintf(kind, sizeof kind, "%s", row->name);
    }
    exchange(kind, ' ', '_');
    for (size_t i = 0; i < ledger->kind_count; i++) {
        if (strcmp(ledger->kinds[i].kind, kind) == 0) {
            ledger->kinds[i].count++;
            return;
        }
    }
    if (ledger->kind_count < OB_LEDGER_KINDS) {
        size_t place = ledger->kind_count++;
        memcpy(ledger->kinds[place].kind, kind, sizeof kind);
        ledger->kinds[place].event = event->kind;
        ledger->kinds[place].count = 1;
        /* Of what has another name now, that one: it is the name to look for. */
        const char *first = event->kind == OB_EVENT_RESTORED_AS ? event->what : event->path;
        ledger->kinds[place].first = ob_shown(first, OB_LEDGER_TEXT_MOST, true);
    }
}

void ob_ledger_note(ob_ledger *ledger, const ob_event *event)
{
    /* What the caller has asked for by his choice of overwriting is told, but is nothing wrong;
     * nor is what no backup should have. */
    bool asked_for = event->kind == OB_EVENT_EXISTED || event->kind == OB_EVENT_RESTORED_AS;
    ledger->any = ledger->any || !(asked_for || event->kind == OB_EVENT_LEFT_OUT);
    count_kind(ledger, event);
    if (event->kind == OB_EVENT_FAILED) {
        note_failure(ledger, event);
    }
}

void ob_ledger_free(ob_ledger *ledger)
{
    for (size_t i = 0; i < ledger->failure_count; i++) {
        ob_free(ledger->failures[i].path);
        ob_free(ledger->failures[i].detail);
    }
    for (size_t i = 0; i < ledger->kind_count; i++) {
        ob_free(ledger->kinds[i].first);
    }
    *ledger = (ob_ledger){0};
}

static cJSON *warning_json(const ob_ledger *ledger, size_t place, bool *failed)
{
    char text[160];
    const char *kind = ledger->kinds[place].kind;
    const kind_row *row = &rows[ledger->kinds[place].event];
    char what[sizeof ledger->kinds[0].kind] = "";
    uint64_t count = ledger->kinds[place].count;
    if (kind[strlen(row->name)] != '\0') {
        snprintf(what, sizeof what, "%s", kind + strlen(row->name) + 1);
        exchange(what, '_', ' ');
    }
    snprintf(text, sizeof text, "%" PRIu64 " item%s: %s%s%s%s", count, count == 1 ? "" : "s",
             row->text, what[0] != '\0' ? " (" : "", what, what[0] != '\0' ? ")" : "");
    cJSON *json = ob_json_new_object();
    ob_json_add_text(json, "kind", kind, failed);
    ob_json_add_int(json, "count", (int64_t)count, failed);
    ob_json_add_text(json, "text", text, failed);
    if (ledger->kinds[place].first != NULL) {
        ob_json_add_text(json, "first", ledger->kinds[place].first, failed);
    }
    return json;
}

void ob_ledger_json(const ob_ledger *ledger, cJSON *detail, bool *failed)
{
    cJSON *warnings = ob_json_new_array();
    for (size_t i = 0; i < ledger->kind_count; i++) {
        ob_json_add_node(warnings, NULL, warning_json(ledger, i, failed), failed);
    }
    ob_json_add_node(detail, "warnings", warnings, failed);
    cJSON *list = ob_json_new_array();
    for (size_t i = 0; i < ledger->failure_count; i++) {
        const ob_ledger_failure *failure = &ledger->failures[i];
        cJSON *json = ob_json_new_object();
        ob_json_add_text(json, "path", failure->path, failed);
        ob_json_add_text(json, "symbol", ob_status_lookup(failure->status)->symbol, failed);
        ob_json_add_text(json, "detail", failure->detail, failed);
        ob_json_add_node(list, NULL, json, failed);
    }
    ob_json_add_node(detail, "failed", list, failed);
}
