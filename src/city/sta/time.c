/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/time.h"

enum {
    MS_PER_SECOND = 1000,
    MS_PER_MINUTE = 60000,
    MS_PER_HOUR = 3600000,
    MONTHS_MOST = 12 * 9999,
};

const Timestamp STA_FIRST_INSTANT = -719162 * (int64_t)STA_MS_PER_DAY;
const Timestamp STA_LAST_INSTANT = 2932897 * (int64_t)STA_MS_PER_DAY - 1;

/* --- Reading ---------------------------------------------------------------------------- */

static bool digit_at(Str text, size_t at)
{
    return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

/* Exactly two digits, at most `most`. */
static bool take_two(Str *text, int most, int *out)
{
    if (!digit_at(*text, 0) || !digit_at(*text, 1))
        return false;
    *out = (text->ptr[0] - '0') * 10 + (text->ptr[1] - '0');
    *text = str_slice(*text, 2, text->len);
    return *out <= most;
}

/* Letters in either case, as people write them. */
static bool same_char(char given, char wanted)
{
    return given == wanted || (wanted >= 'A' && wanted <= 'Z' && given == wanted + ('a' - 'A'));
}

static bool take_char(Str *text, char c)
{
    if (text->len == 0 || !same_char(text->ptr[0], c))
        return false;
    *text = str_slice(*text, 1, text->len);
    return true;
}

/* The digits of a fraction of a second as milliseconds; at least one. */
static bool take_fraction(Str *text, int *ms)
{
    size_t count = 0;

    *ms = 0;
    for (; digit_at(*text, count); count++)
        if (count < 3)
            *ms = *ms * 10 + (text->ptr[count] - '0');
    for (size_t i = count; i < 3; i++)
        *ms *= 10;
    *text = str_slice(*text, count, text->len);
    return count > 0;
}

/* "09:30" with seconds and a fraction that may be missing. */
static bool take_clock(Str *text, int64_t *ms)
{
    int hour, minute, second = 0, fraction = 0;

    if (!take_two(text, 23, &hour) || !take_char(text, ':') || !take_two(text, 59, &minute))
        return false;
    if (take_char(text, ':')) {
        if (!take_two(text, 59, &second))
            return false;
        if (take_char(text, '.') && !take_fraction(text, &fraction))
            return false;
    }
    *ms = (int64_t)hour * MS_PER_HOUR + (int64_t)minute * MS_PER_MINUTE +
          (int64_t)second * MS_PER_SECOND + fraction;
    return true;
}

/* "Z", "+01:00", "-0130". */
static bool parse_offset(Str text, int *minutes)
{
    int hour, minute;

    *minutes = 0;
    if (take_char(&text, 'Z'))
        return text.len == 0;
    bool west = str_starts_with(text, "-");
    if (!west && !str_starts_with(text, "+"))
        return false;
    text = str_slice(text, 1, text.len);
    if (!take_two(&text, 18, &hour))
        return false;
    take_char(&text, ':');
    if (!take_two(&text, 59, &minute) || text.len)
        return false;
    *minutes = (hour * 60 + minute) * (west ? -1 : 1);
    return true;
}

bool sta_date_parse(Str text, int64_t *days)
{
    Date date;

    if (!date_parse_iso(text, &date))
        return false;
    *days = date_to_days(date);
    return true;
}

bool sta_clock_parse(Str text, int64_t *ms)
{
    return take_clock(&text, ms) && text.len == 0;
}

static bool in_range(Timestamp at)
{
    return at >= STA_FIRST_INSTANT && at <= STA_LAST_INSTANT;
}

bool sta_instant_parse(Str text, StaTime *out)
{
    int64_t days, ms;
    int offset;

    if (!sta_date_parse(str_slice(text, 0, 10), &days))
        return false;
    text = str_slice(text, 10, text.len);
    if (!take_char(&text, 'T') || !take_clock(&text, &ms) || !parse_offset(text, &offset))
        return false;
    Timestamp at = days * STA_MS_PER_DAY + ms - (int64_t)offset * MS_PER_MINUTE;
    *out = (StaTime){.start = at, .end = at, .offset = offset};
    return in_range(at);
}

/* A whole number before `unit`, when it stands next; 0 otherwise. */
static bool take_count(Str *text, char unit, int64_t most, int64_t *out)
{
    size_t digits = 0;

    *out = 0;
    while (digit_at(*text, digits))
        digits++;
    if (digits == 0 || digits > 15 || digits >= text->len || !same_char(text->ptr[digits], unit))
        return true;
    for (size_t i = 0; i < digits; i++)
        *out = *out * 10 + (text->ptr[i] - '0');
    *text = str_slice(*text, digits + 1, text->len);
    return *out <= most;
}

/* "7S", "7.5S", when it stands next. */
static bool take_seconds(Str *text, int64_t most, int64_t *ms)
{
    Str rest = *text;
    int64_t seconds = 0;
    int fraction = 0;
    size_t digits = 0;

    *ms = 0;
    for (; digit_at(rest, digits) && digits < 15; digits++)
        seconds = seconds * 10 + (rest.ptr[digits] - '0');
    rest = str_slice(rest, digits, rest.len);
    if (digits == 0 || (take_char(&rest, '.') && !take_fraction(&rest, &fraction)) ||
        !take_char(&rest, 'S'))
        return true;
    *text = rest;
    *ms = seconds * MS_PER_SECOND + fraction;
    return seconds <= most;
}

/* What follows "T". */
static bool take_clock_part(Str *text, int64_t *ms)
{
    const int64_t most_days = (STA_LAST_INSTANT - STA_FIRST_INSTANT) / STA_MS_PER_DAY + 1;
    int64_t hours, minutes, seconds;
    size_t before = text->len;

    if (!take_count(text, 'H', most_days * 24, &hours) ||
        !take_count(text, 'M', most_days * 1440, &minutes) ||
        !take_seconds(text, most_days * 86400, &seconds))
        return false;
    *ms = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE + seconds;
    return text->len < before;
}

bool sta_duration_parse(Str text, StaDuration *out)
{
    const int64_t most_days = (STA_LAST_INSTANT - STA_FIRST_INSTANT) / STA_MS_PER_DAY + 1;
    int64_t years, months, weeks, days, clock = 0;
    int sign = take_char(&text, '-') ? -1 : 1;

    if (sign > 0)
        take_char(&text, '+');
    if (!take_char(&text, 'P') || text.len == 0 || !take_count(&text, 'Y', 9999, &years) ||
        !take_count(&text, 'M', MONTHS_MOST, &months) ||
        !take_count(&text, 'W', most_days / 7, &weeks) || !take_count(&text, 'D', most_days, &days))
        return false;
    if (take_char(&text, 'T') && !take_clock_part(&text, &clock))
        return false;
    *out = (StaDuration){.months = sign * (years * 12 + months),
                         .ms = sign * ((weeks * 7 + days) * STA_MS_PER_DAY + clock)};
    return text.len == 0;
}

/* "PT1H/2027-…", "2027-…/PT1H" or two instants. */
static bool parse_interval(Str left, Str right, StaTime *out)
{
    StaDuration duration;
    StaTime start, end;

    if (sta_instant_parse(left, &start)) {
        if (!sta_instant_parse(right, &end) &&
            (!sta_duration_parse(right, &duration) || !sta_time_add(start, duration, 1, &end)))
            return false;
    } else if (!sta_duration_parse(left, &duration) || !sta_instant_parse(right, &end) ||
               !sta_time_add(end, duration, -1, &start)) {
        return false;
    }
    *out = (StaTime){.start = start.start, .end = end.start, .offset = start.offset};
    return out->start <= out->end;
}

bool sta_time_parse(Str text, StaTime *out)
{
    ptrdiff_t slash = str_find_char(text, '/');

    if (slash < 0)
        return sta_instant_parse(text, out);
    return parse_interval(str_slice(text, 0, (size_t)slash),
                          str_slice(text, (size_t)slash + 1, text.len), out);
}

/* --- Writing ---------------------------------------------------------------------------- */

static void put_two(char *digits, int64_t value)
{
    digits[0] = (char)('0' + value / 10);
    digits[1] = (char)('0' + value % 10);
}

void sta_date_write(Buf *out, int64_t days)
{
    Date date = date_from_days(days);

    char rest[] = "-00-00";

    put_two(rest + 1, date.month);
    put_two(rest + 4, date.day);
    buf_add_padded(out, (uint64_t)date.year, 4);
    buf_add_c(out, rest);
}

void sta_clock_write(Buf *out, int64_t ms)
{
    char text[] = "00:00:00.000";
    int64_t part = ms % MS_PER_SECOND;

    put_two(text, ms / MS_PER_HOUR);
    put_two(text + 3, ms / MS_PER_MINUTE % 60);
    put_two(text + 6, ms / MS_PER_SECOND % 60);
    text[9] = (char)('0' + part / 100);
    put_two(text + 10, part % 100);
    buf_add(out, (Str){text, part ? 12 : 8});
}

static int64_t floor_day(Timestamp at)
{
    return at / STA_MS_PER_DAY - (at % STA_MS_PER_DAY < 0);
}

static void write_instant(Buf *out, Timestamp at)
{
    int64_t day = floor_day(at);

    sta_date_write(out, day);
    buf_add_char(out, 'T');
    sta_clock_write(out, at - day * STA_MS_PER_DAY);
    buf_add_char(out, 'Z');
}

void sta_time_write(Buf *out, StaTime time)
{
    write_instant(out, time.start);
    if (!sta_time_is_instant(time)) {
        buf_add_char(out, '/');
        write_instant(out, time.end);
    }
}

static void write_count(Buf *out, int64_t count, char unit)
{
    if (count)
        buf_addf(out, "%lld%c", (long long)count, unit);
}

void sta_duration_write(Buf *out, StaDuration duration)
{
    bool negative = duration.months < 0 || duration.ms < 0;
    int64_t months = negative ? -duration.months : duration.months;
    int64_t ms = negative ? -duration.ms : duration.ms;
    int64_t clock = ms % STA_MS_PER_DAY;

    buf_add_c(out, negative ? "-P" : "P");
    write_count(out, months / 12, 'Y');
    write_count(out, months % 12, 'M');
    write_count(out, ms / STA_MS_PER_DAY, 'D');
    if (clock || (months == 0 && ms == 0))
        buf_add_char(out, 'T');
    write_count(out, clock / MS_PER_HOUR, 'H');
    write_count(out, clock / MS_PER_MINUTE % 60, 'M');
    if (clock % MS_PER_SECOND)
        buf_addf(out, "%d.%03dS", (int)(clock / MS_PER_SECOND % 60), (int)(clock % MS_PER_SECOND));
    else if (clock / MS_PER_SECOND % 60 || (months == 0 && ms == 0))
        buf_addf(out, "%dS", (int)(clock / MS_PER_SECOND % 60));
}

/* --- Reckoning -------------------------------------------------------------------------- */

static bool add_to(Timestamp at, int offset, StaDuration duration, int sign, Timestamp *out)
{
    int64_t shift = (int64_t)offset * MS_PER_MINUTE, months = duration.months * sign;

    if (months > MONTHS_MOST || months < -MONTHS_MOST)
        return false;
    if (months) {
        int64_t day = floor_day(at + shift), clock = at + shift - day * STA_MS_PER_DAY;
        Date date = date_from_days(day);
        int64_t index = (int64_t)date.year * 12 + date.month - 1 + months;
        if (index < 12 || index >= 12 * 10000)
            return false;
        at = date_to_days(date_add_months(date, (int)months)) * STA_MS_PER_DAY + clock - shift;
    }
    return !__builtin_add_overflow(at, duration.ms * sign, out) && in_range(*out) &&
           in_range(*out + shift);
}

bool sta_time_add(StaTime time, StaDuration duration, int sign, StaTime *out)
{
    Timestamp start, end;

    if (!add_to(time.start, time.offset, duration, sign, &start) ||
        !add_to(time.end, time.offset, duration, sign, &end))
        return false;
    *out = (StaTime){.start = start, .end = end, .offset = time.offset};
    return true;
}

bool sta_time_before(StaTime a, StaTime b)
{
    return sta_time_is_instant(a) ? a.start < b.start : a.end <= b.start;
}

StaTimeParts sta_time_parts(StaTime time)
{
    Timestamp at = time.start + (int64_t)time.offset * MS_PER_MINUTE;
    int64_t day = floor_day(at), clock = at - day * STA_MS_PER_DAY;

    return (StaTimeParts){.date = date_from_days(day),
                          .day = day,
                          .hour = (int)(clock / MS_PER_HOUR),
                          .minute = (int)(clock / MS_PER_MINUTE % 60),
                          .second = (int)(clock / MS_PER_SECOND % 60),
                          .millisecond = (int)(clock % MS_PER_SECOND)};
}
