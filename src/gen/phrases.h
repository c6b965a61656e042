/* SPDX-License-Identifier: EUPL-1.2 */
/* Finds the texts that go through translation: the literal of _("…"), _f("…"), N_("…"),
 * tr(lang, "…"), trf(arena, lang, "…"), err_set_in(err, kind, lang, "…") and err_field_in(…) in C
 * sources and page templates. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

typedef struct Phrase {
    Str text; /* as the program sees it: escapes read, neighbouring literals joined */
    const char *file;
    int line;
} Phrase;

typedef struct Phrases {
    Phrase *items;
    size_t count, capacity;
} Phrases;

/* Comments are skipped. */
void phrases_find(Arena *arena, Str source, const char *file, Phrases *out);
/* Words that stand in a page template without _(): between tags, or in an attribute that is
 * read out (alt, title, placeholder, aria-label). */
void phrases_find_bare(Arena *arena, Str source, const char *file, Phrases *out);
/* Both, in all .c, .h and .html files below the folder, tests excepted. */
bool phrases_find_folder(Arena *arena, const char *folder, Phrases *out, Phrases *bare, Err *err);
