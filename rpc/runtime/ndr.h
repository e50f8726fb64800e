/*
 * NDR 2.0, little-endian ([C706] chapter 14), by interpretation of widl's -Oicf format strings.
 *
 * A procedure's format string is compiled into a tree of types before it serves. What the compiler
 * does not know is refused there, so that reading, writing and freeing meet known kinds only. A
 * type that contains itself is refused too (by the nesting limit), so their recursion is bounded by
 * the tree and never by the bytes of a caller.
 */
#ifndef OB_RPC_NDR_H
#define OB_RPC_NDR_H

#include "ob/buf.h"
#include "ob/rpc_runtime.h"
#include "ob/status.h"

#include <rpc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    OB_NDR_NESTING = 16, /* types inside of types */
    OB_NDR_NODES = 512,  /* types in one procedure */
    OB_NDR_FIELDS = 64,  /* of one struct */
    OB_NDR_SLOTS = 12    /* parameters of one procedure */
};

typedef enum ob_ndr_kind {
    OB_NDR_BASE = 1,
    OB_NDR_STRUCT,
    OB_NDR_ARRAY,      /* fixed count */
    OB_NDR_CONFORMANT, /* count on the wire and in a field or parameter */
    OB_NDR_POINTER
} ob_ndr_kind;

/* Where the count of a conformant array is found. */
typedef struct ob_ndr_count {
    bool of_parameter; /* a parameter, else a field of the innermost struct */
    bool dereference;  /* the parameter points to it */
    bool is_signed;
    uint8_t size; /* bytes: 1, 2, 4 */
    uint8_t slot;
    uint16_t offset;
} ob_ndr_count;

typedef struct ob_ndr_type ob_ndr_type;

typedef struct ob_ndr_field {
    uint32_t offset; /* in memory */
    const ob_ndr_type *type;
} ob_ndr_field;

struct ob_ndr_type {
    ob_ndr_kind kind;
    uint32_t size; /* bytes in memory; of a conformant array: of one element */
    uint8_t align; /* in memory */
    uint8_t wire_align;
    uint32_t wire_min; /* fewest bytes on the wire, at least 1 */
    bool has_pointers; /* itself or inside */
    /* OB_NDR_BASE */
    uint8_t wire_size;
    bool is_signed;
    bool has_range;
    int64_t low, high;
    /* OB_NDR_STRUCT */
    const ob_ndr_field *fields;
    size_t field_count;
    /* OB_NDR_ARRAY, OB_NDR_CONFORMANT: of the elements; OB_NDR_POINTER: what it points to */
    const ob_ndr_type *target;
    uint32_t array_count;
    ob_ndr_count count;
    /* OB_NDR_POINTER */
    bool is_ref;
    ob_ndr_type *next; /* all of one procedure, for the release */
};

typedef enum ob_ndr_passing {
    OB_NDR_BY_VALUE = 1,  /* the slot is the value */
    OB_NDR_BY_REFERENCE,  /* the slot points to it and is never NULL */
    OB_NDR_BY_POINTER,    /* the slot is a unique pointer */
    OB_NDR_CONTEXT_VALUE, /* the slot is a context handle */
    OB_NDR_CONTEXT_REFERENCE
} ob_ndr_passing;

typedef struct ob_ndr_parameter {
    ob_ndr_passing passing;
    bool in, out;
    const ob_ndr_type *type; /* NULL for a context handle */
} ob_ndr_parameter;

typedef struct ob_ndr_procedure {
    uint16_t opnum;
    uint8_t parameter_count; /* in the order of the slots, without the result */
    ob_ndr_parameter parameters[OB_NDR_SLOTS];
    bool generic_handle; /* slot 0 and binding_pair give the binding, else the context does */
    uint8_t binding_pair;
    int context_slot;     /* of the only context handle, -1 = none */
    bool context_null_ok; /* [in] may be NULL */
    uint8_t rundown;      /* index of its rundown routine */
    const MIDL_STUB_DESC *desc;
    ob_ndr_type *types;
} ob_ndr_procedure;

/* `format` is a procedure of widl's output, trusted as code is. OB_E_NOT_SUPPORTED with the opnum
 * and the reason in the detail, OB_E_NO_MEMORY. */
ob_status ob_ndr_compile(ob_ndr_procedure **out, const MIDL_STUB_DESC *desc, PFORMAT_STRING format);
void ob_ndr_procedure_free(ob_ndr_procedure *procedure); /* takes NULL */

/* False for a negative count, or a NULL pointer on the way to it. */
bool ob_ndr_count_get(const ob_ndr_count *count, const void *scope, const uint64_t *slots,
                      uint32_t *out);

/* Stub bytes being read. The first fault sticks and nothing is read after it. */
typedef struct ob_ndr_in {
    ob_reader reader; /* starts where the stub data starts: alignment counts from there */
    const uint64_t *slots;
    void *(*allocate)(size_t size);
    size_t memory; /* bytes that may still be allocated */
    uint32_t fault;
} ob_ndr_in;

/*
 * Reads one object of `type`, which stands in `scope` (the innermost struct, or NULL). With *memory
 * NULL the memory is allocated, zeroed and stored there before it is filled, so that what a fault
 * leaves can be freed by ob_ndr_free(); else it is filled as it is. A count is compared with what
 * its field or parameter says and with the bytes that are left before anything is allocated.
 */
void ob_ndr_read(ob_ndr_in *in, const ob_ndr_type *type, const void *scope, void **memory);
/* A base type into a slot, or a pointer that is a slot. */
void ob_ndr_read_slot(ob_ndr_in *in, const ob_ndr_type *type, uint64_t *slot);
/* Zeroed memory for an [out] parameter; counts of conformant arrays are read from the slots. */
void *ob_ndr_allocate(ob_ndr_in *in, const ob_ndr_type *type, const void *scope);
void ob_ndr_read_align(ob_ndr_in *in, uint32_t align);
void ob_ndr_in_fail(ob_ndr_in *in, uint32_t fault);

/* Stub bytes being written. */
typedef struct ob_ndr_out {
    ob_buf *buf; /* empty at the start of the stub data */
    const uint64_t *slots;
    uint32_t referent; /* last id given to a pointer */
    uint32_t fault;
} ob_ndr_out;

void ob_ndr_write(ob_ndr_out *out, const ob_ndr_type *type, const void *scope, const void *memory);
void ob_ndr_write_slot(ob_ndr_out *out, const ob_ndr_type *type, const uint64_t *slot);
void ob_ndr_write_align(ob_ndr_out *out, uint32_t align);
void ob_ndr_out_fail(ob_ndr_out *out, uint32_t fault);

/* Frees what the pointers inside of an object point to, not the object. `release` is called for
 * each; pointers become NULL. */
void ob_ndr_free(const ob_ndr_type *type, void *memory, const void *scope, const uint64_t *slots,
                 void (*release)(void *block));

/* Stands in a pointer whose pointee has not been read yet. */
extern char ob_ndr_pending[1];

#endif
