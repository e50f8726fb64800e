/*
 * The RPC runtime, both ends, over the Probe interface. The first byte tells the size of the pieces
 * in which bytes arrive, the second one a method; the rest is what a client sends, what a server
 * answers, the stub data of a request and the stub data of an answer: all four, one after the
 * other.
 */
#include "fuzz.h"

#include "ndr_bytes.h"
#include "pdu.h"
#include "script.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

static ob_rpc_server *server;
static ob_rpc_interface *interface;
static script stream;
static const uint8_t *stream_data;
static size_t stream_length, stream_piece;

static void must(bool good)
{
    if (!good) {
        abort();
    }
}

static void start(void)
{
    const ob_rpc_limits limits = {.request_bytes = 1 << 20, .call_memory = 1 << 20};
    must(!OB_FAILED(ob_rpc_server_new(&server, &limits, NULL)));
    must(!OB_FAILED(ob_rpc_server_register(server, Serve_Probe_v1_2_s_ifspec, UINT32_MAX, NULL)));
    must(!OB_FAILED(ob_rpc_interface_new(&interface, Serve_Probe_v1_2_s_ifspec, UINT32_MAX, NULL)));
    probe.impatient = true;
}

static void serve_bytes(const uint8_t *data, size_t size, size_t piece)
{
    ob_rpc_connection connection = {.server = server};
    script_init(&stream, data, size);
    stream.piece = piece;
    must(!OB_FAILED(ob_rpc_channel_init(&connection.channel, &stream.base, ob_clock_os(), 5840)));
    ob_rpc_connection_serve(&connection);
    ob_rpc_group_leave(&server->groups, connection.group);
    ob_rpc_channel_close(&connection.channel);
    ob_buf_free(&connection.request);
    script_free(&stream);
}

static void serve_stub(uint16_t opnum, const uint8_t *data, size_t size)
{
    static const ob_rpc_peer nobody;
    ob_rpc_group group = {.id = 1};
    ob_rpc_call call = {.interface = interface,
                        .group = &group,
                        .peer = &nobody,
                        .call_memory = 1 << 20,
                        .contexts = 4,
                        .response = {.limit = 8 << 20}};
    ob_mutex_init(&group.mutex);
    ob_cond_init(&group.freed);
    ob_rpc_call_run(&call, opnum, data, size);
    ob_rpc_contexts_run_down(&group);
    ob_cond_destroy(&group.freed);
    ob_mutex_destroy(&group.mutex);
    ob_buf_free(&call.response);
}

static ob_status connect_stream(void *context, const char *address, const char *endpoint,
                                uint32_t ms, ob_rpc_transport **out)
{
    (void)context;
    (void)address;
    (void)endpoint;
    (void)ms;
    script_free(&stream);
    script_init(&stream, stream_data, stream_length);
    stream.piece = stream_piece;
    *out = &stream.base;
    return OB_OK;
}

static void free_deep(P_DEEP *deep)
{
    MIDL_user_free(deep->maybe);
    MIDL_user_free(deep->sure);
}

static void call_method(unsigned method)
{
    unsigned char octet[2] = {1, 2};
    short shorts[2] = {3, 4};
    hyper hypers[2] = {5, 6};
    LONG sure = 7;
    ULONG four[4] = {0};
    P_MIX mix = {0}, more[2] = {{0}}, *made = NULL;
    P_TAIL tail = {0};
    P_DEEP deep = {.sure = &sure};
    P_BAG bag = {.n = 1, .list = &deep};
    P_TWO two = {0};
    P_COLOUR colour = RED;
    P_BIG big = BIG;
    P_CONTEXT context = NULL;
    LONG number = 0;
    ULONG count = 0;
    switch (method) {
    case P_SIMPLE:
        Simple(PROBE_TARGET, 1, 2, 5, 4, RED, BIG, octet, shorts, &colour, &big);
        break;
    case P_STRUCTS:
        if (Structs(PROBE_TARGET, &mix, &mix, &more[0], &deep, &tail, 1) >= 0 ||
            deep.sure != NULL) {
            free_deep(&deep);
        }
        break;
    case P_ARRAYS:
        Arrays(PROBE_TARGET, 2, hypers, shorts, more, four, octet);
        break;
    case P_BAGS:
    case P_ECHO:
        if (method == P_BAGS) {
            Bags(PROBE_TARGET, 1, &bag, &two);
        } else {
            Echo(PROBE_TARGET, 2, octet, 0, 1, &two);
        }
        MIDL_user_free(two.p);
        MIDL_user_free(two.h);
        break;
    case P_MADE:
        Made(PROBE_TARGET, &count, &made);
        MIDL_user_free(made);
        break;
    default:
        if (!OB_FAILED(Open(PROBE_TARGET, 1, &context)) && context != NULL) {
            Use(context, 1, 0, &number);
            Change(&context, 1);
        }
        RpcSsDestroyClientContext(&context);
        break;
    }
}

static void call_bytes(unsigned method, const uint8_t *data, size_t size, size_t piece)
{
    stream_data = data;
    stream_length = size;
    stream_piece = piece;
    must(
        !OB_FAILED(ob_rpc_binding_new(&probe.targets[PROBE_TARGET], connect_stream, NULL, "", "")));
    ob_rpc_binding_limits(probe.targets[PROBE_TARGET], 0, 1 << 20);
    call_method(method);
    RpcBindingFree(&probe.targets[PROBE_TARGET]);
    script_free(&stream);
}

static void call_stub(unsigned method, const uint8_t *data, size_t size, size_t piece)
{
    ob_buf answer = {0};
    script_bind_ack(&answer, OB_PDU_BIND_ACK, 1, 1, 5840, 0);
    if (size < 5000) {
        script_stub(&answer, OB_PDU_RESPONSE, OB_PDU_WHOLE, 2, 0, 0, data, size);
    }
    must(!answer.failed);
    call_bytes(method, answer.data, answer.length, piece);
    ob_buf_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (server == NULL) {
        start();
    }
    if (size < 2) {
        return 0;
    }
    const size_t piece = data[0];
    const unsigned method = data[1] % P_COUNT;
    data += 2;
    size -= 2;
    serve_bytes(data, size, piece);
    serve_stub((uint16_t)method, data, size);
    call_bytes(method, data, size, piece);
    call_stub(method, data, size, piece);
    must(probe_blocks() == 0);
    return 0;
}
