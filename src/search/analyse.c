/* SPDX-License-Identifier: EUPL-1.2 */
#include "search/analyse.h"

#include "base/utf8.h"

#include <pthread.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* What a code point means for words. */
typedef struct Folded {
    char bytes[4];
    unsigned char len; /* 0: dropped (an accent of its own) or a separator */
    bool separator;
    bool digit;
} Folded;

static Folded folded_of(const char *text)
{
    Folded folded = {.len = (unsigned char)strlen(text)};

    memcpy(folded.bytes, text, folded.len);
    return folded;
}

/* Letters that Unicode does not take apart but people write without. */
static const char *plain_letter(uint32_t code_point)
{
    switch (code_point) {
    case 0xDF:
    case 0x1E9E: return "ss"; /* ß */
    case 0xE6: return "ae";   /* æ */
    case 0xF8: return "o";    /* ø */
    case 0x153: return "oe";  /* œ */
    case 0x111: return "d";   /* đ */
    case 0x131: return "i";   /* ı */
    case 0x142: return "l";   /* ł */
    default: return NULL;
    }
}

static Folded fold_slowly(uint32_t code_point)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    UChar32 c = u_foldCase((UChar32)code_point, U_FOLD_CASE_DEFAULT);
    const char *plain = plain_letter((uint32_t)c);
    Folded out = {0};

    if (plain)
        return folded_of(plain);
    if (U_SUCCESS(status)) {
        UChar parts[32];
        int32_t length = unorm2_getDecomposition(nfd, c, parts, 32, &status);

        if (length > 0 && U_SUCCESS(status))
            U16_GET(parts, 0, 0, length, c);
    }
    c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
    plain = plain_letter((uint32_t)c);
    if (plain)
        return folded_of(plain);
    if (u_charType(c) == U_NON_SPACING_MARK)
        return out;
    out.separator = !u_isalnum(c);
    out.digit = u_isdigit(c);
    if (!out.separator)
        out.len = (unsigned char)utf8_encode((uint32_t)c, out.bytes);
    return out;
}

enum { TABLE = 0x180 }; /* up to the end of Latin Extended-A */
static Folded table[TABLE];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void fill_table(void)
{
    for (uint32_t i = 0; i < TABLE; i++)
        table[i] = fold_slowly(i);
}

static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/* "ae", "oe" and "ue" are how keyboards without umlauts write them. Not in "neue" and "Quelle";
 * that "Poet" becomes "pot" does no harm, since both sides do the same. */
static size_t drop_umlaut_e(char *bytes, size_t len)
{
    size_t kept = 0;
    char before = 0;

    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        bool umlaut = c == 'a' || c == 'o' || (c == 'u' && !is_vowel(before) && before != 'q');

        bytes[kept++] = c;
        before = c;
        if (umlaut && i + 1 < len && bytes[i + 1] == 'e')
            before = bytes[++i];
    }
    return kept;
}

static bool finish_chunk(WordReader *reader, Word *out)
{
    bool joined = reader->chunk_words > 1 && (reader->join_all || reader->chunk_digits) &&
                  !reader->chunk_too_long;

    if (joined) {
        memcpy(out->folded, reader->joined, reader->joined_len);
        out->len = reader->joined_len;
        out->written = STR_NONE;
        out->digits = reader->chunk_digits;
        out->joined = true;
    }
    reader->chunk_words = 0;
    reader->joined_len = 0;
    reader->chunk_digits = reader->chunk_too_long = false;
    return joined;
}

static void finish_word(WordReader *reader, Word *word)
{
    word->len = drop_umlaut_e(word->folded, word->len);
    reader->chunk_words++;
    reader->chunk_digits = reader->chunk_digits || word->digits;
    if (reader->joined_len + word->len > WORD_MAX) {
        reader->chunk_too_long = true;
    } else {
        memcpy(reader->joined + reader->joined_len, word->folded, word->len);
        reader->joined_len += word->len;
    }
}

bool word_next(WordReader *reader, Word *out)
{
    Str text = reader->text;
    size_t begin = reader->at;
    bool too_long = false;

    pthread_once(&table_once, fill_table);
    out->len = 0;
    out->digits = out->joined = false;
    for (;;) {
        bool end = reader->at >= text.len;
        size_t before = reader->at;
        uint32_t c = end ? ' ' : utf8_next(text, &reader->at);
        Folded slow;
        const Folded *f = c < TABLE ? &table[c] : (slow = fold_slowly(c), &slow);

        if (!f->separator) {
            if (out->len == 0 && !too_long)
                begin = before;
            too_long = too_long || out->len + f->len > WORD_MAX;
            if (!too_long) {
                memcpy(out->folded + out->len, f->bytes, f->len);
                out->len += f->len;
            }
            out->digits = out->digits || f->digit;
            continue;
        }
        if (too_long)
            reader->chunk_too_long = true;
        if (out->len > 0 && !too_long) {
            reader->at = before; /* the separator comes again, to end the chunk */
            out->written = str_slice(text, begin, before);
            finish_word(reader, out);
            return true;
        }
        out->len = 0;
        out->digits = too_long = false;
        if ((end || c <= ' ' || c == 0xA0) && finish_chunk(reader, out))
            return true;
        if (end)
            return false;
    }
}
