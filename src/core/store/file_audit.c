/* SPDX-License-Identifier: EUPL-1.2 */
/* The daily round: what nobody needs any more goes, and everything else is there and whole.
 *
 * Removing runs on the writer thread, as file_put() does: between looking and unlinking no
 * reference can appear. Bytes on disk go only when no row names them and the commit that
 * removed the row is on disk. */
#include "core/folder.h"
#include "core/log.h"
#include "core/store/file_internal.h"
#include "core/work/work.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 100 };

/* --- Audit -------------------------------------------------------------------------- */

typedef struct Page {
    Str *hashes;
    size_t count;
} Page;

/* Whatever stands in a damaged database. */
static void note_hash(char out[65], Str hash)
{
    snprintf(out, 65, "%.*s", STR_ARG(hash));
}

static bool next_hashes(Tenant *tenant, Str after, Arena *arena, Page *out, Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    Rows *rows = tx ? tx_query(tx, arena, err,
                               "SELECT sha256 FROM file WHERE sha256 > $1 ORDER BY sha256 LIMIT $2",
                               P_TEXT(after), P_INT(STEP))
                    : NULL;

    *out = (Page){.hashes = arena_array(arena, Str, STEP)};
    if (rows)
        while (rows && rows_next(rows, err))
            out->hashes[out->count++] = row_text(rows, 0);
    tx_end(tx);
    return rows && err->kind == ERR_NONE;
}

/* Read one file; one that was collected meanwhile is no damage. */
static bool audit_one(Tenant *tenant, Str sha256, Err *err)
{
    Arena *arena = arena_create(0);
    Tx *tx = db_read(tenant->db, err);
    Str bytes;
    bool there = true;
    int64_t count = 0;
    bool ok = tx && file_read(tx, tenant, sha256, arena, &bytes, err);

    tx_end(tx);
    if (!ok && err->kind != ERR_TEMPORARY) {
        Err again;
        tx = db_read(tenant->db, &again);
        there = !tx ||
                !tx_query_int(tx, &again, &count, "SELECT count(*) FROM file WHERE sha256 = $1",
                              P_TEXT(sha256)) ||
                count > 0;
        tx_end(tx);
    }
    arena_destroy(arena);
    return ok || !there;
}

bool file_audit_each(Tenant *tenant, FileDamaged damaged, void *context, int64_t *checked, Err *err)
{
    Arena *arena = arena_create(0);
    char last[65] = "";
    Page page = {.count = STEP};
    int64_t bad = 0;
    Err first = {0};
    bool ok = true;

    *checked = 0;
    while (ok && page.count == STEP) {
        arena_reset(arena);
        ok = next_hashes(tenant, str_c(last), arena, &page, err);
        for (size_t i = 0; ok && i < page.count; i++) {
            Err why = {0};
            note_hash(last, page.hashes[i]);
            ++*checked;
            if (audit_one(tenant, page.hashes[i], &why))
                continue;
            if (bad++ == 0)
                first = why;
            if (damaged)
                damaged(context, page.hashes[i], &why);
        }
    }
    arena_destroy(arena);
    if (ok && bad)
        ok = err_set(err, ERR_CONFLICT,
                     "%lld of %lld files are damaged or missing, the first: %.800s", (long long)bad,
                     (long long)*checked, first.message);
    return ok;
}

bool file_audit(Tenant *tenant, int64_t *checked, Err *err)
{
    return file_audit_each(tenant, NULL, NULL, checked, err);
}

/* --- Collecting rows ---------------------------------------------------------------- */

typedef struct Sweep {
    Tenant *tenant;
    char after[65]; /* the last hash looked at */
    bool more;
    int64_t removed;
    const char *path; /* of the file on disk to remove */
    Str sha256;
} Sweep;

/* Does an effect that is not done yet belong to somebody who referred to the file? */
static bool still_needed(Tx *tx, Str sha256, Arena *arena, bool *needed, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err, "SELECT owner FROM file_owner WHERE sha256 = $1", P_TEXT(sha256));

    *needed = false;
    if (!rows)
        return false;
    err_clear(err);
    while (!*needed && rows_next(rows, err)) {
        int64_t outstanding = 0;
        if (!effect_outstanding(tx, row_text(rows, 0), &outstanding, err))
            return false;
        *needed = outstanding > 0;
    }
    rows_end(rows);
    return err->kind == ERR_NONE;
}

static bool remove_row(Tx *tx, Str sha256, Err *err)
{
    return tx_exec(tx, err, "DELETE FROM file_owner WHERE sha256 = $1", P_TEXT(sha256)) &&
           tx_exec(tx, err, "DELETE FROM file WHERE sha256 = $1", P_TEXT(sha256));
}

static bool collect_some(Tx *tx, void *context, Err *err)
{
    Sweep *sweep = context;
    Arena *arena = arena_create(0);
    Page page = {.hashes = arena_array(arena, Str, STEP)};
    Timestamp fresh = tx_now(tx) - FILE_FRESH_MS;
    bool ok;
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT sha256 FROM file WHERE sha256 > $1 AND added <= $2 AND NOT EXISTS "
                 "(SELECT 1 FROM file_owner WHERE file_owner.sha256 = file.sha256 "
                 " AND (dropped IS NULL OR dropped > $2)) ORDER BY sha256 LIMIT $3",
                 P_TEXT(str_c(sweep->after)), P_INT(fresh), P_INT(STEP));

    if (rows)
        while (rows && rows_next(rows, err))
            page.hashes[page.count++] = row_text(rows, 0);
    ok = rows && err->kind == ERR_NONE;
    for (size_t i = 0; ok && i < page.count; i++) {
        bool needed;
        note_hash(sweep->after, page.hashes[i]);
        ok = still_needed(tx, page.hashes[i], arena, &needed, err) &&
             (needed || remove_row(tx, page.hashes[i], err));
        if (ok && !needed)
            sweep->removed++;
    }
    sweep->more = page.count == STEP;
    arena_destroy(arena);
    return ok;
}

/* --- Collecting bytes on disk --------------------------------------------------------- */

static bool is_old(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && clock_now() - (int64_t)st.st_mtim.tv_sec * 1000 > FILE_ORPHAN_MS;
}

static bool unlink_orphan(Tx *tx, void *context, Err *err)
{
    Sweep *sweep = context;
    int64_t rows = 0;

    if (!tx_query_int(tx, err, &rows, "SELECT count(*) FROM file WHERE sha256 = $1",
                      P_TEXT(sweep->sha256)))
        return false;
    if (rows == 0 && is_old(sweep->path) && unlink(sweep->path) != 0)
        log_line(LOG_WARNING, "%s: cannot be removed", sweep->path);
    return true;
}

static bool has_row(Tenant *tenant, Str sha256, bool *has, Err *err)
{
    int64_t rows = 0;
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && tx_query_int(tx, err, &rows, "SELECT count(*) FROM file WHERE sha256 = $1",
                                 P_TEXT(sha256));

    tx_end(tx);
    *has = rows > 0;
    return ok;
}

static bool sweep_folder(Sweep *sweep, const char *folder, Str prefix, Err *err)
{
    Arena *arena = arena_create(0);
    Str *names;
    size_t count;
    bool ok = folder_list(folder, arena, &names, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        bool has = false;
        sweep->path = arena_printf(arena, "%s/%.*s", folder, STR_ARG(names[i]));
        sweep->sha256 = str_printf(arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(names[i]));
        if (!is_old(sweep->path))
            continue;
        if (str_find(names[i], STR(".new-")) >= 0)
            unlink(sweep->path); /* left by a crash */
        else if (sweep->sha256.len == 64)
            ok = has_row(sweep->tenant, sweep->sha256, &has, err) &&
                 (has || db_write(sweep->tenant->db, unlink_orphan, sweep, err));
    }
    arena_destroy(arena);
    return ok;
}

/* False while a backup holds the files: its snapshot may refer to what we would remove. Then
 * they wait for the next round. */
static bool lock_files(const char *folder, int *fd)
{
    *fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return false;
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    close(*fd);
    return false;
}

static bool sweep_disk(Sweep *sweep, Err *err)
{
    Arena *arena = arena_create(0);
    const char *files = arena_printf(arena, "%.*s/files", STR_ARG(sweep->tenant->folder));
    Str *names;
    size_t count = 0;
    int lock;
    bool ok = true;

    if (lock_files(files, &lock)) {
        ok = folder_list(files, arena, &names, &count, err);
        for (size_t i = 0; ok && i < count; i++)
            if (names[i].len == 2)
                ok = sweep_folder(sweep, arena_printf(arena, "%s/%.2s", files, names[i].ptr),
                                  names[i], err);
        close(lock);
    }
    arena_destroy(arena);
    return ok;
}

bool file_collect(Tenant *tenant, int64_t *removed, Err *err)
{
    Sweep sweep = {.tenant = tenant, .more = true};
    bool ok = true;

    while (ok && sweep.more)
        ok = db_write(tenant->db, collect_some, &sweep, err);
    *removed = sweep.removed;
    return ok && sweep_disk(&sweep, err);
}
