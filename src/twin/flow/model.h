/* SPDX-License-Identifier: EUPL-1.2 */
/* The model behind flow.h: what happens around the strip of cells. */
#pragma once

#include "twin/flow/series.h"
#include "twin/flow/strip.h"

/* Depth that counts as flooded for arrival and duration, m. */
#define FLOW_FLOODED 0.1

typedef struct ModelSide {
    FlowBoundaryKind kind;
    FlowSeries series;
    double *terrain; /* of the side's cells, m; 1e9 outside */
    double *given, *in, *out, *weights;
    int count;
} ModelSide;

typedef struct ModelSource {
    uint32_t *cells;
    size_t cell_count;
    FlowSeries discharge;
    double owed; /* part of a unit of depth that each cell has still to get */
} ModelSource;

typedef struct ModelRain {
    FlowRainStep *steps;
    size_t count;
    FlowRain asked;   /* the caller's raster function */
    size_t index;     /* the step that holds now; `count`: none */
    double fallen;    /* of the steps without raster, m */
    float *share;     /* whole grid; NULL: 1 everywhere */
    float *rates;     /* rates of a raster step times share */
    double catchment; /* sum of the shares, cells */
    double rate_sum;  /* sum of `rates` */
    double volume;    /* m3 of the raster steps, without the present one */
} ModelRain;

struct FlowModel {
    FlowGrid grid;
    FlowOptions options;
    FlowKernel kernel;
    FlowStrip strip;
    ModelSide sides[FLOW_SIDES];
    ModelSource *sources;
    size_t source_count;
    FlowInlet *inlets;
    size_t inlet_count;
    ModelRain rain;
    uint64_t inside; /* cells of the model */
    uint8_t *outside;
    double time, last_step, speed, rise;
    uint64_t steps, updates;
    double initial; /* units of depth, summed over cells; and so are the next three */
    double source_in, source_out, inlet_out;
    double sampled; /* time of the last look at the maxima */
    int since_sample, since_tiles;
    uint64_t active_cells;
    uint8_t *wet; /* per tile */
    int threads;
    FlowSweep *sweeps; /* one per thread */
};

/* Zeroed memory, aligned to 64 bytes, free() gives it back. Ends the program when there is none. */
void *flow_alloc(size_t count, size_t size);
void *flow_copy(const void *data, size_t size);

bool flow_check(const FlowInput *input, const FlowOptions *options, Err *err);
/* The bed that the model uses: `input`'s terrain with walls outside and no cliff between two cells
 * that is higher than `cliff`. The caller frees it. */
double *flow_bed(const FlowInput *input, double cliff);
/* Metres per unit of depth, and the highest step between neighbours that may be. */
double flow_unit(const FlowInput *input);

void flow_tiles_refresh(FlowModel *model);
/* Look anew at all tiles before the next step. */
void flow_tiles_resume(FlowModel *model);
/* Rain of the step that begins now: sets what holds, and how long, in `until`. */
bool flow_rain_begin(FlowModel *model, double *until, Err *err);
FlowFall flow_rain_fall(FlowModel *model, double dt);
double flow_rain_volume(const FlowModel *model);
/* Go on in step `index` of the rain, with `volume` m3 of the raster steps before it. */
bool flow_rain_resume(FlowModel *model, uint64_t index, double volume, Err *err);
/* The fastest that water from the sides can raise a cell now, m/s. */
double flow_sides_rise(FlowModel *model);
void flow_sides_begin(FlowModel *model, double dt);
void flow_sources_apply(FlowModel *model, double dt);
void flow_inlets_apply(FlowModel *model, double dt);
double flow_dither(const FlowModel *model);
