/* fake_client PORT: calls every method of a fake server on 127.0.0.1, then what it must refuse. */
#include "client_calls.h"
#include "fake_system.h"

#include <stdio.h>
#include <string.h>

static int passed, failed;

static void report(const char *name, const char *wrong, unsigned long exception)
{
    if (wrong == NULL && exception == 0) {
        printf("ok   %s\n", name);
        passed++;
    } else {
        printf("FAIL %s: not so: %s (exception %lu)\n", name, wrong != NULL ? wrong : "",
               exception);
        failed++;
    }
    fflush(stdout);
}

typedef struct attempt {
    const client_call *call;
    const char *wrong;
} attempt;

static void run_call(void *context)
{
    attempt *a = context;
    a->wrong = a->call->run();
}

static void run_all(int round)
{
    for (int i = 0; i < CLIENT_CALLS; i++) {
        char name[80];
        attempt a = {&client_calls[i], NULL};
        const unsigned long exception = fake_call(run_call, &a);
        snprintf(name, sizeof name, "%s (%d)", a.call->name, round);
        report(name, a.wrong, exception);
    }
}

/* A document as large as they get, there and back in many fragments. */
static void run_large(void *context)
{
    static unsigned char data[1 << 20];
    OB_BYTES stored = {0, NULL}, error = {0, NULL};
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (unsigned char)(i * 7 + i / 256);
    }
    const LONG status = ObSetPolicy(CLIENT_TARGET, sizeof data, data, &stored, &error);
    if (status != 0 || stored.count != sizeof data || memcmp(stored.data, data, sizeof data) != 0) {
        *(const char **)context = "a document comes back as it was sent";
    }
    MIDL_user_free(stored.data);
}

/* All pages of a long list. */
static void run_pages(void *context)
{
    hyper resume = 0;
    ULONG seen = 0;
    do {
        OB_JOB_LIST list = {0, NULL};
        OB_BYTES error = {0, NULL};
        if (ObListJobs(CLIENT_TARGET, 2, &resume, 256, &list, &error) != 0) {
            *(const char **)context = "each page is given";
            return;
        }
        for (ULONG i = 0; i < list.count; i++) {
            seen += list.jobs[i].bytes_total == (hyper)seen * 11;
            MIDL_user_free(list.jobs[i].current);
            MIDL_user_free(list.jobs[i].detail);
        }
        MIDL_user_free(list.jobs);
    } while (resume != 0);
    if (seen != FAKE_JOBS) {
        *(const char **)context = "all jobs come in their order";
    }
}

int main(int argc, char **argv)
{
    RPC_CSTR text = NULL;
    const char *wrong = NULL;
    if (argc != 2) {
        return 64;
    }
    fake_client_init();
    if (RpcStringBindingComposeA(NULL, (RPC_CSTR) "ncacn_ip_tcp", (RPC_CSTR) "127.0.0.1",
                                 (RPC_CSTR)argv[1], NULL, &text) != RPC_S_OK ||
        RpcBindingFromStringBindingA(text, &client_binding) != RPC_S_OK) {
        return 1;
    }
    RpcStringFreeA(&text);
    run_all(1);
    unsigned long exception = fake_call(run_large, &wrong);
    report("a document of 1 MiB", wrong, exception);
    wrong = NULL;
    exception = fake_call(run_pages, &wrong);
    report("600 jobs in pages", wrong, exception);
    run_all(2);
    RpcBindingFree(&client_binding);
    printf("client: %d passed, %d failed\n", passed, failed);
    return failed != 0;
}
