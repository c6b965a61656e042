/* SPDX-License-Identifier: EUPL-1.2 */
/* Backup while serving: the database as one snapshot, then everything it refers to. */
#include "core/backup/backup_internal.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/store/file.h"

#include "base/vec.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct Backup {
    const BackupOptions *options;
    Arena *arena;
    TarWriter *tar;
    Manifest manifest;
    const char *scratch; /* a folder of ours inside the data folder */
    Buf missing;
} Backup;

static bool note(Backup *backup, const TarFile *file)
{
    VEC_PUSH(backup->arena, &backup->manifest.files, *file);
    return true;
}

static bool add_file(Backup *backup, Str name, const char *path, Err *err)
{
    TarFile file;

    return tar_add_file(backup->tar, name, path, backup->arena, &file, err) && note(backup, &file);
}

/* --- Settings and spool --------------------------------------------------- */

/* The search index is made anew from the database. */
static bool is_database_or_unfinished(Str name)
{
    return str_starts_with(name, "tenant.db") || str_is(name, "search") ||
           str_find(name, STR(".new-")) >= 0;
}

/* The engine that keeps a folder of this name while serving, or NULL. */
static const Engine *keeper_of(Str folder)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    for (size_t i = 0; i < count; i++)
        if (engines[i]->live_folder && str_is(folder, engines[i]->live_folder))
            return engines[i];
    return NULL;
}

static bool add_folder(Backup *backup, const char *folder, Str prefix, bool top, Err *err);

/* As it is at this moment, whoever writes to it. */
static bool add_live_folder(Backup *backup, const Engine *keeper, const char *folder, Str prefix,
                            Err *err)
{
    const char *copy = arena_printf(backup->arena, "%s/%s", backup->scratch, keeper->live_folder);
    Err ignored = {0};
    bool ok = keeper->live_copy(folder, copy, err) && add_folder(backup, copy, prefix, false, err);

    folder_remove(copy, &ignored);
    return ok;
}

static bool add_folder(Backup *backup, const char *folder, Str prefix, bool top, Err *err)
{
    Str *names;
    size_t count;
    bool ok = folder_list(folder, backup->arena, &names, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        const char *path = arena_printf(backup->arena, "%s/%.*s", folder, STR_ARG(names[i]));
        Str name = str_printf(backup->arena, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(names[i]));
        if (top && (is_database_or_unfinished(names[i]) || str_is(names[i], "files")))
            continue;
        const Engine *keeper = top ? keeper_of(names[i]) : NULL;
        if (keeper)
            ok = add_live_folder(backup, keeper, path, name, err);
        else if (folder_exists(path))
            ok = add_folder(backup, path, name, false, err);
        else if (folder_is_file(path))
            ok = add_file(backup, name, path, err);
    }
    return ok;
}

/* --- What the snapshot says ----------------------------------------------- */

static bool read_events(Tx *tx, Arena *arena, ManifestTenant *tenant, Err *err)
{
    bool there;

    tenant->last_event_hash = STR("");
    if (!table_there(tx, "event", &there, err))
        return false;
    if (!there)
        return true;
    Rows *rows = tx_query(tx, arena, err, "SELECT id, hash FROM event ORDER BY id DESC LIMIT 1");
    if (!rows)
        return false;
    err_clear(err);
    if (rows_next(rows, err)) {
        tenant->events = row_int(rows, 0);
        tenant->last_event_hash = row_text(rows, 1);
    }
    return err->kind == ERR_NONE;
}

static bool add_large_files(Backup *backup, Tx *tx, const Tenant *tenant, Err *err)
{
    bool there;

    if (!table_there(tx, "file", &there, err))
        return false;
    Rows *rows = there ? tx_query(tx, backup->arena, err,
                                  "SELECT sha256 FROM file WHERE bytes IS NULL ORDER BY sha256")
                       : NULL;
    while (rows && rows_next(rows, err)) {
        Str hash = row_text(rows, 0);
        Str inner = str_printf(backup->arena, "files/%.*s/%.*s", STR_ARG(str_slice(hash, 0, 2)),
                               STR_ARG(str_slice(hash, 2, hash.len)));
        const char *path =
            arena_printf(backup->arena, "%.*s/%.*s", STR_ARG(tenant->folder), STR_ARG(inner));
        if (!folder_is_file(path))
            buf_addf(&backup->missing, "%s\n", path);
        else if (!add_file(backup,
                           str_printf(backup->arena, "tenants/%.*s/%.*s", STR_ARG(tenant->name),
                                      STR_ARG(inner)),
                           path, err))
            return false;
    }
    return err->kind == ERR_NONE;
}

static bool add_database(Backup *backup, const Tenant *tenant, ManifestTenant *entry, Err *err)
{
    const char *copy =
        arena_printf(backup->arena, "%s/%.*s.db", backup->scratch, STR_ARG(tenant->name));
    Str name = str_printf(backup->arena, "tenants/%.*s/tenant.db", STR_ARG(tenant->name));

    if (!db_snapshot(tenant->db, copy, err))
        return false;
    Db *db = tenant_database_view(copy, err);
    Tx *tx = db ? db_read(db, err) : NULL;
    bool ok = tx && verify_copy(db, backup->arena, err) &&
              read_events(tx, backup->arena, entry, err) &&
              add_large_files(backup, tx, tenant, err);
    tx_end(tx);
    db_close(db);
    /* Closed, so that everything is in the one file. */
    ok = ok && add_file(backup, name, copy, err);
    unlink(copy);
    return ok;
}

/* --- One tenant ----------------------------------------------------------- */

/* While this is held, bytes that the snapshot refers to are not collected. */
static int hold_files(const Tenant *tenant, Arena *arena)
{
    int fd = open(arena_printf(arena, "%.*s/files", STR_ARG(tenant->folder)),
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        flock(fd, LOCK_SH);
    return fd;
}

static bool add_key(Backup *backup, Str name, Err *err)
{
    Str entry = str_printf(backup->arena, "keys/%.*s.key", STR_ARG(name));
    const char *path = tenant_key_path(backup->options->data_dir, name, backup->arena);

    return !backup->options->with_keys || add_file(backup, entry, path, err);
}

static bool add_tenant(Backup *backup, Str name, Err *err)
{
    Tenant tenant;
    unsigned char master[32];
    ManifestTenant entry = {.name = name, .last_event_hash = STR("")};
    Str prefix = str_printf(backup->arena, "tenants/%.*s", STR_ARG(name));

    if (!tenant_view_open(backup->options->data_dir, name, backup->arena, &tenant, err))
        return err_context(err, "tenant \"%.*s\"", STR_ARG(name));
    int files = hold_files(&tenant, backup->arena);
    bool ok = tenant_key_read(backup->options->data_dir, name, master, err) &&
              add_folder(backup, tenant.folder.ptr, prefix, true, err) &&
              add_database(backup, &tenant, &entry, err) && add_key(backup, name, err);
    if (ok) {
        entry.seal = manifest_seal(&backup->manifest, &entry, master, backup->arena);
        VEC_PUSH(backup->arena, &backup->manifest.tenants, entry);
    }
    sodium_memzero(master, sizeof master);
    if (files >= 0)
        close(files);
    db_close(tenant.db);
    return ok || err_context(err, "tenant \"%.*s\"", STR_ARG(name));
}

static bool finish(Backup *backup, BackupReport *report, Err *err)
{
    TarFile file;
    Str json = manifest_write(&backup->manifest, backup->arena);
    bool ok = tar_add_bytes(backup->tar, STR(MANIFEST_NAME), json, backup->arena, &file, err);
    TarWriter *tar = backup->tar;

    backup->tar = NULL;
    if (!ok) {
        tar_abandon(tar);
        return false;
    }
    report->tenants = backup->manifest.tenants.count;
    report->files = backup->manifest.files.count;
    for (size_t i = 0; i < report->files; i++)
        report->bytes += backup->manifest.files.items[i].size;
    report->missing = buf_str(&backup->missing);
    return tar_finish(tar, err);
}

bool backup_make(const BackupOptions *options, Arena *arena, BackupReport *report, Err *err)
{
    Backup backup = {.options = options,
                     .arena = arena,
                     .manifest = {.created = clock_now(), .with_keys = options->with_keys},
                     .missing = buf_in(arena)};
    DataLock lock;
    Str *names;
    size_t count;
    Err ignored;

    *report = (BackupReport){0};
    if (!tenants_chosen(options->data_dir, options->tenant, arena, &names, &count, err) ||
        !data_folder_remove_copies(options->data_dir, err) ||
        !data_lock(options->data_dir, DATA_BESIDE, &lock, err))
        return false;
    /* The snapshot is as secret as the database: it never leaves the data folder. */
    char *scratch = arena_printf(arena, "%s/.backup-XXXXXX", options->data_dir);
    backup.scratch = mkdtemp(scratch);
    bool ok = backup.scratch || err_set(err, ERR_TEMPORARY, "%s: cannot be made", scratch);
    ok = ok && (backup.tar = tar_create(options->out, err));
    for (size_t i = 0; ok && i < count; i++)
        ok = add_tenant(&backup, names[i], err);
    ok = ok && finish(&backup, report, err);
    tar_abandon(backup.tar);
    if (backup.scratch)
        folder_remove(backup.scratch, &ignored);
    data_unlock(&lock);
    return ok;
}
