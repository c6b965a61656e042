/* SPDX-License-Identifier: EUPL-1.2 */
/* A letter's PDF, damaged in any way, on its way into a print file. */
#include "post/pdf_join.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    PdfJoin *join = pdf_join_begin(arena);
    Err err = {0};
    Str whole;

    if (pdf_join_add(join, (Str){(const char *)data, size}, true, NULL, &err)) {
        bool written = pdf_join_end(join, STR("x"), &whole, &err);

        assert(written && whole.len > 0);
    }
    arena_destroy(arena);
    return 0;
}
