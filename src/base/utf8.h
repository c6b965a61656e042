/* SPDX-License-Identifier: EUPL-1.2 */
/* UTF-8 at the edge (RFC 3629): checked once, trusted inside. */
#pragma once

#include "base/str.h"

/* Valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_valid(Str s);
/* As utf8_valid, and no control characters but tab, LF and CR: text that a
 * person typed. */
bool utf8_valid_text(Str s);
/* Number of code points of valid UTF-8. */
size_t utf8_length(Str s);
/* Nothing in it that a person would see: empty, spaces, or signs without a shape (zero width,
 * direction marks, variation selectors). */
bool utf8_blank(Str s);
/* Decode the code point at `*at` and move behind it; 0xFFFD for a bad byte
 * (moves one byte). `*at` < s.len. */
uint32_t utf8_next(Str s, size_t *at);
/* Encode; returns the number of bytes (1-4) written to `out`. */
size_t utf8_encode(uint32_t code_point, char out[4]);
