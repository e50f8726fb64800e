#include "ob/alloc.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *default_resize(void *context, void *block, size_t size)
{
    (void)context;
    return realloc(block, size);
}

static void default_release(void *context, void *block)
{
    (void)context;
    free(block);
}

static const ob_allocator default_allocator = {default_resize, default_release, NULL};
static const ob_allocator *current = &default_allocator;

void ob_allocator_set(const ob_allocator *allocator)
{
    current = allocator != NULL ? allocator : &default_allocator;
}

void *ob_realloc(void *block, size_t size)
{
    return current->resize(current->context, block, size > 0 ? size : 1);
}

void *ob_alloc(size_t size)
{
    return ob_realloc(NULL, size);
}

void *ob_realloc_array(void *block, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    return ob_realloc(block, count * size);
}

void *ob_calloc(size_t count, size_t size)
{
    void *block = ob_realloc_array(NULL, count, size);
    if (block != NULL) {
        memset(block, 0, count * size);
    }
    return block;
}

void *ob_memdup(const void *data, size_t size)
{
    void *block = ob_alloc(size);
    if (block != NULL && size > 0) {
        memcpy(block, data, size);
    }
    return block;
}

char *ob_strndup(const char *text, size_t length)
{
    if (length == SIZE_MAX) {
        return NULL;
    }
    char *copy = ob_alloc(length + 1);
    if (copy != NULL) {
        if (length > 0) {
            memcpy(copy, text, length);
        }
        copy[length] = '\0';
    }
    return copy;
}

char *ob_strdup(const char *text)
{
    return ob_strndup(text, strlen(text));
}

char *ob_asprintf(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length >= 0) {
        text = ob_alloc((size_t)length + 1);
    }
    if (text != NULL) {
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    va_end(args);
    return text;
}

void ob_free(void *block)
{
    if (block != NULL) {
        current->release(current->context, block);
    }
}

void ob_wipe(void *data, size_t size)
{
    if (size > 0) {
        OPENSSL_cleanse(data, size);
    }
}

void ob_free_secret(void *block, size_t size)
{
    if (block != NULL) {
        ob_wipe(block, size);
        ob_free(block);
    }
}
