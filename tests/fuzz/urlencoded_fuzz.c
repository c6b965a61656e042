/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/utf8.h"
#include "core/http/parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    FieldList fields = {0};
    Err err = {0};

    if (urlencoded_parse(arena, (Str){(const char *)data, size}, 100, &fields, &err))
        for (size_t i = 0; i < fields.count; i++)
            assert(utf8_valid_text(fields.items[i].name) && utf8_valid_text(fields.items[i].value));
    arena_destroy(arena);
    return 0;
}
