#include "ndr_bytes.h"

#include <string.h>

static ob_ndr_in start(const void *data, size_t length, const uint64_t *slots)
{
    return (ob_ndr_in){.reader = ob_reader_of(data, length),
                       .slots = slots,
                       .allocate = MIDL_user_allocate,
                       .memory = 100000};
}

static void free_object(const ob_ndr_type *type, void *object)
{
    if (object != NULL) {
        ob_ndr_free(type, object, NULL, NULL, MIDL_user_free);
        MIDL_user_free(object);
    }
    ck_assert_int_eq(probe_blocks(), 0);
}

START_TEST(ndr_read__struct_with_pointers)
{
    ob_ndr_procedure *procedure = probe_procedure(P_STRUCTS);
    const ob_ndr_type *type = procedure->parameters[4].type;
    ob_ndr_in in = start(deep_bytes, sizeof deep_bytes, NULL);
    void *object = NULL;
    ob_ndr_read(&in, type, NULL, &object);
    ck_assert_uint_eq(in.fault, 0);
    ck_assert_uint_eq(ob_reader_left(&in.reader), 0);
    const P_DEEP *deep = object;
    ck_assert_int_eq(deep->colour, RED);
    ck_assert_int_eq(deep->big, BIG);
    ck_assert_int_eq(deep->mix.d, 4);
    ck_assert_uint_eq(deep->fixed[2], 7);
    ck_assert_int_eq(*deep->maybe, -8);
    ck_assert_int_eq(*deep->sure, 9);
    ck_assert_int_eq(deep->t, 10);
    free_object(type, object);
    ob_ndr_procedure_free(procedure);
}
END_TEST

START_TEST(ndr_read__cut_at_each_byte)
{
    ob_ndr_procedure *structs = probe_procedure(P_STRUCTS);
    ob_ndr_procedure *bags = probe_procedure(P_BAGS);
    for (size_t length = 0; length < sizeof deep_bytes; length++) {
        ob_ndr_in in = start(deep_bytes, length, NULL);
        void *object = NULL;
        ob_ndr_read(&in, structs->parameters[4].type, NULL, &object);
        ck_assert_uint_eq(in.fault, OB_RPC_FAULT_BAD_STUB_DATA);
        free_object(structs->parameters[4].type, object);
    }
    for (size_t length = 0; length < sizeof two_bytes; length++) {
        ob_ndr_in in = start(two_bytes, length, NULL);
        void *object = NULL;
        ob_ndr_read(&in, bags->parameters[3].type, NULL, &object);
        ck_assert_uint_eq(in.fault, OB_RPC_FAULT_BAD_STUB_DATA);
        free_object(bags->parameters[3].type, object);
    }
    ob_ndr_procedure_free(structs);
    ob_ndr_procedure_free(bags);
}
END_TEST

/* One byte changed, and the fault it gives. */
START_TEST(ndr_read__lies)
{
    static const struct {
        bool two;
        size_t at;
        uint8_t value;
        uint32_t fault;
    } rows[] = {
        {false, 1, 0x80, OB_RPC_FAULT_ENUM_RANGE},    {false, 42, 0, OB_RPC_FAULT_NULL_REF_POINTER},
        {true, 0, 3, OB_RPC_FAULT_INVALID_BOUND},     /* the field says more than the array */
        {true, 16, 1, OB_RPC_FAULT_INVALID_BOUND},    /* the array says less */
        {true, 11, 0x80, OB_RPC_FAULT_INVALID_BOUND}, /* a negative count */
        {true, 6, 0, OB_RPC_FAULT_INVALID_BOUND},     /* a count without data */
    };
    ob_ndr_procedure *structs = probe_procedure(P_STRUCTS);
    ob_ndr_procedure *bags = probe_procedure(P_BAGS);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t data[sizeof deep_bytes];
        const ob_ndr_type *type =
            rows[i].two ? bags->parameters[3].type : structs->parameters[4].type;
        const size_t length = rows[i].two ? sizeof two_bytes : sizeof deep_bytes;
        memcpy(data, rows[i].two ? two_bytes : deep_bytes, length);
        data[rows[i].at] = rows[i].value;
        if (rows[i].fault == OB_RPC_FAULT_NULL_REF_POINTER) {
            data[40] = 0;
        }
        ob_ndr_in in = start(data, length, NULL);
        void *object = NULL;
        ob_ndr_read(&in, type, NULL, &object);
        ck_assert_msg(in.fault == rows[i].fault, "row %zu: fault %08x", i, in.fault);
        free_object(type, object);
    }
    ob_ndr_procedure_free(structs);
    ob_ndr_procedure_free(bags);
}
END_TEST

START_TEST(ndr_read__counts_are_checked_before_memory)
{
    ob_ndr_procedure *procedure = probe_procedure(P_BAGS);
    const ob_ndr_type *type = procedure->parameters[3].type;
    uint8_t data[sizeof two_bytes];
    memcpy(data, two_bytes, sizeof data);
    memset(data, 0xff, 4);      /* four thousand million elements, says the field */
    memset(data + 16, 0xff, 4); /* and the array agrees */
    ob_ndr_in in = start(data, sizeof data, NULL);
    void *object = NULL;
    ob_test_alloc_begin(0, false);
    ob_ndr_read(&in, type, NULL, &object);
    ck_assert_uint_eq(ob_test_alloc_count(), 1); /* the struct only */
    ob_test_alloc_end();
    ck_assert_uint_eq(in.fault, OB_RPC_FAULT_BAD_STUB_DATA);
    free_object(type, object);
    ob_ndr_procedure_free(procedure);
}
END_TEST

START_TEST(ndr_read__memory_is_bounded)
{
    ob_ndr_procedure *procedure = probe_procedure(P_BAGS);
    const ob_ndr_type *type = procedure->parameters[3].type;
    for (size_t memory = 0; memory < 200; memory++) {
        ob_ndr_in in = start(two_bytes, sizeof two_bytes, NULL);
        void *object = NULL;
        in.memory = memory;
        ob_ndr_read(&in, type, NULL, &object);
        /* 32 + 8 + 8 bytes and what each of the three blocks costs */
        ck_assert_uint_eq(in.fault, memory < 48 + 3 * 32 ? OB_RPC_FAULT_NO_MEMORY : 0);
        free_object(type, object);
    }
    ob_ndr_procedure_free(procedure);
}
END_TEST

START_TEST(ndr_read__ranges)
{
    static const struct {
        uint8_t bytes[4];
        bool fits;
    } rows[] = {{{3}, true},
                {{4}, false},
                {{0xfd, 0xff, 0xff, 0xff}, true},
                {{0xfc, 0xff, 0xff, 0xff}, false},
                {{0, 0, 0, 0x80}, false}};
    ob_ndr_procedure *procedure = probe_procedure(P_STRUCTS);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ob_ndr_in in = start(rows[i].bytes, 4, NULL);
        uint64_t slot = 0;
        ob_ndr_read_slot(&in, procedure->parameters[6].type, &slot);
        ck_assert_uint_eq(in.fault, rows[i].fits ? 0 : OB_RPC_FAULT_INVALID_BOUND);
    }
    ob_ndr_procedure_free(procedure);
}
END_TEST

START_TEST(ndr_read__allocate_for_out)
{
    ob_ndr_procedure *procedure = probe_procedure(P_ARRAYS);
    const ob_ndr_type *type = procedure->parameters[4].type;
    uint64_t slots[OB_NDR_SLOTS] = {0, 2};
    ob_ndr_in in = start(NULL, 0, slots);
    const P_MIX *two = ob_ndr_allocate(&in, type, NULL);
    ck_assert_int_eq(two[1].d, 0);
    MIDL_user_free((void *)(uintptr_t)two);
    slots[1] = 0xffffffff;
    ck_assert_ptr_null(ob_ndr_allocate(&in, type, NULL));
    ck_assert_uint_eq(in.fault, OB_RPC_FAULT_NO_MEMORY);
    ob_ndr_procedure_free(procedure);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ndr_read__struct_with_pointers);
    tcase_add_test(cases, ndr_read__cut_at_each_byte);
    tcase_add_test(cases, ndr_read__lies);
    tcase_add_test(cases, ndr_read__counts_are_checked_before_memory);
    tcase_add_test(cases, ndr_read__memory_is_bounded);
    tcase_add_test(cases, ndr_read__ranges);
    tcase_add_test(cases, ndr_read__allocate_for_out);
}

OB_TEST_MAIN("ndr_read", add_cases)
