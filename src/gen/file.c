/* SPDX-License-Identifier: EUPL-1.2 */
#include "gen/file.h"

#include <errno.h>
#include <stdio.h>

bool file_read(Arena *arena, const char *path, Str *out, Err *err)
{
    FILE *file = fopen(path, "rb");
    long size = -1;

    if (!file)
        return err_set(err, ERR_INPUT, "cannot read %s: %s", path, strerror(errno));
    if (fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    rewind(file);
    char *bytes = arena_alloc(arena, size > 0 ? (size_t)size + 1 : 1);
    size_t got = size > 0 ? fread(bytes, 1, (size_t)size, file) : 0;
    fclose(file);
    if (size < 0 || got != (size_t)size)
        return err_set(err, ERR_INPUT, "cannot read %s", path);
    *out = (Str){bytes, got};
    return true;
}

static bool file_is(const char *path, Str content)
{
    Arena *arena = arena_create(0);
    Err ignored = {0};
    Str now = STR_NONE;
    bool same = file_read(arena, path, &now, &ignored) && str_eq(now, content);

    arena_destroy(arena);
    return same;
}

bool file_write(const char *path, Str content, Err *err)
{
    if (file_is(path, content))
        return true;
    FILE *file = fopen(path, "wb");

    if (!file)
        return err_set(err, ERR_INPUT, "cannot write %s: %s", path, strerror(errno));
    size_t written = fwrite(content.ptr, 1, content.len, file);
    if (fclose(file) != 0 || written != content.len)
        return err_set(err, ERR_INPUT, "cannot write %s: %s", path, strerror(errno));
    return true;
}
