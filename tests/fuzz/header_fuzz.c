/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str header = {(const char *)data, size};
    FieldList cookies = {0};
    MediaType type;
    Err err = {0};

    media_type_parse(arena, header, &type, &err);
    cookies_parse(arena, header, &cookies);
    language_choose(header);
    accepts_gzip(header);
    arena_destroy(arena);
    return 0;
}
