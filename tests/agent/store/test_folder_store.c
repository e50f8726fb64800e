#include "vault_fixture.h"

#include <string.h>

static const char pack[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

START_TEST(folder_store__keeps_objects_in_their_places)
{
    vault_fixture fixture;
    char bytes[5];
    vault_fixture_make(&fixture);
    ob_store *store = vault_fixture_store(&fixture, ob_fs_os());
    ob_check_ok(store->ops->put(store, OB_OBJECT_PACK, pack, "hello", 5));
    ob_check_ok(store->ops->get(store, OB_OBJECT_PACK, pack, 0, bytes, sizeof bytes));
    ck_assert_mem_eq(bytes, "hello", 5);
    ck_assert(ob_test_exists(vault_fixture_path(&fixture, ob_test_format("pack/01/%s", pack))));
    ob_store_close(store);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, folder_store__keeps_objects_in_their_places);
}

OB_TEST_MAIN("folder_store", add_cases)
