/* SPDX-License-Identifier: EUPL-1.2 */
/* The inner loops of a sweep: slopes, faces and the update of one row, in plain C
 * that the compiler turns into vector code. `order` is a constant in every call. */
#pragma once

#include "twin/flow/flux.h"
#include "twin/flow/friction.h"
#include "twin/flow/reconstruct.h"

#define FLOW_SIMD _Pragma("omp simd")
/* Cells that are computed together: a multiple of every vector's length. */
enum { GROUP = 16 };

typedef struct Row {
    Mass *depth;
    const Mass *bed;
    Real *u, *w;
} Row;

/* Of faces: what changes there; see Change. */
typedef struct Changes {
    Real *level, *along;
} Changes;

/* Of cells, in one direction: the whole change of the level, and half of those of depth and
 * velocities (second order only); `wet` is 1 where the second order holds, else 0. */
typedef struct Slopes {
    Real *level, *depth, *u, *w, *wet;
} Slopes;

/* Of cells: what is known of a row as it was. */
typedef struct Cells {
    Real *depth; /* in units, 0 where dry */
    Real *room;  /* see cell_room() */
    Slopes slopes;
} Cells;

/* Faces with the cell before (left or above) and the cell behind; see FaceFlux. */
typedef struct Faces {
    Mass *mass;
    Real *left, *right, *tangential;
} Faces;

/* What the loops over a row hand on to the next loop. Chains of operations are long, vectors wait
 * for them: loops that do a part for the whole row are faster than one that does all. */
typedef struct Between {
    Real *left, *right; /* FaceDepths */
    Real *lean, *width; /* FaceWaves */
    Mass *mass;         /* cells, after all fluxes */
    Real *qu, *qw;      /* momentum before friction */
    Real *friction;
} Between;

typedef struct RowStep {
    Real unit;     /* m */
    Real gravity;  /* m/s2 per unit of depth */
    Real celerity; /* its root */
    Real ratio;    /* from twice a flux to units of depth: dt over 2 cells */
    Real emit;     /* the same for whole units: half of it where Heun doubles them */
    Real dither;
    Real reach;  /* dt/dx of cell_room(), and */
    Real share;  /* m/4; both scaled as `emit` is */
    Real spread; /* of the first order, at most, m/s; see flux.h */
    int shift;   /* 1: faces give even units, halved by Heun */
    Mass dry;
} RowStep;

/* Depth in units, 0 where dry. */
FLOW_INLINE Real depth_above(Mass depth, Mass dry)
{
    return depth > dry ? (Real)depth : 0;
}

FLOW_INLINE void row_depths(const Mass *depth, Real *out, int from, int to, const RowStep *step)
{
    const Mass dry = step->dry;

    FLOW_SIMD
    for (int i = from; i < to; i++)
        out[i] = depth_above(depth[i], dry);
}

/* No cell gives more than it has: of its depth h, a face takes at most what flows there with the
 * cell's own velocity, and a fourth of the rest: h max(0, u) dt/dx + h (m - (|u| + |w|) dt/dx) / 4
 * with u outwards. Over four faces that is m h. With m = 15/16 Courant's rule leaves more than
 * 3/8 c dt/dx h for each fourth, which is more than any exact solution takes, even with a dry cell
 * behind; held back is only HLL where neighbours run at each other or apart. The sixteenth that
 * stays keeps what is left from being thrown about. Where the velocity alone would take too much
 * (only Heun's guess, which may be faster than the step allows), the excess is taken from each
 * face, which keeps the sum below m h. In the first order the fourth is at least what rounds to 0;
 * with it four faces of 18 units or more take no more than there is. */
FLOW_INLINE Real cell_room(Real depth, Real u, Real w, const RowStep *step, const int order)
{
    Real room =
        depth * real_fma(REAL(-0.25) * step->reach, real_max(u, -u) + real_max(w, -w), step->share);

    return order == 1 ? real_max(REAL_BELOW_ONE, room) : real_min(room, REAL(4.0) * room);
}

/* The most that a face may take before rounding, at least what rounds to 0; `flow` is the cell's
 * depth times its velocity outwards. */
FLOW_INLINE Real face_most(Real room, Real flow, const RowStep *step, const int order)
{
    Real most = real_fma(real_max(0, flow), step->reach, room);

    return order == 1 ? most : real_max(REAL_BELOW_ONE, most);
}

FLOW_INLINE void row_rooms(Row row, Cells cells, int from, int to, const RowStep *step,
                           const int order)
{
    FLOW_SIMD
    for (int i = from; i < to; i++)
        cells.room[i] = cell_room(cells.depth[i], row.u[i], row.w[i], step, order);
}

/* Changes at the faces between the cells of `a` and of `b`. */
FLOW_INLINE void row_changes(const Mass *ha, const Mass *hb, const Mass *za, const Mass *zb,
                             Changes out, int groups)
{
    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++) {
        Change change = change_between(ha[i], hb[i], za[i], zb[i]);

        out.level[i] = change.level;
        out.along[i] = change.along;
    }
}

FLOW_INLINE Real jump_at(Real change, Real level_a, Real level_b)
{
    return real_fma(REAL(-0.5), level_a + level_b, change);
}

/* Rows from north to south, first order. Of the row above `b`, `here` is known, and the `changes`
 * between both. Computes what is known of `b` (`next`), the depths at the faces between both, and
 * the changes between `b` and `c`. */
FLOW_INLINE void row_down(Row b, Row c, Cells here, Cells next, Changes changes, Between out,
                          int groups, const RowStep *step)
{
    const Mass dry = step->dry;

    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++) {
        Change change = change_between(b.depth[i], c.depth[i], b.bed[i], c.bed[i]);
        Real depth = depth_above(b.depth[i], dry);
        Real along = least_of(changes.along[i], change.along);
        Real jump = jump_at(changes.level[i], here.slopes.level[i], along);
        FaceDepths face = face_depths(here.depth[i], depth, jump);

        changes.level[i] = change.level;
        changes.along[i] = change.along;
        next.depth[i] = depth;
        next.room[i] = cell_room(depth, b.u[i], b.w[i], step, 1);
        next.slopes.level[i] = along;
        out.left[i] = face.left;
        out.right[i] = face.right;
    }
}

/* The same in the second order. */
FLOW_INLINE void row_down_limited(Row b, Row c, Cells here, Cells next, Changes changes,
                                  Between out, int groups, const RowStep *step)
{
    const Mass dry = step->dry;

    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++) {
        Change change = change_between(b.depth[i], c.depth[i], b.bed[i], c.bed[i]);
        Real above = here.depth[i], depth = depth_above(b.depth[i], dry);
        Real below = depth_above(c.depth[i], dry), before = changes.level[i];
        Real wet = wet_of(above, depth, below);
        Real along = least_of(changes.along[i], change.along);
        Real level = wet > 0 ? REAL(2.0) * limit_half(before, change.level) : along;
        Real slope = wet * limit_half_depth(depth - above, below - depth, depth);
        FaceDepths face = face_depths(above + here.slopes.depth[i], depth - slope,
                                      jump_at(before, here.slopes.level[i], level));

        changes.level[i] = change.level;
        changes.along[i] = change.along;
        next.depth[i] = depth;
        next.room[i] = cell_room(depth, b.u[i], b.w[i], step, 2);
        next.slopes.level[i] = level;
        next.slopes.depth[i] = slope;
        next.slopes.wet[i] = wet;
        out.left[i] = face.left;
        out.right[i] = face.right;
    }
}

/* Slopes of velocities, second order; `a`, `b`, `c` as they follow each other. */
FLOW_INLINE void row_velocities(const Real *ua, const Real *ub, const Real *uc, const Real *wa,
                                const Real *wb, const Real *wc, Slopes out, int groups)
{
    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++) {
        out.u[i] = out.wet[i] * limit_half(ub[i] - ua[i], uc[i] - ub[i]);
        out.w[i] = out.wet[i] * limit_half(wb[i] - wa[i], wc[i] - wb[i]);
    }
}

/* Slopes from west to east. */
FLOW_INLINE void row_slopes_across(const Real *depth, Changes changes, Slopes out, int groups,
                                   const int order)
{
    const Real *level = changes.level, *all = changes.along;

    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++) {
        Real along = least_of(all[i], all[i + 1]);

        if (order == 1) {
            out.level[i] = along;
        } else {
            Real west = depth[i - 1], here = depth[i], east = depth[i + 1];
            Real wet = wet_of(west, here, east);

            out.level[i] = wet > 0 ? REAL(2.0) * limit_half(level[i], level[i + 1]) : along;
            out.depth[i] = wet * limit_half_depth(here - west, east - here, here);
            out.wet[i] = wet;
        }
    }
}

/* Depths at the left faces of the cells. */
FLOW_INLINE void row_depths_across(const Real *depth, Changes changes, Slopes slopes, Between out,
                                   int groups, const int order)
{
    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++) {
        Real west = depth[i - 1], east = depth[i];
        FaceDepths face;

        if (order == 2) {
            west += slopes.depth[i - 1];
            east -= slopes.depth[i];
        }
        face = face_depths(west, east,
                           jump_at(changes.level[i], slopes.level[i - 1], slopes.level[i]));
        out.left[i] = face.left;
        out.right[i] = face.right;
    }
}

/* Velocities through faces (`n`) or along them (`t`) at the cells `a` before and `b` behind, and
 * how they change across half of these. */
typedef struct Normals {
    const Real *a, *b, *slope_a, *slope_b;
} Normals;

FLOW_INLINE void row_waves(Normals n, Between between, int groups, const RowStep *step,
                           const int order)
{
    const Real celerity = step->celerity;

    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++) {
        FaceDepths depths = {between.left[i], between.right[i]};
        Real left = order == 2 ? n.a[i] + n.slope_a[i] : n.a[i];
        Real right = order == 2 ? n.b[i] - n.slope_b[i] : n.b[i];
        FaceWaves waves = face_waves(celerity, depths, left, right);

        between.lean[i] = waves.lean;
        between.width[i] = waves.width;
    }
}

/* The cells before and behind faces. */
typedef struct Givers {
    const Real *depth_a, *depth_b, *room_a, *room_b;
} Givers;

/* Tells whether a face was held back. Then its momentum has to be less too, which is rare and left
 * to a second call with `held`: what stays keeps its velocity. */
FLOW_INLINE bool row_fluxes(Normals n, Normals t, Givers from, Between between, Faces out,
                            int groups, const RowStep *step, const int order, const bool held)
{
    const Real gravity = step->gravity, emit = step->emit, dither = step->dither;
    const Real per = 1 / emit;
    int any = 0;

#pragma omp simd reduction(| : any)
    for (int i = 0; i < groups * GROUP; i++) {
        FaceDepths depths = {between.left[i], between.right[i]};
        FaceWaves waves = {between.lean[i], between.width[i]};
        Real left = order == 2 ? n.a[i] + n.slope_a[i] : n.a[i];
        Real right = order == 2 ? n.b[i] - n.slope_b[i] : n.b[i];
        Real along_left = order == 2 ? t.a[i] + t.slope_a[i] : t.a[i];
        Real along_right = order == 2 ? t.b[i] - t.slope_b[i] : t.b[i];
        FaceSpread spread =
            order == 1 ? face_spread_limited(waves, step->spread) : face_spread(waves);
        FaceFlux f =
            face_flux(gravity, depths, waves, spread, left, right, along_left, along_right);
        Real flow_a = order == 2 ? from.depth_a[i] * n.a[i] : depths.left * left;
        Real flow_b = order == 2 ? from.depth_b[i] * n.b[i] : depths.right * right;
        Real most = face_most(from.room_a[i], flow_a, step, order);
        Real least = -face_most(from.room_b[i], -flow_b, step, order);
        Real wanted = flux_dithered(f.mass, emit, dither);
        Real mass = real_max(least, real_min(most, wanted));

        any |= mass != wanted ? 1 : 0;
        if (held) {
            Real less = (wanted - mass) * per, push = less * (f.mass > 0 ? left : right);

            f.left -= push;
            f.right -= push;
            f.tangential -= less * (f.mass > 0 ? along_left : along_right);
        }
        out.mass[i] = mass_of_flux(mass, order == 2);
        out.left[i] = f.left;
        out.right[i] = f.right;
        out.tangential[i] = f.tangential;
    }
    return any != 0;
}

/* What the fluxes make of a row, before friction. `x` are the faces at the left of each cell, `top`
 * and `bottom` those above and below; `depth` what is known of the row; `sx` and `sy` the slopes of
 * the level. */
FLOW_INLINE void row_balance(Row now, Faces x, Faces top, Faces bottom, const Real *depth,
                             const Real *sx, const Real *sy, const Mass *rain, Between out,
                             int groups, const RowStep *step)
{
    const Real ratio = step->ratio, twice = REAL(2.0) * step->gravity;

    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++) {
        Real old = depth[i], weight = twice * old;
        Real push_u = real_fma(weight, sx[i], x.left[i + 1] - x.right[i]) +
                      (bottom.tangential[i] - top.tangential[i]);
        Real push_w = real_fma(weight, sy[i], bottom.left[i] - top.right[i]) +
                      (x.tangential[i + 1] - x.tangential[i]);
        Mass mass =
            now.depth[i] + ((x.mass[i] - x.mass[i + 1]) + (top.mass[i] - bottom.mass[i])) + rain[i];

        out.mass[i] = mass;
        out.qu[i] = real_fma(-ratio, push_u, old * now.u[i]);
        out.qw[i] = real_fma(-ratio, push_w, old * now.w[i]);
    }
}

/* The friction of what a row becomes. */
FLOW_INLINE void row_friction(const Real *drag, Between out, int groups, const RowStep *step)
{
    const Real least = (Real)step->dry;

    FLOW_SIMD
    for (int i = 0; i < groups * GROUP; i++)
        out.friction[i] = friction_of_depth(real_max((Real)out.mass[i], least), drag[i]);
}

/* What a row becomes. Returns the greatest pace, 0 in stage 1. With `stage` 2 the result
 * is the mean of the state `first` and Heun's second guess. */
FLOW_INLINE Real row_settle(Between in, Row to_row, Row first, int count, const RowStep *step,
                            const int stage)
{
    const Real waves = (Real)(1.001 * (stage == 0 ? FLOW_WAVES_FIRST : FLOW_WAVES_SECOND)) *
                       step->celerity,
               least = (Real)step->dry;
    const Mass dry = step->dry;
    Real speed = 0;

#pragma omp simd reduction(max : speed)
    for (int i = 0; i < count; i++) {
        Mass mass = in.mass[i];
        Real qu = in.qu[i], qw = in.qw[i], deep = real_max((Real)mass, least);
        Real factor = friction_factor(deep, qu, qw, in.friction[i]);
        Real u = qu * factor, w = qw * factor;

        if (stage == 2) {
            Real before = (Real)first.depth[i];

            qu = before * first.u[i] + (Real)mass * u;
            qw = before * first.w[i] + (Real)mass * w;
#ifdef FLOW_DOUBLE
            mass = first.depth[i] + (mass - first.depth[i]) * 0.5;
#else
            mass = first.depth[i] + (mass - first.depth[i]) / 2; /* even: see mass_of_flux() */
#endif
            deep = real_max((Real)mass, least);
            factor = REAL(0.5) / deep;
            u = qu * factor;
            w = qw * factor;
        }
        u = mass > dry ? u : 0;
        w = mass > dry ? w : 0;
        to_row.depth[i] = mass;
        to_row.u[i] = u;
        to_row.w[i] = w;
        if (stage != 1) {
            Real pace =
                (real_max(u, -u) + real_max(w, -w)) + real_root_near(mass > dry ? deep : 0, waves);

            speed = pace > speed ? pace : speed;
        }
    }
    return speed;
}
