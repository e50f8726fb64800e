#include "ob/service.h"

#include "ob/host.h"
#include "ob/json.h"
#include "vault_fixture.h"

#include <cjson/cJSON.h>
#include <string.h>

#define CALLER "uid 0 (test)"
#define PASSPHRASE "correct horse battery staple"

static vault_fixture vault;
static const char *dir;
static const char *files;
static ob_service *service;

static ob_service *open_service(void)
{
    ob_service *opened = NULL;
    ob_service_options options = {dir, ob_fs_os(), ob_clock_os()};
    ob_check_ok(ob_service_open(&options, &opened));
    return opened;
}

static void setup(void)
{
    ob_test_rng rng = ob_test_rng_new(3);
    vault_fixture_make(&vault);
    /* The service lives by the system's clock, and so do these credentials. */
    vault.clock.now = ob_clock_os()->now(ob_clock_os());
    dir = ob_test_path(ob_test_temp(), "state");
    files = ob_test_path(ob_test_temp(), "files");
    ob_test_tree_make(files, &rng, 12);
    service = open_service();
}

static void teardown(void)
{
    ob_service_close(service);
    service = NULL;
}

/* A document as text, freed with the test. */
static const char *text_of(ob_buf *document)
{
    const char *text = ob_test_format("%.*s", (int)document->length, (const char *)document->data);
    ob_buf_free(document);
    return text;
}

static const char *member(const char *document, const char *name)
{
    cJSON *json = NULL;
    ob_check_ok(ob_json_parse(&json, document, strlen(document)));
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    value = value != NULL ? ob_test_format("%s", value) : NULL;
    ob_json_free(json);
    return value;
}

static const char *quoted(const char *path)
{
    ob_buf text = {0};
    bool failed = false;
    cJSON *json = ob_json_new_object();
    ob_json_add_text(json, "p", path, &failed);
    ob_check_ok(ob_json_print(&text, json));
    ob_json_free(json);
    const char *all = text_of(&text);
    return ob_test_format("%.*s", (int)strlen(all) - 6, all + 5);
}

static void do_register(void)
{
    ob_buf answer = {0};
    const ob_buf *credentials = vault_fixture_issue(&vault);
    ob_check_ok(
        ob_service_register(service, CALLER, credentials->data, credentials->length, &answer));
    ck_assert_str_eq(member(text_of(&answer), "vault_name"), "vault");
}

static void set_passphrase(void)
{
    static const char text[] = "{\"passphrase\":\"" PASSPHRASE "\"}";
    ob_check_ok(ob_service_set_settings(service, CALLER, text, strlen(text)));
}

static void set_policy(void)
{
    ob_buf stored = {0};
    const char *text = ob_test_format("{\"files\":[{\"path\":%s}]}", quoted(files));
    ob_check_ok(ob_service_set_policy(service, CALLER, text, strlen(text), &stored));
    ck_assert_str_eq(member(text_of(&stored), "name"), "default");
}

typedef struct last_run {
    ob_run_facts facts;
    const char *detail;
    size_t count;
} last_run;

static ob_status take_run(void *context, const ob_run_record *record)
{
    last_run *last = context;
    last->facts = record->facts;
    last->detail = ob_test_format("%s", record->detail);
    last->count++;
    return OB_OK;
}

static last_run wait_end(const ob_guid *job)
{
    last_run last = {.count = 0};
    for (int i = 0; i < 100 && last.facts.end_time == 0; i++) {
        ob_check_ok(ob_service_watch_job(service, job, last.facts.revision, 1000, take_run, &last));
    }
    ck_assert_int_ne(last.facts.end_time, 0);
    return last;
}

static last_run back_up(void)
{
    ob_guid job;
    ob_check_ok(ob_service_start_backup(service, CALLER, "{}", 2, &job));
    return wait_end(&job);
}

START_TEST(service__tells_of_itself)
{
    ob_buf document = {0};
    ob_check_ok(ob_service_agent(service, &document));
    const char *agent = text_of(&document);
    ck_assert_str_eq(member(agent, "product"), "Online Backup");
    ck_assert_str_eq(member(agent, "platform"), ob_host_platform());
    ck_assert_ptr_nonnull(strstr(agent, "\"registered\":false"));
    do_register();
    ob_check_ok(ob_service_agent(service, &document));
    const char *later = text_of(&document);
    ck_assert_ptr_nonnull(strstr(later, "\"registered\":true"));
    ck_assert_str_eq(member(agent, "machine_id"), member(later, "machine_id"));
}
END_TEST

START_TEST(service__from_registration_to_restored_files)
{
    ob_guid job;
    do_register();
    set_passphrase();
    set_policy();
    last_run backup = back_up();
    ck_assert_msg(backup.facts.status == OB_OK, "%s", backup.detail);
    const char *to = ob_test_path(ob_test_temp(), "to");
    const char *options = ob_test_format(
        "{\"point\":\"%s\",\"destination\":%s,\"items\":[%s],\"passphrase\":\"" PASSPHRASE "\"}",
        member(backup.detail, "point"), quoted(to), quoted(files));
    ob_check_ok(ob_service_start_recovery(service, CALLER, options, strlen(options), &job));
    last_run recovery = wait_end(&job);
    ck_assert_msg(recovery.facts.status == OB_OK, "%s", recovery.detail);
    const char *differs =
        ob_test_tree_differs(files, ob_test_path(to, "files"), OB_META_MODE | OB_META_TIMES);
    ck_assert_msg(differs == NULL, "%s", differs);
    int64_t resume = 0;
    last_run listed = {.count = 0};
    ob_check_ok(ob_service_list_jobs(service, OB_RUN_FILTER_ALL, &resume, 10, take_run, &listed));
    ck_assert_uint_eq(listed.count, 2);
}
END_TEST

START_TEST(service__lives_on_after_a_restart)
{
    ob_buf document = {0};
    do_register();
    set_passphrase();
    set_policy();
    back_up();
    ob_service_close(service);
    service = open_service();
    ob_check_ok(ob_service_get_settings(service, &document));
    const char *settings = text_of(&document);
    ck_assert_ptr_nonnull(strstr(settings, "\"passphrase_set\":true"));
    ob_check_ok(ob_service_get_policy(service, "", 0, &document));
    ck_assert_str_eq(member(text_of(&document), "state"), "valid");
    last_run backup = back_up();
    ck_assert_ptr_nonnull(strstr(backup.detail, "\"incremental\":true"));
}
END_TEST

static ob_status count_point(void *context, const ob_point_record *point)
{
    (void)point;
    (*(size_t *)context)++;
    return OB_OK;
}

static ob_status count_item(void *context, const ob_item_record *item)
{
    (void)item;
    (*(size_t *)context)++;
    return OB_OK;
}

START_TEST(service__points_and_views)
{
    int64_t resume = 0;
    size_t count = 0;
    ob_guid point;
    ob_service_view *view = NULL;
    ob_check_status(ob_service_list_points(service, "", 0, &resume, 10, count_point, &count),
                    OB_E_NOT_REGISTERED);
    do_register();
    ob_check_status(ob_service_list_points(service, "", 0, &resume, 10, count_point, &count),
                    OB_E_PASSPHRASE_NOT_SET);
    set_passphrase();
    set_policy();
    const char *id = member(back_up().detail, "point");
    ob_check_ok(ob_service_list_points(service, "", 0, &resume, 10, count_point, &count));
    ck_assert_uint_eq(count, 1);
    ob_check_ok(ob_guid_parse(&point, id, strlen(id)));
    ob_check_ok(ob_service_open_point(service, &point, &view));
    count = 0;
    ob_check_ok(ob_service_browse(view, "", 0, "", 0, &resume, 10, count_item, &count));
    ck_assert_uint_gt(count, 0);
    /* A client that is gone is told to the service late: after its end. */
    ob_service_close(service);
    service = open_service();
    ob_service_close_view(view);
}
END_TEST

START_TEST(service__policies)
{
    static const char text[] = "{\"name\":\"x\",\"files\":[{\"path\":\"relative\"}]}";
    ob_buf document = {0};
    ob_check_status(ob_service_get_policy(service, "", 0, &document), OB_E_NO_POLICY);
    ob_check_status(ob_service_set_policy(service, CALLER, text, strlen(text), &document),
                    OB_E_POLICY_INVALID);
    const char *good = ob_test_format("{\"files\":[{\"path\":%s}]}", quoted(files));
    ob_check_status(ob_service_set_policy(service, CALLER, good, strlen(good), &document),
                    OB_E_NOT_REGISTERED);
    do_register();
    set_policy();
    ob_check_ok(ob_service_get_policy(service, "default", 7, &document));
    text_of(&document);
    ob_check_ok(ob_service_remove_policy(service, CALLER, "", 0));
    ob_check_status(ob_service_remove_policy(service, CALLER, "", 0), OB_E_NO_POLICY);
    ob_buf_free(&document);
}
END_TEST

START_TEST(service__a_state_folder_has_one_agent)
{
    ob_service *second = NULL;
    ob_service_options options = {dir, ob_fs_os(), ob_clock_os()};
    ob_check_status(ob_service_open(&options, &second), OB_E_STATE_IN_USE);
    ck_assert_ptr_null(second);
}
END_TEST

START_TEST(service__a_damaged_database_is_not_replaced)
{
    ob_service *second = NULL;
    ob_service_options options = {dir, ob_fs_os(), ob_clock_os()};
    ob_service_close(service);
    service = NULL;
    const char *db = ob_test_path(dir, "state.db");
    ob_test_write_text(db, "nothing that a database would begin with, and longer than its header");
    ob_check_status(ob_service_open(&options, &second), OB_E_CORRUPT);
    size_t length = 0;
    ck_assert_mem_eq(ob_test_read_file(db, &length), "nothing", 7);
}
END_TEST

START_TEST(service__what_stopped_stays_stopped)
{
    ob_guid job = {{0}};
    do_register();
    set_passphrase();
    set_policy();
    ob_service_stop(service);
    ob_service_stop(service);
    ob_check_status(ob_service_start_backup(service, CALLER, "", 0, &job), OB_E_BUSY);
    ob_check_status(ob_service_cancel_job(service, CALLER, &job), OB_E_NOT_FOUND);
}
END_TEST

START_TEST(service__memory_runs_out_while_it_opens)
{
    ob_service_close(service);
    service = NULL;
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_service *opened = NULL;
        ob_service_options options = {dir, ob_fs_os(), ob_clock_os()};
        ob_test_alloc_begin(n, false);
        ob_status status = ob_service_open(&options, &opened);
        ob_service_close(opened);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, service__tells_of_itself);
    tcase_add_test(cases, service__from_registration_to_restored_files);
    tcase_add_test(cases, service__lives_on_after_a_restart);
    tcase_add_test(cases, service__points_and_views);
    tcase_add_test(cases, service__policies);
    tcase_add_test(cases, service__a_state_folder_has_one_agent);
    tcase_add_test(cases, service__a_damaged_database_is_not_replaced);
    tcase_add_test(cases, service__what_stopped_stays_stopped);
    tcase_add_test(cases, service__memory_runs_out_while_it_opens);
}

OB_TEST_MAIN("service", add_cases)
