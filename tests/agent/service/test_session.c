#include "session.h"

#include "host_fixture.h"
#include "ob/alloc.h"
#include "settings.h"

#include <string.h>

static ob_test_host fixture;

static void setup(void)
{
    ob_test_host_open(&fixture);
}

static void teardown(void)
{
    ob_test_host_close(&fixture);
}

START_TEST(session__needs_a_vault_and_keys)
{
    ob_session *session = NULL;
    ob_check_status(ob_session_new(&fixture.host, &session), OB_E_NOT_REGISTERED);
    ob_test_host_register(&fixture);
    ob_check_status(ob_session_new(&fixture.host, &session), OB_E_PASSPHRASE_NOT_SET);
    ck_assert_ptr_null(session);
    ob_test_host_set_passphrase(&fixture);
    ob_check_ok(ob_session_new(&fixture.host, &session));
    ob_session_free(session);
    ob_session_free(NULL);
}
END_TEST

START_TEST(session__gives_a_whole_engine)
{
    ob_session *session = NULL;
    ob_test_host_register(&fixture);
    ob_test_host_set_passphrase(&fixture);
    ob_check_ok(ob_settings_put(fixture.db, OB_SETTING_COMPRESSION, "small"));
    ob_check_ok(ob_session_new(&fixture.host, &session));
    ob_check_ok(ob_session_connect(session, OB_SESSION_BACKUP));
    const ob_engine *engine = ob_session_engine(session);
    ck_assert_ptr_nonnull(engine->store);
    ck_assert_ptr_nonnull(engine->keys);
    ck_assert(engine->small);
    ck_assert(!engine->skip_decode_check);
    ck_assert_str_eq(engine->cache_dir, ob_test_path(fixture.host.cache_dir, "backup"));
    ck_assert(ob_test_exists(engine->cache_dir));
    ck_assert_str_eq(engine->skip_dirs[0], fixture.dir);
    ck_assert_str_eq(engine->skip_dirs[1], fixture.host.cache_dir);
    ck_assert_str_eq(engine->skip_dirs[2], fixture.vault.folder);
    ck_assert_ptr_null(engine->skip_dirs[3]);
    ob_session_free(session);
}
END_TEST

START_TEST(session__each_has_a_cache_of_its_own)
{
    ob_session *sessions[OB_SESSION_VIEWS + 2] = {NULL};
    ob_test_host_register(&fixture);
    ob_test_host_set_passphrase(&fixture);
    for (size_t i = 0; i < OB_SESSION_VIEWS + 2; i++) {
        ob_check_ok(ob_session_new(&fixture.host, &sessions[i]));
    }
    for (size_t i = 0; i < OB_SESSION_VIEWS; i++) {
        ob_check_ok(ob_session_connect(sessions[i], OB_SESSION_VIEW));
        for (size_t j = 0; j < i; j++) {
            ck_assert_str_ne(ob_session_engine(sessions[i])->cache_dir,
                             ob_session_engine(sessions[j])->cache_dir);
        }
    }
    ob_check_status(ob_session_connect(sessions[OB_SESSION_VIEWS], OB_SESSION_VIEW), OB_E_BUSY);
    ob_check_ok(ob_session_connect(sessions[OB_SESSION_VIEWS + 1], OB_SESSION_RECOVERY));
    /* One that is given back can be had again. */
    const char *freed = ob_test_format("%s", ob_session_engine(sessions[3])->cache_dir);
    ob_session_free(sessions[3]);
    ob_check_ok(ob_session_new(&fixture.host, &sessions[3]));
    ob_check_ok(ob_session_connect(sessions[3], OB_SESSION_VIEW));
    ck_assert_str_eq(ob_session_engine(sessions[3])->cache_dir, freed);
    for (size_t i = 0; i < OB_SESSION_VIEWS + 2; i++) {
        ob_session_free(sessions[i]);
    }
    ck_assert_uint_eq(fixture.slots.taken, 0);
}
END_TEST

START_TEST(session__a_vault_that_is_away)
{
    ob_session *session = NULL;
    ob_test_host_register(&fixture);
    ob_test_host_set_passphrase(&fixture);
    ob_check_ok(ob_fs_remove_tree(ob_fs_os(), fixture.vault.folder));
    ob_check_ok(ob_session_new(&fixture.host, &session));
    ob_check_status(ob_session_connect(session, OB_SESSION_VIEW), OB_E_VAULT_UNREACHABLE);
    ob_session_free(session);
    ck_assert_uint_eq(fixture.slots.taken, 0);
}
END_TEST

START_TEST(session__checks_a_passphrase)
{
    ob_session *session = NULL;
    ob_test_host_register(&fixture);
    ob_test_host_set_passphrase(&fixture);
    ob_check_ok(ob_session_new(&fixture.host, &session));
    ob_check_ok(ob_session_connect(session, OB_SESSION_RECOVERY));
    ob_check_ok(
        ob_session_check_passphrase(session, OB_TEST_PASSPHRASE, strlen(OB_TEST_PASSPHRASE)));
    ob_check_status(ob_session_check_passphrase(session, "wrong", 5), OB_E_PASSPHRASE_WRONG);
    ob_session_free(session);
}
END_TEST

START_TEST(session__finds_a_point_by_its_name)
{
    ob_session *session = NULL;
    ob_guid point = {{0xAB, 0xCD}};
    ob_guid other = {{0xAB, 0xCE}};
    ob_test_host_register(&fixture);
    ob_test_host_set_passphrase(&fixture);
    ob_check_ok(ob_session_new(&fixture.host, &session));
    ob_check_ok(ob_session_connect(session, OB_SESSION_VIEW));
    ob_check_status(ob_session_find_point(session, &point), OB_E_NOT_FOUND);
    ob_check_detail("abcd0000-0000-0000-0000-000000000000");
    ob_store *store = ob_session_engine(session)->store;
    ob_check_ok(store->ops->put(store, OB_OBJECT_POINT,
                                "0000000000000001-abcd0000000000000000000000000000", "x", 1));
    ob_check_ok(ob_session_find_point(session, &point));
    ob_check_status(ob_session_find_point(session, &other), OB_E_NOT_FOUND);
    ob_session_free(session);
}
END_TEST

START_TEST(session__memory_runs_out)
{
    ob_test_host_register(&fixture);
    ob_test_host_set_passphrase(&fixture);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_session *session = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_session_new(&fixture.host, &session);
        if (status == OB_OK) {
            status = ob_session_connect(session, OB_SESSION_VIEW);
        }
        ob_session_free(session);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        /* Here and there it can do without. */
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
        ck_assert_uint_eq(fixture.slots.taken, 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, session__needs_a_vault_and_keys);
    tcase_add_test(cases, session__gives_a_whole_engine);
    tcase_add_test(cases, session__each_has_a_cache_of_its_own);
    tcase_add_test(cases, session__a_vault_that_is_away);
    tcase_add_test(cases, session__checks_a_passphrase);
    tcase_add_test(cases, session__finds_a_point_by_its_name);
    tcase_add_test(cases, session__memory_runs_out);
}

OB_TEST_MAIN("session", add_cases)
