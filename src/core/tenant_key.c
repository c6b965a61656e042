/* SPDX-License-Identifier: EUPL-1.2 */
/* The tenant's key: 32 random bytes in hexadecimal, in DIR/keys/NAME.key. */
#include "core/app_internal.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/log.h"

#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

char *tenant_key_path(const char *data_dir, Str name, Arena *arena)
{
    return arena_printf(arena, "%s/keys/%.*s.key", data_dir, STR_ARG(name));
}

bool tenant_key_make(const char *data_dir, Str name, Err *err)
{
    Arena *arena = arena_create(0);
    const char *keys = arena_printf(arena, "%s/keys", data_dir);
    const char *path = tenant_key_path(data_dir, name, arena);
    unsigned char key[32];
    bool ok = folder_make(keys, err);

    if (ok && !folder_is_file(path)) {
        crypto_random(key, sizeof key);
        Str hex = crypto_hex(arena, (Str){(const char *)key, sizeof key});
        Str token = crypto_token(arena, 12);
        const char *beside = arena_printf(arena, "%s.%.*s", path, STR_ARG(token));
        ok = folder_write_file(beside, str_printf(arena, "%.*s\n", STR_ARG(hex)), 0600, err);
        /* Of two that make the same tenant the first one's key stays: its database knows it. */
        if (ok && link(beside, path) != 0 && errno != EEXIST)
            ok = err_set(err, ERR_TEMPORARY, "%s: cannot be made: %s", path, strerror(errno));
        unlink(beside);
        ok = ok && folder_sync(keys, err);
        sodium_memzero(key, sizeof key);
    }
    arena_destroy(arena);
    return ok;
}

bool tenant_key_read(const char *data_dir, Str name, unsigned char key[32], Err *err)
{
    Arena *arena = arena_create(0);
    const char *path = tenant_key_path(data_dir, name, arena);
    struct stat st;
    Str text;
    size_t length = 0;
    bool ok = folder_read_file(path, 1000, arena, &text, err);

    if (!ok && err->kind == ERR_NOT_FOUND) {
        err_set(err, ERR_INTERNAL,
                "%s is missing; without it the tenant's files cannot be read. Put it back from "
                "where the keys are kept (or from a backup made --with-keys)",
                path);
    } else if (ok) {
        text = str_trim(text);
        ok = text.len == 64 &&
             sodium_hex2bin(key, 32, text.ptr, text.len, NULL, &length, NULL) == 0 && length == 32;
        if (!ok)
            err_set(err, ERR_INTERNAL, "%s: is not a key: 64 hexadecimal digits are expected",
                    path);
    }
    if (ok && stat(path, &st) == 0 && (st.st_mode & 077))
        log_line(LOG_WARNING, "%s can be read by others; set its mode to 0600", path);
    arena_destroy(arena);
    return ok;
}
