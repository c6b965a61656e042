/* SPDX-License-Identifier: EUPL-1.2 */
/* VEC: a growing array in an arena, for any struct with `items`, `count`, `capacity`:
 *
 *     typedef struct DogList { Dog *items; size_t count, capacity; } DogList;
 *     VEC_PUSH(arena, &dogs, dog);
 */
#pragma once

#include "base/arena.h"

#include <assert.h>
#include <string.h>

#define VEC_PUSH(arena, vec, ...)                                                          \
    do {                                                                                   \
        if ((vec)->count == (vec)->capacity)                                               \
            (vec)->items = vec_grow((arena), (vec)->items, (vec)->count, &(vec)->capacity, \
                                    sizeof *(vec)->items);                                 \
        assert((vec)->items);                                                              \
        (vec)->items[(vec)->count++] = (__VA_ARGS__);                                      \
    } while (0)

static inline void *vec_grow(Arena *arena, const void *items, size_t count, size_t *capacity,
                             size_t item_size)
{
    size_t wanted = *capacity ? *capacity * 2 : 8;
    void *grown = arena_alloc_array(arena, wanted, item_size);

    if (items && count)
        memcpy(grown, items, count * item_size);
    *capacity = wanted;
    return grown;
}
