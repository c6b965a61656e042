/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes compressed with zstd: varint how many follow, then the frame without its four bytes of
 * magic. */
#pragma once

#include "base/bytes.h"

void obs_zip(Buf *out, const void *bytes, size_t size);
/* Exactly `size` bytes must come out. */
bool obs_unzip(Bytes *in, void *out, size_t size);
