/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files behind file.h share. Nobody else includes this. */
#pragma once

#include "core/store/file.h"
#include "core/tenant.h"

enum {
    FILE_INLINE_MAX = 256 * 1024, /* bytes that ride in the database */
    FILE_DEFAULT_MAX = 20 * 1000 * 1000,
    FILE_FRESH_MS = 60 * 1000,       /* never collected before */
    FILE_ORPHAN_MS = 60 * 60 * 1000, /* bytes on disk that no row names */
};

/* --- file_type.c --- */
/* The MIME type, from the bytes; `name` decides only between kinds of plain text. */
bool file_type(Str bytes, Str name, Arena *arena, Str *out, Err *err);

/* --- file_zip.c --- */
bool file_is_zip(Str bytes);
/* Refuse archives that unpack to far more than they are, without unpacking them. Each reason is a
 * whole sentence in German, which tr() knows. */
bool file_zip_check(Str bytes, Err *err);
/* "application/vnd.…" of an office document, or STR_NONE. */
Str file_zip_type(Str bytes);

/* --- file_scan.c --- */
/* Ask clamd at "unix:/path" or "tcp:host:port". ERR_INPUT: infected, ERR_TEMPORARY: no answer.
 * `what` names the file in the message, which is in `lang`. */
bool file_scan(Str address, Str bytes, Str what, Str lang, Err *err);

/* --- file_disk.c --- */
const char *file_disk_path(const Tenant *tenant, Str sha256, Arena *arena);
/* Is a complete encrypted file of this size there? */
bool file_disk_there(const Tenant *tenant, Str sha256, int64_t size);
/* Encrypt and write; on disk when it returns. */
bool file_disk_write(const Tenant *tenant, Str sha256, Str bytes, Err *err);
/* Decrypt; the caller checks the hash. */
bool file_disk_read(const Tenant *tenant, Str sha256, int64_t size, Arena *arena, Str *out,
                    Err *err);
