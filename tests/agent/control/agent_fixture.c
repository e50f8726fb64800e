#include "agent_fixture.h"

#include "ob/json.h"

#include <cjson/cJSON.h>
#include <string.h>

void agent_fixture_open(agent_fixture *fixture)
{
    *fixture = (agent_fixture){.dir = ob_test_path(ob_test_temp(), "state"),
                               .files = ob_test_path(ob_test_temp(), "files")};
    ob_service_options options = {fixture->dir, ob_fs_os(), ob_clock_os()};
    vault_fixture_make(&fixture->vault);
    fixture->vault.clock.now = ob_clock_os()->now(ob_clock_os());
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), fixture->files, false));
    ob_test_write_text(ob_test_path(fixture->files, "one"), "1");
    ob_test_write_text(ob_test_path(fixture->files, "two"), "22");
    ob_check_ok(ob_service_open(&options, &fixture->service));
}

const char *agent_quoted(const char *text)
{
    const char *quoted = "\"";
    for (; *text != '\0'; text++) {
        quoted = ob_test_format("%s%s%c", quoted, *text == '\\' ? "\\" : "", *text);
    }
    return ob_test_format("%s\"", quoted);
}

const char *agent_member(const void *document, size_t length, const char *name)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, document, length));
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    text = text != NULL ? ob_test_format("%s", text) : NULL;
    ob_json_free(json);
    return text;
}

void agent_fixture_ready(agent_fixture *fixture)
{
    static const char settings[] = "{\"passphrase\":\"" AGENT_PASSPHRASE "\"}";
    ob_buf answer = {0};
    const ob_buf *credentials = vault_fixture_issue(&fixture->vault);
    const char *policy =
        ob_test_format("{\"files\":[{\"path\":%s}]}", agent_quoted(fixture->files));
    ob_check_ok(ob_service_register(fixture->service, "test", credentials->data,
                                    credentials->length, &answer));
    ob_check_ok(ob_service_set_settings(fixture->service, "test", settings, strlen(settings)));
    ob_check_ok(ob_service_set_policy(fixture->service, "test", policy, strlen(policy), &answer));
    ob_buf_free(&answer);
}

typedef struct ended {
    ob_run_facts facts;
    ob_guid point;
} ended;

static ob_status look(void *context, const ob_run_record *record)
{
    ended *state = context;
    state->facts = record->facts;
    if (record->facts.end_time != 0) {
        const char *point = agent_member(record->detail, strlen(record->detail), "point");
        ck_assert_msg(point != NULL, "%s", record->detail);
        ob_check_ok(ob_guid_parse(&state->point, point, strlen(point)));
    }
    return OB_OK;
}

ob_guid agent_fixture_point(agent_fixture *fixture)
{
    ob_guid job;
    ended state = {.facts = {.revision = 0}};
    ob_check_ok(ob_service_start_backup(fixture->service, "test", "{}", 2, &job));
    for (int i = 0; i < 100 && state.facts.end_time == 0; i++) {
        ob_check_ok(
            ob_service_watch_job(fixture->service, &job, state.facts.revision, 1000, look, &state));
    }
    ck_assert_int_ne(state.facts.end_time, 0);
    return state.point;
}

void agent_fixture_close(agent_fixture *fixture)
{
    ob_service_close(fixture->service);
    *fixture = (agent_fixture){0};
}
