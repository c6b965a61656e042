/* SPDX-License-Identifier: EUPL-1.2 */
/* Soft hyphens for running text, by the patterns of Debian's hyphen-de and hyphen-en-gb. */
#pragma once

#include "base/str.h"

/* Loaded once per language and program, shared by all threads. */
typedef struct Hyphenator Hyphenator;

/* The hyphenator of a language, or NULL when the language is not to be hyphenated
 * (Leichte Sprache never is) or its dictionary is not installed. */
const Hyphenator *hyphenator_for(Str lang);
/* Load the German dictionary now, so that the first letter does not wait for it. */
void hyphenate_warm(void);

/* `text` (UTF-8) with U+00AD where a line may end inside a word, U+200B where it may end inside
 * an e-mail or web address, and no-break spaces where German typesetting wants no
 * line to end ("§ 4", "100 €", "1. März", "DE02 1203").
 * Only words of six letters or more are hyphenated, and never a token that holds a digit,
 * "@", "/", "_" or a dot inside, so numbers and IBANs stay whole.
 * `hyphenator` may be NULL: then no word is hyphenated. */
Str hyphenate(const Hyphenator *hyphenator, Arena *arena, Str text);
