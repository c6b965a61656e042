/* SPDX-License-Identifier: EUPL-1.2 */
/* A model from a file, with the models of its folder to import from. */
#include "feel/dmn.h"

#include "feel/paths.h"

enum { MAX_SOURCES = 500 };

const DmnModel *dmn_open(Arena *arena, const char *path, Err *err)
{
    const char **paths;
    size_t count;
    Err unread;

    if (!path_files(arena, path_folder(arena, path), ".dmn", &paths, &count, err))
        return NULL;
    DmnSource *sources = arena_array(arena, DmnSource, count + 1);
    size_t used = 1;
    sources[0].file = path;
    if (!path_read(arena, path, &sources[0].xml, err))
        return NULL;
    /* A file that imports nothing needs no others. */
    if (str_find(sources[0].xml, STR("import")) < 0)
        return dmn_read(arena, sources, 1, err);
    for (size_t i = 0; i < count && used < MAX_SOURCES; i++) {
        sources[used].file = paths[i];
        if (strcmp(path_name(paths[i]), path_name(path)) != 0 &&
            path_read(arena, paths[i], &sources[used].xml, &unread))
            used++;
    }
    return dmn_read(arena, sources, used, err);
}
