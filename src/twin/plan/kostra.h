/* SPDX-License-Identifier: EUPL-1.2 */
/* Design storms: how much rain a planner means by "Starkregenindex 7" or "once in thirty years".
 *
 * The town's table (KOSTRA-DWD) has a row per duration and a column per return period in years:
 *
 *     duration_min,T1,T2,T3,T5,T10,T20,T30,T50,T100
 *     5,5.1,6.6,7.6,8.8,10.6,12.5,13.7,15.3,17.6
 *     …
 *
 * heights in mm, rising to the right and downwards; commas, semicolons or tabs as twin/table.h. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum { KOSTRA_DURATIONS_MAX = 40, KOSTRA_PERIODS_MAX = 20, SRI_MAX = 12 };

typedef struct Kostra {
    size_t duration_count, period_count;
    double minutes[KOSTRA_DURATIONS_MAX]; /* ascending */
    double years[KOSTRA_PERIODS_MAX];     /* ascending */
    double mm[KOSTRA_DURATIONS_MAX][KOSTRA_PERIODS_MAX];
} Kostra;

/* Read the table; errors name line and column. */
bool kostra_parse(Str csv, const char *file, Arena *arena, Kostra *out, Err *err);

/* Height in mm; between the table's values linear in the duration, as the storm is made of it
 * (twin/storm.h), and in the logarithms of return period and height. ERR_INPUT outside of the
 * table. */
bool kostra_height(const Kostra *table, double minutes, double years, double *mm, Err *err);

/* The rain of a Starkregenindex (Schmitt et al. 2018): 1 to 7 by return periods of 2, 5, 10, 20,
 * 30, 50 and 100 years, 8 to 12 by the lower bound of its factor on index 7 (1.2, 1.4, 1.6, 2.2,
 * 2.8). */
double sri_years(int sri);
double sri_factor(int sri);
/* "außergewöhnlicher Starkregen": the index's name in German. */
const char *sri_word(int sri);

/* The index of a height: the highest one that it reaches; 0 below index 1. */
bool sri_of_height(const Kostra *table, double minutes, double mm, int *sri, Err *err);

/* The column for one return period, times a factor, as the depth–duration table that a scenario's
 * `euler2` reads: "duration_min,depth_mm". */
bool kostra_column(const Kostra *table, double years, double factor, Buf *out, Err *err);
