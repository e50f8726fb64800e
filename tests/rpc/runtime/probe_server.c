#include "probe_server.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

probe_state probe;

static atomic_int blocks;

void *MIDL_user_allocate(size_t size)
{
    void *block = ob_alloc(size);
    if (block != NULL) {
        atomic_fetch_add(&blocks, 1);
        memset(block, 0xa5, size); /* nobody may count on zeroes */
    }
    return block;
}

void MIDL_user_free(void *block)
{
    if (block != NULL) {
        atomic_fetch_sub(&blocks, 1);
        ob_free(block);
    }
}

int probe_blocks(void)
{
    return atomic_load(&blocks);
}

void probe_await(atomic_int *counter, int wanted)
{
    for (int i = 0; i < 1000 && atomic_load(counter) != wanted; i++) {
        usleep(10 * 1000);
    }
    ck_assert_int_eq(atomic_load(counter), wanted);
}

handle_t P_TARGET_bind(P_TARGET target)
{
    return target < 3 ? probe.targets[target] : NULL;
}

void P_TARGET_unbind(P_TARGET target, handle_t binding)
{
    (void)target;
    (void)binding;
}

/* The server's routines. */

enum { MOST_WAIT_MS = 1000, MOST_ANSWER = 1 << 20 };

static void wait(ULONG ms)
{
    atomic_fetch_add(&probe.running, 1);
    if (!probe.impatient) {
        usleep((ms < MOST_WAIT_MS ? ms : MOST_WAIT_MS) * 1000);
    }
    atomic_fetch_sub(&probe.running, 1);
}

LONG Serve_Simple(P_TARGET t, unsigned char a, LONG b, ULONG c, hyper d, P_COLOUR e, P_BIG f,
                  unsigned char *x, short *y, P_COLOUR *z, P_BIG *w)
{
    (void)t;
    probe.peer_known = ob_rpc_call_peer(&probe.peer);
    I_RpcBindingInqLocalClientPID(NULL, &probe.pid);
    if (b == 77) {
        *z = (P_COLOUR)70000; /* does not fit into what travels */
        return 0;
    }
    *x = (unsigned char)(a + 1);
    *y = (short)((ULONG)b - 1);
    *z = e == RED ? GREEN : RED;
    *w = *w == BIG && f == BIG ? SMALL : BIG;
    return (LONG)(c + (ULONG)d);
}

LONG Serve_Structs(P_TARGET t, P_MIX *m, P_MIX *u, P_MIX *io, P_DEEP *deep, P_TAIL *tail,
                   LONG small_one)
{
    (void)t;
    memset(deep, 0, sizeof *deep);
    deep->colour = GREEN;
    deep->big = BIG;
    deep->mix = *m;
    deep->fixed[2] = io->c;
    deep->t = (short)small_one;
    if (u != NULL) {
        deep->maybe = MIDL_user_allocate(sizeof *deep->maybe);
        *deep->maybe = u->d;
    }
    if (tail->c != 99) { /* else [ref] stays NULL: an error of the server */
        deep->sure = MIDL_user_allocate(sizeof *deep->sure);
        *deep->sure = tail->c;
    }
    io->a++;
    io->d = tail->d;
    return -5;
}

LONG Serve_Arrays(P_TARGET t, ULONG n, hyper *a, short b[], P_MIX *c, ULONG f[4], unsigned char *u)
{
    (void)t;
    ULONG sum = 0; /* wraps: the caller's numbers may be any */
    for (ULONG i = 0; i < n; i++) {
        sum += (ULONG)a[i] + (u != NULL ? u[i] : 0);
        b[i] = (short)-b[i];
        c[i].a = (unsigned char)i;
        c[i].d = a[i];
    }
    return (LONG)(sum + f[0] + f[1] + f[2] + f[3]);
}

LONG Serve_Bags(P_TARGET t, ULONG n, P_BAG *bags, P_TWO *two)
{
    (void)t;
    for (ULONG i = 0; i < n; i++) {
        two->n += bags[i].n;
    }
    two->m = 2;
    two->p = MIDL_user_allocate(two->n * sizeof *two->p);
    two->h = MIDL_user_allocate(2 * sizeof *two->h);
    uint64_t sums[2] = {0, 0};
    ULONG at = 0;
    for (ULONG i = 0; i < n; i++) {
        sums[0] += (uint64_t)bags[i].mixes[1].d;
        for (unsigned j = 0; j < bags[i].n; j++) {
            two->p[at++] = *bags[i].list[j].sure;
            sums[1] += bags[i].list[j].maybe != NULL ? (uint64_t)*bags[i].list[j].maybe : 1;
        }
    }
    two->h[0] = (hyper)sums[0];
    two->h[1] = (hyper)sums[1];
    return 0;
}

LONG Serve_Made(P_TARGET t, ULONG *n, P_MIX **p)
{
    (void)t;
    *n = 3;
    *p = MIDL_user_allocate(3 * sizeof **p);
    memset(*p, 0, 3 * sizeof **p);
    (*p)[2].b = 0xfedc;
    return 0;
}

LONG Serve_Echo(P_TARGET t, ULONG n, unsigned char *data, ULONG wait_ms, ULONG answer, P_TWO *two)
{
    (void)t;
    wait(wait_ms);
    two->p = answer > MOST_ANSWER ? NULL : MIDL_user_allocate(answer * sizeof *two->p);
    if (two->p == NULL) {
        return OB_E_NO_MEMORY;
    }
    two->n = answer;
    for (ULONG i = 0; i < answer; i++) {
        two->p[i] = n == 0 ? 0 : data[i % n];
    }
    return (LONG)n;
}

typedef struct probe_context {
    LONG value;
    atomic_int in_use;
} probe_context;

LONG Serve_Open(P_TARGET t, LONG value, P_CONTEXT *c)
{
    (void)t;
    if (value < 0) {
        return value;
    }
    probe_context *context = MIDL_user_allocate(sizeof *context);
    if (context == NULL) {
        return OB_E_NO_MEMORY;
    }
    context->value = value;
    atomic_init(&context->in_use, 0);
    *c = context;
    atomic_fetch_add(&probe.open, 1);
    return 0;
}

LONG Serve_Use(P_CONTEXT c, LONG add, ULONG wait_ms, LONG *sum)
{
    probe_context *context = c;
    const int in_use = atomic_fetch_add(&context->in_use, 1) + 1;
    if (in_use > atomic_load(&probe.most_in_use)) {
        atomic_store(&probe.most_in_use, in_use);
    }
    wait(wait_ms);
    context->value = (LONG)((ULONG)context->value + (ULONG)add);
    *sum = context->value;
    atomic_fetch_sub(&context->in_use, 1);
    return 0;
}

LONG Serve_Change(P_CONTEXT *c, LONG keep)
{
    if (keep == 0 && *c != NULL) {
        MIDL_user_free(*c);
        *c = NULL;
        atomic_fetch_sub(&probe.open, 1);
    }
    return 0;
}

LONG Serve_Both(P_TARGET t, P_CONTEXT c, LONG *value)
{
    (void)t;
    *value = ((probe_context *)c)->value;
    return 0;
}

void P_CONTEXT_rundown(P_CONTEXT c)
{
    MIDL_user_free(c);
    atomic_fetch_sub(&probe.open, 1);
    atomic_fetch_add(&probe.rundowns, 1);
}

/* The dispatch check, as agent/control has it: its own dispatch table in a copy of the interface.
 */

static void dispatch(PRPC_MESSAGE message)
{
    const int fault = atomic_load(&probe.refuse);
    if (fault != 0) {
        ob_rpc_call_reject(message, (uint32_t)fault);
    } else {
        NdrServerCall2(message);
    }
}

static RPC_IF_HANDLE checked_interface(void)
{
    static RPC_SERVER_INTERFACE interface;
    static RPC_DISPATCH_TABLE table;
    static RPC_DISPATCH_FUNCTION functions[64];
    interface = *(const RPC_SERVER_INTERFACE *)Serve_Probe_v1_2_s_ifspec;
    table = *interface.DispatchTable;
    for (unsigned i = 0; i < table.DispatchTableCount; i++) {
        functions[i] = dispatch;
    }
    table.DispatchTable = functions;
    interface.DispatchTable = &table;
    return &interface;
}

int probe_raw(void)
{
    int pair[2];
    ob_rpc_transport *end = NULL;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    ob_check_ok(ob_rpc_transport_of_socket(&end, pair[1]));
    ob_check_ok(ob_rpc_server_serve(probe.server, end));
    return pair[0];
}

ob_status probe_connect(void *context, const char *address, const char *endpoint, uint32_t ms,
                        ob_rpc_transport **out)
{
    (void)address;
    (void)endpoint;
    (void)ms;
    int pair[2];
    ob_rpc_transport *end = NULL;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return ob_fail(OB_E_IO, "socketpair");
    }
    ob_status status = ob_rpc_transport_of_socket(&end, pair[1]);
    if (OB_FAILED(status)) {
        close(pair[1]);
    } else {
        status = ob_rpc_server_serve(context, end);
    }
    if (!OB_FAILED(status)) {
        status = ob_rpc_transport_of_socket(out, pair[0]);
    }
    if (OB_FAILED(status)) {
        close(pair[0]);
    }
    return status == OB_E_BUSY ? OB_E_AGENT_UNREACHABLE : status;
}

void probe_start(const ob_rpc_limits *limits)
{
    ob_check_ok(ob_rpc_server_new(&probe.server, limits, NULL));
    ob_check_ok(ob_rpc_server_register(probe.server, checked_interface(), UINT32_MAX, NULL));
    for (int i = PROBE_TARGET; i <= PROBE_OTHER; i++) {
        ob_check_ok(ob_rpc_binding_new(&probe.targets[i], probe_connect, probe.server, "", "pair"));
        ck_assert_int_eq(RpcBindingSetOption(probe.targets[i], RPC_C_OPT_CALL_TIMEOUT, 20000), 0);
    }
}

void probe_stop(void)
{
    for (int i = PROBE_TARGET; i <= PROBE_OTHER; i++) {
        RpcBindingFree(&probe.targets[i]);
    }
    ob_rpc_server_free(probe.server);
    probe.server = NULL;
    ck_assert_int_eq(probe_blocks(), 0);
    ck_assert_int_eq(atomic_load(&probe.open), 0);
}
