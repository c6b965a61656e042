/* SPDX-License-Identifier: EUPL-1.2 */
/* Manning's friction, implicit in the cell: the velocity after `dt`.
 *
 * du/dt = -g n2 |u| u h^(-4/3), backward Euler, solved exactly for |u|: with
 * q = h u and X = 4 dt g n2 |q| h^(-7/3), u = 2 q / (h (1 + sqrt(1 + X))).
 * It holds for any dt and depth, never turns the flow round, and a steady flow
 * down a slope stays what Manning says. */
#pragma once

#include "twin/flow/real.h"

/* The factor from q to u. `drag` is 4 dt g n2; depth > 0. */
FLOW_INLINE Real friction_factor(Real depth, Real qu, Real qw, Real drag)
{
    Real y = real_inverse_cube_root(depth), y2 = y * y;
    Real x = drag * real_root(qu * qu + qw * qw) * (y2 * y2 * (y2 * y));

    return REAL(2.0) / (depth * (REAL(1.0) + real_root(REAL(1.0) + x)));
}
