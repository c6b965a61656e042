/* SPDX-License-Identifier: EUPL-1.2 */
/* Kassenzeichen: made from the tenant's pattern, found again in what people type into a
 * transfer. The pattern holds digits and {year:2}, {year:4}, {account:N}, {number:N} and, as
 * its last part, {check}. */
#include "pay/reference.h"

#include "base/check_digit.h"
#include "base/vec.h"

#include <ctype.h>

enum { MAX_REFERENCE = 32 };

Str revenue_number(const Node *settings, Str revenue)
{
    const Node *account = node_get_str(node_path(settings, STR("money.accounts")), revenue);

    return node_get_text(account, "number");
}

typedef enum PartKind {
    PART_DIGITS,
    PART_YEAR,
    PART_ACCOUNT,
    PART_NUMBER,
    PART_CHECK,
} PartKind;

typedef struct Part {
    PartKind kind;
    Str digits; /* PART_DIGITS */
    int width;
} Part;

typedef struct Pattern {
    Part parts[12];
    size_t count;
    int width; /* digits in all */
} Pattern;

static bool bad_pattern(const Node *at, const char *why, Err *err)
{
    return err_at(err, "tenant.yaml", at ? at->line : 0, at ? at->column : 0,
                  "money.payment_reference \"%.*s\": %s; write for example "
                  "\"5{year:2}{account:3}{number:7}{check}\"",
                  STR_ARG(node_text(at)), why);
}

static bool parse_braces(Str inside, Part *part)
{
    Str name = str_cut(&inside, ':');
    int64_t width = 1;

    if (str_is(name, "check")) {
        *part = (Part){.kind = PART_CHECK, .width = 1};
        return !inside.ptr;
    }
    if (!inside.ptr || !str_to_i64(inside, &width) || width < 1 || width > 12)
        return false;
    part->width = (int)width;
    if (str_is(name, "year"))
        part->kind = PART_YEAR;
    else if (str_is(name, "account"))
        part->kind = PART_ACCOUNT;
    else if (str_is(name, "number"))
        part->kind = PART_NUMBER;
    else
        return false;
    return part->kind != PART_YEAR || width == 2 || width == 4;
}

static bool parse_pattern(const Node *pattern, Pattern *out, Err *err)
{
    Str rest = node_text(pattern);
    bool numbered = false;

    *out = (Pattern){0};
    while (rest.len) {
        Part part = {0};
        if (out->count == sizeof out->parts / sizeof *out->parts)
            return bad_pattern(pattern, "too many parts", err);
        if (rest.ptr[0] == '{') {
            ptrdiff_t end = str_find_char(rest, '}');
            if (end < 0 || !parse_braces(str_slice(rest, 1, (size_t)end), &part))
                return bad_pattern(pattern, "unknown part in braces", err);
            rest = str_slice(rest, (size_t)end + 1, rest.len);
        } else {
            size_t len = 0;
            while (len < rest.len && isdigit((unsigned char)rest.ptr[len]))
                len++;
            if (len == 0)
                return bad_pattern(pattern, "only digits and parts in braces are allowed", err);
            part =
                (Part){.kind = PART_DIGITS, .digits = str_slice(rest, 0, len), .width = (int)len};
            rest = str_slice(rest, len, rest.len);
        }
        numbered = numbered || part.kind == PART_NUMBER;
        if (out->count && out->parts[out->count - 1].kind == PART_CHECK)
            return bad_pattern(pattern, "{check} is the last part", err);
        out->width += part.width;
        out->parts[out->count++] = part;
    }
    if (!numbered || out->parts[out->count - 1].kind != PART_CHECK)
        return bad_pattern(pattern, "it needs {number:N} and ends in {check}", err);
    if (out->width > MAX_REFERENCE)
        return bad_pattern(pattern, "it is longer than 32 digits", err);
    return true;
}

static const Node *pattern_of(const Node *settings)
{
    return node_path(settings, STR("money.payment_reference"));
}

bool payment_reference_make(const Node *settings, int64_t number, Str revenue, Date date,
                            Arena *arena, Str *out, Err *err)
{
    Pattern pattern;
    Buf buf = buf_in(arena);
    Str account = revenue_number(settings, revenue);

    if (!node_text(pattern_of(settings)).ptr)
        return bad_pattern(NULL, "it is missing", err);
    if (!parse_pattern(pattern_of(settings), &pattern, err))
        return false;
    for (size_t i = 0; i < pattern.count; i++) {
        const Part *part = &pattern.parts[i];
        size_t before = buf.len;
        switch (part->kind) {
        case PART_DIGITS: buf_add(&buf, part->digits); break;
        case PART_YEAR:
            buf_addf(&buf, "%0*d", part->width, part->width == 2 ? date.year % 100 : date.year);
            break;
        case PART_ACCOUNT: {
            int64_t value;
            if (!str_to_i64(account, &value) || value < 0)
                return err_at(err, "tenant.yaml", 0, 0,
                              "money.accounts has no account \"%.*s\" with a number",
                              STR_ARG(revenue));
            buf_addf(&buf, "%0*lld", part->width, (long long)value);
            break;
        }
        case PART_NUMBER: buf_addf(&buf, "%0*lld", part->width, (long long)number); break;
        case PART_CHECK:
            buf_add_char(&buf, (char)('0' + check_digit_mod11_10(buf_str(&buf))));
            break;
        }
        if (buf.len - before != (size_t)part->width)
            return bad_pattern(pattern_of(settings),
                               str_cstr(arena, str_printf(arena, "part %zu has no room", i + 1)),
                               err);
    }
    *out = buf_str(&buf);
    return true;
}

/* Does the fixed part of the pattern fit, and the check digit? */
static bool fits(const Pattern *pattern, Str digits)
{
    size_t at = 0;

    for (size_t i = 0; i < pattern->count; i++) {
        const Part *part = &pattern->parts[i];
        if (part->kind == PART_DIGITS &&
            !str_eq(part->digits, str_slice(digits, at, at + (size_t)part->width)))
            return false;
        at += (size_t)part->width;
    }
    return check_digit_mod11_10_ok(digits);
}

static bool is_separator(char c)
{
    return c == ' ' || c == '.' || c == '/' || c == '-' || c == '\n' || c == '\r';
}

enum { FEWEST_DIGITS = 2 }; /* that any pattern has: a number and the check digit */

/* Most texts name nothing; they need not be compared with the pattern. */
static bool has_digits(Str text)
{
    int count = 0;

    for (size_t i = 0; i < text.len && count < FEWEST_DIGITS; i++)
        count += isdigit((unsigned char)text.ptr[i]) != 0;
    return count >= FEWEST_DIGITS;
}

size_t payment_reference_find(const Node *settings, Str text, Arena *arena, Str **out)
{
    struct {
        Str *items;
        size_t count, capacity;
    } found = {0};
    Pattern pattern;
    Err err = {0};

    *out = NULL;
    if (!has_digits(text) || !parse_pattern(pattern_of(settings), &pattern, &err))
        return 0;
    for (size_t start = 0; start < text.len; start++) {
        char digits[MAX_REFERENCE];
        int have = 0;
        size_t at = start;
        if (!isdigit((unsigned char)text.ptr[start]))
            continue;
        while (at < text.len && have < pattern.width) {
            if (isdigit((unsigned char)text.ptr[at]))
                digits[have++] = text.ptr[at];
            else if (!is_separator(text.ptr[at]))
                break;
            at++;
        }
        Str candidate = {digits, (size_t)have};
        if (have < pattern.width || !fits(&pattern, candidate))
            continue;
        bool known = false;
        for (size_t i = 0; i < found.count; i++)
            known = known || str_eq(found.items[i], candidate);
        if (!known)
            VEC_PUSH(arena, &found, str_copy(arena, candidate));
    }
    *out = found.items;
    return found.count;
}

/* --- One slip away ------------------------------------------------------------------------------
 */

enum { MOST_RUNS = 20, MOST_NEAR = 400 };

typedef struct Near {
    const Pattern *pattern;
    Arena *arena;
    Str *items;
    size_t count, capacity;
} Near;

static void try_near(Near *near, const char *digits)
{
    Str candidate = {digits, (size_t)near->pattern->width};

    if (near->count >= MOST_NEAR || !fits(near->pattern, candidate))
        return;
    for (size_t i = 0; i < near->count; i++)
        if (str_eq(near->items[i], candidate))
            return;
    VEC_PUSH(near->arena, near, str_copy(near->arena, candidate));
}

static void try_same_length(Near *near, const char *digits, int width)
{
    char slip[MAX_REFERENCE + 2];

    for (int i = 0; i < width; i++) {
        memcpy(slip, digits, (size_t)width);
        for (int d = 0; d <= 9; d++) {
            slip[i] = (char)('0' + d);
            if (slip[i] != digits[i])
                try_near(near, slip);
        }
        slip[i] = digits[i];
        if (i + 1 < width && digits[i] != digits[i + 1]) {
            slip[i] = digits[i + 1];
            slip[i + 1] = digits[i];
            try_near(near, slip);
        }
    }
}

static void try_one_missing(Near *near, const char *digits, int width)
{
    char slip[MAX_REFERENCE + 2];

    for (int i = 0; i < width; i++) {
        memcpy(slip, digits, (size_t)i);
        memcpy(slip + i + 1, digits + i, (size_t)(width - 1 - i));
        for (int d = 0; d <= 9; d++) {
            slip[i] = (char)('0' + d);
            try_near(near, slip);
        }
    }
}

static void try_one_too_many(Near *near, const char *digits, int width)
{
    char slip[MAX_REFERENCE + 2];

    for (int i = 0; i <= width; i++) {
        memcpy(slip, digits, (size_t)i);
        memcpy(slip + i, digits + i + 1, (size_t)(width - i));
        try_near(near, slip);
    }
}

/* A run of digits as somebody typed it: it ends where another character but a separator stands. */
static size_t take_run(Str text, size_t at, char *digits, int most, int *count)
{
    *count = 0;
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (isdigit((unsigned char)c) && *count <= most)
            digits[(*count)++] = c;
        else if (!isdigit((unsigned char)c) && !is_separator(c))
            break;
    }
    return at;
}

size_t payment_reference_near(const Node *settings, Str text, Arena *arena, Str **out)
{
    Pattern pattern;
    Err err = {0};
    Near near = {.pattern = &pattern, .arena = arena};

    *out = NULL;
    if (!parse_pattern(pattern_of(settings), &pattern, &err))
        return 0;
    size_t at = 0;
    for (int runs = 0; at < text.len && runs < MOST_RUNS; runs++) {
        char digits[MAX_REFERENCE + 4];
        int count;
        while (at < text.len && !isdigit((unsigned char)text.ptr[at]))
            at++;
        at = take_run(text, at, digits, pattern.width + 1, &count);
        if (count == pattern.width)
            try_same_length(&near, digits, count);
        else if (count == pattern.width - 1)
            try_one_missing(&near, digits, pattern.width);
        else if (count == pattern.width + 1)
            try_one_too_many(&near, digits, pattern.width);
    }
    *out = near.items;
    return near.count;
}
