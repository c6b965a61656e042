/* SPDX-License-Identifier: EUPL-1.2 */
/* A copy of the store's folder as of one moment, for backups, while another process writes to it:
 * segments and states never change and are linked; a log is only added to, so what was read of it
 * is one of its earlier states; the manifest must be the same before and after. */
#include "city/store/store.h"

#include "core/folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 50, MANIFEST_MAX = 64 << 20 };

typedef struct Copy {
    const char *from, *to;
    Arena *arena;
    bool moved; /* a file went while it was looked at: the manifest is another by now */
} Copy;

static const char *path_in(const Copy *copy, const char *folder, Str name)
{
    return arena_printf(copy->arena, "%s/%.*s", folder, STR_ARG(name));
}

static bool link_file(Copy *copy, Str name, Err *err)
{
    const char *to = path_in(copy, copy->to, name);

    if (link(path_in(copy, copy->from, name), to) == 0)
        return true;
    copy->moved = errno == ENOENT;
    return folder_failure(err, errno, "write", to);
}

/* What the log holds at this moment. */
static bool copy_log(Copy *copy, Str name, Err *err)
{
    Str bytes;

    if (!folder_read_file(path_in(copy, copy->from, name), SIZE_MAX, copy->arena, &bytes, err)) {
        copy->moved = err->kind == ERR_NOT_FOUND || err->kind == ERR_TEMPORARY;
        return false;
    }
    return folder_write_file(path_in(copy, copy->to, name), bytes, 0600, err);
}

static bool number_of(Str name, const char *kind, int64_t *out)
{
    Str number = str_cut(&name, '.');

    return str_is(name, kind) && str_to_i64(number, out);
}

/* All from the first that counts on. */
static bool copy_logs(Copy *copy, int64_t first, Err *err)
{
    Str *names;
    size_t count;
    int64_t number;

    if (!folder_list(copy->from, copy->arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (number_of(names[i], "log", &number) && number >= first &&
            !copy_log(copy, names[i], err))
            return false;
    return true;
}

static bool copy_named(Copy *copy, Str manifest, Err *err)
{
    int64_t number, first = 0;

    str_cut(&manifest, '\n');
    while (manifest.len) {
        Str line = str_cut(&manifest, '\n'), word = str_cut(&line, ' ');
        if (!str_to_i64(line, &number) || str_is(word, "sum"))
            continue;
        if (str_is(word, "log"))
            first = number;
        else if (!link_file(copy,
                            str_printf(copy->arena, "%lld.%.*s", (long long)number, STR_ARG(word)),
                            err))
            return false;
    }
    return copy_logs(copy, first, err);
}

static bool read_manifest(const Copy *copy, Str *out, Err *err)
{
    return folder_read_file(path_in(copy, copy->from, STR("manifest")), MANIFEST_MAX, copy->arena,
                            out, err);
}

static bool copy_once(Copy *copy, Err *err)
{
    Str before, after;

    copy->moved = false;
    if (!folder_make(copy->to, err) || !read_manifest(copy, &before, err) ||
        !copy_named(copy, before, err) || !read_manifest(copy, &after, err))
        return false;
    copy->moved = !str_eq(before, after);
    return !copy->moved &&
           folder_write_file(path_in(copy, copy->to, STR("manifest")), before, 0600, err);
}

bool obs_copy(const char *from, const char *to, Err *err)
{
    Copy copy = {.from = from, .to = to};
    bool ok = false;

    for (int i = 0; i < TRIES; i++) {
        Err ignored = {0};
        err_clear(err);
        copy.arena = arena_create(0);
        ok = copy_once(&copy, err);
        arena_destroy(copy.arena);
        if (ok || !copy.moved)
            break;
        folder_remove(to, &ignored);
    }
    return ok || err->kind != ERR_NONE ||
           err_set(err, ERR_TEMPORARY, "%s: changed all the time while it was copied; try again",
                   from);
}
