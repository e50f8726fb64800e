/* The client's end of every method, by golden/: each call sends its request and takes its response.
 */
#include "client_calls.h"
#include "golden.h"
#include "pdu.h"
#include "script.h"

#include "ob/test.h"

static ob_buf answers;
static script connections[GOLDEN_METHODS];
static int connected;

static ob_status connect_script(void *context, const char *address, const char *endpoint,
                                uint32_t ms, ob_rpc_transport **out)
{
    (void)context;
    (void)address;
    (void)endpoint;
    (void)ms;
    ck_assert_int_lt(connected, GOLDEN_METHODS);
    script *s = &connections[connected++];
    script_init(s, answers.data, answers.length);
    *out = &s->base;
    return OB_OK;
}

/* The stub bytes of the request in what was sent. */
static ob_reader sent_request(const script *s)
{
    size_t position = 0;
    ob_pdu pdu;
    while (script_next(&s->sent, &position, &pdu)) {
        if (pdu.type == OB_PDU_REQUEST) {
            ob_read_bytes(&pdu.body, 8);
            return pdu.body;
        }
    }
    ck_abort_msg("no request was sent");
    return (ob_reader){0};
}

START_TEST(golden_client__every_method)
{
    ob_check_ok(ob_rpc_binding_new(&client_binding, connect_script, NULL, "", ""));
    for (int i = 0; i < GOLDEN_METHODS; i++) {
        static golden g;
        ck_assert_str_eq(client_calls[i].name, golden_methods[i]);
        golden_load(&g, golden_methods[i]);
        ob_buf_clear(&answers);
        script_bind_ack(&answers, OB_PDU_BIND_ACK, 1, 1, 5840, 0);
        script_stub(&answers, OB_PDU_RESPONSE, OB_PDU_WHOLE, 2, 0, 0, g.response.bytes,
                    g.response.length);
        const char *wrong = client_calls[i].run();
        ck_assert_msg(wrong == NULL, "%s: not so: %s", client_calls[i].name, wrong);
        ck_assert_int_eq(connected, i + 1); /* each on a connection of its own */
        const ob_reader request = sent_request(&connections[i]);
        const uint8_t *stub = request.data + request.position;
        const size_t length = request.length - request.position;
        golden_check(golden_methods[i], &g.request, stub, length);
        for (size_t at = 0; at < length; at++) { /* the handle that ObOpenPoint got */
            ck_assert_uint_eq(stub[at], g.request.bytes[at]);
        }
    }
    RpcBindingFree(&client_binding);
    for (int i = 0; i < GOLDEN_METHODS; i++) {
        script_free(&connections[i]);
    }
    ob_buf_free(&answers);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, golden_client__every_method);
}

OB_TEST_MAIN("golden_client", add_cases)
