#include "internal.h"

#include "ob/alloc.h"

#include <stdalign.h>
#include <stdint.h>

/* In front of every block, so that a count can be compared with what was really received. */
typedef struct midl_head {
    alignas(max_align_t) size_t size;
} midl_head;

void *__RPC_USER MIDL_user_allocate(SIZE_T size)
{
    if (size > SIZE_MAX - sizeof(midl_head)) {
        return NULL;
    }
    midl_head *head = ob_alloc(sizeof *head + size);
    if (head == NULL) {
        return NULL;
    }
    head->size = size;
    return head + 1;
}

void __RPC_USER MIDL_user_free(void *block)
{
    if (block != NULL) {
        ob_free((midl_head *)block - 1);
    }
}

bool ob_midl_holds(const void *block, size_t count, size_t size)
{
    if (block == NULL) {
        return count == 0;
    }
    return count <= ((const midl_head *)block - 1)->size / size;
}
