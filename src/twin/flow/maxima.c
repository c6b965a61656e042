/* SPDX-License-Identifier: EUPL-1.2 */
/* Greatest depth and speed of each cell, when water arrived and how long it stayed. */
#include "twin/flow/kernel.h"

void flow_keep_maxima(FlowStrip *strip, int row, double time, double since, double threshold)
{
    size_t at = flow_at(strip, row, 0);
    const Mass *restrict depth = (const Mass *)strip->now.depth + at;
    const Real *restrict u = (const Real *)strip->now.u + at;
    const Real *restrict w = (const Real *)strip->now.w + at;
    Mass *restrict most = (Mass *)strip->maxima.depth + at;
    Real *restrict most_u = (Real *)strip->maxima.u + at;
    Real *restrict most_w = (Real *)strip->maxima.w + at;
    float *restrict arrival = strip->maxima.arrival + at, *restrict wet = strip->maxima.wet + at;
    const Mass above = (Mass)(threshold / strip->unit);
    const float now = (float)time, span = (float)since;
    unsigned rounding = flow_flush_begin();

    FLOW_SIMD
    for (int i = 0; i < strip->columns; i++) {
        bool faster = u[i] * u[i] + w[i] * w[i] > most_u[i] * most_u[i] + most_w[i] * most_w[i];
        bool deep = depth[i] > above;

        most[i] = depth[i] > most[i] ? depth[i] : most[i];
        most_u[i] = faster ? u[i] : most_u[i];
        most_w[i] = faster ? w[i] : most_w[i];
        arrival[i] = deep && arrival[i] < 0 ? now : arrival[i];
        wet[i] += deep ? span : 0.0F;
    }
    flow_flush_end(rounding);
}
