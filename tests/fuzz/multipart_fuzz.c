/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The boundary is "XX", so that the corpus can be read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    FieldList fields = {0};
    UploadList uploads = {0};
    Err err = {0};

    multipart_parse(arena, STR("XX"), (Str){(const char *)data, size}, &fields, &uploads, &err);
    arena_destroy(arena);
    return 0;
}
