/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/hyphenate.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <hyphen.h>
#include <pthread.h>
#include <stdlib.h>
#include <unicode/uchar.h>

enum {
    WORD_MIN = 6,  /* letters of the shortest word to be parted */
    WORD_MAX = 80, /* libhyphen's own limit is 100 characters */
    LEFT_MIN = 2,  /* letters before the first and behind the last hyphen */
    RIGHT_MIN = 3,
};

struct Hyphenator {
    HyphenDict *dict;
    bool utf8; /* else ISO 8859-1 */
};

static pthread_once_t loaded = PTHREAD_ONCE_INIT;
static Hyphenator german, english;

static void load(Hyphenator *hyphenator, const char *path)
{
    hyphenator->dict = hnj_hyphen_load(path);
    hyphenator->utf8 = hyphenator->dict && hyphenator->dict->utf8;
}

static void load_all(void)
{
    load(&german, "/usr/share/hyphen/hyph_de_DE.dic");
    load(&english, "/usr/share/hyphen/hyph_en_GB.dic");
}

const Hyphenator *hyphenator_for(Str lang)
{
    const Hyphenator *found = str_is(lang, "de") ? &german : str_is(lang, "en") ? &english : NULL;

    pthread_once(&loaded, load_all);
    return found && found->dict ? found : NULL;
}

/* A word in the dictionary's encoding and lower case. */
typedef struct Word {
    char bytes[WORD_MAX * 4 + 1];
    size_t len;
    size_t letters;
    bool fits; /* short enough, every letter known to the encoding */
} Word;

static void word_add(Word *word, uint32_t letter, bool utf8)
{
    uint32_t lower = (uint32_t)u_tolower((UChar32)letter);

    word->letters++;
    if (word->letters > WORD_MAX || (!utf8 && lower > 0xff)) {
        word->fits = false;
    } else if (word->fits) {
        if (utf8)
            word->len += utf8_encode(lower, word->bytes + word->len);
        else
            word->bytes[word->len++] = (char)lower;
    }
}

/* Copy the word `text` and set soft hyphens between its letters. */
static void add_word(const Hyphenator *hyphenator, Buf *out, Str text, const Word *word)
{
    char points[WORD_MAX * 4 + 8] = {0};
    char **rep = NULL;
    int *pos = NULL, *cut = NULL;
    size_t at = 0;

    if (!word->fits || word->letters < WORD_MIN ||
        hnj_hyphen_hyphenate3(hyphenator->dict, word->bytes, (int)word->len, points, NULL, &rep,
                              &pos, &cut, LEFT_MIN, RIGHT_MIN, LEFT_MIN, RIGHT_MIN)) {
        buf_add(out, text);
        return;
    }
    for (size_t letter = 0; at < text.len; letter++) {
        size_t from = at;

        utf8_next(text, &at);
        buf_add(out, str_slice(text, from, at));
        /* A replacement ("Schiffahrt" to "Schiff-fahrt") cannot be told by a soft hyphen. */
        if (at < text.len && (points[letter] & 1) && !(rep && rep[letter]))
            buf_add_c(out, "\u00ad");
    }
    if (rep) {
        for (size_t i = 0; i < word->len; i++)
            free(rep[i]);
        free(rep);
        free(pos);
        free(cut);
    }
}

/* Numbers, IBANs, e-mail and web addresses, file names. */
static bool must_stay_whole(Str token)
{
    for (size_t i = 0; i < token.len; i++) {
        char c = token.ptr[i];

        if ((c >= '0' && c <= '9') || c == '@' || c == '/' || c == '_' ||
            (c == '.' && i + 1 < token.len && u_isalpha((unsigned char)token.ptr[i + 1])))
            return true;
    }
    return str_find(token, STR("\u00ad")) >= 0;
}

static void add_token(const Hyphenator *hyphenator, Buf *out, Str token)
{
    size_t at = 0, word_start = 0;
    Word word = {.fits = true};

    if (!hyphenator || token.len < WORD_MIN || must_stay_whole(token)) {
        buf_add(out, token);
        return;
    }
    while (at < token.len) {
        size_t from = at;
        uint32_t letter = utf8_next(token, &at);

        if (u_isalpha((UChar32)letter)) {
            if (!word.letters)
                word_start = from;
            word_add(&word, letter, hyphenator->utf8);
            continue;
        }
        if (word.letters)
            add_word(hyphenator, out, str_slice(token, word_start, from), &word);
        word = (Word){.fits = true};
        buf_add(out, str_slice(token, from, at));
    }
    if (word.letters)
        add_word(hyphenator, out, str_slice(token, word_start, token.len), &word);
}

static bool is_number(Str token)
{
    return token.len && token.ptr[token.len - 1] >= '0' && token.ptr[token.len - 1] <= '9';
}

/* No line ends between a paragraph sign and its number, or a number and its unit. */
static bool holds_together(Str before, Str after)
{
    static const Str openers[] = {STR("§"),      STR("§§"),   STR("Abs."),
                                  STR("Absatz"), STR("Nr."),  STR("Nummer"),
                                  STR("Satz"),   STR("Art."), STR("Artikel")};
    static const Str units[] = {STR("€"), STR("Euro"), STR("Uhr"), STR("%")};

    if (str_starts_with(before, "("))
        before = str_slice(before, 1, before.len);
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
        if (str_eq(before, openers[i]))
            return true;
    for (size_t i = 0; is_number(before) && i < sizeof units / sizeof *units; i++)
        if (str_starts_with(after, units[i].ptr))
            return true;
    return false;
}

Str hyphenate(const Hyphenator *hyphenator, Arena *arena, Str text)
{
    Buf out = buf_in(arena);
    size_t at = 0;
    Str before = STR("");

    buf_reserve(&out, text.len + text.len / 4 + 16);
    while (at < text.len) {
        size_t from = at;
        Str token;

        while (at < text.len && text.ptr[at] != ' ')
            at++;
        token = str_slice(text, from, at);
        if (from > 0 && holds_together(before, token)) {
            out.len--;
            buf_add_c(&out, "\u00a0");
        }
        add_token(hyphenator, &out, token);
        before = token;
        while (at < text.len && text.ptr[at] == ' ') {
            buf_add_char(&out, ' ');
            at++;
        }
    }
    return buf_str(&out);
}
