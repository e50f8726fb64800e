#include "call.h"
#include "probe_server.h"

#include <string.h>
#include <unistd.h>

static ob_rpc_interface *interface;
static ob_rpc_group group;
static ob_rpc_peer peer;
static ob_rpc_call call;
static RPC_STATUS verdict;
static int asked;

static RPC_STATUS callback(RPC_IF_HANDLE handle, void *context)
{
    ob_rpc_peer caller;
    (void)context;
    ck_assert_ptr_eq(handle, Serve_Probe_v1_2_s_ifspec);
    ck_assert(ob_rpc_call_peer(&caller));
    asked++;
    return verdict;
}

static void set_up(void)
{
    ob_mutex_init(&group.mutex);
    ob_cond_init(&group.freed);
    ob_check_ok(ob_rpc_interface_new(&interface, Serve_Probe_v1_2_s_ifspec, 0, callback));
    verdict = RPC_S_OK;
}

static void tear_down(void)
{
    ob_rpc_contexts_run_down(&group);
    ob_rpc_interface_free(interface);
    ob_rpc_interface_free(NULL);
    ob_buf_free(&call.response);
    ck_assert_int_eq(probe_blocks(), 0);
}

static void run(uint16_t opnum, const void *stub, size_t length)
{
    ob_buf_free(&call.response);
    call = (ob_rpc_call){.interface = interface,
                         .group = &group,
                         .peer = &peer,
                         .call_memory = 100000,
                         .contexts = 4,
                         .response = {.limit = 100000}};
    ob_rpc_call_run(&call, opnum, stub, length);
}

/* Echo of one byte that asks for no answer. */
static const uint8_t echo[] = {0,   0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
                               'x', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
enum { ECHO = 5, OPEN = 6, USE = 7, CHANGE = 8 };

START_TEST(call__runs_the_manager_routine)
{
    static const uint8_t answer[] = {0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0,
                                     0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0};
    run(ECHO, echo, sizeof echo);
    ck_assert_uint_eq(call.fault, 0);
    ck_assert(call.executed);
    ck_assert_uint_eq(call.response.length, sizeof answer);
    ck_assert_mem_eq(call.response.data, answer, sizeof answer);
    ck_assert_int_eq(asked, 1);
}
END_TEST

START_TEST(call__padding_behind_the_arguments)
{
    uint8_t padded[sizeof echo + 8] = {0};
    memcpy(padded, echo, sizeof echo);
    run(ECHO, padded, sizeof echo + 7);
    ck_assert_uint_eq(call.fault, 0);
    run(ECHO, padded, sizeof echo + 8);
    ck_assert_uint_eq(call.fault, OB_RPC_FAULT_BAD_STUB_DATA);
    ck_assert(!call.executed);
}
END_TEST

START_TEST(call__refused_by_the_callback)
{
    verdict = RPC_S_ACCESS_DENIED;
    run(ECHO, "nonsense", 8);
    ck_assert_uint_eq(call.fault, OB_RPC_FAULT_ACCESS_DENIED);
    ck_assert(!call.executed);
}
END_TEST

START_TEST(call__opnum_out_of_range)
{
    run(10, NULL, 0);
    ck_assert_uint_eq(call.fault, OB_RPC_FAULT_OPNUM_RANGE);
    ck_assert_int_eq(asked, 0);
}
END_TEST

START_TEST(call__arguments_cut_at_each_byte)
{
    for (size_t length = 0; length + 4 <= sizeof echo; length++) {
        run(ECHO, echo, length);
        ck_assert_uint_eq(call.fault, OB_RPC_FAULT_BAD_STUB_DATA);
        ck_assert(!call.executed);
        ck_assert_int_eq(probe_blocks(), 0);
    }
}
END_TEST

START_TEST(call__context_handles)
{
    uint8_t use[20 + 8] = {0};
    uint8_t change[20 + 4] = {0};
    run(OPEN, "\0\0\0\0\x05\0\0\0", 8);
    ck_assert_uint_eq(call.fault, 0);
    ck_assert_uint_eq(call.response.length, 24);
    memcpy(use, call.response.data, 20);
    memcpy(change, use, 20);
    use[20] = 2;
    run(USE, use, sizeof use);
    ck_assert_uint_eq(call.fault, 0);
    ck_assert_mem_eq(call.response.data, "\x07\0\0\0\0\0\0\0", 8);
    use[5] ^= 1;
    run(USE, use, sizeof use);
    ck_assert_uint_eq(call.fault, OB_RPC_FAULT_CONTEXT_MISMATCH);
    run(CHANGE, change, sizeof change); /* closes */
    ck_assert_uint_eq(call.fault, 0);
    for (size_t i = 0; i < 24; i++) {
        ck_assert_uint_eq(call.response.data[i], 0);
    }
    run(CHANGE, change, sizeof change);
    ck_assert_uint_eq(call.fault, OB_RPC_FAULT_CONTEXT_MISMATCH);
    memset(use, 0, 20);
    run(USE, use, sizeof use); /* NULL */
    ck_assert_uint_eq(call.fault, OB_RPC_FAULT_CONTEXT_MISMATCH);
    run(OPEN, "\0\0\0\0\xff\xff\xff\xff", 8); /* refused by the routine: no handle */
    ck_assert_uint_eq(call.fault, 0);
    ck_assert(!ob_rpc_contexts_any(&group));
}
END_TEST

START_TEST(call__a_context_whose_answer_fails_runs_down)
{
    ob_buf_free(&call.response);
    call = (ob_rpc_call){.interface = interface,
                         .group = &group,
                         .peer = &peer,
                         .call_memory = 100000,
                         .contexts = 4,
                         .response = {.limit = 10}};
    ob_rpc_call_run(&call, OPEN, (const uint8_t *)"\0\0\0\0\x05\0\0\0", 8);
    ck_assert_uint_eq(call.fault, OB_RPC_FAULT_NO_MEMORY);
    ck_assert(!ob_rpc_contexts_any(&group));
    ck_assert_int_eq(atomic_load(&probe.rundowns), 1);
}
END_TEST

START_TEST(call__results_that_cannot_be_sent)
{
    /* Simple with b = 77 answers an enum that does not fit. */
    static const uint8_t simple[] = {0, 0, 0, 0, 1, 0, 0, 0, 77, 0, 0, 0, 5, 0, 0, 0, 0, 0,
                                     0, 0, 0, 0, 0, 0, 1, 0, 0,  0, 1, 0, 0, 0, 1, 0, 0, 0};
    run(0, simple, sizeof simple);
    ck_assert_uint_eq(call.fault, OB_RPC_FAULT_ENUM_RANGE);
    ck_assert(call.executed);
}
END_TEST

START_TEST(call__the_caller)
{
    unsigned long pid = 0;
    ob_rpc_peer out;
    ck_assert(!ob_rpc_call_peer(&out)); /* no call */
    ck_assert_int_eq(I_RpcBindingInqLocalClientPID(NULL, &pid), RPC_S_NO_CALL_ACTIVE);
    unsigned char x;
    short y;
    P_COLOUR z;
    P_BIG w = BIG;
    probe_start(NULL);
    ck_assert_int_eq(Simple(PROBE_TARGET, 1, 2, 5, 0, RED, BIG, &x, &y, &z, &w), 5);
    ck_assert(probe.peer_known);
    ck_assert(probe.peer.known);
    ck_assert_int_eq(probe.peer.pid, getpid());
    ck_assert_uint_eq(probe.peer.uid, geteuid());
    ck_assert_uint_eq(probe.peer.gid, getegid());
    ck_assert_uint_eq(probe.pid, (unsigned long)getpid());
    gid_t groups[OB_RPC_PEER_GROUPS];
    const int count = getgroups(OB_RPC_PEER_GROUPS, groups);
    if (count >= 0) {
        ck_assert_uint_eq(probe.peer.group_count, (size_t)count);
    }
    probe_stop();
    ck_assert_int_eq(I_RpcBindingInqLocalClientPID((RPC_BINDING_HANDLE)&pid, &pid),
                     RPC_S_INVALID_BINDING);
}
END_TEST

START_TEST(call__every_allocation_fails_once)
{
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_buf_free(&call.response);
        ob_test_alloc_begin(n, false);
        run(ECHO, echo, sizeof echo);
        hit = ob_test_alloc_end();
        ck_assert_int_eq(probe_blocks(), 0);
        ck_assert(hit || call.fault == 0);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, call__runs_the_manager_routine);
    tcase_add_test(cases, call__padding_behind_the_arguments);
    tcase_add_test(cases, call__refused_by_the_callback);
    tcase_add_test(cases, call__opnum_out_of_range);
    tcase_add_test(cases, call__arguments_cut_at_each_byte);
    tcase_add_test(cases, call__context_handles);
    tcase_add_test(cases, call__a_context_whose_answer_fails_runs_down);
    tcase_add_test(cases, call__results_that_cannot_be_sent);
    tcase_add_test(cases, call__the_caller);
    tcase_add_test(cases, call__every_allocation_fails_once);
}

OB_TEST_MAIN("call", add_cases)
