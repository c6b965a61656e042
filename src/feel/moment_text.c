/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and writing of dates, times and durations (XML Schema's lexical forms, with
 * "@zone" as FEEL adds it). */
#include "feel/moment.h"

#include "base/buf.h"
#include "feel/zone.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Cursor {
    const char *at;
    const char *end;
} Cursor;

static bool take_char(Cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static size_t digit_count(const Cursor *c)
{
    size_t n = 0;

    while (c->at + n < c->end && c->at[n] >= '0' && c->at[n] <= '9')
        n++;
    return n;
}

/* The number in exactly `count` digits. */
static bool take_digits(Cursor *c, size_t count, int64_t *out)
{
    if (count == 0 || count > 18 || (size_t)(c->end - c->at) < count)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (c->at[i] < '0' || c->at[i] > '9')
            return false;
        value = value * 10 + (c->at[i] - '0');
    }
    c->at += count;
    *out = value;
    return true;
}

/* Digits behind the point as nanoseconds; more than nine are cut off. */
static int64_t take_fraction(Cursor *c)
{
    size_t count = digit_count(c);
    int64_t nanos = 0;

    for (size_t i = 0; i < 9; i++)
        nanos = nanos * 10 + (i < count ? c->at[i] - '0' : 0);
    c->at += count;
    return nanos;
}

static bool take_date(Cursor *c, int64_t *days)
{
    int64_t year, month, day;
    bool negative = take_char(c, '-');
    size_t digits = digit_count(c);

    if (digits < 4 || digits > 9 || (digits > 4 && *c->at == '0') ||
        !take_digits(c, digits, &year) || !take_char(c, '-') || !take_digits(c, 2, &month) ||
        !take_char(c, '-') || !take_digits(c, 2, &day))
        return false;
    return day_join(negative ? -year : year, month, day, days);
}

static bool take_clock(Cursor *c, int64_t *nanos)
{
    int64_t hour, minute, second, fraction = 0;

    if (!take_digits(c, 2, &hour) || !take_char(c, ':') || !take_digits(c, 2, &minute) ||
        !take_char(c, ':') || !take_digits(c, 2, &second))
        return false;
    if (take_char(c, '.')) {
        if (digit_count(c) == 0)
            return false;
        fraction = take_fraction(c);
    }
    if (minute > 59 || second > 59 || hour > 24 || (hour == 24 && (minute || second || fraction)))
        return false;
    *nanos = ((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + fraction;
    return true;
}

/* The rest of the text: nothing, "Z", "+01:00", "+01:00:30" or "@Europe/Berlin". */
static bool take_zone(Cursor *c, Arena *arena, FeelValue *value)
{
    if (c->at == c->end)
        return true;
    if (take_char(c, 'Z'))
        return c->at == c->end && moment_set_offset(value, 0);
    if (take_char(c, '@'))
        return moment_set_zone(arena, value, (Str){c->at, (size_t)(c->end - c->at)});
    int64_t hours, minutes, seconds = 0;
    bool negative = *c->at == '-';

    if ((!take_char(c, '-') && !take_char(c, '+')) || !take_digits(c, 2, &hours) ||
        !take_char(c, ':') || !take_digits(c, 2, &minutes))
        return false;
    if (take_char(c, ':') && !take_digits(c, 2, &seconds))
        return false;
    if (c->at != c->end || minutes > 59 || seconds > 59)
        return false;
    int64_t offset = hours * 3600 + minutes * 60 + seconds;
    return moment_set_offset(value, negative ? -offset : offset);
}

static Cursor cursor_of(Str text)
{
    return (Cursor){text.ptr, text.ptr + text.len};
}

bool moment_parse_date(Str text, FeelValue *out)
{
    Cursor c = cursor_of(text);
    int64_t days;

    if (!take_date(&c, &days) || c.at != c.end)
        return false;
    *out = moment_date(days);
    return true;
}

bool moment_parse_time(Arena *arena, Str text, FeelValue *out)
{
    Cursor c = cursor_of(text);

    *out = (FeelValue){.kind = FEEL_TIME};
    if (!take_clock(&c, &out->at.nanos))
        return false;
    out->at.nanos %= NANOS_PER_DAY;
    return take_zone(&c, arena, out);
}

bool moment_parse_date_time(Arena *arena, Str text, FeelValue *out)
{
    Cursor c = cursor_of(text);

    *out = (FeelValue){.kind = FEEL_DATE_TIME};
    if (!take_date(&c, &out->at.day))
        return false;
    if (c.at == c.end)
        return true;
    if (!take_char(&c, 'T') || !take_clock(&c, &out->at.nanos))
        return false;
    if (out->at.nanos == NANOS_PER_DAY) {
        out->at.nanos = 0;
        out->at.day++;
    }
    return take_zone(&c, arena, out);
}

typedef struct DurationParts {
    int64_t value[7]; /* Y M D H M S, nanoseconds */
    bool has_months;
    bool has_days;
} DurationParts;

/* Designators in their order; the time's follow "T". */
static bool take_duration_parts(Cursor *c, DurationParts *parts)
{
    static const char designators[] = "YMDHMS";
    int next = 0;
    bool time = false;

    while (c->at < c->end) {
        if (!time && take_char(c, 'T')) {
            time = true;
            next = 3;
            if (c->at == c->end)
                return false;
        }
        int64_t value, fraction = 0;
        size_t digits = digit_count(c);
        bool point = false;
        if (!take_digits(c, digits, &value))
            return false;
        if (take_char(c, '.')) {
            point = true;
            fraction = take_fraction(c);
        }
        if (c->at == c->end)
            return false;
        int last = time ? 6 : 3;
        while (next < last && designators[next] != *c->at)
            next++;
        if (next == last || (point && next != 5))
            return false;
        c->at++;
        parts->value[next] = value;
        if (next == 5)
            parts->value[6] = fraction;
        if (next < 2)
            parts->has_months = true;
        else
            parts->has_days = true;
        next++;
    }
    return parts->has_months != parts->has_days;
}

bool moment_parse_duration(Str text, FeelValue *out)
{
    Cursor c = cursor_of(text);
    DurationParts parts = {0};
    bool negative = take_char(&c, '-');

    if (!take_char(&c, 'P') || !take_duration_parts(&c, &parts))
        return false;
    const int64_t *v = parts.value;
    if (parts.has_months) {
        int64_t months;
        if (__builtin_mul_overflow(v[0], 12, &months) ||
            __builtin_add_overflow(months, v[1], &months))
            return false;
        *out = (FeelValue){.kind = FEEL_MONTHS_DURATION, .months = negative ? -months : months};
        return true;
    }
    Nanos seconds = ((Nanos)v[2] * 86400) + (Nanos)v[3] * 3600 + (Nanos)v[4] * 60 + v[5];
    Nanos nanos = seconds * NANOS_PER_SECOND + v[6];
    if (nanos > NANOS_MAX)
        return false;
    *out = (FeelValue){.kind = FEEL_DAYS_DURATION, .nanos = negative ? -nanos : nanos};
    return true;
}

bool moment_parse_any(Arena *arena, Str text, FeelValue *out)
{
    return moment_parse_date(text, out) || moment_parse_time(arena, text, out) ||
           moment_parse_date_time(arena, text, out) || moment_parse_duration(text, out);
}

static void write_date(Buf *out, int64_t days)
{
    LongDate day = long_date_from_days(days);

    buf_addf(out, "%s%04lld-%02d-%02d", day.year < 0 ? "-" : "",
             (long long)(day.year < 0 ? -day.year : day.year), day.month, day.day);
}

/* ".5" for half a second; nothing for none. */
static void write_fraction(Buf *out, int64_t nanos)
{
    char digits[16];

    if (nanos == 0)
        return;
    int length = snprintf(digits, sizeof digits, ".%09lld", (long long)nanos);
    while (digits[length - 1] == '0')
        length--;
    buf_add(out, (Str){digits, (size_t)length});
}

static void write_clock(Buf *out, int64_t nanos)
{
    int seconds = (int)(nanos / NANOS_PER_SECOND);

    buf_addf(out, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    write_fraction(out, nanos % NANOS_PER_SECOND);
}

static void write_zone(Buf *out, FeelValue value)
{
    if (value.zone_kind == ZONE_NAMED) {
        buf_addf(out, "@%s", value.zone);
    } else if (value.zone_kind == ZONE_OFFSET && value.offset == 0) {
        buf_add(out, STR("Z"));
    } else if (value.zone_kind == ZONE_OFFSET) {
        int seconds = abs(value.offset);
        buf_addf(out, "%c%02d:%02d", value.offset < 0 ? '-' : '+', seconds / 3600,
                 seconds / 60 % 60);
        if (seconds % 60)
            buf_addf(out, ":%02d", seconds % 60);
    }
}

static void write_months(Buf *out, int64_t months)
{
    uint64_t size = months < 0 ? 0 - (uint64_t)months : (uint64_t)months;

    buf_add_c(out, months < 0 ? "-P" : "P");
    if (size >= 12)
        buf_addf(out, "%lluY", (unsigned long long)(size / 12));
    if (size % 12 || size < 12)
        buf_addf(out, "%lluM", (unsigned long long)(size % 12));
}

static void write_days(Buf *out, Nanos nanos)
{
    Nanos size = nanos < 0 ? -nanos : nanos;
    long long days = (long long)(size / NANOS_PER_DAY);
    int64_t rest = (int64_t)(size % NANOS_PER_DAY);
    int seconds = (int)(rest / NANOS_PER_SECOND);

    buf_add_c(out, nanos < 0 ? "-P" : "P");
    if (days)
        buf_addf(out, "%lldD", days);
    if (rest == 0 && days)
        return;
    buf_add_c(out, "T");
    if (seconds / 3600)
        buf_addf(out, "%dH", seconds / 3600);
    if (seconds / 60 % 60)
        buf_addf(out, "%dM", seconds / 60 % 60);
    if (seconds % 60 || rest % NANOS_PER_SECOND || rest == 0) {
        buf_addf(out, "%d", seconds % 60);
        write_fraction(out, rest % NANOS_PER_SECOND);
        buf_add(out, STR("S"));
    }
}

Str moment_text(Arena *arena, FeelValue value)
{
    Buf out = buf_in(arena);

    if (value.kind == FEEL_DATE || value.kind == FEEL_DATE_TIME)
        write_date(&out, value.at.day);
    if (value.kind == FEEL_DATE_TIME)
        buf_add(&out, STR("T"));
    if (value.kind == FEEL_TIME || value.kind == FEEL_DATE_TIME) {
        write_clock(&out, value.at.nanos);
        write_zone(&out, value);
    }
    if (value.kind == FEEL_MONTHS_DURATION)
        write_months(&out, value.months);
    if (value.kind == FEEL_DAYS_DURATION)
        write_days(&out, value.nanos);
    return buf_str(&out);
}
