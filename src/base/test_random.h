/* SPDX-License-Identifier: EUPL-1.2 */
/* Random cases that are the same in each run: a generator with a fixed seed (xorshift64). */
#pragma once

#include <stdint.h>

typedef struct TestRandom {
    uint64_t state; /* the seed; not 0 */
} TestRandom;

static inline uint64_t test_random(TestRandom *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return random->state;
}

/* From `low` to `high`, both included. */
static inline int64_t test_pick(TestRandom *random, int64_t low, int64_t high)
{
    return low + (int64_t)(test_random(random) % (uint64_t)(high - low + 1));
}
