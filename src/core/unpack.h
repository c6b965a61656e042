/* SPDX-License-Identifier: EUPL-1.2 */
/* Unpack: the files that a file holds, one after the other: those of a tar or zip archive, packed
 * or not, or the file itself, unpacked when it is packed (gzip, bzip2, xz, zstd). */
#pragma once

#include "base/err.h"

/* One of them; `name` is the path, and for a file of an archive "PATH: INNER". The bytes are there
 * until the function returns. False ends the reading. */
typedef bool UnpackFile(void *context, const char *name, Str bytes, Err *err);

/* ERR_NOT_FOUND, ERR_INPUT when it is damaged, ERR_TOO_LARGE when one of its files has more than
 * `max` bytes; those before it were given by then. */
bool unpack(const char *path, size_t max, UnpackFile *take, void *context, Err *err);
