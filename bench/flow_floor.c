/* SPDX-License-Identifier: EUPL-1.2 */
/* The floor under a sweep of the flow solver: the same town in the first order with the least that
 * a finite-volume scheme does. Plain HLL over hydrostatic reconstruction, Manning's friction, rain,
 * in place, a row at a time, floats, compiled for this very machine with approximate roots and
 * inverses. No levels that follow the ground (so thin water falls down stairs), no bound on what a
 * cell gives (water is made where it would fall below 0), no exact volumes, nothing kept of the
 * greatest depths, no threads, no dry tiles, other bits on another machine.
 *
 *     bench_flow_floor [SECONDS]        of rain, 600 if not given; prints JSON */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow_town.h"

enum { SIDE = 512, LEAD = 16, STRIDE = SIDE + 2 * LEAD };

static const float gravity = 9.81F, thinnest = 1e-6F;

typedef struct Cells {
    float *depth, *qx, *qy, *bed; /* m, m2/s */
} Cells;

typedef struct Velocities {
    float x[STRIDE], y[STRIDE];
} Velocities;

/* Mass, normal momentum less the pressure of the cell before and behind, tangential momentum. */
typedef struct Faces {
    float mass[STRIDE], before[STRIDE], behind[STRIDE], tangential[STRIDE];
} Faces;

static inline float most(float a, float b)
{
    return a > b ? a : b;
}

static inline float least(float a, float b)
{
    return a < b ? a : b;
}

static Cells row_of(Cells all, int row)
{
    size_t at = (size_t)(row + 1) * STRIDE;

    return (Cells){all.depth + at, all.qx + at, all.qy + at, all.bed + at};
}

static void find_velocities(Cells row, Velocities *out)
{
    for (int i = LEAD - 1; i <= LEAD + SIDE; i++) {
        float per = row.depth[i] > thinnest ? 1 / row.depth[i] : 0;

        out->x[i] = row.qx[i] * per;
        out->y[i] = row.qy[i] * per;
    }
}

/* Faces between the cells a and b; n through the face, t along it. */
static inline __attribute__((always_inline)) void
find_faces(const float *ha, const float *na, const float *ta, const float *za, const float *hb,
           const float *nb, const float *tb, const float *zb, Faces *restrict out, int count)
{
    for (int i = LEAD; i < LEAD + count; i++) {
        float bed = most(za[i], zb[i]);
        float a = most(0, ha[i] + za[i] - bed), b = most(0, hb[i] + zb[i] - bed);
        float ca = sqrtf(gravity * a), cb = sqrtf(gravity * b);
        float slow = least(0, least(na[i] - ca, nb[i] - cb));
        float fast = most(0, most(na[i] + ca, nb[i] + cb));
        float per = 1 / (fast - slow + 1e-12F), both = slow * fast;
        float qa = a * na[i], qb = b * nb[i];
        float pa = 0.5F * gravity * a * a, pb = 0.5F * gravity * b * b;
        float mass = (fast * qa - slow * qb + both * (b - a)) * per;
        float push = (fast * (qa * na[i] + pa) - slow * (qb * nb[i] + pb) + both * (qb - qa)) * per;

        out->mass[i] = mass;
        out->before[i] = push + 0.5F * gravity * ha[i] * ha[i] - pa;
        out->behind[i] = push + 0.5F * gravity * hb[i] * hb[i] - pb;
        out->tangential[i] = mass * (mass > 0 ? ta[i] : tb[i]);
    }
}

/* x^(-4/3): a guess from the exponent, two steps of Newton's. */
static inline float power(float x)
{
    int bits;
    float y;

    memcpy(&bits, &x, sizeof bits);
    bits = 0x54a2fa8c - bits / 3;
    memcpy(&y, &bits, sizeof y);
    y = y * (4 - x * y * y * y) * (1 / 3.0F);
    y = y * (4 - x * y * y * y) * (1 / 3.0F);
    return y * y * y * y;
}

/* Returns the fastest wave, m/s. */
static float update(Cells row, const Faces *restrict x, const Faces *restrict north,
                    const Faces *restrict south, float step)
{
    const float ratio = step / (float)TOWN_CELL, rain = step * (float)TOWN_RAIN;
    const float drag = step * gravity * (float)(TOWN_ROUGHNESS * TOWN_ROUGHNESS);
    float *restrict depth = row.depth, *restrict qx = row.qx, *restrict qy = row.qy, pace = 0;

    for (int i = LEAD; i < LEAD + SIDE; i++) {
        float h = depth[i] + rain -
                  ratio * (x->mass[i + 1] - x->mass[i] + south->mass[i] - north->mass[i]);
        float u = qx[i] - ratio * (x->before[i + 1] - x->behind[i] + south->tangential[i] -
                                   north->tangential[i]);
        float v = qy[i] - ratio * (x->tangential[i + 1] - x->tangential[i] + south->before[i] -
                                   north->behind[i]);
        float per, slowed;

        h = most(h, 0);
        per = h > thinnest ? 1 / h : 0;
        u *= per;
        v *= per;
        slowed = 1 / (1 + drag * sqrtf(u * u + v * v) * power(most(h, thinnest)));
        u *= slowed;
        v *= slowed;
        pace = most(pace, most(fabsf(u), fabsf(v)) + sqrtf(gravity * h));
        depth[i] = h;
        qx[i] = u * h;
        qy[i] = v * h;
    }
    return pace;
}

static float sweep(Cells all, float step)
{
    static Velocities velocities[2];
    static Faces across, down[2];
    Velocities *here = &velocities[0], *next = &velocities[1];
    Faces *north = &down[0], *south = &down[1];
    float pace = 0;

    find_velocities(row_of(all, -1), next);
    for (int row = -1; row < SIDE; row++) {
        Cells a = row_of(all, row), b = row_of(all, row + 1);
        Velocities *above = here;
        Faces *before = north;

        here = next;
        next = above;
        north = south;
        south = before;
        find_velocities(b, next);
        find_faces(a.depth, here->y, here->x, a.bed, b.depth, next->y, next->x, b.bed, south, SIDE);
        if (row < 0)
            continue;
        find_faces(a.depth - 1, here->x - 1, here->y - 1, a.bed - 1, a.depth, here->x, here->y,
                   a.bed, &across, SIDE + 1);
        pace = most(pace, update(a, &across, north, south, step));
    }
    return pace;
}

static Cells make_cells(void)
{
    size_t count = (size_t)STRIDE * (SIDE + 2), bytes = count * sizeof(float);
    Cells all = {aligned_alloc(64, bytes), aligned_alloc(64, bytes), aligned_alloc(64, bytes),
                 aligned_alloc(64, bytes)};
    double *terrain = town_terrain(SIDE);

    memset(all.depth, 0, bytes);
    memset(all.qx, 0, bytes);
    memset(all.qy, 0, bytes);
    for (size_t i = 0; i < count; i++)
        all.bed[i] = 1000;
    for (int row = 0; row < SIDE; row++)
        for (int column = 0; column < SIDE; column++)
            row_of(all, row).bed[LEAD + column] = (float)terrain[row * SIDE + column];
    free(terrain);
    return all;
}

int main(int argc, char **argv)
{
    float until = argc > 1 ? strtof(argv[1], NULL) : 600, time = 0, step = 0.1F;
    double cpu, stored = 0;
    Cells all = make_cells();
    int steps = 0;

    for (cpu = cpu_seconds(); time < until; steps++) {
        float pace;

        step = least(step, until - time);
        pace = sweep(all, step);
        time += step;
        step = least(1.5F * step, 0.45F * (float)TOWN_CELL / most(pace, 1e-3F));
    }
    cpu = cpu_seconds() - cpu;
    for (int row = 0; row < SIDE; row++)
        for (int i = LEAD; i < LEAD + SIDE; i++)
            stored += TOWN_CELL * TOWN_CELL * (double)row_of(all, row).depth[i];
    printf("{\"steps\": %d, \"cpu_s\": %.3f, \"updates_per_cpu_second\": %.0f, "
           "\"stored_m3\": %.3f}\n",
           steps, cpu, (double)steps * SIDE * SIDE / cpu, stored);
    free(all.depth);
    free(all.qx);
    free(all.qy);
    free(all.bed);
    return 0;
}
