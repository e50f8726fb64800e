#include "ndr_bytes.h"

#include <string.h>

START_TEST(ndr_procedure__what_the_stubs_say)
{
    ob_ndr_procedure *procedure = probe_procedure(P_STRUCTS);
    const ob_ndr_parameter *p = procedure->parameters;
    ck_assert_uint_eq(procedure->opnum, P_STRUCTS);
    ck_assert_uint_eq(procedure->parameter_count, 7);
    ck_assert(procedure->generic_handle);
    ck_assert_int_eq(procedure->context_slot, -1);
    ck_assert_int_eq(p[0].passing, OB_NDR_BY_VALUE);
    ck_assert_int_eq(p[1].passing, OB_NDR_BY_REFERENCE);
    ck_assert_int_eq(p[2].passing, OB_NDR_BY_POINTER);
    ck_assert(p[3].in && p[3].out);
    ck_assert(p[4].out && !p[4].in && p[4].type->has_pointers);
    ck_assert_uint_eq(p[4].type->size, sizeof(P_DEEP));
    ck_assert_uint_eq(p[4].type->wire_align, 8);
    ck_assert_uint_eq(p[4].type->wire_min, 43); /* without any padding */
    ck_assert_uint_eq(p[4].type->field_count, 7);
    ck_assert_uint_eq(p[4].type->fields[4].offset, offsetof(P_DEEP, maybe));
    ck_assert_uint_eq(p[5].type->size, sizeof(P_TAIL));
    ck_assert(p[6].type->has_range);
    ck_assert_int_eq(p[6].type->low, -3);
    ob_ndr_procedure_free(procedure);
    procedure = probe_procedure(P_SIMPLE);
    ck_assert_int_eq(procedure->parameters[3].type->high, 4000000000);
    ob_ndr_procedure_free(procedure);
    ob_ndr_procedure_free(NULL);
}
END_TEST

START_TEST(ndr_procedure__context_handles)
{
    ob_ndr_procedure *procedure = probe_procedure(P_USE);
    ck_assert(!procedure->generic_handle);
    ck_assert_int_eq(procedure->context_slot, 0);
    ck_assert(!procedure->context_null_ok);
    ck_assert_int_eq(procedure->parameters[0].passing, OB_NDR_CONTEXT_VALUE);
    ob_ndr_procedure_free(procedure);
    procedure = probe_procedure(P_OPEN);
    ck_assert_int_eq(procedure->context_slot, 2);
    ck_assert_int_eq(procedure->parameters[2].passing, OB_NDR_CONTEXT_REFERENCE);
    ob_ndr_procedure_free(procedure);
}
END_TEST

/* A method with a generic handle, one parameter and a status. */
static const unsigned char head[] = {0x00, 0x48, 0,    0, 0, 0, 7,    0,    24, 0,    0x31, 0x04, 0,
                                     0,    0,    0x5c, 0, 0, 0, 0,    0x45, 3,  0x0a, 0,    0,    0,
                                     0,    0,    0,    0, 0, 0, 0x48, 0,    0,  0,    0x08, 0};
static const unsigned char tail[] = {0x70, 0, 16, 0, 0x08, 0};

START_TEST(ndr_procedure__refused_procedures)
{
    static const struct {
        size_t at;
        unsigned char value;
        const char *detail;
    } rows[] = {{0, 0x33, "implicit handle"},
                {10, 0x32, "kind of handle"},
                {10, 0x30, "call without a handle"},
                {20, 0x44 & ~4, "flags"},
                {20, 0x4d, "flags"},
                {21, 14, "so many parameters"},
                {21, 0, "so many parameters"},
                {11, 0x0f, "generic handle of this size"},
                {34, 4, "parameter's attribute"},
                {sizeof head + 4, 0x0b, "other than a status"},
                {sizeof head, 0x50, "other than a status"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char format[64] = {0};
        MIDL_STUB_DESC desc = {.pFormatTypes = head};
        ob_ndr_procedure *procedure = NULL;
        memcpy(format, head, sizeof head);
        memcpy(format + sizeof head, tail, sizeof tail);
        format[21] = 2;
        format[rows[i].at] = rows[i].value;
        ck_assert_msg(ob_ndr_compile(&procedure, &desc, format) == OB_E_NOT_SUPPORTED,
                      "row %zu was taken", i);
        ob_check_detail(rows[i].detail);
        ck_assert_ptr_null(procedure);
    }
}
END_TEST

START_TEST(ndr_procedure__every_allocation_fails_once)
{
    const RPC_SERVER_INTERFACE *interface = Serve_Probe_v1_2_s_ifspec;
    const MIDL_SERVER_INFO *info = interface->InterpreterInfo;
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_ndr_procedure *procedure = NULL;
        ob_test_alloc_begin(n, false);
        const ob_status status = ob_ndr_compile(&procedure, info->pStubDesc,
                                                info->ProcString + info->FmtStringOffset[P_BAGS]);
        ob_ndr_procedure_free(procedure);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ndr_procedure__what_the_stubs_say);
    tcase_add_test(cases, ndr_procedure__context_handles);
    tcase_add_test(cases, ndr_procedure__refused_procedures);
    tcase_add_test(cases, ndr_procedure__every_allocation_fails_once);
}

OB_TEST_MAIN("ndr_procedure", add_cases)
