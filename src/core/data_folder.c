/* SPDX-License-Identifier: EUPL-1.2 */
/* The data folder itself: made, or found where it must be, and rid of what crashed in it. */
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

/* --- What was left half-made -------------------------------------------------------------------
 */

/* Remove what begins with `prefix`, or only see whether there is any. */
static bool each_left(const char *folder, const char *prefix, bool removing, bool *found, Err *err)
{
    Arena *arena = arena_create(0);
    Str *names;
    size_t count;
    bool ok = folder_list(folder, arena, &names, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        if (!str_starts_with(names[i], prefix))
            continue;
        *found = true;
        ok = !removing ||
             folder_remove(arena_printf(arena, "%s/%.*s", folder, STR_ARG(names[i])), err);
    }
    arena_destroy(arena);
    return ok;
}

static bool remove_copies(const char *data_dir, Err *err)
{
    bool found;

    return each_left(data_dir, ".backup-", true, &found, err);
}

bool data_folder_remove_left(const char *data_dir, Err *err)
{
    Arena *arena = arena_create(0);
    bool found,
        ok = each_left(arena_printf(arena, "%s/tenants", data_dir), ".new-", true, &found, err) &&
             remove_copies(data_dir, err);

    arena_destroy(arena);
    return ok;
}

bool data_folder_remove_copies(const char *data_dir, Err *err)
{
    DataLock lock;
    Err busy;
    bool found = false;

    /* Looked for first: for the moment of the lock no command could begin. */
    if (!each_left(data_dir, ".backup-", false, &found, err))
        return false;
    if (!found || !data_lock(data_dir, DATA_TIDY, &lock, &busy))
        return true;
    bool ok = remove_copies(data_dir, err);

    data_unlock(&lock);
    return ok;
}
