/* SPDX-License-Identifier: EUPL-1.2 */
/* Real pages of municipalities, and real questions that they answer: OMoS-DE
 * (digitalfabrik/integreat-qa-dataset, CC-BY 4.0). */
#pragma once

#include "search/search.h"

#include <ctype.h>

enum { TITLE, HEADINGS, CRUMBS, BODY, FIELD_COUNT, DEPTH = 10 };
extern const SearchField FIELDS[FIELD_COUNT];

typedef struct Page {
    int64_t id;
    Str town, path, parent; /* the parent's path */
    Str texts[FIELD_COUNT];
} Page;

typedef struct Question {
    Str town, text, typo;
    size_t page;
} Question;

typedef struct Corpus {
    Arena *arena;
    const char *folder;
    struct {
        Page *items;
        size_t count, capacity;
    } pages;
    struct {
        Question *items;
        size_t count, capacity;
    } questions;
} Corpus;

static inline bool is_letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Read what lies in `folder`; with each question a variant with one slip. Ends the program when a
 * file cannot be read. */
void corpus_read(Corpus *corpus);
