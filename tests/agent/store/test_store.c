#include "ob/store.h"

#include "examine_holds.h"
#include "memory_store.h"
#include "ob/test.h"

#include <string.h>

static const char name[] = "00000001";

START_TEST(store__the_store_in_memory_passes_the_examination)
{
    ob_store *store = memory_store_new();
    examine_store(store);
    ob_store_close(store);
}
END_TEST

typedef struct moved {
    ob_store *store;
    int64_t now;
} moved;

static void pass(void *context, int64_t seconds)
{
    moved *m = context;
    m->now += seconds * 1000000000;
    memory_store_set_time(m->store, m->now);
}

START_TEST(store__the_store_in_memory_passes_the_examination_of_holds)
{
    moved m = {memory_store_new(), INT64_C(1800000000000000000)};
    holds_subject subject = {m.store, &m, pass};
    pass(&m, 0);
    examine_holds(&subject);
    ob_store_close(m.store);
}
END_TEST

START_TEST(store__commit_without_holds_is_a_put)
{
    ob_store *store = memory_store_new();
    const char *point = examine_store_name(OB_OBJECT_POINT, 1);
    uint64_t size = 0;
    store->holds = NULL;
    ob_check_status(ob_store_needs_holds(store), OB_E_NOT_SUPPORTED);
    ob_check_ok(ob_store_commit(store, point, "123", 3, NULL, 0, 7));
    ob_check_ok(store->ops->size(store, OB_OBJECT_POINT, point, &size));
    ck_assert_uint_eq(size, 3);
    ob_store_close(store);
}
END_TEST

START_TEST(store__get_all_gives_the_whole_object)
{
    ob_store *store = memory_store_new();
    uint8_t *data = NULL;
    size_t length = 0;
    ob_check_ok(store->ops->put(store, OB_OBJECT_KEY, name, "12345", 5));
    ob_check_ok(ob_store_get_all(store, OB_OBJECT_KEY, name, 5, &data, &length));
    ck_assert_uint_eq(length, 5);
    ck_assert_mem_eq(data, "12345", 5);
    ob_free(data);
    ob_store_close(store);
}
END_TEST

START_TEST(store__get_all_keeps_its_results_on_failure)
{
    ob_store *store = memory_store_new();
    uint8_t *data = NULL;
    size_t length = 99;
    ob_check_status(ob_store_get_all(store, OB_OBJECT_KEY, name, 5, &data, &length),
                    OB_E_NOT_FOUND);
    ob_check_ok(store->ops->put(store, OB_OBJECT_KEY, name, "12345", 5));
    ob_check_status(ob_store_get_all(store, OB_OBJECT_KEY, name, 4, &data, &length),
                    OB_E_TOO_LARGE);
    ob_check_detail("key/00000001");
    memory_store_fail(store, 1, OB_E_IO, false);
    ob_check_status(ob_store_get_all(store, OB_OBJECT_KEY, name, 5, &data, &length), OB_E_IO);
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_store_get_all(store, OB_OBJECT_KEY, name, 5, &data, &length),
                    OB_E_NO_MEMORY);
    ck_assert(ob_test_alloc_end());
    ck_assert_int_eq(ob_test_alloc_live(), 0);
    ck_assert_ptr_null(data);
    ck_assert_uint_eq(length, 99);
    ob_store_close(store);
}
END_TEST

START_TEST(store__close_takes_null)
{
    ob_store_close(NULL);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, store__the_store_in_memory_passes_the_examination);
    tcase_add_test(cases, store__the_store_in_memory_passes_the_examination_of_holds);
    tcase_add_test(cases, store__commit_without_holds_is_a_put);
    tcase_add_test(cases, store__get_all_gives_the_whole_object);
    tcase_add_test(cases, store__get_all_keeps_its_results_on_failure);
    tcase_add_test(cases, store__close_takes_null);
}

OB_TEST_MAIN("store", add_cases)
