/* SPDX-License-Identifier: EUPL-1.2 */
/* Encodings of mail bodies (RFC 2045), there and back. */
#pragma once

#include "base/buf.h"

/* Quoted-printable of UTF-8 text: LF becomes CRLF, no line is longer than 76, the last line ends
 * in CRLF. */
void mail_add_quoted_printable(Buf *out, Str text);
/* Base64 in lines of 76. */
void mail_add_base64(Buf *out, Str bytes);
/* Text of a quoted-printable body, with LF; malformed escapes are kept as they stand. */
Str mail_decode_quoted_printable(Arena *arena, Str body);
/* A header's value with its UTF-8 "Q" encoded words decoded and its folds undone. */
Str mail_decode_header(Arena *arena, Str value);
