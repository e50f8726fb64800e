#include "ndr_bytes.h"

#include <string.h>

START_TEST(ndr_write__struct_with_pointers)
{
    ob_ndr_procedure *procedure = probe_procedure(P_STRUCTS);
    hyper maybe = -8;
    LONG sure = 9;
    P_DEEP deep;
    memset(&deep, 0xff, sizeof deep); /* padding must not travel */
    deep.colour = RED;
    deep.big = BIG;
    deep.mix.a = 1;
    deep.mix.b = 2;
    deep.mix.c = 3;
    deep.mix.d = 4;
    for (ULONG i = 0; i < 3; i++) {
        deep.fixed[i] = 5 + i;
    }
    deep.maybe = &maybe;
    deep.sure = &sure;
    deep.t = 10;
    ob_buf buf = {0};
    ob_ndr_out out = {.buf = &buf};
    ob_ndr_write(&out, procedure->parameters[4].type, NULL, &deep);
    ck_assert_uint_eq(out.fault, 0);
    ck_assert_uint_eq(buf.length, sizeof deep_bytes);
    ck_assert_mem_eq(buf.data, deep_bytes, sizeof deep_bytes);
    ob_buf_free(&buf);
    ob_ndr_procedure_free(procedure);
}
END_TEST

START_TEST(ndr_write__arrays_behind_pointers)
{
    ob_ndr_procedure *procedure = probe_procedure(P_BAGS);
    LONG p[2] = {1, 2};
    hyper h[1] = {3};
    P_TWO two = {2, p, 1, h};
    ob_buf buf = {0};
    ob_ndr_out out = {.buf = &buf};
    ob_ndr_write(&out, procedure->parameters[3].type, NULL, &two);
    ck_assert_uint_eq(out.fault, 0);
    ck_assert_uint_eq(buf.length, sizeof two_bytes);
    ck_assert_mem_eq(buf.data, two_bytes, sizeof two_bytes);
    ob_buf_clear(&buf);
    two.m = -1;
    ob_ndr_write(&out, procedure->parameters[3].type, NULL, &two);
    ck_assert_uint_eq(out.fault, OB_RPC_FAULT_INVALID_BOUND);
    ob_buf_free(&buf);
    ob_ndr_procedure_free(procedure);
}
END_TEST

START_TEST(ndr_write__what_cannot_be_sent)
{
    ob_ndr_procedure *procedure = probe_procedure(P_STRUCTS);
    const ob_ndr_type *type = procedure->parameters[4].type;
    LONG sure = 1;
    P_DEEP deep = {.sure = NULL};
    ob_buf buf = {0};
    ob_ndr_out out = {.buf = &buf};
    ob_ndr_write(&out, type, NULL, &deep);
    ck_assert_uint_eq(out.fault, OB_RPC_FAULT_NULL_REF_POINTER);
    deep.sure = &sure;
    deep.colour = (P_COLOUR)32768;
    out.fault = 0;
    ob_ndr_write(&out, type, NULL, &deep);
    ck_assert_uint_eq(out.fault, OB_RPC_FAULT_ENUM_RANGE);
    const uint64_t slot = 4;
    out.fault = 0;
    ob_ndr_write_slot(&out, procedure->parameters[6].type, &slot);
    ck_assert_uint_eq(out.fault, OB_RPC_FAULT_INVALID_BOUND);
    ob_buf_free(&buf);
    ob_ndr_procedure_free(procedure);
}
END_TEST

START_TEST(ndr_write__limits)
{
    ob_ndr_procedure *procedure = probe_procedure(P_BAGS);
    LONG p[2] = {1, 2};
    P_TWO two = {2, p, 0, NULL};
    for (size_t limit = 1; limit < 30; limit++) {
        ob_buf buf = {.limit = limit};
        ob_ndr_out out = {.buf = &buf};
        ob_ndr_write(&out, procedure->parameters[3].type, NULL, &two);
        ck_assert_uint_eq(out.fault, limit < 28 ? OB_RPC_FAULT_NO_MEMORY : 0);
        ob_buf_free(&buf);
    }
    ob_ndr_procedure_free(procedure);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ndr_write__struct_with_pointers);
    tcase_add_test(cases, ndr_write__arrays_behind_pointers);
    tcase_add_test(cases, ndr_write__what_cannot_be_sent);
    tcase_add_test(cases, ndr_write__limits);
}

OB_TEST_MAIN("ndr_write", add_cases)
