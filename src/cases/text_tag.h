/* SPDX-License-Identifier: EUPL-1.2 */
/* The tags of a text, one after the other. */
#pragma once

#include "cases/text_piece.h"

typedef enum TagKind {
    TAG_VALUE,
    TAG_EACH,
    TAG_IF,
    TAG_EDIT,
    TAG_ELSE,
    TAG_END_EACH,
    TAG_END_IF,
    TAG_END_EDIT,
} TagKind;

typedef struct Tag {
    TagKind kind;
    Str expression;
    bool alone; /* on its line */
    int line;
} Tag;

typedef struct Reader {
    Str text;
    size_t at;
    int line;
    const char *file;
    Arena *arena;
    Problems *problems;
    bool failed;
    bool editable; /* the body of a letter */
    int inside;    /* how many `each` and `edit` are open */
    Str edits[EDITS_MAX];
    size_t edit_count;
} Reader;

__attribute__((format(printf, 3, 4))) void reader_problem(Reader *reader, int line,
                                                          const char *format, ...);

/* Read text up to the next tag; the text becomes a piece. False at the end of the text. */
bool reader_next(Reader *reader, Pieces *out, Tag *tag);
