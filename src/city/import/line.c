/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/line.h"

#include "base/vec.h"

#include <math.h>
#include <stdlib.h>

enum { NUMBER_MAX = 64, EXACT_DIGITS = 15, EXACT_POWER = 22, TAGS_MAX = 256 };
static const int64_t EXACT_WHOLE = 1LL << 53; /* doubles hold all whole numbers up to here */

LineReader line_reader(Arena *arena, Str text)
{
    const char *at = text.ptr ? text.ptr : "";

    return (LineReader){.arena = arena, .at = at, .end = at + text.len, .line = 1};
}

/* --- Numbers -----------------------------------------------------------------------------------
 */

/* "-12.25": a whole number of up to 15 digits divided by a power of ten, both of which doubles
 * hold, so that the quotient is the nearest double (Clinger 1990). */
static bool plain_number(Str text, double *out)
{
    static const double POWERS[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *at = text.ptr, *end = text.ptr + text.len, *point = NULL;
    bool negative = at < end && *at == '-';
    int64_t whole = 0;

    at += negative;
    if (at == end || end - at > EXACT_DIGITS)
        return false;
    for (; at < end; at++) {
        if (*at == '.' && !point)
            point = at + 1;
        else if (*at >= '0' && *at <= '9')
            whole = whole * 10 + (*at - '0');
        else
            return false;
    }
    if (point && (point == end || point == text.ptr + negative + 1))
        return false;
    double number = (double)whole / POWERS[point ? end - point : 0];
    *out = negative ? -number : number;
    return true;
}

static bool any_number(Str text, double *out)
{
    char copy[NUMBER_MAX], *end;

    if (!text.len || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (strspn(copy, "+-0123456789.eE") != text.len)
        return false;
    *out = strtod(copy, &end);
    return *end == '\0' && isfinite(*out);
}

static bool only_digits(Str text)
{
    size_t at = text.len && text.ptr[0] == '-';

    if (at == text.len || text.len >= NUMBER_MAX)
        return false;
    for (; at < text.len; at++)
        if (text.ptr[at] < '0' || text.ptr[at] > '9')
            return false;
    return true;
}

/* "5i", "5u": the letter says that it is whole. */
static bool whole_number(LineField *field)
{
    Str digits = {field->value.ptr, field->value.len - 1};
    int64_t whole;

    if (plain_number(digits, &field->number))
        return only_digits(digits);
    if (!only_digits(digits))
        return false;
    field->value = digits;
    field->digits = !str_to_i64(digits, &whole) || whole > EXACT_WHOLE || whole < -EXACT_WHOLE;
    field->number = field->digits ? 0 : (double)whole;
    return !field->digits || digits.ptr[digits.ptr[0] == '-'] != '0';
}

static bool truth(Str text, double *out)
{
    *out = str_is(text, "t") || str_is(text, "T") || str_is(text, "true") || str_is(text, "True") ||
           str_is(text, "TRUE");
    return *out > 0 || str_is(text, "f") || str_is(text, "F") || str_is(text, "false") ||
           str_is(text, "False") || str_is(text, "FALSE");
}

static bool read_value(LineField *field)
{
    Str value = field->value;

    if (!value.len)
        return false;
    char last = value.ptr[value.len - 1];
    if (last == 'i' || last == 'u')
        return whole_number(field);
    return plain_number(value, &field->number) || any_number(value, &field->number) ||
           truth(value, &field->number);
}

/* --- Lines -------------------------------------------------------------------------------------
 */

static bool is_escaped(char c)
{
    return c == ',' || c == ' ' || c == '=' || c == '\\';
}

/* Move to the first sign of `a`, `b` or the line's end that no backslash takes the meaning from. */
static Str name_until(LineReader *reader, char a, char b)
{
    const char *from = reader->at, *at = from, *end = reader->end;

    while (at < end && *at != a && *at != b && *at != '\n')
        at += *at == '\\' && at + 1 < end && is_escaped(at[1]) ? 2 : 1;
    reader->at = at;
    return (Str){from, (size_t)(at - from)};
}

static bool is_next(const LineReader *reader, char c)
{
    return reader->at < reader->end && *reader->at == c;
}

/* At the line's end, where there may be a carriage return. */
static bool at_end(const LineReader *reader)
{
    const char *at = reader->at;

    if (at < reader->end && *at == '\r')
        at++;
    return at == reader->end || *at == '\n';
}

static void skip_blanks(LineReader *reader)
{
    while (is_next(reader, ' '))
        reader->at++;
}

static void skip_line(LineReader *reader)
{
    const char *found = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

    reader->at = found ? found + 1 : reader->end;
    reader->line += found != NULL;
}

/* A text in quotes, which may hold ends of lines. */
static const char *read_text(LineReader *reader, LineField *field)
{
    const char *from = reader->at++, *at = reader->at;

    while (at < reader->end && *at != '"') {
        reader->line += *at == '\n';
        at += *at == '\\' && at + 1 < reader->end && (at[1] == '"' || at[1] == '\\') ? 2 : 1;
    }
    reader->at = at;
    if (at == reader->end)
        return "a text has no end: its second quote is missing";
    reader->at++;
    field->text = true;
    field->value = (Str){from, (size_t)(reader->at - from)};
    return NULL;
}

static const char *read_field(LineReader *reader, LinePoint *point)
{
    LineField field = {.name = name_until(reader, '=', ' ')};
    const char *problem = NULL;

    if (!field.name.len || !is_next(reader, '='))
        return "a field is no name=value";
    reader->at++;
    if (is_next(reader, '"')) {
        problem = read_text(reader, &field);
    } else {
        const char *from = reader->at, *at = from;
        while (at < reader->end && *at != ',' && *at != ' ' && *at != '\n' && *at != '\r')
            at++;
        reader->at = at;
        field.value = (Str){from, (size_t)(at - from)};
        if (!read_value(&field))
            problem = "a value is no number (1.5, 2i, 2u) and neither true nor false";
    }
    VEC_PUSH(reader->arena, point, field);
    return problem;
}

static const char *read_time(LineReader *reader, LinePoint *point)
{
    const char *from = reader->at;

    while (reader->at < reader->end && *reader->at != ' ' && !at_end(reader))
        reader->at++;
    point->timed = true;
    return str_to_i64((Str){from, (size_t)(reader->at - from)}, &point->time)
               ? NULL
               : "the time is no whole number";
}

static const char *read_line(LineReader *reader, LinePoint *point)
{
    const char *problem;

    point->head = name_until(reader, ' ', ' ');
    if (!is_next(reader, ' '))
        return "it has no field: measurement,tag=a field=1.5";
    skip_blanks(reader);
    do {
        if ((problem = read_field(reader, point)))
            return problem;
    } while (is_next(reader, ',') && ++reader->at);
    skip_blanks(reader);
    if (!at_end(reader) && (problem = read_time(reader, point)))
        return problem;
    skip_blanks(reader);
    return at_end(reader) ? NULL : "something stands behind the time";
}

bool line_next(LineReader *reader, LinePoint *point)
{
    for (skip_blanks(reader); reader->at < reader->end; skip_blanks(reader)) {
        if (*reader->at == '#' || at_end(reader)) {
            skip_line(reader);
            continue;
        }
        *point =
            (LinePoint){.line = reader->line, .items = point->items, .capacity = point->capacity};
        point->problem = read_line(reader, point);
        skip_line(reader);
        return true;
    }
    return false;
}

/* --- Names -------------------------------------------------------------------------------------
 */

typedef struct Tag {
    Str whole, name;
} Tag;

static int by_name(const void *a, const void *b)
{
    const Tag *x = a, *y = b;

    return str_compare(x->name, y->name);
}

static bool read_tags(LineReader *reader, Tag *tags, size_t *count, const char **problem)
{
    *problem = "a tag is no name=value";
    while (is_next(reader, ',')) {
        reader->at++;
        const char *from = reader->at;
        Str name = name_until(reader, '=', ',');
        if (!name.len || !is_next(reader, '='))
            return false;
        reader->at++;
        if (!name_until(reader, ',', ',').len)
            return false;
        if (*count == TAGS_MAX) {
            *problem = "it has more than 256 tags";
            return false;
        }
        tags[(*count)++] = (Tag){{from, (size_t)(reader->at - from)}, name};
    }
    qsort(tags, *count, sizeof *tags, by_name);
    *problem = "two tags have the same name";
    for (size_t i = 1; i < *count; i++)
        if (str_eq(tags[i - 1].name, tags[i].name))
            return false;
    return true;
}

bool line_canonical(Arena *arena, Str head, Str *out, const char **problem)
{
    LineReader reader = line_reader(arena, head);
    Tag tags[TAGS_MAX];
    Str measurement = name_until(&reader, ',', ',');
    char *to = arena_alloc(arena, head.len + 1);
    size_t count = 0, length = measurement.len;

    *problem = "it names no measurement";
    if (!measurement.len || !read_tags(&reader, tags, &count, problem))
        return false;
    memcpy(to, measurement.ptr, measurement.len);
    for (size_t i = 0; i < count; i++) {
        to[length++] = ',';
        memcpy(to + length, tags[i].whole.ptr, tags[i].whole.len);
        length += tags[i].whole.len;
    }
    *out = (Str){to, length};
    return true;
}

Str line_measurement(Str head)
{
    LineReader reader = line_reader(NULL, head);

    return name_until(&reader, ',', ',');
}

Str line_plain(Arena *arena, Str name)
{
    char *out = arena_alloc(arena, name.len + 1);
    size_t length = 0;

    for (size_t i = 0; i < name.len; i++) {
        i += name.ptr[i] == '\\' && i + 1 < name.len && is_escaped(name.ptr[i + 1]);
        out[length++] = name.ptr[i];
    }
    return (Str){out, length};
}
