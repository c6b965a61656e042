/* SPDX-License-Identifier: EUPL-1.2 */
/* Large files on disk: files/ab/cdef…, encrypted with XChaCha20-Poly1305 as a secretstream.
 *
 *     "RHF1" | 24 bytes stream header | chunks of 64 KiB + 17, the last one shorter and marked
 *
 * Each chunk is bound to the file's name, the hash of the plain bytes; the mark on the last
 * one makes a shortened file an error. */
#include "core/folder.h"
#include "core/store/file_internal.h"

#include <sodium.h>
#include <sys/stat.h>

enum {
    CHUNK = 64 * 1024,
    ADDED = crypto_secretstream_xchacha20poly1305_ABYTES,
    HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    MAGIC = 4,
};
static const char magic[MAGIC] = {'R', 'H', 'F', '1'};

const char *file_disk_path(const Tenant *tenant, Str sha256, Arena *arena)
{
    return arena_printf(arena, "%.*s/files/%.*s/%.*s", STR_ARG(tenant->folder),
                        STR_ARG(str_slice(sha256, 0, 2)),
                        STR_ARG(str_slice(sha256, 2, sha256.len)));
}

static int64_t size_on_disk(int64_t size)
{
    int64_t chunks = size / CHUNK + 1; /* the last one may be empty */

    return MAGIC + HEADER + size + chunks * ADDED;
}

bool file_disk_there(const Tenant *tenant, Str sha256, int64_t size)
{
    Arena *arena = arena_create(0);
    struct stat st;
    bool there =
        stat(file_disk_path(tenant, sha256, arena), &st) == 0 && st.st_size == size_on_disk(size);

    arena_destroy(arena);
    return there;
}

static bool write_chunks(const Tenant *tenant, NewFile *file, Str sha256, Str bytes, Err *err)
{
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char header[HEADER];
    unsigned char box[CHUNK + ADDED];
    bool ok;
    size_t at = 0;
    bool last = false;

    crypto_secretstream_xchacha20poly1305_init_push(&state, header, tenant->file_key);
    ok = folder_add_bytes(file, magic, MAGIC, err) && folder_add_bytes(file, header, HEADER, err);
    while (ok && !last) {
        size_t size = bytes.len - at < CHUNK ? bytes.len - at : CHUNK;
        last = size < CHUNK;
        crypto_secretstream_xchacha20poly1305_push(
            &state, box, NULL, (const unsigned char *)bytes.ptr + at, size,
            (const unsigned char *)sha256.ptr, sha256.len,
            last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        ok = folder_add_bytes(file, box, size + ADDED, err);
        at += size;
    }
    sodium_memzero(&state, sizeof state);
    return ok;
}

bool file_disk_write(const Tenant *tenant, Str sha256, Str bytes, Err *err)
{
    Arena *arena = arena_create(0);
    const char *path = file_disk_path(tenant, sha256, arena);
    const char *folder = arena_printf(arena, "%.*s/files", STR_ARG(tenant->folder));
    NewFile file;
    bool ok = folder_make(folder, err) &&
              folder_make(arena_printf(arena, "%s/%.2s", folder, sha256.ptr), err) &&
              folder_begin_file(&file, path, 0600, err);

    if (ok) {
        ok = write_chunks(tenant, &file, sha256, bytes, err);
        if (ok)
            ok = folder_finish_file(&file, err);
        else
            folder_abandon_file(&file);
    }
    arena_destroy(arena);
    return ok;
}

static bool damaged(const char *path, Err *err)
{
    return err_set(err, ERR_INTERNAL,
                   "%s is damaged or encrypted with another key; restore it from a backup", path);
}

static bool open_chunks(const Tenant *tenant, Str sha256, Str sealed, unsigned char *out)
{
    crypto_secretstream_xchacha20poly1305_state state;
    const unsigned char *at = (const unsigned char *)sealed.ptr;
    const unsigned char *end = at + sealed.len;
    unsigned char tag = 0;

    if (sealed.len < MAGIC + HEADER + ADDED || memcmp(at, magic, MAGIC) != 0 ||
        crypto_secretstream_xchacha20poly1305_init_pull(&state, at + MAGIC, tenant->file_key) != 0)
        return false;
    at += MAGIC + HEADER;
    while (at < end && tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
        size_t size = end - at < CHUNK + ADDED ? (size_t)(end - at) : CHUNK + ADDED;
        if (size < ADDED || crypto_secretstream_xchacha20poly1305_pull(
                                &state, out, NULL, &tag, at, size,
                                (const unsigned char *)sha256.ptr, sha256.len) != 0)
            return false;
        out += size - ADDED;
        at += size;
    }
    return at == end && tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
}

bool file_disk_read(const Tenant *tenant, Str sha256, int64_t size, Arena *arena, Str *out,
                    Err *err)
{
    const char *path = file_disk_path(tenant, sha256, arena);
    Arena *sealed_arena = arena_create(0);
    Str sealed;
    bool ok = folder_read_file(path, (size_t)size_on_disk(size), sealed_arena, &sealed, err);

    if (ok && sealed.len != (size_t)size_on_disk(size))
        ok = damaged(path, err);
    if (ok) {
        unsigned char *plain = arena_alloc(arena, (size_t)size + 1);
        ok = open_chunks(tenant, sha256, sealed, plain) || damaged(path, err);
        *out = (Str){(const char *)plain, (size_t)size};
    }
    arena_destroy(sealed_arena);
    return ok;
}
