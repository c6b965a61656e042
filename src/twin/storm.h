/* SPDX-License-Identifier: EUPL-1.2 */
/* Design storms: what falls when, from how much falls in which duration. */
#pragma once

#include "twin/table.h"

/* Depths over durations of one return period, as KOSTRA-DWD gives them. */
typedef struct StormDepths {
    double *minutes; /* ascending */
    double *depths;  /* mm, not descending */
    size_t count;
} StormDepths;

/* Columns duration_min and depth_mm; or, where `column` is given, that one instead of depth_mm
 * (a table of several return periods). */
bool storm_depths_parse(Str text, const char *name, const char *column, Arena *arena,
                        StormDepths *out, Err *err);
bool storm_depths_read(const char *path, const char *column, Arena *arena, StormDepths *out,
                       Err *err);

/* Euler's type II (DWA-A 118): a storm whose every part of any duration around its peak is as high
 * as the statistics of that duration.
 *
 * The duration is cut into intervals. The growth of the depth from one multiple of the interval to
 * the next (linear between the table's durations, from 0 at 0) gives one block each; ordered by
 * height, the highest first, they are Euler's type I. For type II the peak begins at 0.3 of the
 * duration, rounded down to whole intervals: with m = floor(0.3 n), the m + 1 highest blocks stand
 * first in ascending order, the rest follows in descending order. The sum is the depth of the whole
 * duration.
 *
 * `out` is in mm/h and steps; after the duration comes a last value of 0. ERR_INPUT when the
 * duration is longer than the table or no multiple of the interval. */
bool storm_euler2(const StormDepths *depths, double minutes, double interval, Arena *arena,
                  FlowSeries *out, Err *err);
