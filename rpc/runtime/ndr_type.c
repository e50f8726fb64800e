/* Format strings to types. */
#include "ndr_compile.h"

#include "ob/alloc.h"

#include <string.h>

enum { POINTER_ON_STACK = 0x04, POINTER_SIMPLE = 0x08, POINTER_DEREF = 0x10 };
enum { CORRELATION_FIELD = 0x10, CORRELATION_PARAMETER = 0x20 };

static int16_t s16_at(const unsigned char *at)
{
    return (int16_t)ob_ndr_u16(at);
}

static uint32_t u32_at(const unsigned char *at)
{
    return (uint32_t)ob_ndr_u16(at) | (uint32_t)ob_ndr_u16(at + 2) << 16;
}

static uint32_t align_up(uint32_t value, uint32_t align)
{
    return (value + align - 1) & ~(align - 1);
}

void ob_ndr_refuse(ob_ndr_compiler *c, const char *what, unsigned code)
{
    if (!OB_FAILED(c->status)) {
        c->status = ob_fail(OB_E_NOT_SUPPORTED, "method %u: %s (0x%02x) is not served",
                            c->procedure->opnum, what, code);
    }
}

static ob_ndr_type *new_type(ob_ndr_compiler *c, ob_ndr_kind kind)
{
    if (OB_FAILED(c->status)) {
        return NULL;
    }
    if (++c->nodes > OB_NDR_NODES) {
        ob_ndr_refuse(c, "a procedure of so many types", c->nodes);
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

ob_ndr_type *ob_ndr_compile_base(ob_ndr_compiler *c, unsigned code)
{
    const struct base *base = find_base(code);
    if (base == NULL) {
        ob_ndr_refuse(c, "a base type", code);
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

static ob_ndr_type *compile_range(ob_ndr_compiler *c, const unsigned char *at)
{
    ob_ndr_type *type = ob_ndr_compile_base(c, at[1] & 0x0f);
    if (type != NULL) {
        type->has_range = true;
        type->low = type->is_signed ? (int32_t)u32_at(at + 2) : (int64_t)u32_at(at + 2);
        type->high = type->is_signed ? (int32_t)u32_at(at + 6) : (int64_t)u32_at(at + 6);
        if (type->wire_size > 4) {
            ob_ndr_refuse(c, "a range of 64 bits", at[1]);
        }
    }
    return type;
}

static ob_ndr_type *compile_pointer(ob_ndr_compiler *c, const unsigned char *at)
{
    const unsigned char attributes = at[1];
    if (at[0] != FC_RP && at[0] != FC_UP) {
        ob_ndr_refuse(c, "a pointer", at[0]);
        return NULL;
    }
    if ((attributes & ~(POINTER_ON_STACK | POINTER_SIMPLE | POINTER_DEREF)) != 0) {
        ob_ndr_refuse(c, "a pointer's attribute", attributes);
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
    type->target = (attributes & POINTER_SIMPLE) != 0
                       ? ob_ndr_compile_base(c, at[2])
                       : ob_ndr_compile_type(c, at + 2 + s16_at(at + 2));
    return type;
}

/* The element of an array: a base type, or an offset to a type. */
static void compile_element(ob_ndr_compiler *c, ob_ndr_type *array, const unsigned char *at)
{
    if (array == NULL) {
        return;
    }
    array->target = at[0] == FC_EMBEDDED_COMPLEX ? ob_ndr_compile_type(c, at + 2 + s16_at(at + 2))
                                                 : ob_ndr_compile_base(c, at[0]);
    const ob_ndr_type *element = array->target;
    if (element == NULL) {
        return;
    }
    if (element->kind == OB_NDR_CONFORMANT) {
        ob_ndr_refuse(c, "an array of arrays without fixed size", at[0]);
    }
    array->size = element->size;
    array->align = element->align;
    array->wire_align = element->wire_align;
    array->has_pointers = element->has_pointers;
}

static ob_ndr_type *compile_fixed_array(ob_ndr_compiler *c, uint32_t size, uint32_t count,
                                        const unsigned char *element)
{
    ob_ndr_type *type = new_type(c, OB_NDR_ARRAY);
    compile_element(c, type, element);
    if (type == NULL || type->target == NULL) {
        return NULL;
    }
    type->array_count = count != 0 ? count : size / type->target->size;
    if (type->array_count == 0 || type->array_count > 65536) {
        ob_ndr_refuse(c, "a fixed array of this length", type->array_count);
        return NULL;
    }
    type->size = type->target->size * type->array_count;
    type->wire_min = type->target->wire_min * type->array_count;
    if (size != 0 && size != type->size) {
        ob_ndr_refuse(c, "the layout of a fixed array", size);
    }
    return type;
}

/* [size_is]: where the count stands. */
static void compile_count(ob_ndr_compiler *c, ob_ndr_count *count, const unsigned char *at)
{
    const struct base *base = find_base(at[0] & 0x0f);
    const unsigned where = at[0] & 0xf0;
    if (base == NULL || base->size > 4 || base->size != base->wire_size) {
        ob_ndr_refuse(c, "the type of a count", at[0]);
        return;
    }
    count->size = base->size;
    count->is_signed = base->is_signed;
    count->offset = ob_ndr_u16(at + 2);
    count->of_parameter = where == CORRELATION_PARAMETER;
    count->dereference = at[1] == FC_DEREFERENCE;
    const bool plain = at[1] == 0 || (count->dereference && count->of_parameter);
    if ((where != CORRELATION_PARAMETER && where != CORRELATION_FIELD) || !plain) {
        ob_ndr_refuse(c, "an expression for a count", at[1] != 0 ? at[1] : at[0]);
    } else if (count->of_parameter && c->scope_size != 0) {
        ob_ndr_refuse(c, "a parameter as the count of a field", at[0]);
    } else if (count->of_parameter) {
        count->slot = (uint8_t)(count->offset / 8);
        if (count->offset % 8 != 0 || count->offset / 8 >= OB_NDR_SLOTS) {
            ob_ndr_refuse(c, "the place of a count", count->offset);
        }
    } else if ((uint32_t)count->offset + count->size > c->scope_size) {
        ob_ndr_refuse(c, "a count outside of its struct", count->offset);
    }
}

static ob_ndr_type *compile_conformant(ob_ndr_compiler *c, const unsigned char *count,
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

static ob_ndr_type *compile_bogus_array(ob_ndr_compiler *c, const unsigned char *at)
{
    const uint16_t count = ob_ndr_u16(at + 2);
    if (u32_at(at + 8) != 0xffffffff) {
        ob_ndr_refuse(c, "a varying array", at[8]);
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

static void add_field(ob_ndr_compiler *c, layout *l, ob_ndr_type *whole, const ob_ndr_type *member)
{
    if (member == NULL) {
        return;
    }
    if (l->count == OB_NDR_FIELDS) {
        ob_ndr_refuse(c, "a struct of so many fields", OB_NDR_FIELDS);
        return;
    }
    if (member->kind == OB_NDR_CONFORMANT) {
        ob_ndr_refuse(c, "a struct that ends in an array without fixed size", member->kind);
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
static const unsigned char *compile_member(ob_ndr_compiler *c, layout *l, ob_ndr_type *whole,
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
            ob_ndr_refuse(c, "a pointer without layout", code);
            return NULL;
        }
        add_field(c, l, whole, compile_pointer(c, l->pointers));
        l->pointers += 4;
        return at + 1;
    case FC_EMBEDDED_COMPLEX:
        l->offset += at[1];
        add_field(c, l, whole, ob_ndr_compile_type(c, at + 2 + s16_at(at + 2)));
        return at + 4;
    default:
        break;
    }
    if (at[0] >= FC_STRUCTPAD1 && at[0] <= FC_STRUCTPAD7) {
        l->offset += code - FC_STRUCTPAD1 + 1u;
        return at + 1;
    }
    add_field(c, l, whole, ob_ndr_compile_base(c, code));
    return at + 1;
}

static ob_ndr_type *compile_struct(ob_ndr_compiler *c, const unsigned char *at)
{
    const bool bogus = at[0] == FC_BOGUS_STRUCT;
    const uint32_t outer = c->scope_size;
    ob_ndr_type *type = new_type(c, OB_NDR_STRUCT);
    if (type == NULL) {
        return NULL;
    }
    if (bogus && ob_ndr_u16(at + 4) != 0) {
        ob_ndr_refuse(c, "a struct that ends in an array without fixed size", at[0]);
        return NULL;
    }
    layout l = {.count = 0};
    if (bogus && ob_ndr_u16(at + 6) != 0) {
        l.pointers = at + 6 + s16_at(at + 6);
    }
    type->size = c->scope_size = ob_ndr_u16(at + 2);
    type->align = type->wire_align = 1;
    const unsigned char *member = at + (bogus ? 8 : 4);
    while (member != NULL && !OB_FAILED(c->status)) {
        member = compile_member(c, &l, type, member);
    }
    c->scope_size = outer;
    /* Both ways to know the layout must agree, or the stub was made for another compiler. */
    if (!OB_FAILED(c->status) && (align_up(l.offset, type->align) != type->size || l.count == 0 ||
                                  type->wire_align != at[1] + 1u)) {
        ob_ndr_refuse(c, "the layout of a struct", at[0]);
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

ob_ndr_type *ob_ndr_compile_type(ob_ndr_compiler *c, const unsigned char *at)
{
    ob_ndr_type *type = NULL;
    if (OB_FAILED(c->status)) {
        return NULL;
    }
    if (++c->nesting > OB_NDR_NESTING) {
        ob_ndr_refuse(c, "a type nested so deep, or in itself,", at[0]);
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
        type = compile_fixed_array(c, ob_ndr_u16(at + 2), 0, at + 4);
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
        ob_ndr_refuse(c, "format code", at[0]);
        break;
    }
    c->nesting--;
    return type;
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
