/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of the commands and of models that import others. */
#pragma once

#include "base/err.h"

/* A whole file, at most 16 MiB; "-" is standard input. */
bool path_read(Arena *arena, const char *path, Str *out, Err *err);
bool path_is_folder(const char *path);
/* Paths of the plain files in a folder whose names end so, sorted. */
bool path_files(Arena *arena, const char *folder, const char *ending, const char ***out,
                size_t *count, Err *err);
/* Paths of the folders in a folder, sorted. */
bool path_folders(Arena *arena, const char *folder, const char ***out, size_t *count, Err *err);
/* The folder part of a path: "." when it has none. */
const char *path_folder(Arena *arena, const char *path);
const char *path_name(const char *path);
