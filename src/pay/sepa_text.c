/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/sepa_text.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

static const char OTHERS[] = "/-?:().,'+ ";

static bool allowed(char c)
{
    return isalnum((unsigned char)c) || (c && strchr(OTHERS, c));
}

bool sepa_text_ok(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80 || !allowed(text.ptr[i]))
            return false;
    return true;
}

bool sepa_id_ok(Str text)
{
    return text.len >= 1 && text.len <= 35 && sepa_text_ok(text) && text.ptr[0] != '/' &&
           text.ptr[text.len - 1] != '/' && str_find(text, STR("//")) < 0;
}

/* --- To Latin letters without accents --------------------------------------------------------- */

static pthread_once_t latin_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t latin_lock = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *latin; /* open as long as the program runs */

static void open_latin(void)
{
    static const UChar id[] = u"Any-Latin; Latin-ASCII";
    UErrorCode status = U_ZERO_ERROR;

    latin = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
}

/* The German letters first, as German banks write them; ICU knows all others. */
static Str spell_german(Arena *arena, Str text)
{
    static const char *const PAIRS[][2] = {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"},
                                           {"ß", "ss"}, {"Ä", "Ae"}, {"Ö", "Oe"},
                                           {"Ü", "Ue"}, {"ẞ", "SS"}, {"€", "EUR"}};

    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++)
        text = str_replace(arena, text, str_c(PAIRS[i][0]), str_c(PAIRS[i][1]));
    return text;
}

static Str to_latin(Arena *arena, Str text)
{
    enum { MOST = 600 }; /* UTF-16 units; longer texts are cut by their users anyway */
    UChar units[MOST];
    char bytes[MOST * 3];
    int32_t length = 0, limit, out = 0;
    UErrorCode status = U_ZERO_ERROR;

    pthread_once(&latin_once, open_latin);
    u_strFromUTF8Lenient(units, MOST, &length, text.ptr,
                         (int32_t)(text.len < MOST / 3 ? text.len : MOST / 3), &status);
    limit = length;
    if (U_FAILURE(status) || !latin)
        return text;
    pthread_mutex_lock(&latin_lock);
    utrans_transUChars(latin, units, &length, MOST, 0, &limit, &status);
    pthread_mutex_unlock(&latin_lock);
    if (U_SUCCESS(status))
        u_strToUTF8(bytes, sizeof bytes, &out, units, length, &status);
    return U_SUCCESS(status) ? str_copy(arena, (Str){bytes, (size_t)out}) : text;
}

static bool plain(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

static Str ascii_of(Arena *arena, Str text)
{
    if (plain(text))
        return text;
    text = spell_german(arena, text);
    return plain(text) ? text : to_latin(arena, text);
}

static char replaced(char c)
{
    switch (c) {
    case '&': return '+';
    case '_':
    case '~': return '-';
    case '"':
    case '`': return '\'';
    case '[':
    case '{':
    case '<': return '(';
    case ']':
    case '}':
    case '>': return ')';
    case '\\':
    case '|': return '/';
    case ';': return ',';
    default: return (unsigned char)c <= ' ' ? ' ' : '.';
    }
}

Str sepa_text(Arena *arena, Str text, size_t most)
{
    Str ascii = ascii_of(arena, text);
    Buf out = buf_in(arena);

    for (size_t i = 0; i < ascii.len && out.len < most; i++) {
        char c = ascii.ptr[i];
        if ((unsigned char)c >= 0x80) { /* what even ICU does not spell: once per character */
            if (((unsigned char)c & 0xC0) == 0x80)
                continue;
            c = '.';
        } else if (!allowed(c)) {
            c = replaced(c);
        }
        if (c != ' ' || (out.len && out.ptr[out.len - 1] != ' '))
            buf_add_char(&out, c);
    }
    return str_trim(buf_str(&out));
}

/* --- Names --------------------------------------------------------------------------------------
 */

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* Forms of address and titles are no part of the name. */
static bool is_title(Str word)
{
    static const char *const TITLES[] = {"herr", "frau", "dr", "prof", "dipl", "ing", "und", "u"};

    for (size_t i = 0; i < sizeof TITLES / sizeof *TITLES; i++)
        if (str_is(word, TITLES[i]))
            return true;
    return false;
}

Str name_key(Arena *arena, Str name)
{
    struct {
        Str *items;
        size_t count, capacity;
    } words = {0};
    Str ascii = str_lower(arena, ascii_of(arena, name));
    Buf key = buf_in(arena);
    size_t begin = 0;

    for (size_t i = 0; i <= ascii.len; i++) {
        if (i < ascii.len && isalnum((unsigned char)ascii.ptr[i]))
            continue;
        Str word = str_slice(ascii, begin, i);
        if (word.len && !is_title(word))
            VEC_PUSH(arena, &words, word);
        begin = i + 1;
    }
    if (words.count)
        qsort(words.items, words.count, sizeof *words.items, by_text);
    for (size_t i = 0; i < words.count; i++) {
        if (i)
            buf_add_char(&key, ' ');
        buf_add(&key, words.items[i]);
    }
    return buf_str(&key);
}
