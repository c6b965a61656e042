/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of a tenant: content-addressed by SHA-256, encrypted at rest with the tenant's key
 * (XChaCha20-Poly1305 secretstream in chunks for large ones), scanned where clamd is
 * configured. Up to 256 KiB the bytes ride in the database and so in its group commit;
 * larger ones lie in files/ab/cdef… beside it, on disk before the row that names them. */
#pragma once

#include "base/clock.h"
#include "core/store/db.h"

typedef struct Tenant Tenant;

typedef struct FileInfo {
    char sha256[65]; /* of the plain bytes, lower-case hex */
    int64_t size;
    Str type;   /* detected from the bytes, e.g. "application/pdf" */
    Str name;   /* as the sender called it, without folders */
    Str sealed; /* of a small file that was just prepared: its encrypted bytes; else STR_NONE */
} FileInfo;

typedef struct FileRules {
    const char *const *types; /* accepted, ended by NULL; a type ending in a slash
                                 ("image/") takes the whole family; NULL: any */
    int64_t max_size;         /* bytes; 0: 20 MB */
    Str lang;                 /* of the sender; STR_NONE: German */
} FileRules;

/* Check bytes from outside (type by content, size, virus scan, zip bombs) and, for a large
 * file, put them on disk. Nothing is referenced yet. ERR_INPUT tells the sender, in
 * their language, why not; ERR_TEMPORARY: the virus scanner is configured and does not answer, or
 * the disk is full. Done outside the write transaction. */
bool file_prepare(Tenant *tenant, Str bytes, Str name, const FileRules *rules, Arena *arena,
                  FileInfo *out, Err *err);
/* Put the file (prepared from these bytes) into the tenant in this transaction and note who
 * refers to it, e.g. "draft/…", "case/17". The same content twice is stored once. */
bool file_put(Tx *tx, Tenant *tenant, const FileInfo *info, Str bytes, Str owner, Err *err);
/* ERR_NOT_FOUND when the tenant does not have the file. */
bool file_add_owner(Tx *tx, Str sha256, Str owner, Err *err);
/* Forget a reference. The bytes go in the daily audit, when nobody refers to them and no effect is
 * outstanding. */
bool file_drop_owner(Tx *tx, Str sha256, Str owner, Err *err);
/* Forget all that an owner refers to; `count` (may be NULL) is how many files that were. */
bool file_drop_all(Tx *tx, Str owner, Arena *arena, int64_t *count, Err *err);
/* What an owner refers to, by name. A name is known where file_put() told it, else empty. */
bool file_list(Tx *tx, Str owner, Arena *arena, FileInfo **out, size_t *count, Err *err);
/* Read and check against the hash. */
bool file_read(Tx *tx, Tenant *tenant, Str sha256, Arena *arena, Str *bytes, Err *err);
/* Every file exists and matches its hash. ERR_CONFLICT names the first that does not and
 * how many there are; `damaged` (may be NULL) is told each. */
typedef void (*FileDamaged)(void *context, Str sha256, const Err *why);
bool file_audit_each(Tenant *tenant, FileDamaged damaged, void *context, int64_t *checked,
                     Err *err);
bool file_audit(Tenant *tenant, int64_t *checked, Err *err);
/* Remove the bytes of files that nobody refers to, whose former owners have no effect
 * outstanding, and that are not fresh. */
bool file_collect(Tenant *tenant, int64_t *removed, Err *err);
extern const Migration FILE_MIGRATIONS[];
