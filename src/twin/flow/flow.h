/* SPDX-License-Identifier: EUPL-1.2 */
/* Flow: the full two-dimensional shallow-water equations on a raster.
 *
 * Finite volumes, HLLC with hydrostatic reconstruction (lake at rest stays at
 * rest), wetting and drying, point-implicit Manning friction; first order, or
 * second order (MUSCL in space, Heun in time). State is kept as single
 * precision beside a base height per tile, or as double; both come from one
 * source. Results are the same bits for any number of threads or ranks.
 *
 * Rasters are row-major, the first row is the northernmost, as raster files
 * have it; u points east, v north. Lengths in m, times in s, discharges in
 * m3/s, rates of rain and infiltration in m/s. The room knows no files: the
 * caller reads and writes them. */
#pragma once

#include <stdint.h>

#include "base/err.h"

typedef struct FlowModel FlowModel;

/* How processes that compute one model together talk; `ranks` of them, numbered from 0. Messages
 * between two ranks arrive in their order. The processes' program gives the functions (MPI in
 * twin/mpi); they end the program when the others are gone. */
typedef struct FlowExchange {
    void *context;
    int rank, ranks;
    void (*broadcast)(void *context, void *data, size_t size); /* from rank 0 to all */
    void (*send)(void *context, int to, const void *data, size_t size);
    void (*receive)(void *context, int from, void *data, size_t size);
    /* Send to `other` and receive from it at the same time. */
    void (*swap)(void *context, int other, const void *out, void *in, size_t size);
    double (*least)(void *context, double value); /* of all ranks */
} FlowExchange;

typedef struct FlowGrid {
    int columns, rows;
    double cell;        /* edge of a cell, m */
    double west, north; /* the outer corner, m */
} FlowGrid;

/* A value over time. Between two points it is linear (`steps` false) or keeps
 * the earlier value (`steps` true); before the first and behind the last it
 * keeps that one. `times` ascend. */
typedef struct FlowSeries {
    const double *times; /* s */
    const double *values;
    size_t count;
    bool steps;
} FlowSeries;

typedef enum FlowBoundaryKind {
    FLOW_CLOSED,    /* a wall */
    FLOW_OPEN,      /* water leaves, none comes in */
    FLOW_LEVEL,     /* water level, m above the terrain's datum */
    FLOW_DISCHARGE, /* m3/s into the model over the whole side, shared by conveyance */
} FlowBoundaryKind;

typedef struct FlowBoundary {
    FlowBoundaryKind kind;
    FlowSeries series; /* of FLOW_LEVEL and FLOW_DISCHARGE */
} FlowBoundary;

/* What a cell of FlowInput.outside is. Over the rim of the terrain water falls into the void and
 * does not come back: it counts as outflow. */
typedef enum FlowPlace { FLOW_INSIDE, FLOW_WALL, FLOW_RIM } FlowPlace;

typedef enum FlowSide { FLOW_NORTH, FLOW_EAST, FLOW_SOUTH, FLOW_WEST, FLOW_SIDES } FlowSide;

/* Rain from `time` until the next step's time; 0 behind the last one's end. */
typedef struct FlowRainStep {
    double time;
    double rate; /* everywhere; ignored where the step has a raster */
    bool raster; /* ask FlowRain.raster */
} FlowRainStep;

typedef struct FlowRain {
    const FlowRainStep *steps;
    size_t count;
    /* The rates of step `index` on the grid, m/s, valid until the next call. */
    const float *(*raster)(void *context, size_t index, Err *err);
    void *context;
    /* How much of the rain a cell catches: 1 when NULL. A roof led to its
     * neighbours is 0, and its neighbours have the more. The sum is the
     * number of cells, or less. */
    const float *share;
} FlowRain;

typedef enum FlowSoilKind { FLOW_SEALED, FLOW_CONSTANT, FLOW_GREEN_AMPT } FlowSoilKind;

typedef struct FlowSoil {
    FlowSoilKind kind;
    double rate;    /* constant rate, or saturated conductivity, m/s */
    double suction; /* of the wetting front, m (Green-Ampt) */
    double deficit; /* of moisture, 0..1 (Green-Ampt) */
} FlowSoil;

/* Water put into (or, negative, taken out of) some cells, shared evenly. */
typedef struct FlowSource {
    const uint32_t *cells; /* row * columns + column */
    size_t cell_count;
    FlowSeries discharge;
} FlowSource;

/* An inlet of the sewer: takes what stands there, up to its capacity. */
typedef struct FlowInlet {
    uint32_t cell;
    double capacity; /* m3/s */
} FlowInlet;

/* Everything a model is made from; the arrays may go once it is made, except
 * those of the rain's rasters. */
typedef struct FlowInput {
    FlowGrid grid;
    const double *terrain;  /* m, with what water cannot pass already raised */
    const uint8_t *outside; /* FlowPlace of each cell; NULL: all inside */
    const float *roughness; /* Manning's n, s/m^(1/3); NULL: `roughness_all` */
    double roughness_all;
    const uint8_t *soil; /* index into `soils`; NULL: soils[0] everywhere, if any */
    const FlowSoil *soils;
    size_t soil_count;
    FlowRain rain;
    FlowBoundary boundaries[FLOW_SIDES];
    const FlowSource *sources;
    size_t source_count;
    const FlowInlet *inlets;
    size_t inlet_count;
    const double *depth; /* at time 0; NULL: dry */
    const double *u, *v; /* m/s; NULL: at rest */
} FlowInput;

typedef enum FlowPath {
    FLOW_PATH_BEST,
    FLOW_PATH_SCALAR,
    FLOW_PATH_AVX2,
    FLOW_PATH_AVX512
} FlowPath;

typedef struct FlowOptions {
    int order; /* 1 or 2 */
    bool double_precision;
    int threads;    /* 0: as many as the machine has cores */
    FlowPath path;  /* ERR_INPUT where the machine lacks it */
    double courant; /* 0: the order's own */
    bool no_maxima; /* do not keep FLOW_MAX_*, FLOW_ARRIVAL and FLOW_DURATION */
} FlowOptions;

/* Volumes since time 0, m3. error = stored - initial - rain - inflow + outflow + infiltrated. */
typedef struct FlowVolume {
    double initial, rain, inflow, outflow, infiltrated, stored, error;
} FlowVolume;

typedef enum FlowField {
    FLOW_DEPTH, /* m */
    FLOW_U,     /* m/s, 0 where dry */
    FLOW_V,
    FLOW_MAX_DEPTH,
    FLOW_MAX_SPEED,     /* m/s */
    FLOW_MAX_DIRECTION, /* where it flowed when it was fastest, degrees clockwise from north; NaN:
                           never */
    FLOW_ARRIVAL,       /* s until the depth first passed 0.1 m; NaN: never */
    FLOW_DURATION,      /* s with more than 0.1 m */
} FlowField;

/* Check and take over the input. ERR_INPUT names what is wrong. */
FlowModel *flow_create(const FlowInput *input, const FlowOptions *options, Err *err);
void flow_destroy(FlowModel *model);
/* The bed that a model of this input computes with, m: the terrain, of which single precision
 * counts what stands more than 16 m (of cells above 8 m: twice their edge) above a neighbour as
 * that much. The caller frees it. */
double *flow_ground(const FlowInput *input, const FlowOptions *options);

/* Compute until exactly `until`. `stop` is looked at between steps (NULL:
 * never); returns true when it became true too: flow_time() tells how far it
 * came. */
bool flow_advance(FlowModel *model, double until, const volatile bool *stop, Err *err);
/* The same, but done at the end of the first step at or behind `least`: no step is cut short for
 * it, which would cost accuracy in the first order. */
bool flow_advance_past(FlowModel *model, double least, double until, const volatile bool *stop,
                       Err *err);

double flow_time(const FlowModel *model);
uint64_t flow_steps(const FlowModel *model);
/* Cells computed, over all steps. */
uint64_t flow_cell_updates(const FlowModel *model);
void flow_volume(const FlowModel *model, FlowVolume *out);
/* One field of the whole grid, as double. */
void flow_read(const FlowModel *model, FlowField field, double *out);
/* One cell's field. */
double flow_read_cell(const FlowModel *model, FlowField field, uint32_t cell);

/* The state, such that a model made from the same input goes on to the same
 * bits. `write` and `read` take or give exactly `size` bytes, or fail. */
bool flow_save(const FlowModel *model,
               bool (*write)(void *context, const void *data, size_t size, Err *err), void *context,
               Err *err);
bool flow_load(FlowModel *model, bool (*read)(void *context, void *data, size_t size, Err *err),
               void *context, Err *err);

/* Several processes. After flow_share() the models that rank 0 makes are computed by all ranks in
 * strips of rows, with the same results to the last bit, and used as ever, one at a time; after
 * flow_share(NULL) it computes alone again. The other ranks call flow_serve(), which
 * returns when rank 0 calls flow_share_end(). */
void flow_share(const FlowExchange *exchange);
/* How many processes share models: 1 alone. */
int flow_ranks(void);
void flow_share_end(const FlowExchange *exchange);
void flow_serve(const FlowExchange *exchange);
