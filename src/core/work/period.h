/* SPDX-License-Identifier: EUPL-1.2 */
/* Periods as packages and tenant.yaml write them: "P10Y", "P1Y6M", "P30D". */
#pragma once

#include "base/clock.h"

/* The day so long after `from`; false when it is no such duration. */
bool period_after(Date from, Str period, Date *out);
/* "10 Jahre", "1 Jahr, 6 Monate" */
Str period_words(Str period, Arena *arena);
/* What began to count before this day is over its time on `today`. With `year_end` it counts from
 * the end of the year in which it began. */
Date period_cutoff(Date today, Str period, bool year_end);
