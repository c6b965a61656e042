/* SPDX-License-Identifier: EUPL-1.2 */
/* CSV as RFC 4180 has it: comma (or another sign), quotes doubled inside quotes, LF or CRLF. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

typedef struct Csv {
    Str text;
    size_t at;
    int line;      /* where the record last read begins, 1-based */
    int next_line; /* of `at` */
    char separator;
} Csv;

/* Read text that outlives the reader; a byte order mark is skipped. */
Csv csv_read(Str text);
/* The same with another sign between values: ';' or a tab. */
Csv csv_read_with(Str text, char separator);
/* The next record's values (views of the text, or in the arena where quotes were doubled).
 * `*count` 0: the end. Fails on an open quote, stray characters and more than `most` values. */
bool csv_next(Csv *csv, Arena *arena, Str *values, size_t most, size_t *count, Err *err);

/* One value as it is written, quoted where it must be. A text that a spreadsheet would take for a
 * formula (it begins with = + - @ or a tab) gets an apostrophe before it. */
void csv_add_value(Buf *out, Str value);
/* A record of values, ended by CRLF. */
void csv_add_row(Buf *out, const Str *values, size_t count);
/* The same with another sign between values. */
void csv_add_row_with(Buf *out, char separator, const Str *values, size_t count);
