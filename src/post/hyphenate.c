/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/hyphenate.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <hyphen.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unicode/uchar.h>

enum {
    WORD_MIN = 6,  /* letters of the shortest word to be parted */
    WORD_MAX = 80, /* libhyphen's own limit is 100 characters */
    LEFT_MIN = 2,  /* letters before the first and behind the last hyphen */
    RIGHT_MIN = 3,
};

struct Hyphenator {
    _Atomic(HyphenDict *) dict; /* NULL until loaded */
    const char *path;
};

static Hyphenator german = {.path = "/usr/share/hyphen/hyph_de_DE.dic"};
static Hyphenator english = {.path = "/usr/share/hyphen/hyph_en_GB.dic"};

static HyphenDict *load(Hyphenator *hyphenator)
{
    HyphenDict *dict = atomic_load(&hyphenator->dict), *none = NULL;

    if (dict || !(dict = hnj_hyphen_load(hyphenator->path)))
        return dict;
    if (atomic_compare_exchange_strong(&hyphenator->dict, &none, dict))
        return dict;
    hnj_hyphen_free(dict);
    return none;
}

/* Seconds of the processor for the German one. Who needs it now does not wait for a thread of low
 * priority that has begun: the first to be done gives its own to all. Those of low priority wait
 * for each other, or all letters that lie there at a start would read it at once. */
static HyphenDict *dict_of(Hyphenator *hyphenator)
{
    static pthread_mutex_t patient = PTHREAD_MUTEX_INITIALIZER;
    HyphenDict *dict = atomic_load(&hyphenator->dict);
    bool waits = !dict && getpriority(PRIO_PROCESS, 0) > 0; /* of the calling thread, on Linux */

    if (dict)
        return dict;
    if (waits)
        pthread_mutex_lock(&patient);
    dict = load(hyphenator);
    if (waits)
        pthread_mutex_unlock(&patient);
    return dict;
}

const Hyphenator *hyphenator_for(Str lang)
{
    Hyphenator *hyphenator = str_is(lang, "de") ? &german : str_is(lang, "en") ? &english : NULL;

    return hyphenator && dict_of(hyphenator) ? hyphenator : NULL;
}

void hyphenate_warm(void)
{
    dict_of(&german);
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
        hnj_hyphen_hyphenate3(atomic_load(&hyphenator->dict), word->bytes, (int)word->len, points,
                              NULL, &rep, &pos, &cut, LEFT_MIN, RIGHT_MIN, LEFT_MIN, RIGHT_MIN)) {
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

/* An e-mail or web address may end a line behind its signs, without a hyphen: those could be
 * taken for a part of it. */
static bool is_address(Str token)
{
    return str_find_char(token, '@') > 0 || str_find(token, STR("://")) > 0 ||
           str_starts_with(token, "www.");
}

static void add_address(Buf *out, Str token)
{
    for (size_t i = 0; i < token.len; i++) {
        char c = token.ptr[i];
        bool sign = c == '@' || c == '.' || c == '/' || c == '-' || c == '_';

        buf_add_char(out, c);
        if (sign && i > 0 && i + 1 < token.len && u_isalnum((unsigned char)token.ptr[i + 1]))
            buf_add_c(out, "\u200b");
    }
}

static void add_token(const Hyphenator *hyphenator, Buf *out, Str token)
{
    size_t at = 0, word_start = 0;
    Word word = {.fits = true};

    if (is_address(token)) {
        add_address(out, token);
        return;
    }
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
            word_add(&word, letter, atomic_load(&hyphenator->dict)->utf8);
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

static bool ends_in_digit(Str token)
{
    return token.len && token.ptr[token.len - 1] >= '0' && token.ptr[token.len - 1] <= '9';
}

/* "0012", "DE02": a group of a number written in groups. */
static bool is_group(Str token)
{
    size_t digits = 0;

    for (size_t i = 0; i < token.len; i++)
        digits += token.ptr[i] >= '0' && token.ptr[i] <= '9';
    return digits >= 2 && token.len <= 4 && (digits == token.len || digits + 2 == token.len);
}

static bool starts_with_any(Str text, const char *const *words)
{
    for (; *words; words++)
        if (str_starts_with(text, *words))
            return true;
    return false;
}

/* No line ends between a paragraph sign and its number, a number and its unit, a day and its
 * month, or the groups of a number. */
static bool holds_together(Str before, Str after)
{
    static const char *const units[] = {"€", "Euro", "Uhr", "%", NULL};
    static const char *const months[] = {"Januar",   "Februar",  "März",   "April",     "Mai",
                                         "Juni",     "Juli",     "August", "September", "Oktober",
                                         "November", "Dezember", NULL};
    static const char *const openers[] = {"§", "§§", "Abs.", "Nr.", "Art.", NULL};

    for (const char *const *opener = openers; *opener; opener++)
        if (str_is(before, *opener))
            return true;
    if (ends_in_digit(before) && starts_with_any(after, units))
        return true;
    if (str_ends_with(before, ".") && ends_in_digit(str_slice(before, 0, before.len - 1)))
        return starts_with_any(after, months);
    return is_group(before) && is_group(after);
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
