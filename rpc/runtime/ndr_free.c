#include "ndr.h"

#include <string.h>

static void free_pointee(const ob_ndr_type *type, void *memory, const void *scope,
                         const uint64_t *slots, void (*release)(void *block))
{
    void *pointer = NULL;
    memcpy(&pointer, memory, sizeof pointer);
    if (pointer != NULL && pointer != ob_ndr_pending) {
        ob_ndr_free(type->target, pointer, scope, slots, release);
        release(pointer);
    }
    pointer = NULL;
    memcpy(memory, &pointer, sizeof pointer);
}

void ob_ndr_free(const ob_ndr_type *type, void *memory, const void *scope, const uint64_t *slots,
                 void (*release)(void *block))
{
    uint32_t count = 0;
    if (!type->has_pointers) {
        return;
    }
    switch (type->kind) {
    case OB_NDR_STRUCT:
        for (size_t i = 0; i < type->field_count; i++) {
            ob_ndr_free(type->fields[i].type, (char *)memory + type->fields[i].offset, memory,
                        slots, release);
        }
        break;
    case OB_NDR_ARRAY:
        for (uint32_t i = 0; i < type->array_count; i++) {
            ob_ndr_free(type->target, (char *)memory + (size_t)i * type->size, scope, slots,
                        release);
        }
        break;
    case OB_NDR_CONFORMANT:
        if (ob_ndr_count_get(&type->count, scope, slots, &count)) {
            for (uint32_t i = 0; i < count; i++) {
                ob_ndr_free(type->target, (char *)memory + (size_t)i * type->size, scope, slots,
                            release);
            }
        }
        break;
    case OB_NDR_POINTER:
        free_pointee(type, memory, scope, slots, release);
        break;
    case OB_NDR_BASE:
        break;
    }
}
