/* The server's end of every method, by golden/: each request gives its response. */
#include "call.h"
#include "fake.h"
#include "golden.h"

#include "ob/test.h"

#include <string.h>

START_TEST(golden_server__every_method)
{
    ob_rpc_interface *interface = NULL;
    ob_rpc_group group = {0};
    const ob_rpc_peer peer = {0};
    uint8_t handle[OB_RPC_CONTEXT_BYTES] = {0};
    ob_mutex_init(&group.mutex);
    ob_cond_init(&group.freed);
    ob_check_ok(ob_rpc_interface_new(&interface, OnlineBackup_v1_0_s_ifspec, UINT32_MAX, NULL));
    ck_assert_uint_eq(interface->procedure_count, GOLDEN_METHODS);
    /* The order of the opnums is such that the handle is opened before it is used. */
    for (uint16_t opnum = 0; opnum < GOLDEN_METHODS; opnum++) {
        static golden g;
        ob_rpc_call call = {.interface = interface,
                            .group = &group,
                            .peer = &peer,
                            .call_memory = 1 << 20,
                            .contexts = 4,
                            .response = {.limit = 1 << 20}};
        golden_load(&g, golden_methods[opnum]);
        for (size_t i = 0; i < g.request.length; i++) {
            if (g.request.is_handle[i]) {
                g.request.bytes[i] = handle[g.request.bytes[i]];
            }
        }
        ob_rpc_call_run(&call, opnum, g.request.bytes, g.request.length);
        ck_assert_msg(call.fault == 0, "%s: fault 0x%08x", golden_methods[opnum], call.fault);
        golden_check(golden_methods[opnum], &g.response, call.response.data, call.response.length);
        if (g.response.is_handle[0]) {
            memcpy(handle, call.response.data, sizeof handle);
        }
        ob_buf_free(&call.response);
    }
    ck_assert(!ob_rpc_contexts_any(&group));
    ob_rpc_interface_free(interface);
}
END_TEST

/* Bytes of a type on the wire; *gaps when they do not follow each other in a struct. */
static uint32_t wire_size(const ob_ndr_type *type, bool *gaps)
{
    uint32_t at = 0;
    switch (type->kind) {
    case OB_NDR_STRUCT:
        for (size_t i = 0; i < type->field_count; i++) {
            const ob_ndr_type *field = type->fields[i].type;
            *gaps |= at % field->wire_align != 0;
            at += wire_size(field, gaps);
        }
        return at;
    case OB_NDR_ARRAY:
        return type->array_count * wire_size(type->target, gaps);
    case OB_NDR_POINTER:
        wire_size(type->target, gaps);
        return 4;
    case OB_NDR_CONFORMANT:
        wire_size(type->target, gaps); /* between elements a gap is understood */
        return 4;
    default:
        return type->wire_size;
    }
}

/* Wine's rpcrt4 does not skip gaps in structs with pointers. */
START_TEST(golden_server__structs_have_no_gaps)
{
    ob_rpc_interface *interface = NULL;
    ob_check_ok(ob_rpc_interface_new(&interface, OnlineBackup_v1_0_s_ifspec, UINT32_MAX, NULL));
    for (size_t i = 0; i < interface->procedure_count; i++) {
        for (const ob_ndr_type *type = interface->procedures[i]->types; type != NULL;
             type = type->next) {
            bool gaps = false;
            wire_size(type, &gaps);
            ck_assert_msg(!gaps || !type->has_pointers, "a struct of %s has a gap",
                          golden_methods[i]);
        }
    }
    ob_rpc_interface_free(interface);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, golden_server__structs_have_no_gaps);
    tcase_add_test(cases, golden_server__every_method);
}

OB_TEST_MAIN("golden_server", add_cases)
