/* SPDX-License-Identifier: EUPL-1.2 */
/* What a row gets from outside itself: the rain that falls on it in a step, and the drag of the
 * ground. */
#include "twin/flow/kernel.h"

/* Where rounding of the rain turns in a row: spread evenly over the rows, and alike from both ends,
 * so that the sum over the grid is right too. */
static double rain_turn(const FlowStrip *strip, int row)
{
    int north = strip->first_row + row, south = strip->all_rows - 1 - north;
    double turn = 0.5 + 0.6180339887498949 * (north < south ? north : south);

    return turn - floor(turn);
}

#ifndef FLOW_DOUBLE
/* The same for each cell: `turn` is the row's, and spread evenly over the columns too. */
FLOW_INLINE float cell_turn(float turn, int column, int last)
{
    int east = last - column;
    float place = turn + 0.75487767F * (float)(column < east ? column : east);

    return place - (float)(int)place;
}
#endif

/* What rains on the row in this step: the difference of two cumulative amounts in whole units, so
 * that the sum over the steps stays right. While few units have fallen on few rows, each cell
 * rounds at a place of its own, so that their mean is right to a millionth. */
void flow_fall_row(const FlowSweep *plan, int row, int shift, Mass *restrict rain)
{
    const FlowFall *fall = &plan->fall;
    const FlowStrip *strip = plan->strip;
    const int columns = strip->columns;
    const double twice = shift ? 2 : 1, per = 1 / (strip->unit * twice);
    const double turn = rain_turn(strip, row), before = fall->before * per;
    const double after = fall->after * per;
    const float *restrict rates = NULL;
    Mass all;

    if (fall->rates)
        rates = fall->rates + (size_t)row * (size_t)columns;
#ifdef FLOW_DOUBLE
    (void)turn;
    all = after - before;
    FLOW_SIMD
    for (int i = 0; i < (rates ? columns : 0); i++)
        rain[i] = all * (double)rates[i];
    if (rates)
        return;
#else
    const Mass even = 1 << shift;
    const int last = columns - 1;
    const float offset = (float)turn;

    if (rates) {
        const float from = (float)before, to = (float)after;

        FLOW_SIMD
        for (int i = 0; i < columns; i++) {
            float own = cell_turn(offset, i, last);

            rain[i] = ((Mass)(rates[i] * to + own) - (Mass)(rates[i] * from + own)) * even;
        }
        return;
    }
    all = (Mass)((int64_t)(after + turn) - (int64_t)(before + turn)) * even;
    if (after > before && after * strip->all_rows < 1e7) {
        const Mass whole = (Mass)((int64_t)after - (int64_t)before);
        const float from = (float)(before - floor(before)), to = (float)(after - floor(after));

        FLOW_SIMD
        for (int i = 0; i < columns; i++) {
            float own = cell_turn(offset, i, last);

            rain[i] = (whole + (Mass)(to + own) - (Mass)(from + own)) * even;
        }
        return;
    }
#endif
    for (int i = 0; i < columns; i++)
        rain[i] = all;
}

/* 4 dt g n2 unit^(-4/3) of the row's cells. */
void flow_drag_row(const FlowSweep *plan, int row, Real *restrict drag)
{
    const FlowStrip *strip = plan->strip;
    const double factor = 4 * plan->dt / (strip->unit * cbrt(strip->unit));
    const Real all = (Real)(factor * strip->drag_all), part = (Real)factor;
    const Real *restrict of = strip->drag;

    if (of)
        of += flow_at(strip, row, 0);
    FLOW_SIMD
    for (int i = 0; i < (of ? strip->columns : 0); i++)
        drag[i] = part * of[i];
    for (int i = 0; i < (of ? 0 : strip->columns); i++)
        drag[i] = all;
}
