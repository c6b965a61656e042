/* SPDX-License-Identifier: EUPL-1.2 */
/* Soil: what infiltrates from a row in one step.
 *
 * Green-Ampt, dF/dt = K (1 + (S + D h)/F) with D the deficit of moisture, S = D times the suction
 * and h the water that stands above, at most what stands there (before ponding that is the rain).
 * F after the step by the midpoint rule: x = K dt (1 + (S + D (h - x/2))/(F + x/2)), which gives
 * the sorptivity sqrt(2 K S dt) for dry soil. D = 0 is a constant rate: the difference of two
 * cumulative amounts, so that the sum over the steps stays right. */
#include "twin/flow/kernel.h"

void flow_soak(FlowStrip *strip, int row, double time, double dt, double dither)
{
    size_t at = flow_at(strip, row, 0);
    Mass *restrict depth = (Mass *)strip->now.depth + at;
    Mass *restrict soaked = (Mass *)strip->soil.soaked + at;
    const Real *restrict rate = (const Real *)strip->soil.rate + at;
    const Real *restrict suction = (const Real *)strip->soil.suction + at;
    const Real *restrict deficit = (const Real *)strip->soil.deficit + at;
    const Real unit = (Real)strip->unit, step = (Real)dt, turn = (Real)dither;
    /* Cumulative amounts begin anew before they are too many units for a Mass: a day and a half at
     * 1 m/h and units of 30 nm. */
    const double period = 0x1p42 * strip->unit, begin = floor(time / period) * period;
    const Real before = (Real)(time - begin), after = (Real)(time - begin + dt);
    const Real per = (Real)(1 / strip->unit);

    FLOW_SIMD
    for (int i = 0; i < strip->columns; i++) {
        Real full = rate[i] * step, taken = unit * (Real)soaked[i];
        Real base = taken - REAL(0.5) * full * (1 - deficit[i]);
        Real twice = REAL(2.0) * full * (taken + suction[i] + deficit[i] * unit * (Real)depth[i]);
        Real root = real_root(base * base + twice);
        /* The same number twice; the second without a difference of large ones. */
        Real wetted = base > 0 ? twice / (root + base) : root - base;
#ifdef FLOW_DOUBLE
        Mass mass = deficit[i] > 0 ? wetted : full + 0 * (before + after + turn + per);
#else
        Real units = rate[i] * per;
        Mass evenly = (Mass)(units * after + REAL(0.5)) - (Mass)(units * before + REAL(0.5));
        Mass mass = deficit[i] > 0 ? (Mass)(wetted * per + turn) : evenly;
#endif
        mass = mass < depth[i] ? mass : depth[i];
        depth[i] -= mass;
        soaked[i] += mass;
    }
}
