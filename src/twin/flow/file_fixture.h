/* SPDX-License-Identifier: EUPL-1.2 */
/* A file in memory that a model is saved to and loaded from; `bytes` are to be freed. */
#pragma once

#include "twin/flow/fixture.h"

typedef struct File {
    char *bytes;
    size_t size, at, room;
} File;

static inline bool write_bytes(void *context, const void *data, size_t size, Err *err)
{
    File *file = context;

    (void)err;
    if (file->size + size > file->room) {
        file->room = 2 * (file->size + size);
        file->bytes = realloc(file->bytes, file->room);
        assert_non_null(file->bytes);
    }
    memcpy(file->bytes + file->size, data, size);
    file->size += size;
    return true;
}

static inline bool read_bytes(void *context, void *data, size_t size, Err *err)
{
    File *file = context;

    if (file->size - file->at < size)
        return err_set(err, ERR_INPUT, "the file ends");
    memcpy(data, file->bytes + file->at, size);
    file->at += size;
    return true;
}
