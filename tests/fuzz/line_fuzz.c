/* SPDX-License-Identifier: EUPL-1.2 */
/* Line protocol, any bytes: what is read lies in the text, and a canonical head is canonical. */
#include "city/import/line.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_head(Arena *arena, Str head)
{
    const char *problem;
    Str once, twice;

    if (!line_canonical(arena, head, &once, &problem))
        return;
    if (!line_canonical(arena, once, &twice, &problem) || !str_eq(once, twice))
        abort();
    line_plain(arena, once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str text = {(const char *)data, size};
    LineReader reader = line_reader(arena, text);
    LinePoint point = {0};
    const char *before = reader.at;

    while (line_next(&reader, &point)) {
        if (reader.at <= before || reader.at > reader.end || (!point.problem && !point.count))
            abort();
        before = reader.at;
        check_head(arena, point.head);
        for (size_t i = 0; i < point.count; i++)
            if (point.items[i].name.ptr < text.ptr ||
                point.items[i].value.ptr + point.items[i].value.len > text.ptr + size)
                abort();
    }
    arena_destroy(arena);
    return 0;
}
