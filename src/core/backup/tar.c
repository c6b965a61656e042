/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/backup/tar.h"

#include "core/crypto.h"
#include "core/folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 256 * 1024, BLOCK = 10240 };

struct TarWriter {
    NewFile file;
    struct archive *archive;
};

static bool archive_error(struct archive *archive, const char *path, Err *err)
{
    int code = archive_errno(archive);

    if (folder_is_full(code))
        return folder_failure(err, code, "write", path);
    return err_set(err, code == EIO ? ERR_TEMPORARY : ERR_INPUT, "%s: %s", path,
                   archive_error_string(archive));
}

TarWriter *tar_create(const char *path, Err *err)
{
    TarWriter *tar = calloc(1, sizeof *tar);

    if (!tar)
        abort();
    if (!folder_begin_output(&tar->file, path, 0600, err)) {
        folder_abandon_file(&tar->file);
        free(tar);
        return NULL;
    }
    tar->archive = archive_write_new();
    /* Names are bytes, whatever the locale is. */
    if (archive_write_set_format_pax_restricted(tar->archive) == ARCHIVE_OK &&
        archive_write_set_options(tar->archive, "hdrcharset=BINARY") == ARCHIVE_OK &&
        archive_write_open_fd(tar->archive, tar->file.fd) == ARCHIVE_OK)
        return tar;
    archive_error(tar->archive, path, err);
    tar_abandon(tar);
    return NULL;
}

static bool begin_entry(TarWriter *tar, Str name, int64_t size, time_t modified, Err *err)
{
    Arena *arena = arena_create(0);
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, str_cstr(arena, name));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_size(entry, size);
    archive_entry_set_mtime(entry, modified, 0);
    bool ok = archive_write_header(tar->archive, entry) == ARCHIVE_OK ||
              archive_error(tar->archive, tar->file.path, err);
    archive_entry_free(entry);
    arena_destroy(arena);
    return ok;
}

static bool put(TarWriter *tar, const void *bytes, size_t size, Err *err)
{
    return archive_write_data(tar->archive, bytes, size) == (la_ssize_t)size ||
           archive_error(tar->archive, tar->file.path, err);
}

bool tar_add_bytes(TarWriter *tar, Str name, Str bytes, Arena *arena, TarFile *out, Err *err)
{
    *out = (TarFile){.name = str_copy(arena, name), .size = (int64_t)bytes.len};
    memcpy(out->sha256, crypto_sha256_hex(arena, bytes).ptr, sizeof out->sha256);
    return begin_entry(tar, name, out->size, time(NULL), err) &&
           put(tar, bytes.ptr, bytes.len, err);
}

static bool copy_in(TarWriter *tar, int fd, const char *path, TarFile *out, Err *err)
{
    crypto_hash_sha256_state state;
    unsigned char hash[32];
    unsigned char *piece = malloc(PIECE);
    int64_t rest = out->size;
    bool ok = true;

    if (!piece)
        abort();
    crypto_hash_sha256_init(&state);
    while (ok && rest > 0) {
        ssize_t got = read(fd, piece, rest < PIECE ? (size_t)rest : PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            ok = err_set(err, ERR_TEMPORARY, "%s: cannot be read: %s", path, strerror(errno));
        else if (got == 0)
            ok = err_set(err, ERR_CONFLICT, "%s became shorter while it was copied; try again",
                         path);
        else
            ok = put(tar, piece, (size_t)got, err);
        if (ok) {
            crypto_hash_sha256_update(&state, piece, (size_t)got);
            rest -= got;
        }
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(out->sha256, sizeof out->sha256, hash, sizeof hash);
    free(piece);
    return ok;
}

bool tar_add_file(TarWriter *tar, Str name, const char *path, Arena *arena, TarFile *out, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0) {
        err_set(err, ERR_TEMPORARY, "%s: cannot be read: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    *out = (TarFile){.name = str_copy(arena, name), .size = st.st_size};
    bool ok =
        begin_entry(tar, name, out->size, st.st_mtime, err) && copy_in(tar, fd, path, out, err);
    close(fd);
    return ok;
}

bool tar_finish(TarWriter *tar, Err *err)
{
    bool ok = archive_write_close(tar->archive) == ARCHIVE_OK ||
              archive_error(tar->archive, tar->file.path, err);

    archive_write_free(tar->archive);
    if (ok)
        ok = folder_finish_file(&tar->file, err);
    else
        folder_abandon_file(&tar->file);
    free(tar);
    return ok;
}

void tar_abandon(TarWriter *tar)
{
    if (!tar)
        return;
    archive_write_free(tar->archive);
    folder_abandon_file(&tar->file);
    free(tar);
}

/* --- Reading -------------------------------------------------------------- */

struct TarEntry {
    struct archive *archive;
    const char *path;
};

int64_t tar_read(TarEntry *entry, void *out, size_t size, Err *err)
{
    la_ssize_t got = archive_read_data(entry->archive, out, size);

    if (got >= 0)
        return got;
    archive_error(entry->archive, entry->path, err);
    return -1;
}

static bool visit_one(struct archive *archive, struct archive_entry *header, const char *path,
                      TarVisit visit, void *context, Err *err)
{
    TarEntry entry = {archive, path};
    const char *name = archive_entry_pathname(header);

    if (!name)
        return err_set(err, ERR_INPUT, "%s: an entry has no readable name", path);
    if (archive_entry_filetype(header) == AE_IFDIR)
        return true;
    if (archive_entry_filetype(header) != AE_IFREG || archive_entry_hardlink(header))
        return err_set(err, ERR_INPUT,
                       "%s: \"%s\" is not a plain file; this is no backup of "
                       "rathaus",
                       path, name);
    return visit(context, str_c(name), archive_entry_size(header), &entry, err);
}

bool tar_visit(const char *path, TarVisit visit, void *context, Err *err)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *header;
    int code = ARCHIVE_OK;

    archive_read_support_format_tar(archive);
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_zstd(archive);
    size_t size;
    int fd = folder_open_file(path, SIZE_MAX, &size, err);
    bool ok = fd >= 0 && (archive_read_open_fd(archive, fd, BLOCK) == ARCHIVE_OK ||
                          archive_error(archive, path, err));
    while (ok && (code = archive_read_next_header(archive, &header)) == ARCHIVE_OK)
        ok = visit_one(archive, header, path, visit, context, err);
    if (ok && code != ARCHIVE_EOF)
        ok = archive_error(archive, path, err);
    archive_read_free(archive);
    if (fd >= 0)
        close(fd);
    return ok;
}
