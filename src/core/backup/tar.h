/* SPDX-License-Identifier: EUPL-1.2 */
/* Tar archives through libarchive; tar.c is the only file that knows the library. */
#pragma once

#include "base/err.h"

/* What an archive says of one file, and what was really there. */
typedef struct TarFile {
    Str name;
    int64_t size;
    char sha256[65];
} TarFile;

/* --- Writing --- */
typedef struct TarWriter TarWriter;
/* Begin an archive that appears at `path` only when it is complete and on disk (mode 0600). */
TarWriter *tar_create(const char *path, Err *err);
bool tar_add_file(TarWriter *tar, Str name, const char *path, Arena *arena, TarFile *out, Err *err);
bool tar_add_bytes(TarWriter *tar, Str name, Str bytes, Arena *arena, TarFile *out, Err *err);
/* Both end the writer. */
bool tar_finish(TarWriter *tar, Err *err);
void tar_abandon(TarWriter *tar);

/* --- Reading --- */
typedef struct TarEntry TarEntry;
/* The next up to `size` bytes; 0 at the end, -1 on an error. */
int64_t tar_read(TarEntry *entry, void *out, size_t size, Err *err);
/* Called for each file in order; `entry` is read with tar_read() or left alone. */
typedef bool (*TarVisit)(void *context, Str name, int64_t size, TarEntry *entry, Err *err);
/* Plain, or packed by gzip, xz or zstd. Anything in it but files and folders is ERR_INPUT. */
bool tar_visit(const char *path, TarVisit visit, void *context, Err *err);
