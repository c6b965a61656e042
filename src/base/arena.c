/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CHUNK = 16 * 1024, ALIGNMENT = 16 };

typedef struct Chunk {
    struct Chunk *next;
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
} Chunk;

struct Arena {
    Chunk *first;   /* kept over resets */
    Chunk *current; /* where the next allocation is tried */
    size_t chunk_size;
    size_t used;
    size_t limit;
    bool exhausted;
};

static Chunk *chunk_create(size_t size)
{
    Chunk *chunk = malloc(sizeof(Chunk) + size);

    if (!chunk) {
        fputs("rathaus: out of memory\n", stderr);
        abort();
    }
    chunk->next = NULL;
    chunk->size = size;
    chunk->used = 0;
    return chunk;
}

Arena *arena_create(size_t chunk_size)
{
    Arena *arena = calloc(1, sizeof *arena);

    if (!arena) {
        fputs("rathaus: out of memory\n", stderr);
        abort();
    }
    arena->chunk_size = chunk_size ? chunk_size : DEFAULT_CHUNK;
    arena->first = arena->current = chunk_create(arena->chunk_size);
    return arena;
}

static void chunks_free_after(Chunk *chunk)
{
    Chunk *next = chunk->next;

    chunk->next = NULL;
    while (next) {
        Chunk *after = next->next;
        free(next);
        next = after;
    }
}

void arena_destroy(Arena *arena)
{
    if (!arena)
        return;
    chunks_free_after(arena->first);
    free(arena->first);
    free(arena);
}

void arena_rewind(Arena *arena)
{
    arena->first->used = 0;
    arena->current = arena->first;
    arena->used = 0;
    arena->exhausted = false;
}

void arena_reset(Arena *arena)
{
    chunks_free_after(arena->first);
    arena_rewind(arena);
}

/* The next chunk becomes the current one: one kept over a rewind when it is large enough. */
static Chunk *chunk_next(Arena *arena, size_t size)
{
    Chunk *kept = arena->current->next;

    if (!kept || kept->size < size) {
        Chunk *made = chunk_create(size > arena->chunk_size ? size : arena->chunk_size);

        made->next = kept;
        arena->current->next = made;
        kept = made;
    }
    kept->used = 0;
    return arena->current = kept;
}

void *arena_alloc_raw(Arena *arena, size_t size)
{
    assert(arena);
    assert(size <= SIZE_MAX / 2);
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    Chunk *chunk = arena->current;

    if (rounded == 0)
        rounded = ALIGNMENT;
    if (chunk->size - chunk->used < rounded)
        chunk = chunk_next(arena, rounded);
    void *result = chunk->bytes + chunk->used;
    chunk->used += rounded;
    arena->used += rounded;
    if (arena->limit && arena->used > arena->limit)
        arena->exhausted = true;
    return result;
}

void *arena_alloc(Arena *arena, size_t size)
{
    return memset(arena_alloc_raw(arena, size), 0, size ? size : 1);
}

void *arena_alloc_array(Arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total) || total > SIZE_MAX / 2) {
        fputs("rathaus: allocation too large\n", stderr);
        abort();
    }
    return arena_alloc(arena, total);
}

void *arena_copy(Arena *arena, const void *data, size_t size)
{
    void *result = arena_alloc_raw(arena, size);

    if (size)
        memcpy(result, data, size);
    return result;
}

char *arena_strdup(Arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text) + 1);
}

char *arena_vprintf(Arena *arena, const char *format, va_list args)
{
    char here[256]; /* most texts fit: one pass instead of two */
    va_list again;

    va_copy(again, args);
    int length = vsnprintf(here, sizeof here, format, args);
    assert(length >= 0);
    char *result = arena_alloc_raw(arena, (size_t)length + 1);
    if ((size_t)length < sizeof here)
        memcpy(result, here, (size_t)length + 1);
    else
        vsnprintf(result, (size_t)length + 1, format, again);
    va_end(again);
    return result;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *result = arena_vprintf(arena, format, args);
    va_end(args);
    return result;
}

void arena_set_limit(Arena *arena, size_t bytes)
{
    arena->limit = bytes;
}

bool arena_exhausted(const Arena *arena)
{
    return arena->exhausted;
}

size_t arena_used(const Arena *arena)
{
    return arena->used;
}
