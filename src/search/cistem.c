/* SPDX-License-Identifier: EUPL-1.2 */
/* CISTEM: Leonie Weissweiler, Alexander Fraser, "Developing a Stemmer for German Based on a
 * Comparative Analysis of Publicly Available Stemmers" (GSCL 2017), in the variant that takes no
 * notice of capital letters. "sch", "ei" and "ie" count as one letter, and so does the second of a
 * pair, so that no ending is cut out of them. */
#include "search/analyse.h"

enum { SCH = 1, EI, IE, AGAIN };

static bool all_ascii_letters(Str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] < 'a' || word.ptr[i] > 'z')
            return false;
    return true;
}

static size_t replace(char *bytes, size_t len, const char *from, char to)
{
    size_t from_len = strlen(from);
    size_t kept = 0;

    for (size_t i = 0; i < len;) {
        if (i + from_len <= len && memcmp(bytes + i, from, from_len) == 0) {
            bytes[kept++] = to;
            i += from_len;
        } else {
            bytes[kept++] = bytes[i++];
        }
    }
    return kept;
}

static bool ends(const char *bytes, size_t len, const char *last)
{
    return strchr(last, bytes[len - 1]) != NULL;
}

static size_t strip_endings(const char *bytes, size_t len)
{
    while (len > 3) {
        if (len > 5 && bytes[len - 2] == 'e' && ends(bytes, len, "mr"))
            len -= 2;
        else if (len > 5 && bytes[len - 2] == 'n' && bytes[len - 1] == 'd')
            len -= 2;
        else if (ends(bytes, len, "tesn"))
            len--;
        else
            break;
    }
    return len;
}

static size_t expand(const char *bytes, size_t len, char *out)
{
    size_t at = 0;

    for (size_t i = 0; i < len; i++) {
        const char *text = bytes[i] == SCH  ? "sch"
                           : bytes[i] == EI ? "ei"
                           : bytes[i] == IE ? "ie"
                                            : NULL;

        if (text) {
            while (*text)
                out[at++] = *text++;
        } else {
            out[at] = bytes[i] == AGAIN && at ? out[at - 1] : bytes[i];
            at++;
        }
    }
    return at;
}

size_t word_stem(Str folded, char *out)
{
    char bytes[WORD_MAX];
    size_t len = folded.len;

    if (len > WORD_MAX || !all_ascii_letters(folded)) {
        len = len > WORD_MAX ? WORD_MAX : len;
        memcpy(out, folded.ptr, len);
        return len;
    }
    memcpy(bytes, folded.ptr, len);
    if (len >= 6 && bytes[0] == 'g' && bytes[1] == 'e') {
        len -= 2;
        memmove(bytes, bytes + 2, len);
    }
    len = replace(bytes, len, "sch", SCH);
    len = replace(bytes, len, "ei", EI);
    len = replace(bytes, len, "ie", IE);
    for (size_t i = 0; i + 1 < len; i++)
        if (bytes[i] == bytes[i + 1]) {
            bytes[i + 1] = AGAIN;
            i++;
        }
    return expand(bytes, strip_endings(bytes, len), out);
}
