#include "ndr.h"

#include <string.h>

enum { FIRST_REFERENT = 0x00020000, MOST_ENUM16 = 32767 };

void ob_ndr_out_fail(ob_ndr_out *out, uint32_t fault)
{
    if (out->fault == 0) {
        out->fault = fault;
    }
}

static bool ok(ob_ndr_out *out)
{
    if (out->buf->failed) {
        ob_ndr_out_fail(out, OB_RPC_FAULT_NO_MEMORY);
    }
    return out->fault == 0;
}

void ob_ndr_write_align(ob_ndr_out *out, uint32_t align)
{
    ob_buf_put_zero(out->buf, -out->buf->length & (align - 1));
}

static void write_base(ob_ndr_out *out, const ob_ndr_type *type, const void *memory)
{
    uint64_t value = 0;
    memcpy(&value, memory, type->size);
    if (type->wire_size < type->size && value > MOST_ENUM16) {
        ob_ndr_out_fail(out, OB_RPC_FAULT_ENUM_RANGE);
        return;
    }
    if (type->has_range) {
        const int64_t number = type->is_signed ? (int32_t)value : (int64_t)value;
        if (number < type->low || number > type->high) {
            ob_ndr_out_fail(out, OB_RPC_FAULT_INVALID_BOUND);
            return;
        }
    }
    ob_ndr_write_align(out, type->wire_align);
    ob_buf_put(out->buf, &value, type->wire_size);
}

static void write_flat(ob_ndr_out *out, const ob_ndr_type *type, const void *memory);

static void write_elements(ob_ndr_out *out, const ob_ndr_type *array, const void *memory,
                           uint32_t count)
{
    const ob_ndr_type *element = array->target;
    if (element->kind == OB_NDR_BASE && element->size == element->wire_size && count > 0) {
        ob_ndr_write_align(out, element->wire_align);
        ob_buf_put(out->buf, memory, (size_t)count * element->size);
        return;
    }
    for (uint32_t i = 0; i < count && ok(out); i++) {
        write_flat(out, element, (const char *)memory + (size_t)i * element->size);
    }
}

static void write_referent(ob_ndr_out *out, const ob_ndr_type *type, const void *memory)
{
    void *pointer = NULL;
    memcpy(&pointer, memory, sizeof pointer);
    ob_ndr_write_align(out, 4);
    if (pointer == NULL) {
        if (type->is_ref) {
            ob_ndr_out_fail(out, OB_RPC_FAULT_NULL_REF_POINTER);
        }
        ob_buf_put_u32(out->buf, 0);
        return;
    }
    out->referent = out->referent == 0 ? FIRST_REFERENT : out->referent + 4;
    ob_buf_put_u32(out->buf, out->referent);
}

static void write_flat(ob_ndr_out *out, const ob_ndr_type *type, const void *memory)
{
    switch (type->kind) {
    case OB_NDR_BASE:
        write_base(out, type, memory);
        break;
    case OB_NDR_STRUCT:
        ob_ndr_write_align(out, type->wire_align);
        for (size_t i = 0; i < type->field_count && ok(out); i++) {
            write_flat(out, type->fields[i].type, (const char *)memory + type->fields[i].offset);
        }
        break;
    case OB_NDR_ARRAY:
        write_elements(out, type, memory, type->array_count);
        break;
    case OB_NDR_POINTER:
        write_referent(out, type, memory);
        break;
    case OB_NDR_CONFORMANT: /* never inside of another object */
        ob_ndr_out_fail(out, OB_RPC_FAULT_BAD_STUB_DATA);
        break;
    }
}

static void write_pointees(ob_ndr_out *out, const ob_ndr_type *type, const void *memory,
                           const void *scope, uint32_t count)
{
    void *pointer = NULL;
    if (!type->has_pointers || !ok(out)) {
        return;
    }
    switch (type->kind) {
    case OB_NDR_STRUCT:
        for (size_t i = 0; i < type->field_count && ok(out); i++) {
            write_pointees(out, type->fields[i].type, (const char *)memory + type->fields[i].offset,
                           memory, 0);
        }
        break;
    case OB_NDR_ARRAY:
    case OB_NDR_CONFORMANT:
        count = type->kind == OB_NDR_ARRAY ? type->array_count : count;
        for (uint32_t i = 0; i < count && ok(out); i++) {
            write_pointees(out, type->target, (const char *)memory + (size_t)i * type->size, scope,
                           0);
        }
        break;
    case OB_NDR_POINTER:
        memcpy(&pointer, memory, sizeof pointer);
        if (pointer != NULL) {
            ob_ndr_write(out, type->target, scope, pointer);
        }
        break;
    case OB_NDR_BASE:
        break;
    }
}

void ob_ndr_write(ob_ndr_out *out, const ob_ndr_type *type, const void *scope, const void *memory)
{
    uint32_t count = 1;
    if (type->kind == OB_NDR_CONFORMANT) {
        if (!ob_ndr_count_get(&type->count, scope, out->slots, &count)) {
            ob_ndr_out_fail(out, OB_RPC_FAULT_INVALID_BOUND);
            return;
        }
        ob_ndr_write_align(out, 4);
        ob_buf_put_u32(out->buf, count);
        write_elements(out, type, memory, count);
    } else {
        write_flat(out, type, memory);
    }
    if (ok(out)) {
        write_pointees(out, type, memory, scope, count);
    }
}

void ob_ndr_write_slot(ob_ndr_out *out, const ob_ndr_type *type, const uint64_t *slot)
{
    write_flat(out, type, slot);
    if (ok(out)) {
        write_pointees(out, type, slot, NULL, 0);
    }
}
