/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"

#include <string.h>

enum { CHUNK = 256 };

/* A round of pieces, larger ones than a chunk too, none over another. */
static void fill(Arena *arena, size_t pieces, size_t size)
{
    unsigned char *items[64];

    for (size_t i = 0; i < pieces; i++) {
        items[i] = arena_alloc(arena, size + i);
        for (size_t k = 0; k < size + i; k++)
            assert_int_equal(items[i][k], 0);
        memset(items[i], (int)i + 1, size + i);
    }
    for (size_t i = 0; i < pieces; i++)
        for (size_t k = 0; k < size + i; k++)
            assert_int_equal(items[i][k], i + 1);
}

static void a_rewound_arena_gives_the_same_memory_again(void **state)
{
    Arena *arena = arena_create(CHUNK);

    (void)state;
    arena_alloc(arena, CHUNK);
    void *second = arena_alloc(arena, CHUNK);
    arena_rewind(arena);
    assert_int_equal(arena_used(arena), 0);
    arena_alloc(arena, CHUNK);
    assert_ptr_equal(arena_alloc(arena, CHUNK), second);
    arena_destroy(arena);
}

static void rounds_of_other_sizes_lie_apart(void **state)
{
    static const size_t SIZES[] = {10, 300, 100, 1000, 1, 250};
    Arena *arena = arena_create(CHUNK);

    (void)state;
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        fill(arena, 40, SIZES[i]);
        arena_rewind(arena);
    }
    fill(arena, 64, 20);
    arena_reset(arena);
    fill(arena, 64, 20);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rewound_arena_gives_the_same_memory_again),
        cmocka_unit_test(rounds_of_other_sizes_lie_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
