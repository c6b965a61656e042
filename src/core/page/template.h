/* SPDX-License-Identifier: EUPL-1.2 */
/* What the C code made from page templates uses; no other code includes this. The writers
 * choose by C type: a type that is not listed does not compile, and Html is listed only
 * where whole elements may stand. */
#pragma once

#include "core/page/out.h"

/* clang-format off */
#define OUT_INTEGERS(writer)                                                               \
    signed char: writer, short: writer, unsigned short: writer, int: writer,               \
    unsigned: writer, long: writer, unsigned long: writer, long long: writer,              \
    unsigned long long: writer

#define OUT_TEXT(out, value)                                                               \
    _Generic((value), Str: out_text, const char *: out_text_c, char *: out_text_c,         \
             Html: out_raw, OUT_INTEGERS(out_int))(out, value)
#define OUT_ATTR(out, value)                                                               \
    _Generic((value), Str: out_attr, const char *: out_attr_c, char *: out_attr_c,         \
             OUT_INTEGERS(out_int))(out, value)
#define OUT_URL(out, value)                                                                \
    _Generic((value), Str: out_url, const char *: out_url_c, char *: out_url_c)(out, value)
#define OUT_URL_PART(out, value)                                                           \
    _Generic((value), Str: out_url_part, const char *: out_url_part_c,                     \
             char *: out_url_part_c, OUT_INTEGERS(out_int))(out, value)
/* clang-format on */

/* The words of the template language. */
#define _(german) tr(out->lang, german)
#define _f(...) trf(out->buf->arena, out->lang, __VA_ARGS__)
#define url(...) out_link(out, __VA_ARGS__)
#define asset(name) asset_path(name)
#define url_of(path) out_path(out, path)
