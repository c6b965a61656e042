/* SPDX-License-Identifier: EUPL-1.2 */
/* Reconstruction: how much level, depth and velocities change across a cell.
 *
 * First order: depth and velocities are constant in the cell, but the level (and
 * with it the bed) follows the ground where water runs down it, as far as
 * the level and the bed on both sides agree: otherwise a film on a slope would
 * fall down a stair at each face (Xia et al. 2017 give the idea). On still or flat
 * water this is 0.
 * Second order: all four are limited; next to dry cells it is the first order. */
#pragma once

#include "twin/flow/real.h"

/* The smaller of both, if they have one sign; else 0. */
FLOW_INLINE Real limit_minmod(Real a, Real b)
{
    return real_max(0, real_min(a, b)) + real_min(0, real_max(a, b));
}

/* The mean, at most 1.3 times the smaller: between minmod (1), which flattens, and monotonized
 * central (2), behind whose standing jumps waves run off. */
FLOW_INLINE Real limit_central(Real a, Real b)
{
    return limit_minmod(REAL(0.5) * (a + b), REAL(1.3) * limit_minmod(a, b));
}

FLOW_INLINE Real limit_slope(Real level_before, Real level_after, Real bed_before, Real bed_after)
{
    Real least = real_min(real_min(level_before, level_after), real_min(bed_before, bed_after));
    Real most = real_max(real_max(level_before, level_after), real_max(bed_before, bed_after));

    return real_max(0, least) + real_min(0, most);
}

/* Of the depth: at most the depth, so that no face is deeper than 1.5 times the cell: with a
 * Courant number of at most 2/3 a cell never gives more than it has. */
FLOW_INLINE Real limit_depth(Real before, Real after, Real depth)
{
    Real slope = limit_central(before, after), most = depth;

    return real_max(-most, real_min(most, slope));
}
