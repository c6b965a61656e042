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

/* The smaller of both, if they have one sign, else 0. */
FLOW_INLINE Real least_of(Real a, Real b)
{
    return real_max(real_min(a, b), real_min(0, real_max(a, b)));
}

/* From a cell to the one behind it, in units. */
typedef struct Change {
    Real level;
    Real along; /* as far as level and bed agree; across a cell in the first order: the least of it
                 * before and behind */
} Change;

FLOW_INLINE Change change_between(Mass depth_a, Mass depth_b, Mass bed_a, Mass bed_b)
{
    Mass bed = mass_less(bed_b, bed_a);
    Real level = (Real)mass_sum(bed, mass_less(depth_b, depth_a));

    return (Change){level, least_of(level, (Real)bed)};
}

/* 1 where all three cells are wet, else 0. */
FLOW_INLINE Real wet_of(Real before, Real here, Real after)
{
    return real_min(real_min(before, after), here) > 0 ? 1 : 0;
}

/* Half of what changes across a cell: half the mean of both, at most 0.65 times the smaller, 0
 * where the signs differ; between minmod (0.5), which flattens, and monotonized central (1), behind
 * whose standing jumps waves run off. */
FLOW_INLINE Real limit_half(Real before, Real after)
{
    Real least = real_min(0, REAL(0.65) * real_max(before, after));
    Real most = real_max(0, REAL(0.65) * real_min(before, after));

    return real_min(most, real_max(least, REAL(0.25) * (before + after)));
}

/* Of the depth: at most half of it, so that no face is deeper than 1.5 times the cell. */
FLOW_INLINE Real limit_half_depth(Real before, Real after, Real depth)
{
    Real most = REAL(0.5) * depth;

    return real_max(-most, real_min(most, limit_half(before, after)));
}
