/* SPDX-License-Identifier: EUPL-1.2 */
/* The inner loops of a sweep: slopes, faces and the update of one row, in plain C
 * that the compiler turns into vector code. `order` is a constant in every call. */
#pragma once

#include "twin/flow/flux.h"
#include "twin/flow/friction.h"
#include "twin/flow/reconstruct.h"

#define FLOW_SIMD _Pragma("omp simd")

typedef struct Row {
    Mass *depth;
    const Mass *bed;
    Real *u, *w;
} Row;

typedef struct Slopes {
    Real *level, *depth, *u, *w; /* the last three: second order only */
} Slopes;

/* Faces with the cell before (left or above) and the cell behind. */
typedef struct Faces {
    Mass *mass;
    Real *left, *right, *tangential;
} Faces;

typedef struct RowStep {
    Real unit, ratio; /* m; dt over cell, s/m */
    Real emit;        /* from m2/s to units of depth */
    Real dither;
    int shift; /* 1: faces give even units, halved by Heun */
    Mass dry;
    Real drag_all; /* 4 dt g n2, or 4 dt with `drag` */
    const Real *drag;
    Mass rain_all;
    const Mass *rain;
} RowStep;

/* Slopes of the cells of row `b` from `from` to `to`; `a` and `c` are the cells before and behind.
 */
FLOW_INLINE void row_slopes(const Mass *ha, const Mass *hb, const Mass *hc, const Mass *za,
                            const Mass *zb, const Mass *zc, const Real *ua, const Real *ub,
                            const Real *uc, const Real *wa, const Real *wb, const Real *wc,
                            Slopes out, int from, int to, const RowStep *step, const int order)
{
    const Real unit = step->unit;
    const Mass dry = step->dry;
    Real *restrict level = out.level, *restrict depth = out.depth;
    Real *restrict u = out.u, *restrict w = out.w;

    FLOW_SIMD
    for (int i = from; i < to; i++) {
        Real bed_before = mass_difference(zb[i], za[i]), bed_after = mass_difference(zc[i], zb[i]);
        Real level_before = mass_difference(mass_sum(hb[i], zb[i]), mass_sum(ha[i], za[i]));
        Real level_after = mass_difference(mass_sum(hc[i], zc[i]), mass_sum(hb[i], zb[i]));
        Real slope = unit * limit_slope(level_before, level_after, bed_before, bed_after);

        if (order == 1) {
            level[i] = slope;
        } else {
            bool wet = (ha[i] > dry) & (hb[i] > dry) & (hc[i] > dry);
            Real before = mass_difference(hb[i], ha[i]), after = mass_difference(hc[i], hb[i]);
            Real across = unit * limit_central(level_before, level_after);
            Real deep = unit * limit_depth(before, after, (Real)hb[i]);
            Real along_u = limit_central(ub[i] - ua[i], uc[i] - ub[i]);
            Real along_w = limit_central(wb[i] - wa[i], wc[i] - wb[i]);

            level[i] = wet ? across : slope;
            depth[i] = wet ? deep : 0;
            u[i] = wet ? along_u : 0;
            w[i] = wet ? along_w : 0;
        }
    }
}

/* Faces between the cells of `a` and of `b`, whose slopes are `sa` and `sb`. `na`, `nb` are the
 * velocities through the face, `ta`, `tb` those along it; `along_u`: through the face is u. */
FLOW_INLINE void row_faces(const Mass *ha, const Mass *hb, const Mass *za, const Mass *zb,
                           const Real *na, const Real *nb, const Real *ta, const Real *tb,
                           const Real *level_a, const Real *level_b, const Real *depth_a,
                           const Real *depth_b, const Real *nsa, const Real *nsb, const Real *tsa,
                           const Real *tsb, Faces out, int from, int to, const RowStep *step,
                           const int order)
{
    const Real unit = step->unit, emit = step->emit, dither = step->dither, half = REAL(0.5);
    const Mass dry = step->dry;
    Mass *restrict mass = out.mass;
    Real *restrict left = out.left, *restrict right = out.right;
    Real *restrict tangential = out.tangential;

    FLOW_SIMD
    for (int i = from; i < to; i++) {
        Real jump = unit * mass_difference(mass_sum(hb[i], zb[i]), mass_sum(ha[i], za[i])) -
                    half * (level_a[i] + level_b[i]);
        Real deep_a = ha[i] > dry ? unit * (Real)ha[i] : 0;
        Real deep_b = hb[i] > dry ? unit * (Real)hb[i] : 0;
        Real through_a = na[i], through_b = nb[i], along_a = ta[i], along_b = tb[i];
        FaceFlux f;

        if (order == 2) {
            deep_a += half * depth_a[i];
            deep_b -= half * depth_b[i];
            through_a += half * nsa[i];
            through_b -= half * nsb[i];
            along_a += half * tsa[i];
            along_b -= half * tsb[i];
        }
        f = face_flux(deep_a, deep_b, jump, through_a, through_b, along_a, along_b);
        mass[i] = mass_of_flux(f.mass * emit, dither, order == 2);
        left[i] = f.left;
        right[i] = f.right;
        tangential[i] = f.tangential;
    }
}

/* What a row becomes. `x` are the faces at the left of each cell, `top` and `bottom` those above
 * and below; `sx` and `sy` the slopes of the level. Returns the greatest |u| + |w| + 2c. With
 * `stage` 2 the result is the mean of the state `first` and Heun's second guess. */
FLOW_INLINE Real row_update(Row now, Row to_row, Row first, Faces x, Faces top, Faces bottom,
                            const Real *sx, const Real *sy, int from, int to, const RowStep *step,
                            const bool local_drag, const bool local_rain, const int stage)
{
    const Real unit = step->unit, ratio = step->ratio, drag_all = step->drag_all;
    const Real *restrict drag = step->drag;
    const Mass *restrict rain = step->rain;
    const Mass dry = step->dry, rain_all = step->rain_all;
    const Real *xl = x.left, *xr = x.right, *xt = x.tangential;
    Real speed = 0;

#pragma omp simd reduction(max : speed)
    for (int i = from; i < to; i++) {
        Real old = unit * (Real)now.depth[i];
        Real gh = REAL(FLOW_GRAVITY) * old;
        Real push_u =
            ((xl[i + 1] - xr[i]) + gh * sx[i]) + (bottom.tangential[i] - top.tangential[i]);
        Real push_w = ((bottom.left[i] - top.right[i]) + gh * sy[i]) + (xt[i + 1] - xt[i]);
        Mass mass = now.depth[i] + ((x.mass[i] - x.mass[i + 1]) + (top.mass[i] - bottom.mass[i])) +
                    (local_rain ? rain[i] : rain_all);
        Real depth = unit * (Real)mass;
        Real safe = real_max(depth, unit * (Real)dry);
        Real qu = old * now.u[i] - ratio * push_u, qw = old * now.w[i] - ratio * push_w;
        Real factor = friction_factor(safe, qu, qw, local_drag ? drag_all * drag[i] : drag_all);
        Real u = qu * factor, w = qw * factor, pace;

        if (stage == 2) {
            Real before = unit * (Real)first.depth[i], mean;

#ifdef FLOW_DOUBLE
            mass = first.depth[i] + (mass - first.depth[i]) * 0.5;
#else
            mass = first.depth[i] + (mass - first.depth[i]) / 2; /* even: see mass_of_flux */
#endif
            mean = real_max(unit * (Real)mass, unit * (Real)dry);
            qu = before * first.u[i] + depth * u;
            qw = before * first.w[i] + depth * w;
            factor = REAL(0.5) / mean;
            u = qu * factor;
            w = qw * factor;
            depth = unit * (Real)mass;
        }
        u = mass > dry ? u : 0;
        w = mass > dry ? w : 0;
        depth = mass > dry ? depth : 0;
        to_row.depth[i] = mass;
        to_row.u[i] = u;
        to_row.w[i] = w;
        pace =
            (real_max(u, -u) + real_max(w, -w)) + REAL(2.0) * real_root(REAL(FLOW_GRAVITY) * depth);
        speed = pace > speed ? pace : speed;
    }
    return speed;
}
