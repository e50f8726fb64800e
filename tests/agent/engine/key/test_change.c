/* A change of the passphrase, from end to end: what opens what. */
#include "key/envelope.h"
#include "key/keys.h"
#include "pack/seal.h"
#include "scene.h"

#include <string.h>

#define ONE "the first passphrase"
#define TWO "the second passphrase"

static scene s;
static ob_guid first_point;

/* Of content: lists change with the folders above. */
static unsigned packs_of_epoch(uint32_t epoch)
{
    unsigned count = 0;
    for (size_t i = 0; i < memory_store_count(s.rig.store, OB_OBJECT_PACK); i++) {
        ob_object_header header;
        const memory_object *pack = memory_store_at(s.rig.store, OB_OBJECT_PACK, i);
        ob_check_ok(ob_object_header_read(&header, OB_KEY_PACK, pack->data));
        count += header.epoch == epoch && header.class == OB_CHUNK_DATA ? 1 : 0;
    }
    return count;
}

/* Another machine with nothing but the store and a passphrase. */
static void use_keys(ob_keyring *keys)
{
    rig_lose_cache(&s.rig);
    s.rig.engine.keys = keys;
}

static void setup(void)
{
    scene_open(&s);
    ob_check_ok(ob_keyring_store(s.rig.keys, s.rig.store, ONE, strlen(ONE)));
    ob_test_write_text(scene_path(&s, "old"), "before the change");
    ob_check_ok(scene_backup(&s));
    first_point = s.last.point;
    ck_assert_uint_eq(packs_of_epoch(1), 1);
    ob_check_ok(ob_keyring_new_epoch(s.rig.keys));
    ob_check_ok(ob_keyring_store(s.rig.keys, s.rig.store, TWO, strlen(TWO)));
}

static void teardown(void)
{
    scene_close(&s);
}

START_TEST(change__the_new_one_opens_everything)
{
    ob_keyring *keys = NULL;
    ob_check_ok(scene_backup(&s));
    ck_assert(s.last.incremental);
    ck_assert_uint_eq(packs_of_epoch(2), 0);
    ob_test_write_text(scene_path(&s, "new"), "after the change");
    ob_check_ok(scene_backup(&s));
    ck_assert_uint_eq(packs_of_epoch(2), 1);
    ob_check_status(ob_keyring_open(&keys, s.rig.store, ONE, strlen(ONE)), OB_E_PASSPHRASE_WRONG);
    ob_check_ok(ob_keyring_open(&keys, s.rig.store, TWO, strlen(TWO)));
    use_keys(keys);
    const char *tree = scene_restore_all(&s, "newest");
    ck_assert(ob_test_exists(ob_test_path(tree, "old")));
    ck_assert(ob_test_exists(ob_test_path(tree, "new")));
    s.last.point = first_point;
    tree = scene_restore_all(&s, "oldest");
    ck_assert(ob_test_exists(ob_test_path(tree, "old")));
    ck_assert(!ob_test_exists(ob_test_path(tree, "new")));
    ob_keyring_free(keys);
}
END_TEST

/* Who kept the old envelope and passphrase reads what was written before, and no more. */
START_TEST(change__the_old_one_opens_what_was_before)
{
    ob_envelope envelope;
    ob_keyring *keys = NULL;
    ob_test_write_text(scene_path(&s, "new"), "after the change");
    ob_check_ok(scene_backup(&s));
    const memory_object *object = memory_store_at(s.rig.store, OB_OBJECT_KEY, 0);
    ob_check_ok(ob_envelope_parse(&envelope, object->data, object->length));
    ob_check_ok(ob_envelope_open(&envelope, ONE, strlen(ONE), &keys));
    ck_assert_uint_eq(keys->epochs, 1);
    use_keys(keys);
    ob_restore_options options = {.point = s.last.point};
    options.destination = ob_test_path(s.base, "refused");
    ob_check_status(scene_restore(&s, &options), OB_E_SEAL);
    s.last.point = first_point;
    const char *tree = scene_restore_all(&s, "oldest");
    ck_assert(ob_test_exists(ob_test_path(tree, "old")));
    ob_keyring_free(keys);
}
END_TEST

/* Many changes: each epoch's packs open with the last keyring. */
START_TEST(change__many_epochs)
{
    ob_keyring *keys = NULL;
    for (unsigned i = 0; i < 5; i++) {
        ob_check_ok(ob_keyring_new_epoch(s.rig.keys));
        ob_test_write_text(scene_path(&s, ob_test_format("file %u", i)),
                           ob_test_format("content %u", i));
        ob_check_ok(scene_backup(&s));
        ck_assert_uint_eq(packs_of_epoch(i + 3), 1);
    }
    ob_check_ok(ob_keyring_store(s.rig.keys, s.rig.store, ONE, strlen(ONE)));
    ob_check_ok(ob_keyring_open(&keys, s.rig.store, ONE, strlen(ONE)));
    use_keys(keys);
    const char *tree = scene_restore_all(&s, "newest");
    for (unsigned i = 0; i < 5; i++) {
        ck_assert(ob_test_exists(ob_test_path(tree, ob_test_format("file %u", i))));
    }
    ob_keyring_free(keys);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, change__the_new_one_opens_everything);
    tcase_add_test(cases, change__the_old_one_opens_what_was_before);
    tcase_add_test(cases, change__many_epochs);
}
OB_TEST_MAIN("change", add_cases)
