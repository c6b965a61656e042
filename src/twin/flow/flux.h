/* SPDX-License-Identifier: EUPL-1.2 */
/* Flux through one face between a left and a right cell.
 *
 * Hydrostatic reconstruction (Audusse et al. 2004), written with the jump of the
 * water level instead of the beds: of the depths hL, hR at the face, what stands
 * above the higher bed is min(hL, hR - jump) and min(hR, hL + jump), at least 0.
 *
 * HLL for mass and normal momentum, in the form mean + dissipation, so that at
 * rest (both sides equal) every term is exactly 0; the tangential momentum goes
 * with the mass from where it comes, which makes it HLLC (Toro 2001, 10.4). Wave
 * speeds: min(uL, uR) - c and max(uL, uR) + c with the greater c of both sides; a
 * side without water counts as if it moved with the other. That is slower than
 * the front of a film on dry ground (u + 2c), and nearer to Ritter's solution
 * than with it.
 *
 * One division: with the speeds S- <= 0 <= S+ and l = (S+ + S-) / (S+ - S-), which
 * is exactly 1 or -1 where all flows to one side (so that an empty cell gives
 * nothing), HLL's flux is half of fL + fR + l (fL - fR) + s (hL - hR) with
 * s = (S+ - S-) (1 - l2) / 2.
 *
 * This s, which spreads what is uneven, is also what bounds the step where water is deep and slow:
 * a checkerboard of levels turns round as soon as 2 s dt > dx, long before waves outrun the step.
 * The first order takes longer steps: where s is more than 0.4 dx/dt, mass is spread with that,
 * and what it is less is added to the s of the normal momentum. So the linear scheme is stable
 * (amplification of all waves in all directions at most 1, Froude numbers 0 to 20) up to
 * (|u| + |w| + 1.5 c) dt = 0.94 dx, where HLL alone needs 2c. Water whose waves are slower has
 * HLL's flux to the last bit.
 *
 * Depths are in units, and all is doubled, since
 * halving is left to the factor with which the caller multiplies anyway. */
#pragma once

#include "twin/flow/real.h"

/* The depths of both sides above the higher bed, in units; never 0, for the sake of divisions: what
 * has at most REAL_NONE counts as empty. */
typedef struct FaceDepths {
    Real left, right;
} FaceDepths;

/* `lean` is l, `width` is S+ - S-. */
typedef struct FaceWaves {
    Real lean, width;
} FaceWaves;

/* s for the mass and for the normal momentum. */
typedef struct FaceSpread {
    Real mass, normal;
} FaceSpread;

/* Twice the flux from left to right. */
typedef struct FaceFlux {
    Real mass;        /* units m/s */
    Real left, right; /* normal momentum less the hydrostatic pressure of the cell's own side */
    Real tangential;  /* momentum along the face */
} FaceFlux;

FLOW_INLINE FaceDepths face_depths(Real left, Real right, Real jump)
{
    return (FaceDepths){real_max(REAL_NONE, real_min(left, right - jump)),
                        real_max(REAL_NONE, real_min(right, left + jump))};
}

/* `celerity` is the root of gravity per unit of depth; `u` are the velocities through the face. */
FLOW_INLINE FaceWaves face_waves(Real celerity, FaceDepths h, Real left_u, Real right_u)
{
    Real ul = h.left > REAL_NONE ? left_u : right_u, ur = h.right > REAL_NONE ? right_u : left_u;
    Real c = real_root_near(real_max(h.left, h.right), celerity);
    Real slow = real_min(0, real_min(ul, ur) - c);
    Real fast = real_max(0, real_max(ul, ur) + c);
    Real width = fast - slow;

    return (FaceWaves){(fast + slow) / width, width};
}

FLOW_INLINE FaceSpread face_spread(FaceWaves waves)
{
    Real spread = (REAL(0.5) * waves.width) * real_fma(-waves.lean, waves.lean, REAL(1.0));

    return (FaceSpread){spread, spread};
}

/* In the first order, with `most` of the step. */
FLOW_INLINE FaceSpread face_spread_limited(FaceWaves waves, Real most)
{
    FaceSpread s = face_spread(waves);

    s.mass = real_min(s.mass, most);
    s.normal = real_fma(REAL(2.0), s.normal, -s.mass);
    return s;
}

/* `t` are the velocities along the face. */
FLOW_INLINE FaceFlux face_flux(Real gravity, FaceDepths h, FaceWaves waves, FaceSpread s,
                               Real left_u, Real right_u, Real left_t, Real right_t)
{
    Real lean = waves.lean;
    Real ql = h.left * left_u, qr = h.right * right_u, dh = h.left - h.right, dq = ql - qr;
    Real ml = ql * left_u, mr = qr * right_u;
    Real pressure = (REAL(0.5) * gravity) * (dh * (h.left + h.right));
    Real mass = real_fma(s.mass, dh, real_fma(lean, dq, ql + qr));
    Real normal = real_fma(s.normal, dq, real_fma(lean, (ml - mr) + pressure, ml + mr));

    return (FaceFlux){mass, normal - pressure, normal + pressure,
                      mass * (mass > 0 ? left_t : right_t)};
}
