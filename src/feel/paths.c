/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/paths.h"

#include "base/buf.h"
#include "base/node.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct PathList {
    const char **items;
    size_t count;
    size_t capacity;
} PathList;

bool path_read(Arena *arena, const char *path, Str *out, Err *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    Buf content = buf_in(arena);
    size_t got;

    if (!file)
        return err_set(err, ERR_NOT_FOUND, "cannot open %s: %s", path, strerror(errno));
    do {
        buf_reserve(&content, 65536);
        got = fread(content.ptr + content.len, 1, 65536, file);
        content.len += got;
    } while (got > 0 && content.len <= NODE_LIMITS_PACKAGE.max_bytes);
    int broken = ferror(file) ? errno : 0;
    if (file != stdin)
        fclose(file);
    if (broken)
        return err_set(err, ERR_NOT_FOUND, "cannot read %s: %s", path, strerror(broken));
    if (content.len > NODE_LIMITS_PACKAGE.max_bytes)
        return err_set(err, ERR_TOO_LARGE, "%s is larger than 16 MiB", path);
    *out = (Str){content.ptr, content.len};
    return true;
}

bool path_is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool list(Arena *arena, const char *folder, const char *ending, bool folders, PathList *out,
                 Err *err)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    if (!dir)
        return err_set(err, ERR_NOT_FOUND, "cannot open the folder %s: %s", folder,
                       strerror(errno));
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.' || !str_ends_with(str_c(entry->d_name), ending))
            continue;
        const char *path = arena_printf(arena, "%s/%s", folder, entry->d_name);
        if (path_is_folder(path) == folders)
            VEC_PUSH(arena, out, path);
    }
    closedir(dir);
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_name);
    return true;
}

bool path_files(Arena *arena, const char *folder, const char *ending, const char ***out,
                size_t *count, Err *err)
{
    PathList paths = {0};
    bool done = list(arena, folder, ending, false, &paths, err);

    *out = paths.items;
    *count = paths.count;
    return done;
}

bool path_folders(Arena *arena, const char *folder, const char ***out, size_t *count, Err *err)
{
    PathList paths = {0};
    bool done = list(arena, folder, "", true, &paths, err);

    *out = paths.items;
    *count = paths.count;
    return done;
}

const char *path_folder(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/" : str_cstr(arena, (Str){path, (size_t)(slash - path)});
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}
