/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/hours_rule.h"

typedef struct Reader {
    Str text;
    size_t at;
} Reader;

static void blanks(Reader *reader)
{
    while (reader->at < reader->text.len && reader->text.ptr[reader->at] == ' ')
        reader->at++;
}

static char peek(const Reader *reader)
{
    return reader->at < reader->text.len ? reader->text.ptr[reader->at] : 0;
}

static bool take(Reader *reader, char c)
{
    blanks(reader);
    if (peek(reader) != c)
        return false;
    reader->at++;
    blanks(reader);
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static Str rest(const Reader *reader)
{
    return str_slice(reader->text, reader->at, reader->text.len);
}

/* The word that stands here; it is not passed. */
static Str word(Reader *reader)
{
    size_t end = reader->at;

    blanks(reader);
    for (end = reader->at; end < reader->text.len && is_letter(reader->text.ptr[end]);)
        end++;
    return str_slice(reader->text, reader->at, end);
}

/* Pass the word when it is one of the names; -1: it is none. */
static int take_name(Reader *reader, const char *const *names, int count)
{
    Str found = word(reader);

    for (int i = 0; i < count; i++)
        if (str_is(found, names[i])) {
            reader->at += found.len;
            return i;
        }
    return -1;
}

static int take_number(Reader *reader, int most)
{
    int value = 0;
    size_t digits = 0;

    blanks(reader);
    for (; digits < 2 && peek(reader) >= '0' && peek(reader) <= '9'; digits++, reader->at++)
        value = value * 10 + (peek(reader) - '0');
    return digits && value <= most ? value : -1;
}

static int take_weekday(Reader *reader)
{
    static const char *const DAYS[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};

    return take_name(reader, DAYS, 7);
}

static int take_month(Reader *reader)
{
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    return take_name(reader, MONTHS, 12) + 1;
}

static bool take_off(Reader *reader)
{
    static const char *const WORDS[] = {"off", "closed"};

    return take_name(reader, WORDS, 2) >= 0;
}

static bool fails(const Reader *reader, const char *what, Err *err)
{
    Str here = str_slice(rest(reader), 0, 40);

    return err_set(err, ERR_INPUT, "opening hours: %s at \"%.*s\"", what, STR_ARG(here));
}

/* --- Days ----------------------------------------------------------------------------------------
 */

/* ":30", and not the ":" behind days. */
static bool begins_minutes(const Reader *reader)
{
    Str here = rest(reader);

    return here.len > 1 && here.ptr[0] == ':' && here.ptr[1] >= '0' && here.ptr[1] <= '9';
}

/* A day of the month, where a number stands here that begins no time. */
static bool take_day(Reader *reader, int month, int *day)
{
    static const int LENGTHS[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    Reader ahead = *reader;
    int number = take_number(&ahead, LENGTHS[month - 1]);

    if (number < 1 || begins_minutes(&ahead))
        return false;
    *day = number;
    *reader = ahead;
    return true;
}

/* "May", "May-Oct", "Dec 24", "Dec 24-26", "Apr 15-Oct 15". */
static bool read_season(Reader *reader, int month, HoursRule *rule, Err *err)
{
    int first = 1, last = 31, until = month;
    bool days = take_day(reader, month, &first);

    if (days)
        last = first;
    if (take(reader, '-')) {
        int named = take_month(reader);
        until = named ? named : month;
        last = 31;
        if (!take_day(reader, until, &last) && (days || !named))
            return fails(reader, "a day of a month is missing", err);
    }
    if (rule->season_count == HOURS_SEASONS_MAX)
        return fails(reader, "too many months", err);
    rule->seasons[rule->season_count++] = (HoursSeason){month * 32 + first, until * 32 + last};
    return true;
}

static bool read_weekdays(Reader *reader, int first, HoursRule *rule, Err *err)
{
    int last = first;

    if (take(reader, '-') && (last = take_weekday(reader)) < 0)
        return fails(reader, "a day of the week is missing", err);
    for (int day = first;; day = (day + 1) % 7) {
        rule->week |= 1 << day;
        if (day == last)
            return true;
    }
}

/* One of the rule's days, months or "PH"; `*found` false when none stands here. */
static bool read_day(Reader *reader, HoursRule *rule, bool *found, Err *err)
{
    static const char *const HOLIDAYS[] = {"PH"};
    int month = take_month(reader);

    *found = true;
    if (month)
        return read_season(reader, month, rule, err);
    int day = take_weekday(reader);
    if (day >= 0)
        return read_weekdays(reader, day, rule, err);
    if (take_name(reader, HOLIDAYS, 1) == 0)
        return rule->holidays = true;
    *found = false;
    return true;
}

static bool read_days(Reader *reader, HoursRule *rule, Err *err)
{
    for (bool found = true, comma = false;;) {
        if (!read_day(reader, rule, &found, err))
            return false;
        if (!found)
            return !comma || fails(reader, "a day is missing", err);
        comma = take(reader, ',');
        if (!comma)
            take(reader, ':'); /* "Mo-Fr: 8:00-12:00" */
    }
}

/* --- Times ---------------------------------------------------------------------------------------
 */

static bool take_time(Reader *reader, int *minutes)
{
    int hour = take_number(reader, 48), minute;

    if (hour < 0 || peek(reader) != ':')
        return false;
    reader->at++;
    if ((minute = take_number(reader, 59)) < 0)
        return false;
    *minutes = hour * 60 + minute;
    return *minutes <= 2 * HOURS_DAY;
}

static bool read_span(Reader *reader, HoursRule *rule, Err *err)
{
    HoursSpan span;

    if (!take_time(reader, &span.from) || span.from >= HOURS_DAY || !take(reader, '-') ||
        !take_time(reader, &span.to))
        return fails(reader, "a time as 08:00-18:00 is missing", err);
    if (span.to <= span.from)
        span.to += HOURS_DAY;
    if (rule->span_count == HOURS_SPANS_MAX)
        return fails(reader, "too many times", err);
    rule->spans[rule->span_count++] = span;
    return true;
}

static bool at_digit(Reader *reader)
{
    blanks(reader);
    return peek(reader) >= '0' && peek(reader) <= '9';
}

/* Times, "off", or nothing, which is all day. `*adds`: another rule follows that adds to it. */
static bool read_times(Reader *reader, HoursRule *rule, bool *adds, Err *err)
{
    *adds = false;
    if (str_starts_with(rest(reader), "24/7")) {
        reader->at += 4;
    } else if (take_off(reader)) {
        return rule->off = true;
    } else if (at_digit(reader)) {
        do {
            if (!read_span(reader, rule, err))
                return false;
            *adds = take(reader, ',');
        } while (*adds && at_digit(reader));
        return true;
    } else if (!rule->week && !rule->season_count && !rule->holidays) {
        return fails(reader, "days or times are missing", err);
    }
    rule->spans[rule->span_count++] = (HoursSpan){0, HOURS_DAY};
    return true;
}

bool hours_parse(Str text, Str land, Arena *arena, Hours *out, Err *err)
{
    Reader reader = {.text = str_trim(text)};
    bool adds = false;

    *out = (Hours){.rules = arena_array(arena, HoursRule, HOURS_RULES_MAX), .land = land};
    if (!reader.text.len || reader.text.len > HOURS_TEXT_MAX)
        return err_set(err, ERR_INPUT, "opening hours: a text of 1 to %d bytes is wanted",
                       HOURS_TEXT_MAX);
    do {
        HoursRule *rule = &out->rules[out->count];
        if (out->count++ == HOURS_RULES_MAX)
            return fails(&reader, "too many rules", err);
        *rule = (HoursRule){.adds = adds};
        if (!read_days(&reader, rule, err) || !read_times(&reader, rule, &adds, err))
            return false;
    } while (adds || (take(&reader, ';') && reader.at < reader.text.len));
    return reader.at == reader.text.len || fails(&reader, "this is not understood", err);
}
