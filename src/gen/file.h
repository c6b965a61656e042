/* SPDX-License-Identifier: EUPL-1.2 */
/* Files for build-time tools. */
#pragma once

#include "base/err.h"

bool file_read(Arena *arena, const char *path, Str *out, Err *err);
/* A file that has this content already is not touched, so that nothing is built again. */
bool file_write(const char *path, Str content, Err *err);
