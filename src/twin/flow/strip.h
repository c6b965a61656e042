/* SPDX-License-Identifier: EUPL-1.2 */
/* Strip: the rows of the grid that this process computes, as the kernels see them.
 *
 * Arrays have two more rows above and below (the neighbours' rows, or what the
 * boundary puts there) and at least two more cells left and right; rows begin
 * at 64 bytes. Row 0 is the northernmost own row; `w` is the velocity towards
 * higher rows, that is southwards.
 *
 * In single precision, depths and the bed are whole numbers of a small `unit`
 * (30 nm at cells of 1 to 8 m), 32 bits wide: adding and taking away is
 * exact, so water is neither made nor lost by rounding. The bed is kept
 * modulo 2^32 units: differences between neighbours are exact however high the
 * mountain is, as long as one step is lower than 2^31 units; create.c sees to
 * that. In double precision both are metres and `unit` is 1. */
#pragma once

#include "twin/flow/flow.h"

/* Depth that counts as flooded for arrival and duration, m. */
#define FLOW_FLOODED 0.1

/* Courant's rule counts the pace |u| + |w| + W c of each cell's water, with this W for each order;
 * why it is less in the first is told in flux.h. */
#define FLOW_WAVES_FIRST 1.5
#define FLOW_WAVES_SECOND 2
/* What the first order spreads the mass by, in cells per step, at most. */
#define FLOW_SPREAD 0.4
/* What a cell gives in a step, of its water, at most (see cell_room()), and the greatest Courant
 * number of the first order: no water runs further than that. */
#define FLOW_GIVEN (15.0 / 16)

enum { FLOW_HALO = 2, FLOW_LEAD = 16, FLOW_TILE_COLUMNS = 64, FLOW_TILE_ROWS = 16 };

/* depth: Mass; u and w: Real, 0 where dry. See real.h. */
typedef struct FlowState {
    void *depth, *u, *w;
} FlowState;

typedef struct FlowSoilState {
    void *rate;    /* Real: conductivity, m/s; NULL: no soil anywhere */
    void *suction; /* Real: suction times deficit, m */
    void *deficit; /* Real: of moisture; 0: a constant rate */
    void *soaked;  /* Mass: taken since time 0 */
} FlowSoilState;

typedef struct FlowMaxima {
    void *depth;    /* Mass */
    void *u, *w;    /* Real: at the moment of the greatest speed */
    float *arrival; /* s; negative: never */
    float *wet;     /* s above the threshold */
} FlowMaxima;

typedef struct FlowStrip {
    int columns, rows;       /* own */
    int first_row, all_rows; /* place in the grid */
    int order;
    size_t stride; /* elements of a row */
    double cell, unit;
    double dry;      /* cells up to this depth hold their water still, m */
    void *bed;       /* Mass */
    FlowState now;   /* between steps */
    FlowState next;  /* the first stage of the second order */
    void *drag;      /* Real: g n2 per cell; NULL: drag_all */
    double drag_all; /* g n2 */
    FlowSoilState soil;
    FlowMaxima maxima; /* depth NULL: not kept */
    /* Tiles of FLOW_TILE_COLUMNS x FLOW_TILE_ROWS cells: 1 where water moves or may come. */
    int tile_columns, tile_rows;
    uint8_t *active;
} FlowStrip;

/* What one side gives to the sweep. */
typedef struct FlowEdge {
    FlowBoundaryKind kind; /* FLOW_CLOSED also where another strip goes on */
    double *given;         /* per cell of the side, now: FLOW_LEVEL: depth at that level, m;
                              FLOW_DISCHARGE: m2/s inwards */
    double *in, *out;      /* per cell of the side: what crossed since time 0, units of depth */
} FlowEdge;

/* Rain of one step: what fell since `zero` grows from `before` to `after`. */
typedef struct FlowFall {
    double before, after;
    const float *rates; /* per own cell without halo; NULL: 1 everywhere */
} FlowFall;

/* One pass over the rows `begin` to `end`. */
typedef struct FlowSweep {
    FlowStrip *strip;
    int stage;       /* 0: a step of the first order, in place; 1 and 2: Heun's */
    double time, dt; /* the step begins at `time` */
    bool sample;     /* look at the maxima; the last time was */
    double since;    /* this long before the end of the step, s */
    double dither;   /* 0..1: where rounding to whole units turns in this step */
    FlowFall fall;
    FlowEdge *edges; /* FLOW_SIDES */
    int begin, end;
    void *scratch; /* of FlowKernel.scratch_size bytes, aligned to 64 */
    bool shared;   /* other sweeps run beside this one in place */
    double speed;  /* out: the greatest pace */
} FlowSweep;

/* The same code, compiled for one precision and one instruction set. */
typedef struct FlowKernel {
    const char *name;
    size_t element; /* bytes of Real and of Mass */
    size_t (*scratch_size)(const FlowStrip *strip);
    /* Copy the rows that neighbours will change; before any sweep of the step begins. */
    void (*prepare)(FlowSweep *sweep);
    void (*sweep)(FlowSweep *sweep);
    /* The rows beyond the north (or south) side, from the side's rule. */
    void (*fill_side)(FlowStrip *strip, FlowState *state, FlowSide side, FlowBoundaryKind kind);
    /* Weights of a side's cells to share a discharge; `terrain` of these cells, m. */
    void (*conveyance)(const FlowStrip *strip, FlowSide side, const double *terrain, double lowest,
                       double *weights);
    double (*speed)(const FlowStrip *strip, int begin, int end);
    /* The greatest depth, m, and where it is; beyond all where whole numbers have overflown. */
    double (*deepest)(const FlowStrip *strip, int *row, int *column);
    void (*keep_maxima)(FlowStrip *strip, int row, double time, double since, double threshold);
    void (*find_wet)(const FlowStrip *strip, uint8_t *wet);
    void (*settle_tile)(FlowStrip *strip, int tile_row, int tile_column);
    /* Single cells. Depths in m; `add` gives what was added, in units of depth. */
    double (*depth)(const FlowStrip *strip, const void *array, int row, int column);
    double (*real)(const FlowStrip *strip, const void *array, int row, int column);
    void (*set_real)(const FlowStrip *strip, void *array, int row, int column, double value);
    void (*set_depth)(const FlowStrip *strip, void *array, int row, int column, double value);
    void (*set_bed)(const FlowStrip *strip, int row, int column, double height);
    double (*add)(FlowStrip *strip, int row, int column, double units);
    double (*row_sum)(const FlowStrip *strip, const void *array, int row);
} FlowKernel;

/* The kernel for these options; ERR_INPUT where the machine lacks it. */
bool flow_kernel(FlowKernel *kernel, bool double_precision, FlowPath path, Err *err);

static inline double flow_waves(const FlowStrip *strip)
{
    return strip->order == 1 ? FLOW_WAVES_FIRST : FLOW_WAVES_SECOND;
}

static inline double flow_courant_most(int order)
{
    return order == 1 ? FLOW_GIVEN : 1;
}

static inline size_t flow_at(const FlowStrip *strip, int row, int column)
{
    return (size_t)(row + FLOW_HALO) * strip->stride + FLOW_LEAD + (size_t)column;
}
