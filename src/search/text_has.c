/* SPDX-License-Identifier: EUPL-1.2 */
#include "search/analyse.h"
#include "search/search.h"

static bool word_is_in(Str text, const Word *wanted)
{
    WordReader reader = word_reader(text, false);
    char stem[WORD_MAX], other[WORD_MAX];
    size_t stem_len = word_stem(word_str(wanted), stem);
    Word word;

    while (word_next(&reader, &word))
        if (str_find(word_str(&word), word_str(wanted)) >= 0 ||
            str_eq((Str){other, word_stem(word_str(&word), other)}, (Str){stem, stem_len}))
            return true;
    return false;
}

bool search_text_has(Str text, Str words)
{
    WordReader reader = word_reader(words, false);
    Word wanted;
    bool any = false;

    while (word_next(&reader, &wanted)) {
        if (!word_is_in(text, &wanted))
            return false;
        any = true;
    }
    return any;
}
