/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/backup/backup_internal.h"
#include "core/folder.h"

bool tenants_chosen(const char *data_dir, const char *tenant, Arena *arena, Str **names,
                    size_t *count, Err *err)
{
    const char *folder = arena_printf(arena, "%s/tenants", data_dir);
    Str *all;
    size_t found;

    *count = 0;
    if (!data_folder_find(data_dir, err) || !folder_list(folder, arena, &all, &found, err))
        return false;
    *names = arena_array(arena, Str, found);
    for (size_t i = 0; i < found; i++)
        if (tenant_name_valid(all[i]) && (!tenant || str_is(all[i], tenant)))
            (*names)[(*count)++] = all[i];
    if (*count == 0 && tenant)
        return err_set(err, ERR_NOT_FOUND,
                       "there is no tenant \"%s\" in %s; `rathaus tenant list` shows all", tenant,
                       data_dir);
    if (*count == 0)
        return err_set(err, ERR_NOT_FOUND, "%s has no tenants", data_dir);
    return true;
}

bool table_there(Tx *tx, const char *table, bool *there, Err *err)
{
    int64_t count = 0;
    bool ok = tx_query_int(tx, err, &count,
                           "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1",
                           P_TEXT(str_c(table)));

    *there = count > 0;
    return ok;
}

const char *counted(Arena *arena, int64_t count, const char *one, const char *many)
{
    return arena_printf(arena, "%lld %s", (long long)count, count == 1 ? one : many);
}
