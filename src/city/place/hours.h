/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening hours as OpenStreetMap writes them ("Mo-Fr 08:00-18:00; Sa 10:00-14:00; PH off"), a
 * subset that docs/places.md tells: days of the week, PH (public holidays), months and days of
 * months, times, off, 24/7. Of rules parted by ";" the last that is about a day decides about it;
 * one behind "," adds to it. Times are what clocks in Berlin show. */
#pragma once

#include "base/clock.h"
#include "base/err.h"

enum { HOURS_SPANS_MAX = 16, HOURS_DAY = 24 * 60, HOURS_LOOK_AHEAD = 366 };

typedef struct HoursRule HoursRule;

typedef struct Hours {
    HoursRule *rules;
    size_t count;
    Str land; /* whose holidays: "NW"; STR_NONE: those of all Länder */
} Hours;

/* In minutes of the day on which it begins; `to` is above 1440 where it goes past midnight. */
typedef struct HoursSpan {
    int from, to;
} HoursSpan;

/* ERR_INPUT says what of it is not understood. */
bool hours_parse(Str text, Str land, Arena *arena, Hours *out, Err *err);
/* The spans that begin on this day, in order, none overlapping another. */
size_t hours_of_day(const Hours *hours, Date day, HoursSpan out[HOURS_SPANS_MAX]);

typedef struct HoursNow {
    bool open;
    bool changes; /* within a year from now: then … */
    Date day;     /* … on this day */
    int minute;   /* … at this minute of it */
} HoursNow;

HoursNow hours_now(const Hours *hours, Timestamp at);

/* "8 bis 12 Uhr und 13:30 bis 18 Uhr", "geschlossen", "rund um die Uhr". */
Str hours_day_text(const Hours *hours, Date day, Arena *arena, Str lang);
/* "Jetzt geöffnet, bis 18 Uhr"; "Jetzt geschlossen, öffnet Montag um 8 Uhr". */
Str hours_now_text(const HoursNow *now, Date today, Arena *arena, Str lang);
/* "Montag". */
Str hours_weekday(int weekday, Str lang);
