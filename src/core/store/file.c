/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/file_internal.h"

#include "base/utf8.h"
#include "core/crypto.h"
#include "core/page/out.h"
#include "core/store/rows.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum { NAME_MAX_BYTES = 200 };

/* --- Before the transaction -------------------------------------------------------- */

/* As the sender called it: the last part of a path, readable, of bearable length. */
static Str clean_name(Str name, Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\') {
            name = str_slice(name, i, name.len);
            break;
        }
    name = str_trim(name);
    for (size_t at = 0; at < name.len && out.len < NAME_MAX_BYTES - 4;) {
        char encoded[4];
        uint32_t c = utf8_next(name, &at);
        /* Control characters, and those that turn the reading direction to fake an ending. */
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
            (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfffd)
            c = '_';
        buf_add(&out, (Str){encoded, utf8_encode(c, encoded)});
    }
    Str result = str_trim(buf_str(&out));
    return result.len == 0 || str_is(result, ".") || str_is(result, "..") ? STR("Datei") : result;
}

static bool type_accepted(const FileRules *rules, Str type)
{
    if (!rules || !rules->types)
        return true;
    for (const char *const *accepted = rules->types; *accepted; accepted++)
        if (str_is(type, *accepted) ||
            (str_ends_with(str_c(*accepted), "/") && str_starts_with(type, *accepted)))
            return true;
    return false;
}

static Str language(const FileRules *rules)
{
    return rules && rules->lang.ptr ? rules->lang : STR("de");
}

/* The check of archives says one of its German sentences. */
static bool refuse_archive(Str name, Str lang, Arena *arena, Err *err)
{
    Str why = tr(lang, arena_strdup(arena, err->message));

    return err_set(err, err->kind, "„%.*s“: %.*s", STR_ARG(name), STR_ARG(why));
}

static bool check_size(Str bytes, const FileRules *rules, Str name, Err *err)
{
    Str lang = language(rules);
    int64_t limit = rules && rules->max_size ? rules->max_size : FILE_DEFAULT_MAX;

    if (bytes.len == 0)
        return err_set_in(err, ERR_INPUT, lang,
                          "„%.*s“ ist leer. Bitte wählen Sie eine andere Datei.", STR_ARG(name));
    if ((int64_t)bytes.len <= limit)
        return true;
    if (limit >= 1000000)
        return err_set_in(err, ERR_INPUT, lang,
                          "„%.*s“ ist zu groß. Erlaubt sind höchstens %lld MB.", STR_ARG(name),
                          (long long)limit / 1000000);
    return err_set_in(err, ERR_INPUT, lang, "„%.*s“ ist zu groß. Erlaubt sind höchstens %lld kB.",
                      STR_ARG(name), (long long)limit / 1000);
}

/* What the same content put there before is used again when it is whole; else it is healed. */
static bool ensure_on_disk(Tenant *tenant, Str sha256, Str bytes, Err *err)
{
    Arena *arena = arena_create(0);
    Str there;
    Err ignored;
    bool whole = file_disk_there(tenant, sha256, (int64_t)bytes.len) &&
                 file_disk_read(tenant, sha256, (int64_t)bytes.len, arena, &there, &ignored) &&
                 str_eq(there, bytes) &&
                 /* fresh again: the daily collection leaves it alone */
                 utimensat(AT_FDCWD, file_disk_path(tenant, sha256, arena), NULL, 0) == 0;

    arena_destroy(arena);
    return whole || file_disk_write(tenant, sha256, bytes, err);
}

bool file_prepare(Tenant *tenant, Str bytes, Str name, const FileRules *rules, Arena *arena,
                  FileInfo *out, Err *err)
{
    Str clamd = tenant_setting(tenant, "files.clamd");
    Str clean = clean_name(name, arena);
    Str type;

    if (!check_size(bytes, rules, clean, err) || !file_type(bytes, clean, arena, &type, err))
        return false;
    if (!type_accepted(rules, type))
        return err_set_in(err, ERR_INPUT, language(rules),
                          "„%.*s“ hat ein Format, das hier nicht angenommen wird (%.*s). Bitte "
                          "wählen Sie eine andere Datei.",
                          STR_ARG(clean), STR_ARG(type));
    if (file_is_zip(bytes) && !file_zip_check(bytes, err))
        return refuse_archive(clean, language(rules), arena, err);
    if (!str_empty(clamd) && !file_scan(clamd, bytes, clean, language(rules), err))
        return false;

    Str sha256 = crypto_sha256_hex(arena, bytes);
    *out = (FileInfo){.size = (int64_t)bytes.len, .type = type, .name = clean};
    memcpy(out->sha256, sha256.ptr, sizeof out->sha256);
    if (bytes.len > FILE_INLINE_MAX)
        return ensure_on_disk(tenant, sha256, bytes, err);
    out->sealed = crypto_seal(arena, tenant->file_key, bytes);
    return true;
}

/* --- Inside the transaction -------------------------------------------------------- */

static bool insert_file(Tx *tx, Tenant *tenant, const FileInfo *info, Str bytes, Err *err)
{
    Str sha256 = str_c(info->sha256);
    Arena *arena = arena_create(0);
    Str sealed = info->sealed;
    bool ok = true;

    if (bytes.len <= FILE_INLINE_MAX && !sealed.ptr)
        sealed = crypto_seal(arena, tenant->file_key, bytes);
    else if (bytes.len > FILE_INLINE_MAX && !file_disk_there(tenant, sha256, info->size))
        /* The collection was faster than this transaction: a rare race, healed here. */
        ok = file_disk_write(tenant, sha256, bytes, err);
    ok = ok && tx_exec(tx, err,
                       "INSERT INTO file (sha256, size, type, added, bytes) "
                       "VALUES ($1, $2, $3, $4, $5)",
                       P_TEXT(sha256), P_INT(info->size), P_TEXT(info->type), P_INT(tx_now(tx)),
                       P_BLOB(sealed));
    arena_destroy(arena);
    return ok;
}

static bool set_owner(Tx *tx, Str sha256, Str owner, Str name, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO file_owner (sha256, owner, name) VALUES ($1, $2, $3) "
                   "ON CONFLICT (sha256, owner) DO UPDATE "
                   "SET dropped = NULL, name = COALESCE(excluded.name, file_owner.name)",
                   P_TEXT(sha256), P_TEXT(owner), P_TEXT(name));
}

static bool is_there(Tx *tx, Str sha256, bool *there, Err *err)
{
    int64_t count = 0;
    bool ok = tx_query_int(tx, err, &count, "SELECT count(*) FROM file WHERE sha256 = $1",
                           P_TEXT(sha256));

    *there = count > 0;
    return ok;
}

bool file_put(Tx *tx, Tenant *tenant, const FileInfo *info, Str bytes, Str owner, Err *err)
{
    Str sha256 = str_c(info->sha256);
    bool there;

    assert((int64_t)bytes.len == info->size && owner.len > 0);
    return is_there(tx, sha256, &there, err) &&
           (there || insert_file(tx, tenant, info, bytes, err)) &&
           set_owner(tx, sha256, owner, info->name, err);
}

bool file_add_owner(Tx *tx, Str sha256, Str owner, Err *err)
{
    bool there;

    if (!is_there(tx, sha256, &there, err))
        return false;
    if (!there)
        return err_set(err, ERR_NOT_FOUND, "Die Datei %.*s gibt es nicht.", STR_ARG(sha256));
    return set_owner(tx, sha256, owner, STR_NONE, err);
}

bool file_drop_owner(Tx *tx, Str sha256, Str owner, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE file_owner SET dropped = $3, name = NULL "
                   "WHERE sha256 = $1 AND owner = $2 AND dropped IS NULL",
                   P_TEXT(sha256), P_TEXT(owner), P_INT(tx_now(tx)));
}

static FileInfo file_from_row(Rows *rows)
{
    FileInfo info = {
        .size = row_int(rows, 1), .type = row_text(rows, 2), .name = row_text(rows, 3)};
    Str hash = row_text(rows, 0);

    snprintf(info.sha256, sizeof info.sha256, "%.*s", STR_ARG(hash));
    return info;
}

bool file_list(Tx *tx, Str owner, Arena *arena, FileInfo **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT f.sha256, f.size, f.type, COALESCE(o.name, '') "
                          "FROM file_owner o JOIN file f ON f.sha256 = o.sha256 "
                          "WHERE o.owner = $1 AND o.dropped IS NULL ORDER BY 4, 1",
                          P_TEXT(owner));

    return ROWS_LIST(rows, arena, out, count, err, file_from_row(rows));
}

bool file_drop_all(Tx *tx, Str owner, Arena *arena, int64_t *count, Err *err)
{
    FileInfo *files;
    size_t found;

    if (!file_list(tx, owner, arena, &files, &found, err))
        return false;
    for (size_t i = 0; i < found; i++)
        if (!file_drop_owner(tx, str_c(files[i].sha256), owner, err))
            return false;
    if (count)
        *count = (int64_t)found;
    return true;
}

bool file_read(Tx *tx, Tenant *tenant, Str sha256, Arena *arena, Str *bytes, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err, "SELECT size, bytes FROM file WHERE sha256 = $1", P_TEXT(sha256));

    if (!rows)
        return false;
    err_clear(err);
    if (!rows_next(rows, err))
        return err->kind != ERR_NONE
                   ? false
                   : err_set(err, ERR_NOT_FOUND, "Die Datei %.*s gibt es nicht.", STR_ARG(sha256));
    int64_t size = row_int(rows, 0);
    Str sealed = row_text(rows, 1);
    rows_end(rows);
    bool ok = sealed.ptr ? crypto_open(arena, tenant->file_key, sealed, bytes) ||
                               err_set(err, ERR_INTERNAL,
                                       "file %.*s is damaged or encrypted with another key; "
                                       "restore it from a backup",
                                       STR_ARG(sha256))
                         : file_disk_read(tenant, sha256, size, arena, bytes, err);
    if (ok && !str_eq(crypto_sha256_hex(arena, *bytes), sha256))
        ok =
            err_set(err, ERR_INTERNAL,
                    "file %.*s does not match its hash; restore it from a backup", STR_ARG(sha256));
    return ok;
}
