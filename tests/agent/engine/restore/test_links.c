#include "maker.h"
#include "restore/links.h"
#include "scene.h"

#include "ob/test.h"

#include <stdlib.h>

START_TEST(links__the_first_name_restores_and_the_others_link)
{
    ob_links links = {.count = 0};
    ob_link *link = NULL;
    ob_link_state state = OB_LINK_DONE;
    const ob_file_info info = {.device = 5, .file_id = 77};
    const ob_file_info other = {.device = 6, .file_id = 77};
    ob_test_alloc_begin(0, false);
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_links_meet(&links, &info, &link, &state));
    ck_assert_int_eq(state, OB_LINK_NONE);
    ck_assert_int_eq(link->state, OB_LINK_PENDING);
    ob_check_ok(ob_links_settle(&links, link, OB_LINK_NONE, NULL)); /* failed: the next one */
    ob_check_ok(ob_links_meet(&links, &info, &link, &state));
    ck_assert_int_eq(state, OB_LINK_NONE);
    ob_check_ok(ob_links_settle(&links, link, OB_LINK_DONE, "a/b"));
    ob_link *again = NULL;
    ob_check_ok(ob_links_meet(&links, &info, &again, &state));
    ck_assert_int_eq(state, OB_LINK_DONE);
    ck_assert_ptr_eq(again, link);
    ck_assert_str_eq(again->path, "a/b");
    ob_check_ok(ob_links_meet(&links, &other, &again, &state));
    ck_assert_ptr_ne(again, link);
    ob_links_end(&links);
    ck_assert_int_eq(ob_test_alloc_live(), 0);
    ob_test_alloc_end();
    ob_links_end(&links);
}
END_TEST

/* While a backup runs, a file can go and its number be given to another one. */
START_TEST(links__a_number_that_was_used_again_is_another_file)
{
    const ob_file_info old = {
        .device = 5, .file_id = 77, .links = 2, .size = 13, .mtime = 100, .ctime = 200};
    ob_file_info others[] = {old, old, old};
    others[0].size = 14;
    others[1].mtime = 101;
    others[2].ctime = 201;
    ob_links links = {.count = 0};
    ob_link *first = NULL;
    ob_link *link = NULL;
    ob_link_state state = OB_LINK_DONE;
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_links_meet(&links, &old, &first, &state));
    ob_check_ok(ob_links_settle(&links, first, OB_LINK_DONE, "a/1"));
    for (size_t i = 0; i < 3; i++) {
        ob_check_ok(ob_links_meet(&links, &others[i], &link, &state));
        ck_assert_int_eq(state, OB_LINK_NONE);
        ob_check_ok(ob_links_settle(&links, link, OB_LINK_DONE, ob_test_format("z/%zu", i)));
    }
    for (size_t i = 0; i < 3; i++) {
        ob_check_ok(ob_links_meet(&links, &others[i], &link, &state));
        ck_assert_int_eq(state, OB_LINK_DONE);
        ck_assert_str_eq(link->path, ob_test_format("z/%zu", i));
    }
    ob_check_ok(ob_links_meet(&links, &old, &link, &state));
    ck_assert_int_eq(state, OB_LINK_DONE);
    ck_assert_ptr_eq(link, first);
    ob_links_end(&links);
}
END_TEST

/* Two files with the same number, one after the other, each with two names. */
static ob_guid make_used_again(rig *r, ob_file_info first, ob_file_info second)
{
    static const char *const names[] = {"a1", "a2", "z1", "z2"};
    maker m;
    maker_begin(&m, r);
    for (uint64_t i = 0; i < 4; i++) {
        ob_entry entry = {.path = names[i], .path_length = 2, .target = "", .id_count = 1};
        entry.info = i < 2 ? first : second;
        ob_chunk_id id = rig_write(m.repo, i / 2, (size_t)entry.info.size);
        entry.ids = &id;
        maker_add_entry(&m, &entry);
    }
    return maker_commit(&m);
}

START_TEST(links__of_such_a_file_are_restored_with_its_content)
{
    static const char *const names[] = {"a1", "a2", "z1", "z2"};
    for (int way = 0; way < 3; way++) {
        scene self;
        ob_file_info info = {.type = OB_FILE_REGULAR, .mode = 0644, .links = 2, .size = 100};
        info.device = 5;
        info.file_id = 77;
        ob_file_info second = info;
        second.size += way == 0 ? 1 : 0;
        second.mtime += way == 1 ? 1000 : 0;
        second.ctime += way == 2 ? 1000 : 0;
        scene_open(&self);
        const char *out = ob_test_path(self.base, "out");
        ob_restore_options options = {.point = make_used_again(&self.rig, info, second),
                                      .destination = out};
        ob_check_ok(scene_restore(&self, &options));
        ck_assert_uint_eq(scene_told(&self, OB_EVENT_FAILED, NULL, NULL), 0);
        for (uint64_t i = 0; i < 4; i++) {
            size_t wanted = (size_t)(i < 2 ? info.size : second.size);
            size_t length = 0;
            uint8_t *text = rig_text(i / 2, wanted);
            const uint8_t *bytes = ob_test_read_file(ob_test_path(out, names[i]), &length);
            ck_assert_uint_eq(length, wanted);
            ck_assert_mem_eq(bytes, text, wanted);
            free(text);
        }
        for (uint64_t i = 0; i < 4; i++) {
            ob_file_info restored;
            ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, ob_test_path(out, names[i]), &restored));
            ck_assert_uint_eq(restored.links, 2);
        }
        scene_close(&self);
    }
}
END_TEST

START_TEST(links__of_many_files)
{
    enum { COUNT = 5000 };
    ob_links links = {.count = 0};
    ob_check_ok(ob_links_begin(&links));
    for (int round = 0; round < 2; round++) {
        for (uint64_t i = 0; i < COUNT; i++) {
            const ob_file_info info = {.device = i % 3, .file_id = i * 4096};
            ob_link *link = NULL;
            ob_link_state state = OB_LINK_PENDING;
            ob_check_ok(ob_links_meet(&links, &info, &link, &state));
            ck_assert_int_eq(state, round == 0 ? OB_LINK_NONE : OB_LINK_DONE);
            if (round == 0) {
                ob_check_ok(
                    ob_links_settle(&links, link, OB_LINK_DONE, ob_test_format("%u", (unsigned)i)));
            } else {
                ck_assert_str_eq(link->path, ob_test_format("%u", (unsigned)i));
            }
        }
    }
    ck_assert_uint_gt(links.bucket_count, 1000);
    ob_links_end(&links);
}
END_TEST

typedef struct pair {
    ob_links *links;
    ob_link *link;
} pair;

static void settle_later(void *argument)
{
    pair *p = argument;
    ob_clock_os()->sleep(ob_clock_os(), 20000000);
    (void)ob_links_settle(p->links, p->link, OB_LINK_DONE, "there");
}

START_TEST(links__a_pending_one_is_waited_for)
{
    ob_links links = {.count = 0};
    ob_thread *thread = NULL;
    ob_link_state state = OB_LINK_DONE;
    const ob_file_info info = {.file_id = 1};
    pair p = {&links, NULL};
    ob_check_ok(ob_links_begin(&links));
    ob_check_ok(ob_links_meet(&links, &info, &p.link, &state));
    ob_check_ok(ob_thread_start(&thread, settle_later, &p));
    ob_link *link = NULL;
    ob_check_ok(ob_links_meet(&links, &info, &link, &state));
    ck_assert_int_eq(state, OB_LINK_DONE);
    ck_assert_str_eq(link->path, "there");
    ob_thread_join(thread);
    ob_links_end(&links);
}
END_TEST

START_TEST(links__memory_that_runs_out)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_links links = {.count = 0};
        ob_status status = OB_OK;
        ob_test_alloc_begin(n, false);
        status = ob_links_begin(&links);
        for (uint64_t i = 0; i < 200 && status == OB_OK; i++) {
            const ob_file_info info = {.file_id = i};
            ob_link *link = NULL;
            ob_link_state state = OB_LINK_NONE;
            status = ob_links_meet(&links, &info, &link, &state);
            if (status == OB_OK) {
                status = ob_links_settle(&links, link, OB_LINK_DONE, "x");
                ck_assert_int_eq(link->state, status == OB_OK ? OB_LINK_DONE : OB_LINK_NONE);
            }
        }
        ob_links_end(&links);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ck_assert(status == OB_OK || (hit && status == OB_E_NO_MEMORY));
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, links__the_first_name_restores_and_the_others_link);
    tcase_add_test(cases, links__a_number_that_was_used_again_is_another_file);
    tcase_add_test(cases, links__of_such_a_file_are_restored_with_its_content);
    tcase_add_test(cases, links__of_many_files);
    tcase_add_test(cases, links__a_pending_one_is_waited_for);
    tcase_add_test(cases, links__memory_that_runs_out);
}

OB_TEST_MAIN("restore_links", add_cases)
