/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside search: from text to the words that are compared. */
#pragma once

#include "base/str.h"

enum { WORD_MAX = 60 }; /* bytes of a word; longer ones are cut into nothing: not indexed */

typedef struct Word {
    char folded[WORD_MAX]; /* small letters, no accents, ä ae -> a, ß -> ss; not NUL-ended */
    size_t len;
    Str written; /* as in the text; STR_NONE for a joined one */
    bool digits; /* holds a digit: no endings, no parts, no correction */
    bool joined; /* all words of a text between blanks: "hund20270000174" */
} Word;

static inline Str word_str(const Word *word)
{
    return (Str){word->folded, word->len};
}

typedef struct WordReader {
    Str text;
    size_t at;
    bool join_all; /* join also where there is no digit: Müller-Lüdenscheid */
    char joined[WORD_MAX];
    size_t joined_len;
    int chunk_words; /* of the text between blanks */
    bool chunk_digits, chunk_too_long;
} WordReader;

static inline WordReader word_reader(Str text, bool join_all)
{
    return (WordReader){.text = text, .join_all = join_all};
}
/* The next word; false at the end. */
bool word_next(WordReader *reader, Word *out);

/* The stem of a folded word (CISTEM, Weissweiler & Fraser 2017, without regard to capital letters);
 * written to `out` (WORD_MAX bytes), returns its length. Words with letters beyond a-z stay. */
size_t word_stem(Str folded, char *out);

/* Words that say little: their weight in a query, or 1. */
float stop_word_weight(Str folded);
