/* SPDX-License-Identifier: EUPL-1.2 */
/* A new tenant: built beside, complete and on disk, then renamed into its place. */
#include "core/app_internal.h"
#include "core/folder.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

static bool build(const char *folder, const char *from_folder, const char *data_dir, Str name,
                  Err *err)
{
    Arena *arena = arena_create(0);
    unsigned char master[32];
    bool ok = folder_copy(from_folder, folder, err) && tenant_settings_read(folder, arena, err) &&
              folder_make(arena_printf(arena, "%s/files", folder), err) &&
              folder_make(arena_printf(arena, "%s/spool", folder), err) &&
              tenant_key_make(data_dir, name, err) &&
              tenant_key_read(data_dir, name, master, err) &&
              tenant_database_make(folder, name, master, err);

    sodium_memzero(master, sizeof master);
    arena_destroy(arena);
    return ok;
}

bool tenant_place(const char *built, const char *data_dir, Str name, Err *err)
{
    Arena *arena = arena_create(0);
    char *tenants = arena_printf(arena, "%s/tenants", data_dir);
    char *folder = arena_printf(arena, "%s/%.*s", tenants, STR_ARG(name));
    bool ok = true;

    /* An existing folder that is not empty makes rename() fail: of two that create the same
     * name one wins. */
    if (rename(built, folder) != 0)
        ok = errno == EEXIST || errno == ENOTEMPTY
                 ? err_set(err, ERR_CONFLICT, "tenant \"%.*s\" exists already", STR_ARG(name))
                 : err_set(err, ERR_TEMPORARY, "%s: cannot be made: %s", folder, strerror(errno));
    ok = ok && folder_sync(tenants, err);
    arena_destroy(arena);
    return ok;
}

bool tenant_create(App *app, Str name, const char *from_folder, Err *err)
{
    Err ignored;

    if (!tenant_name_check(name, err))
        return false;
    Arena *arena = arena_create(0);
    const char *data = app->options.data_dir;
    char *built =
        arena_printf(arena, "%s/tenants/.new-%.*s-%ld", data, STR_ARG(name), (long)getpid());
    bool ok = true;
    if (folder_exists(arena_printf(arena, "%s/tenants/%.*s", data, STR_ARG(name))))
        ok = err_set(err, ERR_CONFLICT, "tenant \"%.*s\" exists already", STR_ARG(name));
    ok = ok && folder_remove(built, err) && build(built, from_folder, data, name, err) &&
         tenant_place(built, data, name, err);
    if (!ok)
        folder_remove(built, &ignored);
    else
        app_rescan(app);
    arena_destroy(arena);
    return ok;
}
