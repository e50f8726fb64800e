/* Format strings to types. Layouts: "RPC NDR Format Strings" of the Windows documentation. */
#include "ndr.h"

#include "ob/alloc.h"

#include <string.h>

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

enum { POINTER_ON_STACK = 0x04, POINTER_SIMPLE = 0x08, POINTER_DEREF = 0x10 };
enum { CORRELATION_FIELD = 0x10, CORRELATION_PARAMETER = 0x20 };
enum { CONTEXT_NOT_NULL = 0x01, CONTEXT_VIA_POINTER = 0x80 };
enum {
    PARAM_IN = 0x08,
    PARAM_OUT = 0x10,
    PARAM_RETURN = 0x20,
    PARAM_BASE = 0x40,
    PARAM_SIMPLE_REF = 0x100,
    PARAM_KNOWN = 0xe1fb /* with must size, must free, by value and the server's size hint */
};

typedef struct compiler {
    ob_ndr_procedure *procedure;
    const unsigned char *types;
    uint32_t scope_size; /* bytes of the innermost struct, 0 outside */
    unsigned nesting;
    unsigned nodes;
    ob_status status;
} compiler;

static uint16_t u16_at(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static int16_t s16_at(const unsigned char *at)
{
    return (int16_t)u16_at(at);
}

static uint32_t u32_at(const unsigned char *at)
{
    return (uint32_t)u16_at(at) | (uint32_t)u16_at(at + 2) << 16;
}

static uint32_t align_up(uint32_t value, uint32_t align)
{
    return (value + align - 1) & ~(align - 1);
}

static void refuse(compiler *c, const char *what, unsigned code)
{
    if (!OB_FAILED(c->status)) {
        c->status = ob_fail(OB_E_NOT_SUPPORTED, "method %u: %s (0x%02x) is not served",
                            c->procedure->opnum, what, code);
    }
}

static ob_ndr_type *new_type(compiler *c, ob_ndr_kind kind)
{
    if (OB_FAILED(c->status)) {
        return NULL;
    }
    if (++c->nodes > OB_NDR_NODES) {
        refuse(c, "a procedure of so many types", c->nodes);
        return NULL;
    }
    ob_ndr_type *type = ob_calloc(1, sizeof *type);
    if (type == NULL) {
        c->status = ob_fail(OB_E_NO_MEMORY, "compiling a format string");
        return NULL;
    }
    type->kind = kind;
    type->next = c->procedure->types;
    c->procedure->types = type;
    return type;
}

static const struct base {
    uint8_t code, size, wire_size;
    bool is_signed;
} base_table[] = {
    {FC_BYTE, 1, 1, false},   {FC_CHAR, 1, 1, false},   {FC_WCHAR, 2, 2, false},
    {FC_SHORT, 2, 2, true},   {FC_USHORT, 2, 2, false}, {FC_LONG, 4, 4, true},
    {FC_ULONG, 4, 4, false},  {FC_HYPER, 8, 8, true},   {FC_ENUM16, 4, 2, false},
    {FC_ENUM32, 4, 4, false},
};

static const struct base *find_base(unsigned code)
{
    for (size_t i = 0; i < sizeof base_table / sizeof *base_table; i++) {
        if (base_table[i].code == code) {
            return &base_table[i];
        }
    }
    return NULL;
}

static ob_ndr_type *compile_base(compiler *c, unsigned code)
{
    const struct base *base = find_base(code);
    if (base == NULL) {
        refuse(c, "a base type", code);
        return NULL;
    }
    ob_ndr_type *type = new_type(c, OB_NDR_BASE);
    if (type != NULL) {
        type->size = type->align = base->size;
        type->wire_size = type->wire_align = base->wire_size;
        type->wire_min = base->wire_size;
        type->is_signed = base->is_signed;
    }
    return type;
}

static ob_ndr_type *compile_type(compiler *c, const unsigned char *at);

static ob_ndr_type *compile_range(compiler *c, const unsigned char *at)
{
    ob_ndr_type *type = compile_base(c, at[1] & 0x0f);
    if (type != NULL) {
        type->has_range = true;
        type->low = type->is_signed ? (int32_t)u32_at(at + 2) : (int64_t)u32_at(at + 2);
        type->high = type->is_signed ? (int32_t)u32_at(at + 6) : (int64_t)u32_at(at + 6);
        if (type->wire_size > 4) {
            refuse(c, "a range of 64 bits", at[1]);
        }
    }
    return type;
}

static ob_ndr_type *compile_pointer(compiler *c, const unsigned char *at)
{
    const unsigned char attributes = at[1];
    if (at[0] != FC_RP && at[0] != FC_UP) {
        refuse(c, "a pointer", at[0]);
        return NULL;
    }
    if ((attributes & ~(POINTER_ON_STACK | POINTER_SIMPLE | POINTER_DEREF)) != 0) {
        refuse(c, "a pointer's attribute", attributes);
        return NULL;
    }
    ob_ndr_type *type = new_type(c, OB_NDR_POINTER);
    if (type == NULL) {
        return NULL;
    }
    type->size = type->align = (uint8_t)sizeof(void *);
    type->wire_align = 4;
    type->wire_min = 4;
    type->has_pointers = true;
    type->is_ref = at[0] == FC_RP;
    type->target = (attributes & POINTER_SIMPLE) != 0 ? compile_base(c, at[2])
                                                      : compile_type(c, at + 2 + s16_at(at + 2));
    return type;
}

/* The element of an array: a base type, or an offset to a type. */
static void compile_element(compiler *c, ob_ndr_type *array, const unsigned char *at)
{
    if (array == NULL) {
        return;
    }
    array->target =
        at[0] == FC_EMBEDDED_COMPLEX ? compile_type(c, at + 2 + s16_at(at + 2)) : compile_base(c, at[0]);
    const ob_ndr_type *element = array->target;
    if (element == NULL) {
        return;
    }
    if (element->kind == OB_NDR_CONFORMANT) {
        refuse(c, "an array of arrays without fixed size", at[0]);
    }
    array->size = element->size;
    array->align = element->align;
    array->wire_align = element->wire_align;
    array->has_pointers = element->has_pointers;
}

static ob_ndr_type *compile_fixed_array(compiler *c, uint32_t size, uint32_t count,
                                        const unsigned char *element)
{
    ob_ndr_type *type = new_type(c, OB_NDR_ARRAY);
    compile_element(c, type, element);
    if (type == NULL || type->target == NULL) {
        return NULL;
    }
    type->array_count = count != 0 ? count : size / type->target->size;
    if (type->array_count == 0 || type->array_count > 65536) {
        refuse(c, "a fixed array of this length", type->array_count);
        return NULL;
    }
    type->size = type->target->size * type->array_count;
    type->wire_min = type->target->wire_min * type->array_count;
    if (size != 0 && size != type->size) {
        refuse(c, "the layout of a fixed array", size);
    }
    return type;
}

/* [size_is]: where the count stands. */
static void compile_count(compiler *c, ob_ndr_count *count, const unsigned char *at)
{
    const struct base *base = find_base(at[0] & 0x0f);
    const unsigned where = at[0] & 0xf0;
    if (base == NULL || base->size > 4 || base->size != base->wire_size) {
        refuse(c, "the type of a count", at[0]);
        return;
    }
    count->size = base->size;
    count->is_signed = base->is_signed;
    count->offset = u16_at(at + 2);
    count->of_parameter = where == CORRELATION_PARAMETER;
    count->dereference = at[1] == FC_DEREFERENCE;
    const bool plain = at[1] == 0 || (count->dereference && count->of_parameter);
    if ((where != CORRELATION_PARAMETER && where != CORRELATION_FIELD) || !plain) {
        refuse(c, "an expression for a count", at[1] != 0 ? at[1] : at[0]);
    } else if (count->of_parameter && c->scope_size != 0) {
        refuse(c, "a parameter as the count of a field", at[0]);
    } else if (count->of_parameter) {
        count->slot = (uint8_t)(count->offset / 8);
        if (count->offset % 8 != 0 || count->offset / 8 >= OB_NDR_SLOTS) {
            refuse(c, "the place of a count", count->offset);
        }
    } else if ((uint32_t)count->offset + count->size > c->scope_size) {
        refuse(c, "a count outside of its struct", count->offset);
    }
}

static ob_ndr_type *compile_conformant(compiler *c, const unsigned char *count,
                                       const unsigned char *element)
{
    ob_ndr_type *type = new_type(c, OB_NDR_CONFORMANT);
    if (type == NULL) {
        return NULL;
    }
    compile_count(c, &type->count, count);
    compile_element(c, type, element);
    type->wire_min = 4;
    return type;
}

static ob_ndr_type *compile_bogus_array(compiler *c, const unsigned char *at)
{
    const uint16_t count = u16_at(at + 2);
    if (u32_at(at + 8) != 0xffffffff) {
        refuse(c, "a varying array", at[8]);
        return NULL;
    }
    return count != 0 ? compile_fixed_array(c, 0, count, at + 12)
                      : compile_conformant(c, at + 4, at + 12);
}

/* A struct while its members are read. */
typedef struct layout {
    ob_ndr_field fields[OB_NDR_FIELDS];
    size_t count;
    uint32_t offset;
    const unsigned char *pointers; /* next entry of the pointer layout, NULL = none */
} layout;

static void add_field(compiler *c, layout *l, ob_ndr_type *whole, const ob_ndr_type *member)
{
    if (member == NULL) {
        return;
    }
    if (l->count == OB_NDR_FIELDS) {
        refuse(c, "a struct of so many fields", OB_NDR_FIELDS);
        return;
    }
    if (member->kind == OB_NDR_CONFORMANT) {
        refuse(c, "a struct that ends in an array without fixed size", member->kind);
        return;
    }
    l->offset = align_up(l->offset, member->align);
    l->fields[l->count++] = (ob_ndr_field){l->offset, member};
    l->offset += member->size;
    whole->align = whole->align > member->align ? whole->align : member->align;
    whole->wire_align =
        whole->wire_align > member->wire_align ? whole->wire_align : member->wire_align;
    whole->wire_min += member->wire_min;
    whole->has_pointers |= member->has_pointers;
}

/* One member; returns where the next one stands, NULL at the end. */
static const unsigned char *compile_member(compiler *c, layout *l, ob_ndr_type *whole,
                                           const unsigned char *at)
{
    const unsigned code = at[0];
    switch (code) {
    case FC_END:
        return NULL;
    case FC_PAD:
        return at + 1;
    case FC_ALIGNM2:
    case FC_ALIGNM4:
    case FC_ALIGNM8:
        l->offset = align_up(l->offset, code == FC_ALIGNM2 ? 2 : code == FC_ALIGNM4 ? 4 : 8);
        return at + 1;
    case FC_POINTER:
        if (l->pointers == NULL) {
            refuse(c, "a pointer without layout", code);
            return NULL;
        }
        add_field(c, l, whole, compile_pointer(c, l->pointers));
        l->pointers += 4;
        return at + 1;
    case FC_EMBEDDED_COMPLEX:
        l->offset += at[1];
        add_field(c, l, whole, compile_type(c, at + 2 + s16_at(at + 2)));
        return at + 4;
    default:
        break;
    }
    if (at[0] >= FC_STRUCTPAD1 && at[0] <= FC_STRUCTPAD7) {
        l->offset += code - FC_STRUCTPAD1 + 1u;
        return at + 1;
    }
    add_field(c, l, whole, compile_base(c, code));
    return at + 1;
}

static ob_ndr_type *compile_struct(compiler *c, const unsigned char *at)
{
    const bool bogus = at[0] == FC_BOGUS_STRUCT;
    const uint32_t outer = c->scope_size;
    ob_ndr_type *type = new_type(c, OB_NDR_STRUCT);
    if (type == NULL) {
        return NULL;
    }
    if (bogus && u16_at(at + 4) != 0) {
        refuse(c, "a struct that ends in an array without fixed size", at[0]);
        return NULL;
    }
    layout l = {.count = 0};
    if (bogus && u16_at(at + 6) != 0) {
        l.pointers = at + 6 + s16_at(at + 6);
    }
    type->size = c->scope_size = u16_at(at + 2);
    type->align = type->wire_align = 1;
    const unsigned char *member = at + (bogus ? 8 : 4);
    while (member != NULL && !OB_FAILED(c->status)) {
        member = compile_member(c, &l, type, member);
    }
    c->scope_size = outer;
    /* Both ways to know the layout must agree, or the stub was made for another compiler. */
    if (!OB_FAILED(c->status) && (align_up(l.offset, type->align) != type->size || l.count == 0 ||
                                  type->wire_align != at[1] + 1u)) {
        refuse(c, "the layout of a struct", at[0]);
    }
    if (OB_FAILED(c->status)) {
        return NULL;
    }
    type->fields = ob_memdup(l.fields, l.count * sizeof *l.fields);
    type->field_count = l.count;
    if (type->fields == NULL) {
        c->status = ob_fail(OB_E_NO_MEMORY, "compiling a format string");
    }
    return type;
}

static ob_ndr_type *compile_type(compiler *c, const unsigned char *at)
{
    ob_ndr_type *type = NULL;
    if (OB_FAILED(c->status)) {
        return NULL;
    }
    if (++c->nesting > OB_NDR_NESTING) {
        refuse(c, "a type nested so deep, or in itself,", at[0]);
        return NULL;
    }
    switch (at[0]) {
    case FC_RP:
    case FC_UP:
        type = compile_pointer(c, at);
        break;
    case FC_STRUCT:
    case FC_BOGUS_STRUCT:
        type = compile_struct(c, at);
        break;
    case FC_SMFARRAY:
        type = compile_fixed_array(c, u16_at(at + 2), 0, at + 4);
        break;
    case FC_LGFARRAY:
        type = compile_fixed_array(c, u32_at(at + 2), 0, at + 6);
        break;
    case FC_CARRAY:
        type = compile_conformant(c, at + 4, at + 8);
        break;
    case FC_BOGUS_ARRAY:
        type = compile_bogus_array(c, at);
        break;
    case FC_RANGE:
        type = compile_range(c, at);
        break;
    default:
        refuse(c, "format code", at[0]);
        break;
    }
    c->nesting--;
    return type;
}

static void compile_context(compiler *c, ob_ndr_parameter *parameter, int slot,
                            const unsigned char *at)
{
    ob_ndr_procedure *procedure = c->procedure;
    const bool reference = (at[1] & CONTEXT_VIA_POINTER) != 0;
    if (procedure->context_slot >= 0) {
        refuse(c, "a second context handle", at[0]);
        return;
    }
    if (!reference && parameter->out) {
        refuse(c, "a context handle that is [out] by value", at[1]);
        return;
    }
    parameter->passing = reference ? OB_NDR_CONTEXT_REFERENCE : OB_NDR_CONTEXT_VALUE;
    procedure->context_slot = slot;
    procedure->context_null_ok = (at[1] & CONTEXT_NOT_NULL) == 0;
    procedure->rundown = at[2];
}

static void compile_base_parameter(compiler *c, ob_ndr_parameter *parameter, unsigned attributes,
                                   unsigned code)
{
    parameter->type = compile_base(c, code);
    parameter->passing =
        (attributes & PARAM_SIMPLE_REF) != 0 ? OB_NDR_BY_REFERENCE : OB_NDR_BY_VALUE;
    /* The calling convention leaves the upper bits of a short to the caller, and the format string
     * does not tell its sign. */
    if (parameter->type != NULL && parameter->passing == OB_NDR_BY_VALUE &&
        parameter->type->size == 2) {
        refuse(c, "a short by value", code);
    }
}

static void compile_typed_parameter(compiler *c, ob_ndr_parameter *parameter, int slot,
                                    unsigned attributes, const unsigned char *at)
{
    const bool simple_ref = (attributes & PARAM_SIMPLE_REF) != 0;
    if (at[0] == FC_BIND_CONTEXT) {
        compile_context(c, parameter, slot, at);
        return;
    }
    const ob_ndr_type *type = compile_type(c, at);
    if (type == NULL) {
        return;
    }
    parameter->type = type;
    parameter->passing = OB_NDR_BY_REFERENCE;
    if (!simple_ref && type->kind == OB_NDR_POINTER) {
        if (type->is_ref) {
            parameter->type = type->target;
        } else {
            parameter->passing = OB_NDR_BY_POINTER;
        }
    } else if (!simple_ref && type->kind == OB_NDR_BASE) {
        parameter->passing = OB_NDR_BY_VALUE;
    } else if (!simple_ref && type->kind == OB_NDR_STRUCT) {
        refuse(c, "a struct by value", at[0]);
    }
}

/* A count is known before its array and stays as it is during the call. */
static void check_count(compiler *c, const ob_ndr_parameter *parameter, unsigned slot)
{
    const ob_ndr_type *type = parameter->type;
    while (type != NULL && type->kind == OB_NDR_POINTER) {
        type = type->target;
    }
    if (type == NULL || type->kind != OB_NDR_CONFORMANT || !type->count.of_parameter) {
        return;
    }
    if (type->count.slot >= slot) {
        refuse(c, "a count that follows its array", type->count.slot);
        return;
    }
    const ob_ndr_parameter *count = &c->procedure->parameters[type->count.slot];
    const bool by_reference = count->passing == OB_NDR_BY_REFERENCE;
    const bool fits = count->type != NULL && count->type->kind == OB_NDR_BASE &&
                      count->type->size == type->count.size &&
                      by_reference == type->count.dereference;
    /* Memory that the stub allocates before the call needs a count that came with the call. */
    const bool needed = parameter->in || parameter->type == type;
    if (!fits || (count->in && count->out) || (needed && !count->in)) {
        refuse(c, "a count of this kind", type->count.slot);
    }
}

static void compile_parameter(compiler *c, unsigned slot, const unsigned char *at)
{
    ob_ndr_parameter *parameter = &c->procedure->parameters[slot];
    const unsigned attributes = u16_at(at);
    if ((attributes & ~(unsigned)PARAM_KNOWN) != 0 || (attributes & PARAM_RETURN) != 0 ||
        u16_at(at + 2) != slot * 8) {
        refuse(c, "a parameter's attribute", attributes);
        return;
    }
    parameter->in = (attributes & PARAM_IN) != 0;
    parameter->out = (attributes & PARAM_OUT) != 0;
    if ((attributes & PARAM_BASE) != 0) {
        compile_base_parameter(c, parameter, attributes, at[4]);
    } else {
        compile_typed_parameter(c, parameter, (int)slot, attributes, c->types + u16_at(at + 4));
    }
    if (OB_FAILED(c->status)) {
        return;
    }
    const bool by_reference = parameter->passing == OB_NDR_BY_REFERENCE ||
                              parameter->passing == OB_NDR_CONTEXT_REFERENCE;
    if ((!parameter->in && !parameter->out) || (parameter->out && !by_reference)) {
        refuse(c, "an [out] parameter by value", attributes);
    } else if (parameter->in && parameter->out && parameter->type != NULL &&
               parameter->type->has_pointers) {
        refuse(c, "[in, out] with pointers inside", attributes);
    }
    check_count(c, parameter, slot);
}

/* The explicit handle's description; returns what follows it. */
static const unsigned char *compile_handle(compiler *c, const unsigned char *at)
{
    switch (at[0]) {
    case FC_BIND_GENERIC:
        if ((at[1] & 0x0f) > 8 || u16_at(at + 2) != 0) {
            refuse(c, "a generic handle of this size or place", at[1]);
        }
        c->procedure->generic_handle = true;
        c->procedure->binding_pair = at[4];
        return at + 6;
    case FC_BIND_CONTEXT:
        return at + 6;
    default:
        refuse(c, "a binding by this kind of handle", at[0]);
        return at;
    }
}

static void compile_result(compiler *c, const unsigned char *at)
{
    const unsigned attributes = u16_at(at);
    if (attributes != (PARAM_OUT | PARAM_RETURN | PARAM_BASE) || at[4] != FC_LONG) {
        refuse(c, "a result other than a status", at[4]);
    }
}

static void compile_procedure(compiler *c, PFORMAT_STRING at)
{
    enum { HAS_RPC_FLAGS = 0x08, HAS_RETURN = 0x04, HAS_EXTENSIONS = 0x40, KNOWN_OI2 = 0x47 };
    const unsigned handle = at[0];
    const unsigned char *p = at + ((at[1] & HAS_RPC_FLAGS) != 0 ? 6 : 2);
    c->procedure->opnum = u16_at(p);
    p += 4;
    if (handle != 0) {
        refuse(c, "an implicit handle", handle);
        return;
    }
    p = compile_handle(c, p);
    if (OB_FAILED(c->status)) {
        return;
    }
    p += 4; /* size hints */
    const unsigned flags = p[0];
    const unsigned count = p[1];
    p += 2;
    if ((flags & ~(unsigned)KNOWN_OI2) != 0 || (flags & HAS_RETURN) == 0 || count == 0 ||
        count - 1 > OB_NDR_SLOTS) {
        refuse(c, "a procedure of these flags or so many parameters", flags);
        return;
    }
    if ((flags & HAS_EXTENSIONS) != 0) {
        p += p[0];
    }
    c->procedure->parameter_count = (uint8_t)(count - 1);
    for (unsigned i = 0; i + 1 < count && !OB_FAILED(c->status); i++, p += 6) {
        compile_parameter(c, i, p);
    }
    if (!OB_FAILED(c->status)) {
        compile_result(c, p);
    }
    if (!OB_FAILED(c->status) && !c->procedure->generic_handle &&
        (c->procedure->context_slot < 0 ||
         !c->procedure->parameters[c->procedure->context_slot].in)) {
        refuse(c, "a call without a handle", handle);
    }
}

ob_status ob_ndr_compile(ob_ndr_procedure **out, const MIDL_STUB_DESC *desc, PFORMAT_STRING format)
{
    ob_ndr_procedure *procedure = ob_calloc(1, sizeof *procedure);
    if (procedure == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "compiling a format string");
    }
    procedure->desc = desc;
    procedure->context_slot = -1;
    compiler c = {.procedure = procedure, .types = desc->pFormatTypes};
    compile_procedure(&c, format);
    if (OB_FAILED(c.status)) {
        ob_ndr_procedure_free(procedure);
        return c.status;
    }
    *out = procedure;
    return OB_OK;
}

void ob_ndr_procedure_free(ob_ndr_procedure *procedure)
{
    if (procedure == NULL) {
        return;
    }
    while (procedure->types != NULL) {
        ob_ndr_type *type = procedure->types;
        procedure->types = type->next;
        ob_free((void *)(uintptr_t)type->fields);
        ob_free(type);
    }
    ob_free(procedure);
}

bool ob_ndr_count_get(const ob_ndr_count *count, const void *scope, const uint64_t *slots,
                      uint32_t *out)
{
    uint32_t value = 0;
    const void *from = NULL;
    if (!count->of_parameter) {
        from = (const char *)scope + count->offset;
    } else if (count->dereference) {
        from = (const void *)(uintptr_t)slots[count->slot];
    } else {
        from = &slots[count->slot];
    }
    if (from == NULL) {
        return false;
    }
    memcpy(&value, from, count->size); /* little-endian: the low bytes come first */
    if (count->is_signed && (value >> (count->size * 8 - 1)) != 0) {
        return false;
    }
    *out = value;
    return true;
}
