/* Calls through both ends of the interpreter, over a socket pair. */
#include "probe_server.h"

#include <string.h>
#include <unistd.h>

START_TEST(ndr_server__base_types_go_both_ways)
{
    unsigned char x = 0;
    short y = 0;
    P_COLOUR z = RED;
    P_BIG w = BIG;
    probe_start(NULL);
    const LONG result =
        Simple(PROBE_TARGET, 255, -32768, 4000000000u, -1, RED, BIG, &x, &y, &z, &w);
    ck_assert_int_eq(result, (LONG)3999999999u);
    ck_assert_int_eq(x, 0);
    ck_assert_int_eq(y, 32767);
    ck_assert_int_eq(z, GREEN);
    ck_assert_int_eq(w, SMALL);
    probe_stop();
}
END_TEST

START_TEST(ndr_server__structs_and_unique_pointers)
{
    P_MIX m = {1, 2, 3, 4};
    P_MIX u = {0, 0, 0, (hyper)1 << 40};
    P_MIX io = {7, 7, 70000, 7};
    P_TAIL tail = {-9, -10};
    P_DEEP deep;
    probe_start(NULL);
    ck_assert_int_eq(Structs(PROBE_TARGET, &m, &u, &io, &deep, &tail, -3), -5);
    ck_assert_int_eq(deep.colour, GREEN);
    ck_assert_int_eq(deep.big, BIG);
    ck_assert_uint_eq(deep.mix.a, 1);
    ck_assert_uint_eq(deep.mix.b, 2);
    ck_assert_uint_eq(deep.mix.c, 3);
    ck_assert_int_eq(deep.mix.d, 4);
    ck_assert_uint_eq(deep.fixed[2], 70000);
    ck_assert_int_eq(deep.t, -3);
    ck_assert_int_eq(*deep.maybe, (hyper)1 << 40);
    ck_assert_int_eq(*deep.sure, -10);
    ck_assert_int_eq(io.a, 8);
    ck_assert_int_eq(io.d, -9);
    MIDL_user_free(deep.maybe);
    MIDL_user_free(deep.sure);
    ck_assert_int_eq(Structs(PROBE_TARGET, &m, NULL, &io, &deep, &tail, 3), -5);
    ck_assert_ptr_null(deep.maybe);
    MIDL_user_free(deep.sure);
    probe_stop();
}
END_TEST

START_TEST(ndr_server__arrays)
{
    hyper a[3] = {1, -2, (hyper)1 << 33};
    short b[3] = {1, -2, 3};
    ULONG f[4] = {10, 20, 30, 40};
    unsigned char u[3] = {5, 6, 255};
    P_MIX c[3];
    probe_start(NULL);
    memset(c, 0xff, sizeof c);
    ck_assert_int_eq(Arrays(PROBE_TARGET, 3, a, b, c, f, u), -1 + 266 + 100);
    ck_assert_int_eq(b[0], -1);
    ck_assert_int_eq(b[1], 2);
    ck_assert_int_eq(c[2].a, 2);
    ck_assert_int_eq(c[2].b, 0);
    ck_assert_int_eq(c[2].d, (hyper)1 << 33);
    ck_assert_int_eq(Arrays(PROBE_TARGET, 0, a, b, c, f, u), 100);
    ck_assert_int_eq(Arrays(PROBE_TARGET, 1, a, b, c, f, NULL), 101);
    probe_stop();
}
END_TEST

START_TEST(ndr_server__arrays_of_structs_with_pointers)
{
    hyper maybe = 100;
    LONG sure[3] = {-1, -2, -3};
    P_DEEP deep[3] = {{.colour = RED, .big = BIG, .maybe = &maybe, .sure = &sure[0]},
                      {.colour = RED, .big = BIG, .sure = &sure[1]},
                      {.colour = RED, .big = BIG, .maybe = &maybe, .sure = &sure[2]}};
    P_BAG bags[3] = {{.n = 2, .list = deep, .mixes = {{0}, {.d = 5}}},
                     {.n = 0, .list = NULL},
                     {.n = 1, .list = deep + 2, .mixes = {{0}, {.d = 6}}}};
    P_TWO two;
    probe_start(NULL);
    ck_assert_int_eq(Bags(PROBE_TARGET, 3, bags, &two), 0);
    ck_assert_uint_eq(two.n, 3);
    ck_assert_int_eq(two.p[0], -1);
    ck_assert_int_eq(two.p[2], -3);
    ck_assert_int_eq(two.h[0], 11);
    ck_assert_int_eq(two.h[1], 201);
    MIDL_user_free(two.p);
    MIDL_user_free(two.h);
    probe_stop();
}
END_TEST

START_TEST(ndr_server__count_by_out_pointer)
{
    ULONG n = 0;
    P_MIX *p = NULL;
    probe_start(NULL);
    ck_assert_int_eq(Made(PROBE_TARGET, &n, &p), 0);
    ck_assert_uint_eq(n, 3);
    ck_assert_uint_eq(p[2].b, 0xfedc);
    MIDL_user_free(p);
    probe_stop();
}
END_TEST

START_TEST(ndr_server__context_handles)
{
    P_CONTEXT c = NULL;
    LONG sum = 0;
    probe_start(NULL);
    ck_assert_int_eq(Open(PROBE_TARGET, -7, &c), -7);
    ck_assert_ptr_null(c);
    ck_assert_int_eq(Open(PROBE_TARGET, 40, &c), 0);
    ck_assert_ptr_nonnull(c);
    ck_assert_int_eq(Use(c, 2, 0, &sum), 0);
    ck_assert_int_eq(sum, 42);
    ck_assert_int_eq(Both(PROBE_TARGET, c, &sum), 0);
    ck_assert_int_eq(sum, 42);
    ck_assert_int_eq(Change(&c, 1), 0);
    ck_assert_ptr_nonnull(c);
    ck_assert_int_eq(Change(&c, 0), 0);
    ck_assert_ptr_null(c);
    ck_assert_int_eq(atomic_load(&probe.rundowns), 0);
    probe_stop();
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, ndr_server__base_types_go_both_ways);
    tcase_add_test(cases, ndr_server__structs_and_unique_pointers);
    tcase_add_test(cases, ndr_server__arrays);
    tcase_add_test(cases, ndr_server__arrays_of_structs_with_pointers);
    tcase_add_test(cases, ndr_server__count_by_out_pointer);
    tcase_add_test(cases, ndr_server__context_handles);
}

OB_TEST_MAIN("ndr_server", add_cases)
