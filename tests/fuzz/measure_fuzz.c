/* SPDX-License-Identifier: EUPL-1.2 */
/* What a planner's browser sends as drawn measures: what is taken is taken again, unchanged. */
#include "twin/plan/measure.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const Bounds TOWN = {13, 50, 14, 51};
    Arena *arena = arena_create(0);
    size_t count, again_count;
    Str out, again;
    Err err = {0};

    if (measures_check((Str){(const char *)data, size}, TOWN, arena, &out, &count, &err) &&
        count > 0 &&
        (!measures_check(out, TOWN, arena, &again, &again_count, &err) || again_count != count ||
         !str_eq(out, again)))
        abort();
    arena_destroy(arena);
    return 0;
}
