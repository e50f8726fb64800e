/* Types of the Probe interface, and their bytes worked out by hand from [C706] 14.3. */
#ifndef NDR_BYTES_H
#define NDR_BYTES_H

#include "ndr.h"
#include "probe_server.h"

enum probe_opnum {
    P_SIMPLE,
    P_STRUCTS,
    P_ARRAYS,
    P_BAGS,
    P_MADE,
    P_ECHO,
    P_OPEN,
    P_USE,
    P_CHANGE,
    P_BOTH,
    P_COUNT
};

/* Freed by ob_ndr_procedure_free(). */
static inline ob_ndr_procedure *probe_procedure(enum probe_opnum opnum)
{
    const RPC_SERVER_INTERFACE *interface = Serve_Probe_v1_2_s_ifspec;
    const MIDL_SERVER_INFO *info = interface->InterpreterInfo;
    ob_ndr_procedure *procedure = NULL;
    ob_check_ok(ob_ndr_compile(&procedure, info->pStubDesc,
                               info->ProcString + info->FmtStringOffset[opnum]));
    return procedure;
}

/* clang-format off */

/* A P_DEEP: {RED, BIG, {1, 2, 3, 4}, {5, 6, 7}, &-8, &9, 10}. */
static const uint8_t deep_bytes[] = {
    1, 0, 0, 0, 0x70, 0x11, 1, 0,             /* colour in 2 bytes, big */
    1, 0, 2, 0, 3, 0, 0, 0,                   /* mix, aligned to 8 */
    4, 0, 0, 0, 0, 0, 0, 0,
    5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0,       /* fixed */
    0, 0, 2, 0, 4, 0, 2, 0,                   /* two referents */
    10, 0, 0, 0,                              /* t, padding of what follows */
    0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    9, 0, 0, 0};

/* Two longs and a hyper: {2, {1, 2}, 1, {3}}. */
static const uint8_t two_bytes[] = {
    2, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 4, 0, 2, 0,
    2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0,       /* count, p */
    1, 0, 0, 0,                               /* count, which happens to align h */
    3, 0, 0, 0, 0, 0, 0, 0};

/* clang-format on */

#endif
