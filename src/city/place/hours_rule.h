/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside opening hours: one rule. */
#pragma once

#include "city/place/hours.h"

enum { HOURS_SEASONS_MAX = 8, HOURS_RULES_MAX = 40, HOURS_TEXT_MAX = 1000 };

/* Days of the year, month * 32 + day, both taken; `from` above `to` goes over the year's end. */
typedef struct HoursSeason {
    int from, to;
} HoursSeason;

struct HoursRule {
    HoursSeason seasons[HOURS_SEASONS_MAX]; /* none: all the year */
    size_t season_count;
    int week;      /* a bit for each day, Monday the lowest; 0: none is named */
    bool holidays; /* public ones as well */
    bool off, adds;
    HoursSpan spans[HOURS_SPANS_MAX];
    size_t span_count;
};
