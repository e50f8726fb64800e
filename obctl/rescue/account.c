#include "account.h"

#include "ob/alloc.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* By ob_event_kind: of a restore, these are all. */
static const struct {
    const char *name;
    const char *text;
} rows[] = {
    [OB_EVENT_FAILED] = {"failed", "failed, see the list of failed files"},
    [OB_EVENT_CHANGED] = {"changed", "changed while read"},
    [OB_EVENT_NOT_KEPT] = {"not_kept", "not restored with all that belongs to it"},
    [OB_EVENT_SKIPPED_KIND] = {"skipped", "left out, of a kind that is not restored"},
    [OB_EVENT_RESTORED_AS] = {"restored_as", "restored under another name"},
    [OB_EVENT_EXISTED] = {"existed", "there already, left as it is"},
};
#define ROWS (sizeof rows / sizeof rows[0])

static void note_failure(ob_account *account, const ob_event *event)
{
    bool failed = false;
    ob_buf path = {0};
    if (account->failed_count == OB_ACCOUNT_FAILED) {
        return;
    }
    account->failed = account->failed != NULL ? account->failed : ob_json_new_array();
    cJSON *json = ob_json_new_object();
    ob_text_escape(&path, event->path, strlen(event->path));
    ob_json_add_text_n(json, "path", path.data, path.length, &failed);
    ob_json_add_text(json, "symbol", ob_status_lookup(event->status)->symbol, &failed);
    ob_json_add_text(json, "detail", event->detail, &failed);
    failed = failed || path.failed;
    if (failed) {
        ob_json_free(json);
    } else {
        ob_json_add_node(account->failed, NULL, json, &failed);
    }
    account->failed_count += failed ? 0 : 1;
    account->no_memory = account->no_memory || failed;
    ob_buf_free(&path);
}

/* Of what has another name now, that one: it is the name to look for. */
static char *first_of(const ob_event *event)
{
    ob_buf text = {0};
    const char *path = event->kind == OB_EVENT_RESTORED_AS ? event->what : event->path;
    ob_text_escape(&text, path, strlen(path));
    char *taken = ob_buf_take_text(&text);
    ob_buf_free(&text);
    return taken;
}

void ob_account_note(ob_account *account, const ob_event *event)
{
    bool by_what = event->kind == OB_EVENT_NOT_KEPT || event->kind == OB_EVENT_SKIPPED_KIND;
    char what[sizeof account->kinds[0].what];
    size_t place = 0;
    snprintf(what, sizeof what, "%s", by_what ? event->what : "");
    /* What the choice of overwriting asked for is told, but is nothing wrong. */
    account->any =
        account->any || (event->kind != OB_EVENT_EXISTED && event->kind != OB_EVENT_RESTORED_AS);
    while (place < account->kind_count && (account->kinds[place].event != event->kind ||
                                           strcmp(account->kinds[place].what, what) != 0)) {
        place++;
    }
    if (place < OB_ACCOUNT_KINDS) {
        if (place == account->kind_count) {
            account->kinds[place].first = first_of(event);
        }
        account->kind_count = place == account->kind_count ? place + 1 : account->kind_count;
        account->kinds[place].event = event->kind;
        account->kinds[place].count++;
        memcpy(account->kinds[place].what, what, sizeof what);
    }
    if (event->kind == OB_EVENT_FAILED) {
        note_failure(account, event);
    }
}

void ob_account_free(ob_account *account)
{
    ob_json_free(account->failed);
    for (size_t i = 0; i < account->kind_count; i++) {
        ob_free(account->kinds[i].first);
    }
    *account = (ob_account){0};
}

static cJSON *warning_json(const ob_account *account, size_t place, bool *failed)
{
    char text[160];
    char kind[80];
    const char *what = account->kinds[place].what;
    uint64_t count = account->kinds[place].count;
    size_t row = (size_t)account->kinds[place].event;
    const char *name = row < ROWS && rows[row].name != NULL ? rows[row].name : "other";
    const char *says = row < ROWS && rows[row].text != NULL ? rows[row].text : "not as it was";
    snprintf(kind, sizeof kind, "%s%s%s", name, what[0] != '\0' ? "_" : "", what);
    for (char *c = kind; *c != '\0'; c++) {
        *c = *c == ' ' ? '_' : *c;
    }
    snprintf(text, sizeof text, "%" PRIu64 " item%s: %s%s%s%s", count, count == 1 ? "" : "s", says,
             what[0] != '\0' ? " (" : "", what, what[0] != '\0' ? ")" : "");
    cJSON *json = ob_json_new_object();
    ob_json_add_text(json, "kind", kind, failed);
    ob_json_add_int(json, "count", (int64_t)count, failed);
    ob_json_add_text(json, "text", text, failed);
    if (account->kinds[place].first != NULL) {
        ob_json_add_text(json, "first", account->kinds[place].first, failed);
    }
    return json;
}

void ob_account_json(const ob_account *account, cJSON *detail, bool *failed)
{
    cJSON *warnings = ob_json_new_array();
    for (size_t i = 0; i < account->kind_count; i++) {
        ob_json_add_node(warnings, NULL, warning_json(account, i, failed), failed);
    }
    ob_json_add_node(detail, "warnings", warnings, failed);
    ob_json_add_node(detail, "failed",
                     account->failed != NULL ? cJSON_Duplicate(account->failed, true)
                                             : ob_json_new_array(),
                     failed);
}
