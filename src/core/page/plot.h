/* SPDX-License-Identifier: EUPL-1.2 */
/* Plot: curves over time as a picture of 668 by 260 (plot.html), in words for who cannot see it. */
#pragma once

#include "base/str.h"

enum {
    PLOT_RIGHT = 630,
    PLOT_TOP = 12,
    PLOT_BOTTOM = 226,
    PLOT_TICKS_MAX = 12,
    PLOT_CURVES_MAX = 2,
};

typedef struct PlotTick {
    int at; /* in the picture */
    Str label;
} PlotTick;

typedef struct Plot {
    int left;  /* where the curves begin: labels of this width have room before them */
    Str words; /* what can be seen */
    PlotTick levels[PLOT_TICKS_MAX], times[PLOT_TICKS_MAX];
    size_t level_count, time_count;
    /* Points, as in an SVG path behind its first "M"; another M where a gap is. The second curve is
     * dashed. STR_NONE: there is none. */
    Str band; /* the edge of areas behind the curves */
    Str curves[PLOT_CURVES_MAX];
} Plot;

/* 1, 2 or 5 times a power of ten: so far apart at least are `parts` steps up to `most`. */
double plot_step(double most, int parts);
/* Where a part of the whole time (0 to 1), and of the whole height, is. */
int plot_x(const Plot *plot, double part);
int plot_y(double part);
/* Nothing when there are too many. */
void plot_add_level(Plot *plot, double part, Str label);
void plot_add_time(Plot *plot, double part, Str label);
