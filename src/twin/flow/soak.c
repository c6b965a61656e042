/* SPDX-License-Identifier: EUPL-1.2 */
/* Soil: what infiltrates from a row in one step.
 *
 * Green-Ampt, dF/dt = K (1 + S/F) with S = suction times deficit, at most what
 * stands there (before ponding that is the rain). F after the step by the
 * midpoint rule: x = K dt (1 + S/(F + x/2)), which gives the sorptivity
 * sqrt(2 K S dt) for dry soil. S = 0 is a constant rate. The head of the ponded
 * water is left out. */
#include "twin/flow/kernel.h"

void flow_soak(FlowStrip *strip, int row, double dt, double dither)
{
    size_t at = flow_at(strip, row, 0);
    Mass *restrict depth = (Mass *)strip->now.depth + at;
    Mass *restrict soaked = (Mass *)strip->soil.soaked + at;
    const Real *restrict rate = (const Real *)strip->soil.rate + at;
    const Real *restrict suction = (const Real *)strip->soil.suction + at;
    const Real unit = (Real)strip->unit, step = (Real)dt, turn = (Real)dither;
    const Real per = (Real)(1 / strip->unit);

    FLOW_SIMD
    for (int i = 0; i < strip->columns; i++) {
        Real full = rate[i] * step, taken = unit * (Real)soaked[i];
        Real base = taken - REAL(0.5) * full;
        Real root = base * base + REAL(2.0) * full * (taken + suction[i]);
#ifdef FLOW_DOUBLE
        Real infiltrates = suction[i] > 0 ? sqrt(root) - base : full;
        Mass mass = infiltrates * per + 0 * turn;
#else
        Real infiltrates = suction[i] > 0 ? sqrtf(root) - base : full;
        Mass mass = (Mass)(infiltrates * per + turn);
#endif
        mass = mass < depth[i] ? mass : depth[i];
        depth[i] -= mass;
        soaked[i] += mass;
    }
}
