/* SPDX-License-Identifier: EUPL-1.2 */
/* Values as code outside builds and takes them apart. */
#include "feel/value.h"

#include <assert.h>

size_t feel_list_count(const FeelValue *list)
{
    return feel_kind(list) == FEEL_LIST ? list->list.count : 0;
}

const FeelValue *feel_list_at(const FeelValue *list, size_t index)
{
    assert(index < feel_list_count(list));
    return &list->list.items[index];
}

const FeelValue *feel_list(Arena *arena, const FeelValue *const *items, size_t count)
{
    FeelValue *values = arena_array(arena, FeelValue, count);

    for (size_t i = 0; i < count; i++)
        values[i] = *items[i];
    return value_keep(arena, value_list(values, count));
}

const FeelValue *feel_number(Arena *arena, int64_t number)
{
    return value_keep(arena, value_i64(number));
}

const FeelValue *feel_string(Arena *arena, Str text)
{
    return value_keep(arena, value_string(text));
}
