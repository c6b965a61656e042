/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/clock.h"

#include <time.h>

enum { MS_PER_DAY = 86400000, MS_PER_HOUR = 3600000 };

static const char *const MONTHS_DE[] = {"Januar",    "Februar", "März",     "April",
                                        "Mai",       "Juni",    "Juli",     "August",
                                        "September", "Oktober", "November", "Dezember"};
static const char *const MONTHS_EN[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

Timestamp clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (Timestamp)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool date_valid(Date date)
{
    return date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= date_days_in_month(date.year, date.month);
}

/* H. Hinnant, "chrono-compatible low-level date algorithms": eras of 400 years
 * beginning in March. */
int64_t long_date_to_days(LongDate date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

LongDate long_date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_index = (5 * day_of_year + 2) / 153;
    int month = (int)(month_index < 10 ? month_index + 3 : month_index - 9);

    return (LongDate){.year = year_of_era + era * 400 + (month <= 2),
                      .month = month,
                      .day = (int)(day_of_year - (153 * month_index + 2) / 5 + 1)};
}

int64_t date_to_days(Date date)
{
    return long_date_to_days((LongDate){date.year, date.month, date.day});
}

Date date_from_days(int64_t days)
{
    LongDate date = long_date_from_days(days);

    return (Date){.year = (int)date.year, .month = date.month, .day = date.day};
}

int date_compare(Date a, Date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return a.day < b.day ? -1 : a.day > b.day;
}

Date date_later(Date a, Date b)
{
    return date_compare(a, b) > 0 ? a : b;
}

Date date_add_days(Date date, int64_t days)
{
    return date_from_days(date_to_days(date) + days);
}

Date date_add_months(Date date, int months)
{
    int index = date.year * 12 + date.month - 1 + months;
    Date result = {.year = index / 12, .month = index % 12 + 1, .day = date.day};
    int last = date_days_in_month(result.year, result.month);

    if (result.day > last)
        result.day = last;
    return result;
}

int date_weekday(Date date)
{
    int64_t days = date_to_days(date) + 3; /* 1970-01-01 was a Thursday */

    return (int)((days % 7 + 7) % 7);
}

/* J. Meeus, Astronomical Algorithms, chapter 8. */
Date date_easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;

    return (Date){.year = year, .month = n / 31, .day = n % 31 + 1};
}

/* 01:00 UTC on the last Sunday of the month: when summer time begins or ends in the EU. */
static Timestamp eu_switch(int year, int month)
{
    Date last = {year, month, 31}; /* March and October */
    int64_t sunday = date_to_days(last) - (date_weekday(last) + 1) % 7;

    return sunday * MS_PER_DAY + MS_PER_HOUR;
}

static int64_t floor_days(Timestamp at)
{
    return at >= 0 ? at / MS_PER_DAY : -((-at + MS_PER_DAY - 1) / MS_PER_DAY);
}

static int64_t berlin_offset(Timestamp at)
{
    int year = date_from_days(floor_days(at)).year;
    bool summer = at >= eu_switch(year, 3) && at < eu_switch(year, 10);

    return summer ? 2 * MS_PER_HOUR : MS_PER_HOUR;
}

Date date_in_berlin(Timestamp at)
{
    return date_from_days(floor_days(at + berlin_offset(at)));
}

Timestamp timestamp_of_berlin_day(Date date)
{
    Timestamp midnight = date_to_days(date) * MS_PER_DAY;

    return midnight - berlin_offset(midnight - MS_PER_HOUR);
}

bool timestamp_of_berlin(Date day, int64_t ms, bool second, Timestamp *out)
{
    Timestamp local = date_to_days(day) * MS_PER_DAY + ms;
    Timestamp summer = local - 2 * MS_PER_HOUR, winter = local - MS_PER_HOUR;
    bool in_summer = berlin_offset(summer) == 2 * MS_PER_HOUR;
    bool in_winter = berlin_offset(winter) == MS_PER_HOUR;

    *out = in_summer && !(in_winter && second) ? summer : winter;
    return in_summer || in_winter;
}

/* Exactly `digits` digits at the front. */
static bool take_digits(Str *s, size_t digits, int *out)
{
    int64_t value;

    if (s->len < digits || s->ptr[0] == '-' || !str_to_i64(str_slice(*s, 0, digits), &value))
        return false;
    *s = str_slice(*s, digits, s->len);
    *out = (int)value;
    return true;
}

static bool take_char(Str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    *s = str_slice(*s, 1, s->len);
    return true;
}

bool date_parse_iso(Str text, Date *out)
{
    Date date;

    if (!take_digits(&text, 4, &date.year) || !take_char(&text, '-') ||
        !take_digits(&text, 2, &date.month) || !take_char(&text, '-') ||
        !take_digits(&text, 2, &date.day) || text.len || !date_valid(date))
        return false;
    *out = date;
    return true;
}

static bool take_one_or_two(Str *s, int *out)
{
    return (s->len >= 2 && s->ptr[1] >= '0' && s->ptr[1] <= '9') ? take_digits(s, 2, out)
                                                                 : take_digits(s, 1, out);
}

/* "2027-3-1": the international order, as people type it. */
static bool parse_year_first(Str text, Date *out)
{
    Date date;

    if (!take_digits(&text, 4, &date.year) || !take_char(&text, '-') ||
        !take_one_or_two(&text, &date.month) || !take_char(&text, '-') ||
        !take_one_or_two(&text, &date.day) || text.len || !date_valid(date))
        return false;
    *out = date;
    return true;
}

bool date_parse_german(Str text, Date *out)
{
    Date date;

    text = str_trim(text);
    if (date_parse_iso(text, out) || parse_year_first(text, out))
        return true;
    if (!take_one_or_two(&text, &date.day) || !take_char(&text, '.'))
        return false;
    take_char(&text, ' ');
    if (!take_one_or_two(&text, &date.month) || !take_char(&text, '.'))
        return false;
    take_char(&text, ' ');
    if (!take_digits(&text, 4, &date.year) || text.len || !date_valid(date))
        return false;
    *out = date;
    return true;
}

/* `width` digits; false when the number needs more, or is negative. */
static bool put_digits(char *out, int width, int number)
{
    for (int i = width - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
    return number == 0;
}

/* Rows hold several each: printf() would be a tenth of reading a bank statement. */
Str date_iso(Arena *arena, Date date)
{
    char *text = arena_strdup(arena, "0000-00-00");
    bool plain = date.year >= 0 && date.month >= 0 && date.day >= 0 &&
                 put_digits(text, 4, date.year) && put_digits(text + 5, 2, date.month) &&
                 put_digits(text + 8, 2, date.day);

    return plain ? (Str){text, 10}
                 : str_printf(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

static bool english(Str lang)
{
    return str_is(lang, "en");
}

Str date_long(Arena *arena, Date date, Str lang)
{
    if (english(lang))
        return str_printf(arena, "%d %s %d", date.day, MONTHS_EN[date.month - 1], date.year);
    return str_printf(arena, "%d. %s %d", date.day, MONTHS_DE[date.month - 1], date.year);
}

Str timestamp_iso(Arena *arena, Timestamp at)
{
    Date date = date_from_days(floor_days(at));
    int64_t ms = at - floor_days(at) * MS_PER_DAY;

    return str_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", date.year, date.month, date.day,
                      (int)(ms / MS_PER_HOUR), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60),
                      (int)(ms % 1000));
}

bool timestamp_parse_iso(Str text, Timestamp *out)
{
    Date date;
    int hour, minute, second, ms = 0;

    if (!date_parse_iso(str_slice(text, 0, 10), &date))
        return false;
    text = str_slice(text, 10, text.len);
    if (!take_char(&text, 'T') || !take_digits(&text, 2, &hour) || !take_char(&text, ':') ||
        !take_digits(&text, 2, &minute) || !take_char(&text, ':') ||
        !take_digits(&text, 2, &second))
        return false;
    if (take_char(&text, '.') && !take_digits(&text, 3, &ms))
        return false;
    int offset_hour = 0, offset_minute = 0, sign = 0;
    if (!take_char(&text, 'Z')) {
        sign = take_char(&text, '+') ? 1 : take_char(&text, '-') ? -1 : 0;
        if (!sign || !take_digits(&text, 2, &offset_hour) || !take_char(&text, ':') ||
            !take_digits(&text, 2, &offset_minute))
            return false;
    }
    if (text.len || hour > 23 || minute > 59 || second > 59)
        return false;
    *out = date_to_days(date) * MS_PER_DAY + (Timestamp)hour * MS_PER_HOUR + minute * 60000 +
           second * 1000 + ms -
           sign * (offset_hour * (Timestamp)MS_PER_HOUR + offset_minute * 60000);
    return true;
}

int minute_in_berlin(Timestamp at)
{
    Timestamp local = at + berlin_offset(at);

    return (int)((local - floor_days(local) * MS_PER_DAY) / 60000);
}

Str timestamp_long(Arena *arena, Timestamp at, Str lang)
{
    int hour = minute_in_berlin(at) / 60, minute = minute_in_berlin(at) % 60;
    Str day = date_long(arena, date_in_berlin(at), lang);

    if (english(lang))
        return str_printf(arena, "%.*s, %d:%02d", STR_ARG(day), hour, minute);
    return str_printf(arena, "%.*s, %d:%02d Uhr", STR_ARG(day), hour, minute);
}

static char *put_before(char *at, Str text)
{
    return memcpy(at - text.len, text.ptr, text.len);
}

/* From its end, by hand: letters and pages are full of amounts. */
Str money_text(Arena *arena, int64_t cents, Str lang)
{
    char text[48], *at = text + sizeof text;
    bool in_english = english(lang);
    uint64_t magnitude = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;

    if (!in_english)
        at = put_before(at, STR(" €"));
    *--at = (char)('0' + magnitude % 10);
    *--at = (char)('0' + magnitude / 10 % 10);
    *--at = in_english ? '.' : ',';
    magnitude /= 100;
    for (int i = 0; i == 0 || magnitude; i++, magnitude /= 10) {
        if (i && i % 3 == 0)
            *--at = in_english ? ',' : '.';
        *--at = (char)('0' + magnitude % 10);
    }
    if (in_english)
        at = put_before(at, STR("€"));
    if (cents < 0)
        *--at = '-';
    return str_copy(arena, (Str){at, (size_t)(text + sizeof text - at)});
}
