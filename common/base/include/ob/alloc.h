/*
 * The process-wide allocator hook: every allocation of the product goes through it, so that tests
 * can make the Nth one fail. Replaced only before threads start.
 */
#ifndef OB_ALLOC_H
#define OB_ALLOC_H

#include "ob/compiler.h"

#include <stddef.h>

typedef struct ob_allocator {
    void *(*resize)(void *context, void *block, size_t size); /* as realloc; size > 0 */
    void (*release)(void *context, void *block);              /* as free */
    void *context;
} ob_allocator;

/* NULL brings back the default (malloc). The struct must outlive its use. */
void ob_allocator_set(const ob_allocator *allocator);

/* All return NULL when memory is out or the size overflows; size 0 is served as 1. */
void *ob_alloc(size_t size);
void *ob_calloc(size_t count, size_t size); /* zeroed */
void *ob_realloc(void *block, size_t size); /* `block` stays valid on failure */
void *ob_realloc_array(void *block, size_t count, size_t size);
void *ob_memdup(const void *data, size_t size);
char *ob_strdup(const char *text);
char *ob_strndup(const char *text, size_t length); /* exactly `length` bytes and a NUL */
char *ob_asprintf(const char *format, ...) OB_PRINTF(1, 2);

void ob_free(void *block); /* takes NULL */

/* Wipes `size` bytes before release; takes NULL. For keys and passphrases. */
void ob_free_secret(void *block, size_t size);
/* Wipes memory in a way that is not optimised away. */
void ob_wipe(void *data, size_t size);

#endif
