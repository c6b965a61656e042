/* SPDX-License-Identifier: EUPL-1.2 */
/* Flux through one face between a left and a right cell.
 *
 * Hydrostatic reconstruction (Audusse et al. 2004), written with the jump of the
 * water level instead of the beds: of the depths hL, hR at the face, what stands
 * above the higher bed is min(hL, hR - jump) and min(hR, hL + jump), at least 0.
 *
 * HLL for mass and normal momentum, in the form mean + dissipation, so that at
 * rest (both sides equal) every term but the pressure is exactly 0 and the
 * weights need not be exact; the tangential momentum goes with the mass from
 * where it comes, which makes it HLLC (Toro 2001, 10.4). Wave speeds:
 * min(uL, uR) - c and max(uL, uR) + c with the greater c of both sides; a side
 * without water counts as if it moved with the other. That is slower than the
 * front of a film on dry ground (u + 2c), and nearer to Ritter's solution than
 * with it. */
#pragma once

#include "twin/flow/real.h"

typedef struct FaceFlux {
    Real mass;        /* m2/s from left to right */
    Real left, right; /* normal momentum less the hydrostatic pressure of the cell's own side */
    Real tangential;  /* momentum along the face */
} FaceFlux;

FLOW_INLINE FaceFlux face_flux(Real left_depth, Real right_depth, Real jump, Real left_u,
                               Real right_u, Real left_t, Real right_t)
{
    const Real half_g = REAL(0.5) * REAL(FLOW_GRAVITY);
    Real hl = real_max(0, real_min(left_depth, right_depth - jump));
    Real hr = real_max(0, real_min(right_depth, left_depth + jump));
    Real ul = hl > 0 ? left_u : right_u, ur = hr > 0 ? right_u : left_u;
    Real c = real_root(REAL(FLOW_GRAVITY) * real_max(hl, hr));
    Real slow = real_min(0, real_min(ul, ur) - c);
    Real fast = real_max(0, real_max(ul, ur) + c);
    Real weight = REAL(1.0) / (fast - slow + REAL(1e-20));
    Real between = REAL(0.5) * ((fast + slow) * weight), spread = -(slow * fast) * weight;
    /* Faster than its waves: all from one side, exactly, so that an empty cell gives nothing. */
    Real lean = slow < 0 ? (fast > 0 ? between : REAL(-0.5)) : REAL(0.5);
    Real ql = hl * ul, qr = hr * ur, pl = half_g * (hl * hl), pr = half_g * (hr * hr);
    Real fl = ql * ul + pl, fr = qr * ur + pr;
    Real mass = REAL(0.5) * (ql + qr) + lean * (ql - qr) + spread * (hl - hr);
    Real normal = REAL(0.5) * (fl + fr) + lean * (fl - fr) + spread * (ql - qr);

    return (FaceFlux){mass, normal - pl, normal - pr, mass * (mass > 0 ? left_t : right_t)};
}
