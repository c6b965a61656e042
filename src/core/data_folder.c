/* SPDX-License-Identifier: EUPL-1.2 */
/* The data folder itself: made, or found where it must be. */
#include "core/app_internal.h"
#include "core/folder.h"

bool data_folder_make(const char *data_dir, Err *err)
{
    Arena *arena = arena_create(0);
    bool ok = folder_make(data_dir, err) &&
              folder_make(arena_printf(arena, "%s/tenants", data_dir), err) &&
              folder_make(arena_printf(arena, "%s/keys", data_dir), err);

    arena_destroy(arena);
    return ok;
}

bool data_folder_find(const char *data_dir, Err *err)
{
    Arena *arena = arena_create(0);
    const char *tenants = arena_printf(arena, "%s/tenants", data_dir);
    bool there = folder_exists(tenants);

    arena_destroy(arena);
    return there || err_set(err, ERR_NOT_FOUND,
                            "there is no town in %s: it %s; name the folder that `rathaus serve` "
                            "has as --data, or make a town with `rathaus tenant create`",
                            data_dir,
                            folder_exists(data_dir) ? "has no folder \"tenants\"" : "is no folder");
}
