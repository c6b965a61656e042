/* SPDX-License-Identifier: EUPL-1.2 */
/* Restore: look at everything first, build beside, swap in one step. */
#include "core/backup/backup_internal.h"
#include "core/crypto.h"
#include "core/folder.h"

#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 };

/* --- Reading an archive and comparing ------------------------------------- */

typedef struct Look {
    Arena *arena;
    const char *path;
    Manifest seen; /* the files as they are */
    Str manifest;
} Look;

/* Read the entry to its end, into `file` when not NULL, and hash it. */
static bool read_entry(TarEntry *entry, NewFile *file, TarFile *out, Err *err)
{
    crypto_hash_sha256_state state;
    unsigned char hash[32];
    unsigned char *piece = malloc(PIECE);
    int64_t got;
    bool ok = true;

    if (!piece)
        abort();
    crypto_hash_sha256_init(&state);
    out->size = 0;
    while (ok && (got = tar_read(entry, piece, PIECE, err)) != 0) {
        ok = got > 0 && (!file || folder_add_bytes(file, piece, (size_t)got, err));
        if (ok) {
            crypto_hash_sha256_update(&state, piece, (size_t)got);
            out->size += got;
        }
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(out->sha256, sizeof out->sha256, hash, sizeof hash);
    free(piece);
    return ok;
}

static bool read_manifest_entry(Look *look, int64_t size, TarEntry *entry, Err *err)
{
    if (size < 0 || size > 512 << 20)
        return err_set(err, ERR_INPUT, "%s: the manifest is too large", look->path);
    char *text = arena_alloc(look->arena, (size_t)size + 1);
    int64_t have = 0, got;
    while (have < size && (got = tar_read(entry, text + have, (size_t)(size - have), err)) != 0) {
        if (got < 0)
            return false;
        have += got;
    }
    look->manifest = (Str){text, (size_t)have};
    return true;
}

static bool look_at(void *context, Str name, int64_t size, TarEntry *entry, Err *err)
{
    Look *look = context;

    if (look->manifest.ptr)
        return err_set(err, ERR_INPUT, "%s: something follows the manifest", look->path);
    if (str_is(name, MANIFEST_NAME))
        return read_manifest_entry(look, size, entry, err);
    TarFile file = {.name = str_copy(look->arena, name)};
    if (!read_entry(entry, NULL, &file, err))
        return false;
    VEC_PUSH(look->arena, &look->seen.files, file);
    return true;
}

static bool compare_one(const Look *look, const Manifest *manifest, const TarFile *seen,
                        const TarFile *said, Err *err)
{
    if (seen->size != said->size || strcmp(seen->sha256, said->sha256) != 0)
        return err_set(err, ERR_INPUT,
                       "%s: \"%.*s\" does not match the manifest; the backup is damaged and is "
                       "not used",
                       look->path, STR_ARG(said->name));
    if (!manifest_tenant(manifest, manifest_tenant_of(said->name)))
        return err_set(err, ERR_INPUT, "%s: \"%.*s\" belongs to no tenant of the manifest",
                       look->path, STR_ARG(said->name));
    return true;
}

static bool compare(const Look *look, const Manifest *manifest, Err *err)
{
    for (size_t i = 0; i < manifest->files.count; i++) {
        const TarFile *said = &manifest->files.items[i];
        const TarFile *seen = i < look->seen.files.count ? &look->seen.files.items[i] : NULL;
        if (!seen || !str_eq(seen->name, said->name))
            return err_set(
                err, ERR_INPUT,
                "%s: \"%.*s\" is missing or out of order; the backup is not complete and "
                "is not used",
                look->path, STR_ARG(said->name));
        if (!compare_one(look, manifest, seen, said, err))
            return false;
    }
    if (look->seen.files.count > manifest->files.count)
        return err_set(
            err, ERR_INPUT,
            "%s: \"%.*s\" is not in the manifest; the backup was changed and is not used",
            look->path, STR_ARG(look->seen.files.items[manifest->files.count].name));
    return true;
}

bool restore_check(const char *path, Arena *arena, Manifest *out, Err *err)
{
    Look look = {.arena = arena, .path = path};

    *out = (Manifest){0};
    if (!tar_visit(path, look_at, &look, err))
        return false;
    if (!look.manifest.ptr)
        return err_set(err, ERR_INPUT,
                       "%s: has no %s; it is no backup of rathaus, or not a whole one", path,
                       MANIFEST_NAME);
    return manifest_read(look.manifest, path, arena, out, err) && compare(&look, out, err);
}

/* --- Building beside ------------------------------------------------------ */

typedef struct Restore {
    const RestoreOptions *options;
    Arena *arena;
    const Manifest *manifest;
    size_t next;       /* entry that comes now */
    Str tenant;        /* only this one's entries are taken */
    Str target;        /* its name from now on */
    const char *built; /* DIR/tenants/.new-TARGET-restore */
    Str key;           /* text of the key in the archive, or STR_NONE */
    size_t files;
    Buf notes;
} Restore;

static bool make_parents(const char *path, size_t from, Arena *arena, Err *err)
{
    for (size_t i = from; path[i]; i++)
        if (path[i] == '/' && !folder_make(arena_printf(arena, "%.*s", (int)i, path), err))
            return false;
    return true;
}

static bool take_key(Restore *restore, TarEntry *entry, Err *err)
{
    char *text = arena_alloc(restore->arena, 1001);
    int64_t got = tar_read(entry, text, 1000, err);

    if (got < 0)
        return false;
    restore->key = str_trim((Str){text, (size_t)got});
    return true;
}

static bool extract(void *context, Str name, int64_t size, TarEntry *entry, Err *err)
{
    Restore *restore = context;
    const Manifest *manifest = restore->manifest;
    TarFile read;
    NewFile file;
    (void)size;

    if (str_is(name, MANIFEST_NAME))
        return true;
    if (restore->next >= manifest->files.count ||
        !str_eq(manifest->files.items[restore->next].name, name))
        return err_set(err, ERR_CONFLICT, "%s has changed since it was checked",
                       restore->options->in);
    const TarFile *said = &manifest->files.items[restore->next++];
    if (!str_eq(manifest_tenant_of(name), restore->tenant))
        return true;
    if (str_starts_with(name, "keys/"))
        return take_key(restore, entry, err);
    /* "tenants/NAME/inner/path": manifest_tenant_of() has refused tricks. */
    size_t prefix = strlen("tenants/") + restore->tenant.len;
    const char *path = arena_printf(restore->arena, "%s%.*s", restore->built,
                                    (int)(name.len - prefix), name.ptr + prefix);
    if (!make_parents(path, strlen(restore->built) + 1, restore->arena, err) ||
        !folder_begin_file(&file, path, 0600, err))
        return false;
    if (!read_entry(entry, &file, &read, err) || strcmp(read.sha256, said->sha256) != 0) {
        folder_abandon_file(&file);
        return err->kind != ERR_NONE
                   ? false
                   : err_set(err, ERR_CONFLICT, "%s has changed since it was checked",
                             restore->options->in);
    }
    restore->files++;
    return folder_finish_file(&file, err);
}

/* --- The key -------------------------------------------------------------- */

static bool key_bytes(Str text, unsigned char key[32])
{
    size_t length = 0;

    return text.len == 64 &&
           sodium_hex2bin(key, 32, text.ptr, text.len, NULL, &length, NULL) == 0 && length == 32;
}

/* The key that the restored tenant will have: the archive's, or the one in this folder under
 * its new or its old name. `*have` tells whether there is one. */
static bool find_key(Restore *restore, unsigned char key[32], bool *have, Err *err)
{
    const char *data = restore->options->data_dir;
    Str names[] = {restore->target, restore->tenant};

    *have = true;
    if (restore->key.ptr)
        return key_bytes(restore->key, key) ||
               err_set(err, ERR_INPUT, "%s: the key in it is none", restore->options->in);
    for (size_t i = 0; i < 2; i++)
        if (folder_is_file(tenant_key_path(data, names[i], restore->arena)))
            return tenant_key_read(data, names[i], key, err);
    *have = false;
    buf_addf(&restore->notes,
             "The backup was made without keys and %s/keys has none: put %.*s.key there before the "
             "tenant can be opened.\n",
             data, STR_ARG(restore->target));
    return true;
}

static bool check_seal(Restore *restore, const unsigned char key[32], Err *err)
{
    const ManifestTenant *tenant = manifest_tenant(restore->manifest, restore->tenant);

    return crypto_equal(manifest_seal(restore->manifest, tenant, key, restore->arena),
                        tenant->seal) ||
           err_set(
               err, ERR_INPUT,
               "%s: the seal of tenant \"%.*s\" does not fit its key: the backup was changed by "
               "somebody else, or the key is another one. Nothing was restored",
               restore->options->in, STR_ARG(restore->tenant));
}

/* Put the key in its place; one that is there and differs is kept beside. */
static bool place_key(Restore *restore, const unsigned char key[32], Err *err)
{
    const char *data = restore->options->data_dir;
    const char *path = tenant_key_path(data, restore->target, restore->arena);
    unsigned char old[32];
    Str hex = crypto_hex(restore->arena, (Str){(const char *)key, 32});

    if (folder_is_file(path)) {
        if (tenant_key_read(data, restore->target, old, err) && memcmp(old, key, 32) == 0)
            return true;
        const char *beside =
            arena_printf(restore->arena, "%s.replaced-%lld", path, (long long)clock_now() / 1000);
        if (rename(path, beside) != 0)
            return err_set(err, ERR_TEMPORARY, "%s: cannot be renamed: %s", path, strerror(errno));
        buf_addf(&restore->notes, "The key that was there is kept as %s.\n", beside);
    }
    return folder_write_file(path, str_printf(restore->arena, "%.*s\n", STR_ARG(hex)), 0600, err);
}

/* --- What was read -------------------------------------------------------- */

/* The hashes say that these are the bytes which were saved, not that they are of use. */
static bool check_built(Restore *restore, const unsigned char key[32], bool have_key, Err *err)
{
    Db *db =
        tenant_database_view(arena_printf(restore->arena, "%s/tenant.db", restore->built), err);
    bool ok = db && (!have_key || tenant_key_check(db, restore->target, key, false, err)) &&
              verify_copy(db, restore->arena, err);

    db_close(db);
    return ok || err_context(err, "%s: tenant \"%.*s\" is not restored, what is in place stays",
                             restore->options->in, STR_ARG(restore->tenant));
}

/* --- The swap ------------------------------------------------------------- */

static bool swap_in(Restore *restore, Err *err)
{
    const char *data = restore->options->data_dir;
    const char *tenants = arena_printf(restore->arena, "%s/tenants", data);
    const char *place = arena_printf(restore->arena, "%s/%.*s", tenants, STR_ARG(restore->target));

    if (!folder_exists(place))
        return tenant_place(restore->built, data, restore->target, err);
    /* At every moment either the old or the restored tenant has the name … */
    if (renameat2(AT_FDCWD, restore->built, AT_FDCWD, place, RENAME_EXCHANGE) == 0)
        return folder_sync(tenants, err) && folder_remove(restore->built, err);
    /* … except on file systems that cannot exchange. */
    const char *old = arena_printf(restore->arena, "%s/.old-%.*s-%lld", tenants,
                                   STR_ARG(restore->target), (long long)clock_now());
    if (rename(place, old) != 0)
        return err_set(err, ERR_TEMPORARY, "%s: cannot be renamed: %s", place, strerror(errno));
    return tenant_place(restore->built, data, restore->target, err) && folder_remove(old, err);
}

static bool restore_tenant(Restore *restore, Err *err)
{
    const char *data = restore->options->data_dir;
    unsigned char key[32];
    bool have_key = false;
    Err ignored;

    restore->next = 0;
    restore->key = STR_NONE;
    restore->built = arena_printf(restore->arena, "%s/tenants/.new-%.*s-restore", data,
                                  STR_ARG(restore->target));
    err_clear(err);
    bool ok = folder_remove(restore->built, err) && folder_make(restore->built, err) &&
              tar_visit(restore->options->in, extract, restore, err) &&
              folder_make(arena_printf(restore->arena, "%s/files", restore->built), err) &&
              tenant_settings_read(restore->built, restore->arena, err) &&
              find_key(restore, key, &have_key, err) &&
              (!have_key || check_seal(restore, key, err)) &&
              check_built(restore, key, have_key, err) &&
              (!have_key || place_key(restore, key, err)) && swap_in(restore, err);
    sodium_memzero(key, sizeof key);
    if (!ok)
        folder_remove(restore->built, &ignored);
    return ok;
}

/* --- The whole ------------------------------------------------------------ */

/* Everything that can be refused is refused before the first tenant is touched. */
static bool may_restore(const RestoreOptions *options, const Manifest *manifest, Arena *arena,
                        Err *err)
{
    size_t chosen = 0;

    for (size_t i = 0; i < manifest->tenants.count; i++) {
        Str name = manifest->tenants.items[i].name;
        if (options->tenant && !str_is(name, options->tenant))
            continue;
        chosen++;
        Str target = options->as ? str_c(options->as) : name;
        const char *place =
            arena_printf(arena, "%s/tenants/%.*s", options->data_dir, STR_ARG(target));
        if (!options->force && folder_exists(place))
            return err_set(err, ERR_CONFLICT,
                           "tenant \"%.*s\" exists in %s; --force replaces it, --as NAME restores "
                           "beside it",
                           STR_ARG(target), options->data_dir);
    }
    if (chosen == 0)
        return err_set(err, ERR_NOT_FOUND, "%s: tenant \"%s\" is not in this backup", options->in,
                       options->tenant ? options->tenant : "");
    if (options->as && chosen > 1)
        return err_set(err, ERR_INPUT,
                       "--as names one tenant, the backup has %zu: choose one with --tenant",
                       chosen);
    return true;
}

bool restore_make(const RestoreOptions *options, Arena *arena, RestoreReport *report, Err *err)
{
    Manifest manifest = {0};
    DataLock lock;
    Restore restore = {
        .options = options, .arena = arena, .manifest = &manifest, .notes = buf_in(arena)};

    *report = (RestoreReport){0};
    if (options->as && !tenant_name_check(str_c(options->as), err))
        return false;
    /* May it be, before a data folder is made for it; once more when nobody else is at work there.
     */
    if (!restore_check(options->in, arena, &manifest, err) ||
        !may_restore(options, &manifest, arena, err) || !data_folder_make(options->data_dir, err) ||
        !data_lock(options->data_dir, DATA_ALONE, &lock, err))
        return false;
    bool ok = may_restore(options, &manifest, arena, err);
    for (size_t i = 0; ok && i < manifest.tenants.count; i++) {
        restore.tenant = manifest.tenants.items[i].name;
        if (options->tenant && !str_is(restore.tenant, options->tenant))
            continue;
        restore.target = options->as ? str_c(options->as) : restore.tenant;
        ok = restore_tenant(&restore, err);
        report->tenants += ok;
    }
    report->files = restore.files;
    report->created = manifest.created;
    report->notes = buf_str(&restore.notes);
    data_unlock(&lock);
    return ok;
}
