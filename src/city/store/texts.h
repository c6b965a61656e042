/* SPDX-License-Identifier: EUPL-1.2 */
/* Texts: a column of texts, some of which may be absent. Equal ones stand there once.
 *
 *     varint       how many different ones
 *     varint       bytes of what follows, before compression; bit 0: compressed, the size above it
 *     lengths      a varint each, then the texts
 *     ints         of each row its text's number from 1, 0: absent */
#pragma once

#include "city/store/ints.h"

/* All texts of a column together; what would be more stands in two blocks. */
enum { OBS_TEXTS_MAX = 4 << 20 };

void obs_texts_put(Buf *out, const Str *texts, size_t count, Arena *scratch);
bool obs_texts_get(Bytes *in, Str *texts, size_t count, Arena *arena);
