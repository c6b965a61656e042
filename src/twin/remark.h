/* SPDX-License-Identifier: EUPL-1.2 */
/* Remarks: what a reader decided or doubted but does not refuse, each with its place. Operators
 * read them in English; planners, who have no files, in German (remark_words.c). */
#pragma once

#include "base/err.h"

typedef struct Remark {
    const char *text;   /* "stadt.yaml:4: buildings: 2 of 9 lie outside …" */
    const char *german; /* without the file's place; NULL: nobody has said it in German */
} Remark;

typedef struct Remarks {
    Arena *arena;
    Remark *items;
    size_t count, capacity;
} Remarks;

void remark(Remarks *remarks, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* With the place "file:line" before it. */
void remark_at(Remarks *remarks, const char *file, int line, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

/* The German words for an English format, with the same conversions in the same order, where
 * "%.0s" leaves a text out; NULL where there are none. */
const char *remark_german(const char *english);
/* All of them in turn; false behind the last. */
bool remark_pair(size_t index, const char **english, const char **german);
