/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/folder.h"
#include "geo/raster_open.h"

#include "base/vec.h"

#include <glob.h>
#include <strings.h>

typedef struct PathList {
    const char **items;
    size_t count, capacity;
} PathList;

static bool ends_as_raster(const char *name)
{
    static const char *const ENDS[] = {".tif", ".tiff", ".asc", ".xyz",
                                       ".vrt", ".img",  ".grd", ".bil"};
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof ENDS / sizeof ENDS[0]; i++)
        if (strcasecmp(dot, ENDS[i]) == 0)
            return true;
    return false;
}

static bool add_folder(const char *path, Arena *arena, PathList *list, Err *err)
{
    Str *names;
    size_t count;

    if (!folder_list(path, arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *name = str_cstr(arena, names[i]);
        if (ends_as_raster(name))
            VEC_PUSH(arena, list, arena_printf(arena, "%s/%s", path, name));
    }
    return true;
}

static bool add_archive(const char *path, Arena *arena, PathList *list, Err *err)
{
    const Gdal *gdal = gdal_load(err);

    if (!gdal)
        return false;
    const char *inside = arena_printf(arena, "/vsizip/%s", path);
    char **names = gdal->VSIReadDir(inside);
    for (char **name = names; name && *name; name++)
        if (ends_as_raster(*name))
            VEC_PUSH(arena, list, arena_printf(arena, "%s/%s", inside, *name));
    gdal->CSLDestroy(names);
    return true;
}

static void add_pattern(const char *pattern, Arena *arena, PathList *list)
{
    glob_t found = {0};

    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            VEC_PUSH(arena, list, arena_strdup(arena, found.gl_pathv[i]));
    globfree(&found);
}

bool raster_paths(const char *path, Arena *arena, const char ***out, size_t *count, Err *err)
{
    PathList list = {0};
    Str name = str_c(path);
    bool ok = true;

    if (folder_exists(path))
        ok = add_folder(path, arena, &list, err);
    else if (str_ends_with(name, ".zip") || str_ends_with(name, ".ZIP"))
        ok = folder_is_file(path) ? add_archive(path, arena, &list, err)
                                  : err_set(err, ERR_NOT_FOUND, "%s: there is no such file", path);
    else if (folder_is_file(path))
        VEC_PUSH(arena, &list, arena_strdup(arena, path));
    else if (strpbrk(path, "*?["))
        add_pattern(path, arena, &list);
    else
        ok = err_set(err, ERR_NOT_FOUND, "%s: there is no such file", path);
    if (ok && list.count == 0)
        ok = err_set(err, ERR_NOT_FOUND,
                     "%s: there is no raster (.tif, .asc, .xyz, .vrt, .img) in it", path);
    *out = list.items;
    *count = list.count;
    return ok;
}
