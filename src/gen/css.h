/* SPDX-License-Identifier: EUPL-1.2 */
/* Style sheets for the program: comments and needless white space go, and of a design
 * system's sheet only the rules stay whose classes some page uses. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

typedef struct WordSet {
    Str *items;
    size_t count, capacity;
} WordSet;

/* Add every word of `text` that begins with `prefix` (letters, digits, "-" and "_"). */
void words_collect(Arena *arena, WordSet *words, Str text, const char *prefix);
/* Sort and make unique, before words_has(). */
void words_finish(WordSet *words);
bool words_has(const WordSet *words, Str word);

/* Copy `css` without comments; a selector stays when each of its classes that begins with
 * `prefix` is among `used` (`prefix` NULL: all stay). Rules and @media blocks that become
 * empty go. Fails on unbalanced braces. */
bool css_subset(Arena *arena, Str css, const char *file, const char *prefix, const WordSet *used,
                Str *out, Err *err);
/* Drop the declarations of custom properties ("--x: …") that no var() of `css` reads, again
 * and again until none is left over. */
Str css_drop_unused_properties(Arena *arena, Str css, const char *prefix);
