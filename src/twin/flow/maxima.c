/* SPDX-License-Identifier: EUPL-1.2 */
/* Greatest depth and speed of each cell, when water arrived and how long it
 * stayed.
 *
 * What is not faster than before, or not flooded, is left alone chunk by chunk:
 * that is most of a town most of the time, and spares two thirds of the memory
 * that would be moved. */
#include "twin/flow/kernel.h"

enum { CHUNK = 4 * GROUP };

typedef struct Seen {
    const Mass *depth;
    const Real *u, *w;
    Mass *most;
    Real *most_u, *most_w;
    float *arrival, *wet;
} Seen;

FLOW_INLINE Real square(Real u, Real w)
{
    return u * u + w * w;
}

FLOW_INLINE void keep_speed(Seen s, int count)
{
    FLOW_SIMD
    for (int i = 0; i < count; i++) {
        bool faster = square(s.u[i], s.w[i]) > square(s.most_u[i], s.most_w[i]);

        s.most_u[i] = faster ? s.u[i] : s.most_u[i];
        s.most_w[i] = faster ? s.w[i] : s.most_w[i];
    }
}

FLOW_INLINE void keep_flooded(Seen s, int count, Mass above, float now, float span)
{
    FLOW_SIMD
    for (int i = 0; i < count; i++) {
        bool deep = s.depth[i] > above;

        s.arrival[i] = deep && s.arrival[i] < 0 ? now : s.arrival[i];
        s.wet[i] += deep ? span : 0.0F;
    }
}

FLOW_INLINE void keep(Seen s, int count, Mass above, float now, float span)
{
    int faster = 0, deep = 0;

#pragma omp simd reduction(| : faster, deep)
    for (int i = 0; i < count; i++) {
        faster |= square(s.u[i], s.w[i]) > square(s.most_u[i], s.most_w[i]) ? 1 : 0;
        deep |= s.depth[i] > above ? 1 : 0;
        s.most[i] = s.depth[i] > s.most[i] ? s.depth[i] : s.most[i];
    }
    if (faster)
        keep_speed(s, count);
    if (deep)
        keep_flooded(s, count, above, now, span);
}

void flow_keep_maxima(FlowStrip *strip, int row, double time, double since, double threshold)
{
    const FlowState *state = &strip->now;
    const FlowMaxima *maxima = &strip->maxima;
    const Mass above = (Mass)(threshold / strip->unit);
    unsigned rounding = flow_flush_begin();

    for (int from = 0; from < strip->columns; from += CHUNK) {
        size_t at = flow_at(strip, row, from);
        Seen seen = {(const Mass *)state->depth + at,
                     (const Real *)state->u + at,
                     (const Real *)state->w + at,
                     (Mass *)maxima->depth + at,
                     (Real *)maxima->u + at,
                     (Real *)maxima->w + at,
                     maxima->arrival + at,
                     maxima->wet + at};

        if (strip->columns - from >= CHUNK)
            keep(seen, CHUNK, above, (float)time, (float)since);
        else
            keep(seen, strip->columns - from, above, (float)time, (float)since);
    }
    flow_flush_end(rounding);
}
