/* SPDX-License-Identifier: EUPL-1.2 */
/* Packages for unit tests, by path within the project. */
#pragma once

#include "base/test.h"
#include "cases/package.h"

#include <stdlib.h>

static inline const char *fixture_path(Arena *arena, const char *path)
{
    const char *root = getenv("SOURCE_ROOT");

    return arena_printf(arena, "%s/%s", root ? root : ".", path);
}

static inline const Package *fixture_load(Arena *arena, const char *folder, Problems *problems)
{
    PackageFile *files;
    size_t count;
    Err err;

    assert_ok(package_read_folder(fixture_path(arena, folder), NULL, arena, &files, &count, &err),
              &err);
    return package_load(files, count, arena, problems);
}
