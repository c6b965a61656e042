/* SPDX-License-Identifier: EUPL-1.2 */
/* Percent-encoding (RFC 3986, section 2.1). */
#pragma once

#include "base/buf.h"

/* Decode; `plus_is_space` as in forms. False on a broken escape. Without escapes the result
 * is `raw` itself. */
bool percent_decode(Arena *arena, Str raw, bool plus_is_space, Str *out);
/* Add, with everything escaped but letters, digits, "-", ".", "_", "~" and the bytes of `keep`. */
void percent_encode(Buf *out, Str text, const char *keep);
