#include "ob/test.h"
#include "pack/toc.h"

#include <string.h>

enum { COUNT = 5 };

static uint32_t make(ob_toc_entry *entries)
{
    uint32_t at = OB_HEADER_SIZE;
    for (uint32_t i = 0; i < COUNT; i++) {
        memset(entries[i].id.bytes, (int)i, OB_CHUNK_ID);
        entries[i].offset = at;
        entries[i].stored = OB_FRAME_LEAST + i * 1000;
        entries[i].raw = i * 2000;
        at += entries[i].stored;
    }
    return at;
}

static ob_footer footer_for(uint32_t frames_end, uint32_t padding)
{
    return (ob_footer){frames_end, frames_end + padding, COUNT * OB_TOC_ENTRY + OB_GCM_TAG, COUNT};
}

START_TEST(toc__round_trip)
{
    ob_toc_entry entries[COUNT], back[COUNT];
    uint8_t bytes[COUNT * OB_TOC_ENTRY];
    ob_footer footer = footer_for(make(entries), 77);
    ob_toc_write(entries, COUNT, bytes);
    ob_check_ok(ob_toc_read(back, &footer, bytes, sizeof bytes));
    ck_assert_mem_eq(back, entries, sizeof entries);
}
END_TEST

START_TEST(toc__frames_follow_each_other)
{
    ob_toc_entry entries[COUNT], back[COUNT];
    uint8_t bytes[COUNT * OB_TOC_ENTRY];
    ob_footer footer = footer_for(make(entries), 0);
    struct {
        uint32_t *value;
        uint32_t wrong;
    } changes[] = {
        {&entries[0].offset, OB_HEADER_SIZE + 1},    {&entries[0].offset, 0},
        {&entries[2].offset, entries[2].offset + 1}, {&entries[2].offset, 0xFFFFFFFF},
        {&entries[2].stored, entries[2].stored + 1}, {&entries[2].stored, 0},
        {&entries[4].stored, OB_FRAME_MOST + 1},     {&entries[4].stored, 0xFFFFFFFF},
        {&entries[4].stored, entries[4].stored - 1}, {&entries[1].raw, OB_CHUNK_MOST + 1},
        {&footer.frames_end, footer.frames_end + 1},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        uint32_t right = *changes[i].value;
        *changes[i].value = changes[i].wrong;
        ob_toc_write(entries, COUNT, bytes);
        ob_check_status(ob_toc_read(back, &footer, bytes, sizeof bytes), OB_E_CORRUPT);
        *changes[i].value = right;
    }
    ob_toc_write(entries, COUNT, bytes);
    ob_check_ok(ob_toc_read(back, &footer, bytes, sizeof bytes));
    ob_check_status(ob_toc_read(back, &footer, bytes, sizeof bytes - 1), OB_E_CORRUPT);
    footer.count--;
    ob_check_status(ob_toc_read(back, &footer, bytes, sizeof bytes), OB_E_CORRUPT);
}
END_TEST

START_TEST(toc__footer_fits_the_pack)
{
    ob_toc_entry entries[COUNT];
    uint8_t bytes[OB_FOOTER_PLAIN];
    const ob_footer good = footer_for(make(entries), 100);
    const uint64_t size = good.toc_offset + good.toc_length + OB_FOOTER_SIZE;
    ob_footer footer = good;
    ob_footer_write(&footer, bytes);
    ob_check_ok(ob_footer_read(&footer, bytes, size));
    ck_assert_mem_eq(&footer, &good, sizeof good);
    ob_check_status(ob_footer_read(&footer, bytes, size + 1), OB_E_CORRUPT);
    ob_check_status(ob_footer_read(&footer, bytes, size - 1), OB_E_CORRUPT);
    const ob_footer bad[] = {
        {good.toc_offset + 1, good.toc_offset, good.toc_length, good.count},
        {OB_HEADER_SIZE - 1, good.toc_offset, good.toc_length, good.count},
        {good.frames_end, good.toc_offset + 1, good.toc_length, good.count},
        {good.frames_end, good.toc_offset, good.toc_length + 1, good.count},
        {good.frames_end, good.toc_offset, good.toc_length, good.count + 1},
        {good.frames_end, good.toc_offset, OB_GCM_TAG, 0x08000000},
        {good.frames_end, 0xFFFFFFFF, good.toc_length, good.count},
        {0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ob_footer_write(&bad[i], bytes);
        ob_check_status(ob_footer_read(&footer, bytes, size), OB_E_CORRUPT);
    }
    ck_assert_mem_eq(&footer, &good, sizeof good);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, toc__round_trip);
    tcase_add_test(cases, toc__frames_follow_each_other);
    tcase_add_test(cases, toc__footer_fits_the_pack);
}
OB_TEST_MAIN("toc", add_cases)
