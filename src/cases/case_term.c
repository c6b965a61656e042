/* SPDX-License-Identifier: EUPL-1.2 */
/* Words by which the desk finds register entries. Both sides, what is recorded and what
 * is searched, pass through search_terms(): lower case, ä as ae, ß as ss, accents gone. */
#include "base/utf8.h"
#include "base/vec.h"
#include "cases/case_store.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

enum { MIN_TERM = 3, MAX_TERM = 60, MAX_TERMS = 400 };

/* The letters of a code point without its case and accents; 0 for a mark to be dropped. */
static void add_folded(Buf *out, uint32_t code_point)
{
    char bytes[4];
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    UChar32 c = u_foldCase((UChar32)code_point, U_FOLD_CASE_DEFAULT);

    if (c == 0xE4 || c == 0xF6 || c == 0xFC) { /* ä ö ü */
        buf_add_c(out, c == 0xE4 ? "ae" : c == 0xF6 ? "oe" : "ue");
        return;
    }
    if (code_point == 0xDF || code_point == 0x1E9E) { /* ß, capital ß */
        buf_add(out, STR("ss"));
        return;
    }
    if (U_SUCCESS(status)) {
        UChar parts[32];
        int32_t length = unorm2_getDecomposition(nfd, c, parts, 32, &status);

        if (length > 0 && U_SUCCESS(status))
            U16_GET(parts, 0, 0, length, c);
    }
    buf_add(out, (Str){bytes, utf8_encode((uint32_t)c, bytes)});
}

static void add_term(Arena *arena, TermList *list, Str term)
{
    if (term.len == 0 || term.len > MAX_TERM || list->count >= MAX_TERMS)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], term))
            return;
    VEC_PUSH(arena, list, term);
}

/* A word between blanks gives its parts and, when it has several, all of them joined, so that
 * "HUND-2027-000017-4" and "Müller-Lüdenscheid" are found both ways. */
static void add_word(Arena *arena, TermList *list, Str word)
{
    Buf whole = buf_in(arena);
    Buf part = buf_in(arena);
    size_t parts = 0;
    size_t at = 0;

    while (at < word.len) {
        UChar32 c = (UChar32)utf8_next(word, &at);
        bool inside = u_isalnum(c);

        if (inside) {
            add_folded(&part, (uint32_t)c);
            add_folded(&whole, (uint32_t)c);
        } else if (u_charType(c) == U_NON_SPACING_MARK) {
            inside = true; /* an accent written apart from its letter */
        }
        if ((at >= word.len || !inside) && part.len > 0) {
            add_term(arena, list, str_copy(arena, buf_str(&part)));
            part = buf_in(arena);
            parts++;
        }
    }
    if (parts > 1)
        add_term(arena, list, str_copy(arena, buf_str(&whole)));
}

/* Each word between blanks as one term without its separators. Short ones find too much and are not
 * kept in the index; they are left out when there is a longer one. */
size_t search_query_terms(Str text, Arena *arena, Str **out)
{
    TermList list = {0};
    TermList words = {0};
    Str rest = text;

    while (rest.ptr) {
        Str word = str_trim(str_cut(&rest, ' '));
        TermList parts = {0};

        add_word(arena, &parts, word);
        if (parts.count > 0) /* the whole comes last */
            add_term(arena, &words, parts.items[parts.count - 1]);
    }
    for (size_t i = 0; i < words.count; i++)
        if (words.items[i].len >= MIN_TERM)
            add_term(arena, &list, words.items[i]);
    *out = list.count ? list.items : words.items;
    return list.count ? list.count : words.count;
}

size_t search_terms(Str text, Arena *arena, Str **out)
{
    TermList list = {0};
    size_t begin = 0;

    for (size_t i = 0; i <= text.len; i++) {
        bool blank = i == text.len || (unsigned char)text.ptr[i] <= ' ';

        if (blank && i > begin)
            add_word(arena, &list, str_slice(text, begin, i));
        if (blank)
            begin = i + 1;
    }
    *out = list.items;
    return list.count;
}
