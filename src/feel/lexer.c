/* SPDX-License-Identifier: EUPL-1.2 */
/* Characters to words, names and literals (10.3.1.2, rules 25 to 36). */
#include "feel/parse.h"

#include "base/buf.h"
#include "base/utf8.h"

enum { MAX_NAME = 240, MAX_NAME_PARTS = 24 };

static const char *const KEYWORDS[] = {
    "and",    "or",   "in",    "between",   "instance", "if",       "then",     "else", "for",
    "return", "some", "every", "satisfies", "of",       "function", "external", NULL};

static bool is_blank_code(uint32_t code)
{
    return (code >= 9 && code <= 13) || code == ' ' || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || code == 0x180E || (code >= 0x2000 && code <= 0x200B) ||
           code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000 ||
           code == 0xFEFF;
}

/* Bytes of the blank at `at`, or 0. */
static size_t blank_at(Str text, size_t at)
{
    size_t next = at;

    if (at >= text.len)
        return 0;
    return is_blank_code(utf8_next(text, &next)) ? next - at : 0;
}

static bool starts_at(Str text, size_t at, const char *symbol)
{
    size_t length = strlen(symbol);

    return text.len - at >= length && memcmp(text.ptr + at, symbol, length) == 0;
}

/* The offset behind blanks and comments. */
static size_t behind_blanks(Str text, size_t at)
{
    while (at < text.len) {
        size_t blank = blank_at(text, at);
        if (blank) {
            at += blank;
        } else if (starts_at(text, at, "//")) {
            while (at < text.len && text.ptr[at] != '\n')
                at++;
        } else if (starts_at(text, at, "/*")) {
            ptrdiff_t end = str_find(str_slice(text, at + 2, text.len), STR("*/"));
            at = end < 0 ? text.len : at + 2 + (size_t)end + 2;
        } else {
            break;
        }
    }
    return at;
}

void skip_blanks(Parser *p)
{
    p->at = behind_blanks(p->text, p->at);
}

char peek(Parser *p)
{
    skip_blanks(p);
    return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

bool at_end(Parser *p)
{
    skip_blanks(p);
    return p->at >= p->text.len;
}

bool parse_accept(Parser *p, const char *symbol)
{
    skip_blanks(p);
    if (!starts_at(p->text, p->at, symbol))
        return false;
    p->at += strlen(symbol);
    return true;
}

void parse_expect(Parser *p, const char *symbol, const char *where)
{
    if (!parse_accept(p, symbol))
        parse_fail(p, p->at, "\"%s\" is missing %s", symbol, where);
}

static bool name_start_code(uint32_t code)
{
    return (code >= 'A' && code <= 'Z') || (code >= 'a' && code <= 'z') || code == '_' ||
           code == '?' || (code >= 0xC0 && code != 0xD7 && code != 0xF7 && !is_blank_code(code));
}

static bool name_part_code(uint32_t code)
{
    return name_start_code(code) || (code >= '0' && code <= '9') || code == 0xB7;
}

/* Bytes of the word (name characters only) at `at`. */
static size_t word_at(Str text, size_t at)
{
    size_t from = at;

    while (at < text.len) {
        size_t next = at;
        if (!name_part_code(utf8_next(text, &next)))
            break;
        at = next;
    }
    return at - from;
}

bool at_name_start(Parser *p)
{
    skip_blanks(p);
    if (p->at >= p->text.len)
        return false;
    size_t next = p->at;
    return name_start_code(utf8_next(p->text, &next));
}

static bool word_is(Str text, size_t at, const char *word)
{
    return starts_at(text, at, word) && word_at(text, at) == strlen(word);
}

bool peek_word(Parser *p, const char *word)
{
    skip_blanks(p);
    return word_is(p->text, p->at, word);
}

bool accept_word(Parser *p, const char *word)
{
    if (!peek_word(p, word))
        return false;
    p->at += strlen(word);
    return true;
}

void expect_word(Parser *p, const char *word, const char *where)
{
    if (!accept_word(p, word))
        parse_fail(p, p->at, "\"%s\" is missing %s", word, where);
}

static bool keyword_at(Str text, size_t at)
{
    for (const char *const *word = KEYWORDS; *word; word++)
        if (word_is(text, at, *word))
            return true;
    return false;
}

bool at_keyword(Parser *p)
{
    skip_blanks(p);
    return keyword_at(p->text, p->at);
}

static bool is_name_symbol(char c)
{
    return c && strchr("./-'+*", c);
}

bool name_same(Str normal, Str raw)
{
    size_t n = 0;
    char last = '\0';
    bool blank = false;

    for (size_t at = 0; at < raw.len;) {
        size_t skipped = blank_at(raw, at);
        if (skipped) {
            blank = n > 0;
            at += skipped;
            continue;
        }
        char c = raw.ptr[at++];
        if (blank && !is_name_symbol(c) && !is_name_symbol(last)) {
            if (n == normal.len || normal.ptr[n++] != ' ')
                return false;
        }
        if (n == normal.len || normal.ptr[n++] != c)
            return false;
        blank = false;
        last = c;
    }
    return n == normal.len;
}

Str name_normal(Arena *arena, Str raw)
{
    Buf out = buf_in(arena);
    bool blank = false;

    buf_reserve(&out, raw.len + 1);
    for (size_t at = 0; at < raw.len;) {
        size_t skipped = blank_at(raw, at);
        if (skipped) {
            blank = out.len > 0;
            at += skipped;
            continue;
        }
        char c = raw.ptr[at++];
        if (blank && !is_name_symbol(c) && !is_name_symbol(out.ptr[out.len - 1]))
            buf_add_char(&out, ' ');
        buf_add_char(&out, c);
        blank = false;
    }
    return buf_str(&out);
}

/* --- Names ------------------------------------------------------------------------- */

/* Grow a name by one part (a word or one of the symbols a name may hold), with a blank
 * between two words. Moves `at` behind the part. */
static bool grow_name(Str text, size_t *at, char name[MAX_NAME], size_t *length)
{
    size_t from = *at;

    while (blank_at(text, from))
        from += blank_at(text, from);
    if (from >= text.len || starts_at(text, from, "//") || starts_at(text, from, "/*"))
        return false;
    size_t part = word_at(text, from);
    if (part == 0 && is_name_symbol(text.ptr[from]))
        part = 1;
    size_t gap = from > *at && *length > 0 && !is_name_symbol(text.ptr[from]) &&
                 !is_name_symbol(name[*length - 1]);
    if (part == 0 || *length + gap + part > MAX_NAME)
        return false;
    if (gap)
        name[(*length)++] = ' ';
    memcpy(name + *length, text.ptr + from, part);
    *length += part;
    *at = from + part;
    return true;
}

bool parse_known_name(Parser *p, NameKnown *known, const void *what, Str *out)
{
    char name[MAX_NAME];
    size_t length = 0, best = 0, best_end = 0;

    if (!at_name_start(p))
        return false;
    size_t at = p->at;
    for (int part = 0; part < MAX_NAME_PARTS && grow_name(p->text, &at, name, &length); part++) {
        if (known(p, what, (Str){name, length})) {
            best = length;
            best_end = at;
        }
    }
    if (best == 0)
        return false;
    *out = str_copy(p->arena, (Str){name, best});
    p->at = best_end;
    return true;
}

bool parse_plain_name(Parser *p, Str *out)
{
    char name[MAX_NAME];
    size_t length = 0;

    if (!at_name_start(p))
        return false;
    size_t at = p->at, end = at;
    while (end == p->at || !keyword_at(p->text, behind_blanks(p->text, at))) {
        size_t word = behind_blanks(p->text, at);
        if (word_at(p->text, word) == 0 || !grow_name(p->text, &at, name, &length))
            break;
        end = at;
    }
    if (end == p->at)
        return false;
    *out = str_copy(p->arena, (Str){name, length});
    p->at = end;
    return true;
}

bool parse_name_before(Parser *p, const char *stops, Str *out)
{
    char name[MAX_NAME];
    size_t length = 0;

    if (!at_name_start(p))
        return false;
    size_t at = p->at;
    while (grow_name(p->text, &at, name, &length)) {
    }
    size_t stop = behind_blanks(p->text, at);
    if (stop >= p->text.len || !strchr(stops, p->text.ptr[stop]))
        return false;
    *out = str_copy(p->arena, (Str){name, length});
    p->at = at;
    return true;
}

/* --- Literals ------------------------------------------------------------------------ */

static bool hex_digits(Str text, size_t at, size_t count, uint32_t *out)
{
    uint32_t value = 0;

    if (text.len - at < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        char c = text.ptr[at + i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            digit = (uint32_t)((c | 32) - 'a' + 10);
        else
            return false;
        value = value * 16 + digit;
    }
    *out = value;
    return true;
}

/* \u0041, \U01F40E, and two \u that make a surrogate pair. */
static bool read_unicode_escape(Parser *p, Buf *out)
{
    bool wide = p->text.ptr[p->at] == 'U';
    size_t at = p->at + 1;
    uint32_t code, low;
    char bytes[4];

    if (!hex_digits(p->text, at, wide ? 6 : 4, &code))
        return false;
    at += wide ? 6 : 4;
    if (code >= 0xD800 && code <= 0xDBFF && starts_at(p->text, at, "\\u") &&
        hex_digits(p->text, at + 2, 4, &low) && low >= 0xDC00 && low <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    buf_add(out, (Str){bytes, utf8_encode(code, bytes)});
    p->at = at;
    return true;
}

static void read_escape(Parser *p, Buf *out)
{
    static const char from[] = "nrt\"'\\", to[] = "\n\r\t\"'\\";

    if (p->at < p->text.len && (p->text.ptr[p->at] | 32) == 'u' && read_unicode_escape(p, out))
        return;
    const char *found =
        p->at < p->text.len && p->text.ptr[p->at] ? strchr(from, p->text.ptr[p->at]) : NULL;
    if (found) {
        buf_add_char(out, to[found - from]);
        p->at++;
    } else {
        buf_add_char(out, '\\'); /* "\d" of a regular expression stays as it is */
    }
}

Str parse_string_literal(Parser *p)
{
    size_t place = p->at++;
    Buf out = buf_in(p->arena);

    buf_reserve(&out, 1);
    for (;;) {
        if (p->at >= p->text.len)
            parse_fail(p, place, "this text has no closing \"");
        char c = p->text.ptr[p->at++];
        if (c == '"')
            return buf_str(&out);
        if (c == '\\')
            read_escape(p, &out);
        else
            buf_add_char(&out, c);
    }
}

Number parse_number_literal(Parser *p)
{
    size_t from = p->at, at = from;
    Str t = p->text;
    Number number;

    while (at < t.len && t.ptr[at] >= '0' && t.ptr[at] <= '9')
        at++;
    if (at + 1 < t.len && t.ptr[at] == '.' && t.ptr[at + 1] >= '0' && t.ptr[at + 1] <= '9')
        for (at++; at < t.len && t.ptr[at] >= '0' && t.ptr[at] <= '9';)
            at++;
    if (at < t.len && (t.ptr[at] | 32) == 'e') {
        size_t exponent = at + 1;
        if (exponent < t.len && (t.ptr[exponent] == '+' || t.ptr[exponent] == '-'))
            exponent++;
        size_t digits = exponent;
        while (exponent < t.len && t.ptr[exponent] >= '0' && t.ptr[exponent] <= '9')
            exponent++;
        if (exponent > digits)
            at = exponent;
    }
    if (!number_parse(str_slice(t, from, at), &number))
        parse_fail(p, from, "this number is too large");
    p->at = at;
    return number;
}
