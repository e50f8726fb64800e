/* The compiler of format strings: what its two halves share. Layouts: "RPC NDR Format Strings" of
 * the Windows documentation. */
#ifndef OB_RPC_NDR_COMPILE_H
#define OB_RPC_NDR_COMPILE_H

#include "ndr.h"

enum {
    FC_BYTE = 0x01,
    FC_CHAR = 0x02,
    FC_WCHAR = 0x05,
    FC_SHORT = 0x06,
    FC_USHORT = 0x07,
    FC_LONG = 0x08,
    FC_ULONG = 0x09,
    FC_HYPER = 0x0b,
    FC_ENUM16 = 0x0d,
    FC_ENUM32 = 0x0e,
    FC_RP = 0x11,
    FC_UP = 0x12,
    FC_STRUCT = 0x15,
    FC_BOGUS_STRUCT = 0x1a,
    FC_CARRAY = 0x1b,
    FC_SMFARRAY = 0x1d,
    FC_LGFARRAY = 0x1e,
    FC_BOGUS_ARRAY = 0x21,
    FC_BIND_CONTEXT = 0x30,
    FC_BIND_GENERIC = 0x31,
    FC_POINTER = 0x36,
    FC_ALIGNM2 = 0x37,
    FC_ALIGNM4 = 0x38,
    FC_ALIGNM8 = 0x39,
    FC_STRUCTPAD1 = 0x3d,
    FC_STRUCTPAD7 = 0x43,
    FC_EMBEDDED_COMPLEX = 0x4c,
    FC_DEREFERENCE = 0x54,
    FC_END = 0x5b,
    FC_PAD = 0x5c,
    FC_RANGE = 0xb7
};

typedef struct ob_ndr_compiler {
    ob_ndr_procedure *procedure;
    const unsigned char *types;
    uint32_t scope_size; /* bytes of the innermost struct, 0 outside */
    unsigned nesting;
    unsigned nodes;
    ob_status status; /* the first failure */
} ob_ndr_compiler;

static inline uint16_t ob_ndr_u16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

/* Notes that `what` (with the byte that told) is not served. */
void ob_ndr_refuse(ob_ndr_compiler *c, const char *what, unsigned code);
/* The type at a place of the type format string, and a base type by its code. NULL on failure; they
 * belong to the procedure. */
ob_ndr_type *ob_ndr_compile_type(ob_ndr_compiler *c, const unsigned char *at);
ob_ndr_type *ob_ndr_compile_base(ob_ndr_compiler *c, unsigned code);

#endif
