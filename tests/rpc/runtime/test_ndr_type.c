#include "ndr_bytes.h"

#include <string.h>

/* A method with a generic handle, one parameter (attributes, type at offset 2) and a status. */
static const unsigned char head[] = {0x00, 0x48, 0,    0, 0, 0, 7,    0,    24, 0,    0x31, 0x04, 0,
                                     0,    0,    0x5c, 0, 0, 0, 0,    0x45, 3,  0x0a, 0,    0,    0,
                                     0,    0,    0,    0, 0, 0, 0x48, 0,    0,  0,    0x08, 0};
static const unsigned char tail[] = {0x70, 0, 16, 0, 0x08, 0};
enum {
    REF_IN = 0x10b,
    REF_OUT = 0x113,
    REF_BOTH = 0x11b,
    PLAIN_IN = 0x0b,
    PLAIN_OUT = 0x13,
    BASE_IN = 0x48,
    VALUE_IN = 0x88
};

static ob_status compile(unsigned attributes, const unsigned char *type, size_t length)
{
    unsigned char types[64] = {0, 0};
    unsigned char format[64];
    MIDL_STUB_DESC desc = {.pFormatTypes = types};
    ob_ndr_procedure *procedure = NULL;
    memcpy(types + 2, type, length);
    memcpy(format, head, sizeof head);
    unsigned char *parameter = format + sizeof head;
    parameter[0] = (unsigned char)attributes;
    parameter[1] = (unsigned char)(attributes >> 8);
    parameter[2] = 8;
    parameter[3] = 0;
    parameter[4] = (attributes & 0x40) != 0 ? type[0] : 2;
    parameter[5] = 0;
    memcpy(parameter + 6, tail, sizeof tail);
    const ob_status status = ob_ndr_compile(&procedure, &desc, format);
    ob_ndr_procedure_free(procedure);
    return status;
}

START_TEST(ndr_type__refused_by_its_code)
{
    static const struct {
        unsigned attributes;
        unsigned char type[24];
        size_t length;
        const char *detail;
    } rows[] = {
        {BASE_IN, {0x0a}, 1, "base type (0x0a)"}, /* float */
        {BASE_IN, {0x03}, 1, "base type (0x03)"}, /* small */
        {BASE_IN, {0x06}, 1, "short by value"},
        {REF_IN, {0x22, 0x5c}, 2, "format code (0x22)"},             /* string */
        {REF_IN, {0x2a}, 1, "format code (0x2a)"},                   /* union */
        {REF_IN, {0x17}, 1, "format code (0x17)"},                   /* conformant struct */
        {REF_IN, {0x14, 0x08, 0x08, 0x5c}, 4, "format code (0x14)"}, /* full pointer */
        {REF_IN, {0x12, 0x09, 0x08, 0x5c}, 4, "pointer's attribute"},
        {PLAIN_OUT, {0x12, 0x08, 0x08, 0x5c}, 4, "[out] parameter by value"},
        {REF_BOTH, {0x12, 0x08, 0x08, 0x5c}, 4, "[in, out] with pointers"},
        {PLAIN_IN, {0x15, 3, 4, 0, 8, 0x5b}, 6, "struct by value"},
        {REF_IN, {0x15, 3, 5, 0, 8, 0x5b}, 6, "layout of a struct"},
        {REF_IN, {0x15, 7, 4, 0, 8, 0x5b}, 6, "layout of a struct"},
        {REF_IN, {0x15, 3, 4, 0, 0x36, 0x5b}, 6, "pointer without layout"},
        {REF_IN, {0x1a, 3, 4, 0, 2, 0, 0, 0, 8, 0x5b}, 10, "without fixed size"},
        {REF_IN, {0x1b, 0, 1, 0, 0x29, 0x54, 0, 0, 2, 0x5b}, 10, "count of this kind"},
        {REF_IN, {0x1b, 0, 1, 0, 0x29, 0x59, 0, 0, 2, 0x5b}, 10, "expression for a count"},
        {REF_IN, {0x1b, 0, 1, 0, 0x49, 0, 0, 0, 2, 0x5b}, 10, "expression for a count"},
        {REF_IN, {0x1b, 0, 1, 0, 0x2b, 0, 0, 0, 2, 0x5b}, 10, "type of a count"},
        {REF_IN, {0x1b, 0, 1, 0, 0x29, 0, 8, 0, 2, 0x5b}, 10, "count that follows"},
        {REF_IN, {0x1b, 0, 1, 0, 0x29, 0, 4, 0, 2, 0x5b}, 10, "place of a count"},
        {REF_IN, {0x1b, 0, 1, 0, 0x27, 0, 0, 0, 2, 0x5b}, 10, "count of this kind"},
        {REF_IN, {0x1b, 0, 1, 0, 0x19, 0, 0, 0, 2, 0x5b}, 10, "outside of its struct"},
        {REF_IN, {0x21, 3, 0, 0, 0x29, 0, 0, 0, 0x29, 0, 0, 0, 8, 0x5b}, 14, "varying array"},
        {REF_IN, {0x1d, 3, 0, 0, 8, 0x5b}, 6, "fixed array of this length"},
        {REF_IN, {0x1d, 3, 5, 0, 8, 0x5b}, 6, "layout of a fixed array"},
        {VALUE_IN, {0xb7, 0x0b, 0, 0, 0, 0, 1, 0, 0, 0}, 10, "range of 64 bits"},
        {0x4b, {0x08}, 1, NULL},
        {0x0c | 0x40, {0x08}, 1, "parameter's attribute"}, /* pipe */
        {0x60 | 0x08, {0x08}, 1, "parameter's attribute"}, /* a result in the middle */
        {0x40, {0x08}, 1, "[out] parameter by value"},     /* neither in nor out */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const ob_status status = compile(rows[i].attributes, rows[i].type, rows[i].length);
        if (rows[i].detail == NULL) {
            ob_check_ok(status);
            continue;
        }
        ck_assert_msg(status == OB_E_NOT_SUPPORTED, "row %zu was taken", i);
        ob_check_detail(rows[i].detail);
        ob_check_detail("method 7");
    }
}
END_TEST

START_TEST(ndr_type__a_type_in_itself_is_refused)
{
    /* struct at 2 { long; pointer to 2 } with its pointer layout behind it */
    static const unsigned char list[] = {0x1a, 3,    16,   0,    0,    0, 6,    0,
                                         0x08, 0x39, 0x36, 0x5b, 0x12, 0, 0xf2, 0xff};
    ob_check_status(compile(REF_IN, list, sizeof list), OB_E_NOT_SUPPORTED);
    ob_check_detail("nested so deep");
}
END_TEST

START_TEST(ndr_type__counts_from_fields_and_parameters)
{
    struct {
        int16_t small;
        int32_t large;
    } scope = {-1, 70000};
    ULONG behind = 9;
    const uint64_t slots[3] = {0xffffffff00000005u, (uint64_t)(uintptr_t)&behind, 0};
    ob_ndr_count count = {.size = 2, .is_signed = true, .offset = 0};
    uint32_t out = 77;
    ck_assert(!ob_ndr_count_get(&count, &scope, slots, &out));
    count.is_signed = false;
    ck_assert(ob_ndr_count_get(&count, &scope, slots, &out));
    ck_assert_uint_eq(out, 65535);
    count = (ob_ndr_count){.size = 4, .is_signed = true, .offset = 4};
    ck_assert(ob_ndr_count_get(&count, &scope, slots, &out));
    ck_assert_uint_eq(out, 70000);
    count = (ob_ndr_count){.size = 4, .of_parameter = true, .slot = 0};
    ck_assert(ob_ndr_count_get(&count, NULL, slots, &out));
    ck_assert_uint_eq(out, 5);
    count = (ob_ndr_count){.size = 4, .of_parameter = true, .dereference = true, .slot = 1};
    ck_assert(ob_ndr_count_get(&count, NULL, slots, &out));
    ck_assert_uint_eq(out, 9);
    count.slot = 2;
    ck_assert(!ob_ndr_count_get(&count, NULL, slots, &out));
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ndr_type__refused_by_its_code);
    tcase_add_test(cases, ndr_type__a_type_in_itself_is_refused);
    tcase_add_test(cases, ndr_type__counts_from_fields_and_parameters);
}

OB_TEST_MAIN("ndr_type", add_cases)
