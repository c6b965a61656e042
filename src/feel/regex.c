/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/regex.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>

enum { TIME_LIMIT = 200, STACK_LIMIT = 8 << 20, MAX_PATTERN = 10000, MAX_GROUPS = 10 };

enum { KEPT = 16, KEPT_PATTERN = 200 };

struct Regex {
    URegularExpression *icu;
    int32_t groups;
    char *pattern; /* owned; NULL: too long to be kept */
    size_t pattern_length;
    uint32_t flags;
    bool free_spacing;
};

/* --- Compiled patterns, kept per thread ------------------------------------------------------
 * A form tests the same few patterns with every request, and compiling one costs ten times as
 * much as running it. Whoever uses a regex has it alone: it is taken out and put back. */

typedef struct Shelf {
    Regex *regexes[KEPT];
    size_t next; /* is replaced when the shelf is full */
} Shelf;

static pthread_key_t shelf_key;
static pthread_once_t shelf_once = PTHREAD_ONCE_INIT;
static _Thread_local Shelf *own_shelf;

static void regex_free(Regex *regex)
{
    if (!regex)
        return;
    uregex_close(regex->icu);
    free(regex->pattern);
    free(regex);
}

static void shelf_free(void *context)
{
    Shelf *shelf = context;

    for (size_t i = 0; i < KEPT; i++)
        regex_free(shelf->regexes[i]);
    free(shelf);
}

static void make_shelf_key(void)
{
    pthread_key_create(&shelf_key, shelf_free);
}

static Regex *shelf_take(Str pattern, uint32_t flags, bool free_spacing)
{
    for (size_t i = 0; own_shelf && i < KEPT; i++) {
        Regex *regex = own_shelf->regexes[i];

        if (!regex || regex->flags != flags || regex->free_spacing != free_spacing ||
            !str_eq((Str){regex->pattern, regex->pattern_length}, pattern))
            continue;
        own_shelf->regexes[i] = NULL;
        return regex;
    }
    return NULL;
}

/* False: there is no shelf. */
static bool shelf_put(Regex *regex)
{
    pthread_once(&shelf_once, make_shelf_key);
    if (!own_shelf) {
        own_shelf = calloc(1, sizeof *own_shelf);
        if (!own_shelf || pthread_setspecific(shelf_key, own_shelf) != 0) {
            free(own_shelf);
            own_shelf = NULL;
            return false;
        }
    }
    for (size_t i = 0; i < KEPT; i++)
        if (!own_shelf->regexes[i]) {
            own_shelf->regexes[i] = regex;
            return true;
        }
    regex_free(own_shelf->regexes[own_shelf->next]);
    own_shelf->regexes[own_shelf->next] = regex;
    own_shelf->next = (own_shelf->next + 1) % KEPT;
    return true;
}

/* --- Patterns ---------------------------------------------------------------------------- */

typedef struct Translation {
    char *out;
    size_t length;
    bool free_spacing; /* flag x: blanks outside of classes mean nothing */
    int class_depth;
    int groups; /* opened so far */
} Translation;

static void emit(Translation *t, const char *bytes, size_t count)
{
    memcpy(t->out + t->length, bytes, count);
    t->length += count;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* \p{IsBasicLatin} names a block in XPath; ICU says \p{blk=BasicLatin}. */
static bool translate_property(Translation *t, Str pattern, size_t *at)
{
    char name[64];
    size_t length = 0, i = *at + 3;

    for (; i < pattern.len && pattern.ptr[i] != '}'; i++) {
        if (t->free_spacing && is_blank(pattern.ptr[i]))
            continue;
        if (length == sizeof name || is_blank(pattern.ptr[i]))
            return false;
        name[length++] = pattern.ptr[i];
    }
    if (i >= pattern.len)
        return false;
    emit(t, pattern.ptr + *at, 3);
    if (length > 2 && memcmp(name, "Is", 2) == 0) {
        emit(t, "blk=", 4);
        emit(t, name + 2, length - 2);
    } else {
        emit(t, name, length);
    }
    emit(t, "}", 1);
    *at = i + 1;
    return true;
}

static bool translate_escape(Translation *t, Str pattern, size_t *at)
{
    size_t next = *at + 1;

    while (t->free_spacing && next < pattern.len && is_blank(pattern.ptr[next]))
        next++;
    if (next >= pattern.len)
        return false;
    char c = pattern.ptr[next];
    if ((c == 'p' || c == 'P') && next == *at + 1 && next + 1 < pattern.len &&
        pattern.ptr[next + 1] == '{')
        return translate_property(t, pattern, at);
    if (c >= '0' && c <= '9' && (t->class_depth > 0 || c == '0' || c - '0' > t->groups))
        return false; /* back references only outside of classes, to groups before them */
    if (!strchr("0123456789nrtdDsSwWiIcCpP\\|.?*+(){}$-[]^", c))
        return false;
    emit(t, "\\", 1);
    emit(t, pattern.ptr + next, 1);
    *at = next + 1;
    return true;
}

/* XPath's [A-Z-[OI]] is ICU's [A-Z--[OI]]. */
static void translate_class_char(Translation *t, Str pattern, size_t *at)
{
    char c = pattern.ptr[*at];

    if (c == '-' && *at + 1 < pattern.len && pattern.ptr[*at + 1] == '[')
        emit(t, "-", 1);
    if (c == '[')
        t->class_depth++;
    if (c == ']')
        t->class_depth--;
    if (c == '&' || c == '~')
        emit(t, "\\", 1); /* operators of ICU only */
    emit(t, pattern.ptr + *at, 1);
    ++*at;
}

/* The same pattern in ICU's dialect. `out` has room for 8 bytes per byte. */
static bool translate(Str pattern, bool free_spacing, char *out, size_t *length)
{
    Translation t = {.out = out, .free_spacing = free_spacing};
    size_t at = 0;

    while (at < pattern.len) {
        char c = pattern.ptr[at];
        if (c == '\\') {
            if (!translate_escape(&t, pattern, &at))
                return false;
        } else if (t.class_depth > 0) {
            translate_class_char(&t, pattern, &at);
        } else if (free_spacing && is_blank(c)) {
            at++;
        } else {
            t.class_depth += c == '[';
            if (c == '(' && !(at + 1 < pattern.len && pattern.ptr[at + 1] == '?'))
                t.groups++;
            emit(&t, &c, 1);
            at++;
        }
    }
    *length = t.length;
    return true;
}

static bool read_flags(Str flags, uint32_t *icu, bool *free_spacing)
{
    *icu = 0;
    *free_spacing = false;
    for (size_t i = 0; i < flags.len; i++) {
        switch (flags.ptr[i]) {
        case 's': *icu |= UREGEX_DOTALL; break;
        case 'm': *icu |= UREGEX_MULTILINE; break;
        case 'i': *icu |= UREGEX_CASE_INSENSITIVE; break;
        case 'x': *free_spacing = true; break;
        default: return false;
        }
    }
    return true;
}

Regex *regex_open(Str pattern, Str flags)
{
    uint32_t icu_flags;
    bool free_spacing;
    size_t length;
    UErrorCode status = U_ZERO_ERROR;
    UParseError place;
    Regex *regex = NULL;

    if (pattern.len > MAX_PATTERN || !read_flags(flags, &icu_flags, &free_spacing))
        return NULL;
    if ((regex = shelf_take(pattern, icu_flags, free_spacing)))
        return regex;
    char *translated = malloc(pattern.len * 8 + 1);
    if (!translated)
        return NULL;
    if (translate(pattern, free_spacing, translated, &length)) {
        UText *text = utext_openUTF8(NULL, translated, (int64_t)length, &status);
        URegularExpression *icu = uregex_openUText(text, icu_flags, &place, &status);
        utext_close(text);
        if (U_SUCCESS(status) && (regex = calloc(1, sizeof *regex)) != NULL) {
            regex->icu = icu;
            uregex_setTimeLimit(icu, TIME_LIMIT, &status);
            uregex_setStackLimit(icu, STACK_LIMIT, &status);
            regex->groups = uregex_groupCount(icu, &status);
            regex->flags = icu_flags;
            regex->free_spacing = free_spacing;
            regex->pattern_length = pattern.len;
            if (pattern.len <= KEPT_PATTERN && (regex->pattern = malloc(pattern.len + 1)))
                memcpy(regex->pattern, pattern.ptr ? pattern.ptr : "", pattern.len);
        } else {
            uregex_close(icu);
        }
    }
    free(translated);
    return regex;
}

void regex_close(Regex *regex)
{
    if (regex && (!regex->pattern || !shelf_put(regex)))
        regex_free(regex);
}

/* --- Matching ------------------------------------------------------------------------------ */

Truth regex_search(Regex *regex, Str text)
{
    UErrorCode status = U_ZERO_ERROR;
    UText *subject = utext_openUTF8(NULL, text.ptr ? text.ptr : "", (int64_t)text.len, &status);

    uregex_setUText(regex->icu, subject, &status);
    UBool found = uregex_find64(regex->icu, 0, &status);
    Truth truth = U_FAILURE(status) ? UNKNOWN : found ? YES : NO;
    uregex_setText(regex->icu, u"", 0, &status);
    utext_close(subject);
    return truth;
}

typedef struct Growing {
    char *bytes;
    size_t length;
    size_t capacity;
    size_t most;
    bool failed;
} Growing;

static void grow(Growing *g, const char *bytes, size_t count)
{
    if (g->failed || count > g->most - g->length) {
        g->failed = true;
        return;
    }
    if (count == 0)
        return;
    assert(bytes);
    if (g->length + count > g->capacity) {
        size_t capacity = (g->length + count) * 2 + 64;
        char *grown = realloc(g->bytes, capacity);
        if (!grown) {
            g->failed = true;
            return;
        }
        g->bytes = grown;
        g->capacity = capacity;
    }
    memcpy(g->bytes + g->length, bytes, count);
    g->length += count;
}

/* Add the replacement of the current match. $12 means group 12 if there is one, else
 * group 1 and a 2. */
static bool expand(Regex *regex, Growing *out, Str text, Str replacement)
{
    UErrorCode status = U_ZERO_ERROR;

    for (size_t i = 0; i < replacement.len; i++) {
        char c = replacement.ptr[i];
        if (c == '\\') {
            if (++i == replacement.len || (replacement.ptr[i] != '\\' && replacement.ptr[i] != '$'))
                return false;
            grow(out, replacement.ptr + i, 1);
        } else if (c == '$') {
            int32_t group;
            if (++i == replacement.len || replacement.ptr[i] < '0' || replacement.ptr[i] > '9')
                return false;
            group = replacement.ptr[i] - '0';
            while (i + 1 < replacement.len && replacement.ptr[i + 1] >= '0' &&
                   replacement.ptr[i + 1] <= '9' &&
                   group * 10 + replacement.ptr[i + 1] - '0' <= regex->groups)
                group = group * 10 + replacement.ptr[++i] - '0';
            if (group > regex->groups)
                continue;
            int64_t from = uregex_start64(regex->icu, group, &status);
            int64_t to = uregex_end64(regex->icu, group, &status);
            if (U_SUCCESS(status) && from >= 0)
                grow(out, text.ptr + from, (size_t)(to - from));
        } else {
            grow(out, &c, 1);
        }
    }
    return true;
}

bool regex_replace(Regex *regex, Str text, Str replacement, size_t most, RegexText *out,
                   bool *too_long)
{
    Growing result = {.most = most};
    UErrorCode status = U_ZERO_ERROR;
    size_t from = 0;
    bool done = true;

    *too_long = false;
    if (regex_search(regex, STR("")) != NO)
        return false;
    UText *subject = utext_openUTF8(NULL, text.ptr ? text.ptr : "", (int64_t)text.len, &status);
    uregex_setUText(regex->icu, subject, &status);
    while (done && !result.failed && uregex_findNext(regex->icu, &status)) {
        size_t start = (size_t)uregex_start64(regex->icu, 0, &status);
        size_t end = (size_t)uregex_end64(regex->icu, 0, &status);
        if (U_FAILURE(status) || end <= start)
            break;
        grow(&result, text.ptr + from, start - from);
        done = expand(regex, &result, text, replacement);
        from = end;
    }
    grow(&result, text.ptr + from, text.len - from);
    uregex_setText(regex->icu, u"", 0, &status);
    utext_close(subject);
    *too_long = result.failed;
    if (!done || U_FAILURE(status) || result.failed) {
        free(result.bytes);
        return false;
    }
    *out = (RegexText){result.bytes, result.length};
    return true;
}

bool regex_split(Regex *regex, Str text, size_t most, size_t **offsets, size_t *count)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t capacity = 0;

    *offsets = NULL;
    *count = 0;
    if (regex_search(regex, STR("")) != NO)
        return false;
    UText *subject = utext_openUTF8(NULL, text.ptr ? text.ptr : "", (int64_t)text.len, &status);
    uregex_setUText(regex->icu, subject, &status);
    while (*count < most && uregex_findNext(regex->icu, &status)) {
        if (*count == capacity) {
            capacity = capacity ? capacity * 2 : 16;
            size_t *grown = realloc(*offsets, capacity * 2 * sizeof *grown);
            if (!grown)
                break;
            *offsets = grown;
        }
        (*offsets)[*count * 2] = (size_t)uregex_start64(regex->icu, 0, &status);
        (*offsets)[*count * 2 + 1] = (size_t)uregex_end64(regex->icu, 0, &status);
        ++*count;
    }
    uregex_setText(regex->icu, u"", 0, &status);
    utext_close(subject);
    if (U_FAILURE(status)) {
        free(*offsets);
        return false;
    }
    return true;
}
