/* SPDX-License-Identifier: EUPL-1.2 */
/* Arena: memory that lives as long as one request, job or file.
 *
 * Allocation is a pointer bump; nothing inside is freed singly. Running out of
 * memory ends the program with a message (a town hall that cannot allocate
 * 16 kB cannot answer either); an arena with a limit instead sets `exhausted`
 * for callers that evaluate hostile input. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Arena Arena;

/* Make an arena. `chunk_size` 0 means 16 KiB. The caller destroys it. */
Arena *arena_create(size_t chunk_size);
/* Free all memory of the arena; NULL is accepted. */
void arena_destroy(Arena *arena);
/* Forget everything allocated, keep the first chunk for reuse. */
void arena_reset(Arena *arena);
/* Forget everything allocated, keep all chunks: for rounds that each need about as much. */
void arena_rewind(Arena *arena);

/* `size` bytes, zeroed, aligned to 16. Size 0 gives a valid unique pointer. */
void *arena_alloc(Arena *arena, size_t size);
/* As arena_alloc, with undefined content: for bytes that are written at once. */
void *arena_alloc_raw(Arena *arena, size_t size);
/* Copy of `size` bytes. */
void *arena_copy(Arena *arena, const void *data, size_t size);
/* Copy of a C string. */
char *arena_strdup(Arena *arena, const char *text);
/* printf into the arena; the result is a C string. */
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Bound the arena: allocations beyond `bytes` in all still succeed (from the
 * program's memory) but set the flag that arena_exhausted() reads, so that an
 * evaluator checks once per step and stops. 0 means no bound. */
void arena_set_limit(Arena *arena, size_t bytes);
bool arena_exhausted(const Arena *arena);
/* Bytes handed out since creation or the last reset. */
size_t arena_used(const Arena *arena);

#define arena_new(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
#define arena_array(arena, Type, count) ((Type *)arena_alloc_array((arena), (count), sizeof(Type)))
/* `count` items of `size` bytes, zeroed; an overflowing product ends the program. */
void *arena_alloc_array(Arena *arena, size_t count, size_t size);
