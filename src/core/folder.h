/* SPDX-License-Identifier: EUPL-1.2 */
/* Files and folders, so that what was written is there after a power cut. */
#pragma once

#include "base/err.h"

#include <sys/types.h>

/* Is this errno that of a full disk? */
bool folder_is_full(int code);
/* Says that it cannot `what` ("write") this file or folder, why by errno, and what helps. Returns
 * false. */
bool folder_failure(Err *err, int code, const char *what, const char *path);
/* Open a file for reading; a folder, device or pipe is none. -1: ERR_NOT_FOUND when missing,
 * ERR_TOO_LARGE beyond `max`. */
int folder_open_file(const char *path, size_t max, size_t *size, Err *err);
/* The whole file. It is read, not mapped: somebody who shortens a mapped file ends the process that
 * looks at it. ERR_TEMPORARY when it is shortened meanwhile, never a part of it. */
bool folder_read_file(const char *path, size_t max, Arena *arena, Str *out, Err *err);
/* Write beside, sync, rename over, sync the folder: after a crash the old or the new content
 * is there, never half of it. */
bool folder_write_file(const char *path, Str content, mode_t mode, Err *err);
/* The same piece by piece: begin, add …, then finish or abandon. A finish that fails has
 * abandoned. */
typedef struct NewFile {
    char *path, *beside;
    int fd;
} NewFile;
bool folder_begin_file(NewFile *file, const char *path, mode_t mode, Err *err);
/* The same for a file that an operator names: refuses to replace a folder, device or pipe, and
 * removes what earlier writers of the same name that were killed have left. */
bool folder_begin_output(NewFile *file, const char *path, mode_t mode, Err *err);
bool folder_add_bytes(NewFile *file, const void *bytes, size_t size, Err *err);
bool folder_finish_file(NewFile *file, Err *err);
/* Add all there is and finish; when that fails it is abandoned. */
bool folder_fill_file(NewFile *file, Str content, Err *err);
/* Can the file that an operator names be written? Asked before long work whose result goes there.
 */
bool folder_try_output(const char *path, Err *err);
/* As folder_write_file, for such a file. */
bool folder_write_output(const char *path, Str content, mode_t mode, Err *err);
void folder_abandon_file(NewFile *file);
/* Make the folder (mode 0700) when missing; its parent must exist. */
bool folder_make(const char *path, Err *err);
/* The same for results that others may read (mode 0755). */
bool folder_make_open(const char *path, Err *err);
/* As folder_make(), and try whether files can be made in it: before hours of work whose results go
 * there. */
bool folder_make_writable(const char *path, Err *err);
bool folder_sync(const char *path, Err *err);
bool folder_exists(const char *path);
bool folder_is_file(const char *path);
/* Names in a folder, sorted, without "." and ".."; none when the folder is missing. */
bool folder_list(const char *path, Arena *arena, Str **names, size_t *count, Err *err);
/* Copy files and folders, synced; links and devices are refused. `to` must not exist. */
bool folder_copy(const char *from, const char *to, Err *err);
/* Remove with everything in it; a missing one is no error. Links are not followed. */
bool folder_remove(const char *path, Err *err);
