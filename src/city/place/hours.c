/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/place/hours.h"

#include "base/holiday.h"
#include "city/place/hours_rule.h"

static bool covers(const HoursRule *rule, Date day)
{
    int at = day.month * 32 + day.day;
    bool in_season = rule->season_count == 0;

    for (size_t i = 0; i < rule->season_count; i++) {
        const HoursSeason *season = &rule->seasons[i];
        in_season =
            in_season || (season->from <= season->to ? at >= season->from && at <= season->to
                                                     : at >= season->from || at <= season->to);
    }
    return in_season;
}

/* Is the rule about this day? One that names no days is about all. */
static bool applies(const HoursRule *rule, Date day, Str land)
{
    if (!covers(rule, day))
        return false;
    if (!rule->week && !rule->holidays)
        return true;
    return rule->week & 1 << date_weekday(day) || (rule->holidays && holiday_is(day, land));
}

static void insert(HoursSpan out[HOURS_SPANS_MAX], size_t *count, HoursSpan span)
{
    size_t at = *count;

    if (*count == HOURS_SPANS_MAX)
        return;
    for (; at && out[at - 1].from > span.from; at--)
        out[at] = out[at - 1];
    out[at] = span;
    ++*count;
}

static size_t merged(HoursSpan out[HOURS_SPANS_MAX], size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (kept && out[i].from <= out[kept - 1].to) {
            if (out[i].to > out[kept - 1].to)
                out[kept - 1].to = out[i].to;
        } else {
            out[kept++] = out[i];
        }
    }
    return kept;
}

size_t hours_of_day(const Hours *hours, Date day, HoursSpan out[HOURS_SPANS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < hours->count; i++) {
        const HoursRule *rule = &hours->rules[i];
        if (!applies(rule, day, hours->land))
            continue;
        if (!rule->adds || rule->off)
            count = 0;
        for (size_t k = 0; !rule->off && k < rule->span_count; k++)
            insert(out, &count, rule->spans[k]);
    }
    return merged(out, count);
}

/* The end of what is open at this minute of the day, counted from the day's midnight; 0: closed. */
static int open_until(const Hours *hours, Date day, int minute)
{
    HoursSpan spans[HOURS_SPANS_MAX];
    int until = 0;

    for (int back = 1; back >= 0; back--) {
        size_t count = hours_of_day(hours, date_add_days(day, -back), spans);
        for (size_t i = 0; i < count; i++) {
            int from = spans[i].from - back * HOURS_DAY, to = spans[i].to - back * HOURS_DAY;
            if (from <= minute && minute < to && to > until)
                until = to;
        }
    }
    return until;
}

static HoursNow at_minute(bool open, Date day, int minute)
{
    return (HoursNow){open, true, date_add_days(day, minute / HOURS_DAY), minute % HOURS_DAY};
}

static HoursNow when_closed(const Hours *hours, Date day, int minute)
{
    HoursSpan spans[HOURS_SPANS_MAX];

    for (int ahead = 0; ahead <= HOURS_LOOK_AHEAD; ahead++) {
        size_t count = hours_of_day(hours, date_add_days(day, ahead), spans);
        for (size_t i = 0; i < count; i++)
            if (ahead || spans[i].from > minute)
                return at_minute(false, date_add_days(day, ahead), spans[i].from);
    }
    return (HoursNow){0};
}

HoursNow hours_now(const Hours *hours, Timestamp at)
{
    Date day = date_in_berlin(at);
    int minute = minute_in_berlin(at), until = open_until(hours, day, minute);

    if (!until)
        return when_closed(hours, day, minute);
    for (int days = 0; days <= HOURS_LOOK_AHEAD; days++) {
        Date then = date_add_days(day, until / HOURS_DAY);
        int more = open_until(hours, then, until % HOURS_DAY);
        if (!more)
            return at_minute(true, day, until);
        until = until / HOURS_DAY * HOURS_DAY + more;
    }
    return (HoursNow){.open = true};
}
