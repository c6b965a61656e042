/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/backup/tenant_erase.h"

#include "core/backup/backup_internal.h"
#include "core/folder.h"

#include <errno.h>
#include <unistd.h>

/* The end of the chain stands for everything that was recorded. */
static void describe_events(Db *db, Arena *arena, Node *proof)
{
    Err err = {0};
    bool there = false;
    Tx *tx = db_read(db, &err);
    Rows *rows = NULL;

    if (tx && table_there(tx, "event", &there, &err) && there)
        rows = tx_query(tx, arena, &err, "SELECT id, hash FROM event ORDER BY id DESC LIMIT 1");
    if (rows && rows_next(rows, &err)) {
        node_set(arena, proof, STR("events"), node_int(arena, row_int(rows, 0)));
        node_set_text(arena, proof, "last_event_hash", row_text(rows, 1));
    }
    if (tx)
        tx_end(tx);
}

static void describe(const char *data_dir, Str name, Arena *arena, Node *proof)
{
    Tenant tenant;
    Err err = {0};

    node_set_text(arena, proof, "tenant", name);
    if (!tenant_view_open(data_dir, name, arena, &tenant, &err)) {
        node_set_text(arena, proof, "note", str_c(err_text(&err, arena)));
        return;
    }
    node_set_text(arena, proof, "title", str_copy(arena, tenant_title(&tenant)));
    if (tenant.db)
        describe_events(tenant.db, arena, proof);
    db_close(tenant.db);
}

bool tenant_erase(const char *data_dir, Str name, Arena *arena, Node *proof, Err *err)
{
    const char *key = tenant_key_path(data_dir, name, arena);
    const char *folder = arena_printf(arena, "%s/tenants/%.*s", data_dir, STR_ARG(name));
    DataLock lock;
    Str *names;
    size_t count;

    /* Names that are in the folder, and nothing that leads out of it. */
    if (!tenants_chosen(data_dir, str_cstr(arena, name), arena, &names, &count, err) ||
        !data_lock(data_dir, DATA_ALONE, &lock, err))
        return false;
    describe(data_dir, name, arena, proof);
    bool ok = unlink(key) == 0 || errno == ENOENT ||
              err_set(err, ERR_TEMPORARY, "%s cannot be removed", key);
    /* Copies of it, too, which a backup or restore that was cut off has left. */
    ok = ok && folder_remove(folder, err) && data_folder_remove_left(data_dir, err) &&
         folder_sync(arena_printf(arena, "%s/tenants", data_dir), err);
    data_unlock(&lock);
    if (ok)
        node_set_text(arena, proof, "erased_at", timestamp_iso(arena, clock_now()));
    return ok;
}
