/* SPDX-License-Identifier: EUPL-1.2 */
/* Batches as multipart/mixed: what is read lies within what was sent, and can be answered. */
#include "city/http/batch.h"

#include <stdlib.h>

static void within(Str part, Str whole)
{
    if (part.len && (part.ptr < whole.ptr || part.ptr + part.len > whole.ptr + whole.len))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str body = {arena_copy(arena, data, size), size};
    Batch batch = {0};
    Err err = {0};
    Str type;

    if (batch_read_mixed(arena, STR("b"), body, &batch, &err)) {
        for (size_t i = 0; i < batch.count; i++) {
            within(batch.items[i].method, body);
            within(batch.items[i].url, body);
            within(batch.items[i].body, body);
        }
        if (batch.count > BATCH_MAX || !batch_write_mixed(arena, &batch, &type).len)
            abort();
    } else if (err.kind != ERR_INPUT && err.kind != ERR_TOO_LARGE) {
        abort();
    }
    arena_destroy(arena);
    return 0;
}
