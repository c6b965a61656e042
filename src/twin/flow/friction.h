/* SPDX-License-Identifier: EUPL-1.2 */
/* Manning's friction, implicit in the cell: the velocity after `dt`.
 *
 * du/dt = -g n2 |u| u h^(-4/3), backward Euler, solved exactly for |u|: with
 * q = h u and X = 4 dt g n2 |q| h^(-7/3), u = 2 q / (h (1 + sqrt(1 + X))).
 * It holds for any dt and depth, never turns the flow round, and a steady flow
 * down a slope stays what Manning says. */
#pragma once

#include "twin/flow/real.h"

/* X / |q| for a depth > 0 and q in units. `drag` is 4 dt g n2 unit^(-4/3). */
FLOW_INLINE Real friction_of_depth(Real depth, Real drag)
{
    Real y = real_inverse_cube_root(depth), y2 = y * y;

    return ((drag * y) * y2) * (y2 * y2);
}

/* The factor from q to u. */
FLOW_INLINE Real friction_factor(Real depth, Real qu, Real qw, Real friction)
{
    Real x = real_root_near(qu * qu + qw * qw, friction);

    return REAL(2.0) / real_fma(depth, real_root(REAL(1.0) + x), depth);
}
