#include "ndr.h"

#include <string.h>

char ob_ndr_pending[1];

/* What an allocation costs beyond its size, so that many small ones are counted too. */
enum { ALLOCATION_COST = 32, MOST_ENUM16 = 32767 };

void ob_ndr_in_fail(ob_ndr_in *in, uint32_t fault)
{
    if (in->fault == 0) {
        in->fault = fault;
        ob_reader_fail(&in->reader);
    }
}

/* After reading: what the reader noticed becomes a fault. */
static bool ok(ob_ndr_in *in)
{
    if (in->reader.failed) {
        ob_ndr_in_fail(in, OB_RPC_FAULT_BAD_STUB_DATA);
    }
    return in->fault == 0;
}

void ob_ndr_read_align(ob_ndr_in *in, uint32_t align)
{
    ob_read_bytes(&in->reader, -in->reader.position & (align - 1));
}

static void *take_memory(ob_ndr_in *in, uint64_t size)
{
    if (size + ALLOCATION_COST > in->memory) {
        ob_ndr_in_fail(in, OB_RPC_FAULT_NO_MEMORY);
        return NULL;
    }
    size_t bytes = size == 0 ? 1 : (size_t)size;
    void *memory = in->allocate(bytes);
    if (memory == NULL) {
        ob_ndr_in_fail(in, OB_RPC_FAULT_NO_MEMORY);
        return NULL;
    }
    in->memory -= (size_t)size + ALLOCATION_COST;
    return memset(memory, 0, bytes);
}

static void read_base(ob_ndr_in *in, const ob_ndr_type *type, void *memory)
{
    uint64_t value = 0;
    ob_ndr_read_align(in, type->wire_align);
    ob_read_copy(&in->reader, &value, type->wire_size);
    if (!ok(in)) {
        return;
    }
    if (type->wire_size < type->size && value > MOST_ENUM16) {
        ob_ndr_in_fail(in, OB_RPC_FAULT_ENUM_RANGE);
        return;
    }
    if (type->has_range) {
        const int64_t number = type->is_signed ? (int32_t)value : (int64_t)value;
        if (number < type->low || number > type->high) {
            ob_ndr_in_fail(in, OB_RPC_FAULT_INVALID_BOUND);
            return;
        }
    }
    memcpy(memory, &value, type->size);
}

static void read_flat(ob_ndr_in *in, const ob_ndr_type *type, void *memory);

static void read_elements(ob_ndr_in *in, const ob_ndr_type *array, void *memory, uint32_t count)
{
    const ob_ndr_type *element = array->target;
    if (element->kind == OB_NDR_BASE && element->size == element->wire_size && count > 0) {
        ob_ndr_read_align(in, element->wire_align);
        ob_read_copy(&in->reader, memory, (size_t)count * element->size);
        return;
    }
    for (uint32_t i = 0; i < count && ok(in); i++) {
        read_flat(in, element, (char *)memory + (size_t)i * element->size);
    }
}

/* What stands in place; pointees come behind the outermost object. */
static void read_flat(ob_ndr_in *in, const ob_ndr_type *type, void *memory)
{
    void *pointer = NULL;
    switch (type->kind) {
    case OB_NDR_BASE:
        read_base(in, type, memory);
        break;
    case OB_NDR_STRUCT:
        ob_ndr_read_align(in, type->wire_align);
        for (size_t i = 0; i < type->field_count && ok(in); i++) {
            read_flat(in, type->fields[i].type, (char *)memory + type->fields[i].offset);
        }
        break;
    case OB_NDR_ARRAY:
        read_elements(in, type, memory, type->array_count);
        break;
    case OB_NDR_POINTER:
        ob_ndr_read_align(in, 4);
        if (ob_read_u32(&in->reader) != 0) {
            pointer = ob_ndr_pending;
        } else if (type->is_ref && ok(in)) {
            ob_ndr_in_fail(in, OB_RPC_FAULT_NULL_REF_POINTER);
        }
        memcpy(memory, &pointer, sizeof pointer);
        break;
    case OB_NDR_CONFORMANT: /* never inside of another object */
        ob_ndr_in_fail(in, OB_RPC_FAULT_BAD_STUB_DATA);
        break;
    }
}

static void read_pointees(ob_ndr_in *in, const ob_ndr_type *type, void *memory, const void *scope,
                          uint32_t count);

static void read_pointee(ob_ndr_in *in, const ob_ndr_type *type, void *memory, const void *scope)
{
    const ob_ndr_type *target = type->target;
    void *pointer = NULL;
    memcpy(&pointer, memory, sizeof pointer);
    if (pointer != ob_ndr_pending) {
        uint32_t count = 0;
        /* A struct's count without its data would be a trap for whoever gets it. */
        if (target->kind == OB_NDR_CONFORMANT && !target->count.of_parameter &&
            (!ob_ndr_count_get(&target->count, scope, in->slots, &count) || count != 0)) {
            ob_ndr_in_fail(in, OB_RPC_FAULT_INVALID_BOUND);
        }
        return;
    }
    pointer = NULL;
    memcpy(memory, &pointer, sizeof pointer);
    ob_ndr_read(in, target, scope, memory);
}

/* `count`: of a conformant array's elements. */
static void read_pointees(ob_ndr_in *in, const ob_ndr_type *type, void *memory, const void *scope,
                          uint32_t count)
{
    if (!type->has_pointers || !ok(in)) {
        return;
    }
    switch (type->kind) {
    case OB_NDR_STRUCT:
        for (size_t i = 0; i < type->field_count && ok(in); i++) {
            read_pointees(in, type->fields[i].type, (char *)memory + type->fields[i].offset, memory,
                          0);
        }
        break;
    case OB_NDR_ARRAY:
    case OB_NDR_CONFORMANT:
        count = type->kind == OB_NDR_ARRAY ? type->array_count : count;
        for (uint32_t i = 0; i < count && ok(in); i++) {
            read_pointees(in, type->target, (char *)memory + (size_t)i * type->size, scope, 0);
        }
        break;
    case OB_NDR_POINTER:
        read_pointee(in, type, memory, scope);
        break;
    case OB_NDR_BASE:
        break;
    }
}

/* A conformant array's count, which must be the one that was announced and must fit. */
static uint32_t read_count(ob_ndr_in *in, const ob_ndr_type *type, const void *scope)
{
    uint32_t expected = 0;
    ob_ndr_read_align(in, 4);
    const uint32_t count = ob_read_u32(&in->reader);
    if (!ok(in)) {
        return 0;
    }
    if (!ob_ndr_count_get(&type->count, scope, in->slots, &expected) || count != expected) {
        ob_ndr_in_fail(in, OB_RPC_FAULT_INVALID_BOUND);
        return 0;
    }
    if (count > ob_reader_left(&in->reader) / type->target->wire_min) {
        ob_ndr_in_fail(in, OB_RPC_FAULT_BAD_STUB_DATA);
        return 0;
    }
    return count;
}

void ob_ndr_read(ob_ndr_in *in, const ob_ndr_type *type, const void *scope, void **memory)
{
    const bool conformant = type->kind == OB_NDR_CONFORMANT;
    const uint32_t count = conformant ? read_count(in, type, scope) : 1;
    if (!ok(in)) {
        return;
    }
    /* `memory` may be a struct's field or a slot: it is a pointer to an object in all of them. */
    if (*memory == NULL) {
        void *fresh = take_memory(in, (uint64_t)count * type->size);
        if (fresh == NULL) {
            return;
        }
        *memory = fresh;
    }
    if (conformant) {
        read_elements(in, type, *memory, count);
    } else {
        read_flat(in, type, *memory);
    }
    if (ok(in)) {
        read_pointees(in, type, *memory, scope, count);
    }
}

void ob_ndr_read_slot(ob_ndr_in *in, const ob_ndr_type *type, uint64_t *slot)
{
    *slot = 0;
    read_flat(in, type, slot);
    if (ok(in)) {
        read_pointees(in, type, slot, NULL, 0);
    }
}

void *ob_ndr_allocate(ob_ndr_in *in, const ob_ndr_type *type, const void *scope)
{
    uint32_t count = 1;
    if (type->kind == OB_NDR_CONFORMANT &&
        !ob_ndr_count_get(&type->count, scope, in->slots, &count)) {
        ob_ndr_in_fail(in, OB_RPC_FAULT_INVALID_BOUND);
        return NULL;
    }
    return in->fault == 0 ? take_memory(in, (uint64_t)count * type->size) : NULL;
}
