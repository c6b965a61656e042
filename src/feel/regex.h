/* SPDX-License-Identifier: EUPL-1.2 */
/* Regular expressions of XPath (FEEL's matches, replace and split), by ICU.
 *
 * ICU's matcher backtracks, so a pattern can take exponential time; each call is bounded
 * by its time limit (200 ms of matching, counted in steps of the matcher) and its stack
 * limit (8 MB of heap). A match that exceeds them is no match but an error: null. */
#pragma once

#include "feel/eval.h"

typedef struct Regex Regex;

/* NULL when pattern or flags ("", or of s, m, i, x) are wrong. The caller closes it, and
 * must not leave the evaluation before. */
Regex *regex_open(Str pattern, Str flags);
void regex_close(Regex *regex);
/* Is there a match? UNKNOWN: the limits were exceeded. */
Truth regex_search(Regex *regex, Str text);

/* Results of the two below in memory of malloc, which the caller frees. */
typedef struct RegexText {
    char *bytes;
    size_t length;
} RegexText;
/* Replace all matches; `replacement` may hold $0 to $9, \$ and \\. False when the pattern
 * matches the empty text, the replacement is malformed, a limit is exceeded or the result
 * would be longer than `most` bytes (then *too_long is set). */
bool regex_replace(Regex *regex, Str text, Str replacement, size_t most, RegexText *out,
                   bool *too_long);
/* Offsets in bytes of the matches, two for each; at most `most` matches. */
bool regex_split(Regex *regex, Str text, size_t most, size_t **offsets, size_t *count);
