/* SPDX-License-Identifier: EUPL-1.2 */
/* The model behind flow.h: what happens around the strip of cells. */
#pragma once

#include "twin/flow/series.h"
#include "twin/flow/strip.h"

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
    FlowRain asked;     /* the caller's raster function */
    size_t index;       /* the step that holds now; `count`: none */
    double fallen;      /* of the steps without raster, m */
    float *share;       /* own rows; NULL: 1 everywhere */
    float *rates;       /* own rows: rates of a raster step times share */
    float *whole_share; /* of rank 0 among several */
    double most_share;  /* of any cell of the grid */
    double most_rate;   /* the greatest of `rates`, of any rank */
    double catchment;   /* sum of the shares, cells */
    double rate_sum;    /* sum of `rates` */
    double volume;      /* m3 of the raster steps, without the present one */
} ModelRain;

/* What one process makes its model from: the whole grid's frame, and arrays that begin with row
 * `from` of the grid and hold its own rows and the two beside them. */
typedef struct FlowPart {
    FlowInput input;
    int from, held;  /* rows of the arrays */
    int first, rows; /* own */
    const double *bed;
    double unit, catchment;
} FlowPart;

struct FlowModel {
    FlowGrid grid;
    FlowOptions options;
    FlowKernel kernel;
    FlowStrip strip;
    void *arrays[20]; /* of the strip, to be freed */
    int array_count;
    ModelSide sides[FLOW_SIDES];
    ModelSource *sources;
    size_t source_count;
    FlowInlet *inlets;
    size_t inlet_count;
    uint32_t *rim; /* own cells that lie on the rim, of the own rows */
    size_t rim_count;
    ModelRain rain;
    double time, last_step, speed, rise;
    uint64_t steps, updates;
    double initial; /* units of depth, summed over cells; and so are the next three */
    double source_in, source_out, inlet_out;
    double sampled; /* time of the last look at the maxima */
    int since_sample, since_tiles;
    uint64_t active_cells;
    uint8_t *wet; /* per tile */
    int threads;
    FlowSweep *sweeps;            /* one per thread */
    const FlowExchange *exchange; /* NULL: alone */
};

/* Zeroed memory, aligned to 64 bytes, free() gives it back. Ends the program when there is none. */
void *flow_alloc(size_t count, size_t size);
void *flow_copy(const void *data, size_t size);

FlowModel *flow_model_create(const FlowPart *part, const FlowOptions *options,
                             const FlowExchange *exchange, Err *err);
void flow_model_destroy(FlowModel *model);
/* To the first step's end at or behind `least`, at most until `until`; all ranks together. */
bool flow_model_advance(FlowModel *model, double least, double until, const volatile bool *stop,
                        Err *err);

/* Own rows only. Sums are initial, in, out, soaked, stored, in units of depth. */
enum { FLOW_SUMS = 5 };
void flow_model_sums(const FlowModel *model, double sums[FLOW_SUMS]);
void flow_model_volume(const FlowModel *model, const double sums[FLOW_SUMS], FlowVolume *out);
void flow_model_read(const FlowModel *model, FlowField field, double *out);
double flow_model_read_cell(const FlowModel *model, FlowField field, int row, int column);

/* All ranks together; the function and its context are those of rank 0. */
typedef bool FlowTransfer(void *context, void *data, size_t size, Err *err);
bool flow_model_save(const FlowModel *model, FlowTransfer *transfer, void *context, Err *err);
bool flow_model_load(FlowModel *model, FlowTransfer *transfer, void *context, Err *err);

bool flow_check(const FlowInput *input, const FlowOptions *options, Err *err);
/* The bed that the model uses: `input`'s terrain with walls outside, the slope going on in cells of
 * the rim, and no cliff between two cells
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
/* `until`, or the first time before it at which a hydrograph turns. */
double flow_inflow_end(const FlowModel *model, double until);
/* The fastest that water from the sides can raise a cell until then, m/s. */
double flow_sides_rise(FlowModel *model, double until);
void flow_sides_begin(FlowModel *model, double dt);
void flow_sources_apply(FlowModel *model, double dt);
void flow_inlets_apply(FlowModel *model, double dt);
/* Take away what fell over the rim. */
void flow_rim_empty(FlowModel *model);
double flow_dither(const FlowModel *model);

/* Rows that `rank` of `ranks` computes: whole tiles of rows, the last one's may be cut. */
void flow_rows_of_rank(int all_rows, int rank, int ranks, int *first, int *rows);
/* The part of `rank`; its arrays lie in the input's. `bed` is the whole grid's. */
FlowPart flow_part(const FlowInput *input, const double *bed, int rank, int ranks);
void flow_part_send(const FlowPart *part, const FlowExchange *exchange, int to);
/* The caller frees it with flow_part_free(). */
FlowPart flow_part_receive(const FlowExchange *exchange);
void flow_part_free(FlowPart *part);

/* The neighbours' rows beside the strip. */
void flow_exchange_rows(const FlowModel *model, FlowState *state);
/* A byte per tile of the first and the last row of tiles, for those of the neighbours; 0 at the
 * grid's ends. */
void flow_exchange_tiles(const FlowModel *model, const uint8_t *first, const uint8_t *last,
                         uint8_t *above, uint8_t *below);
/* Each rank's rows of rank 0's raster; false everywhere where rank 0 has none. */
bool flow_exchange_raster(const FlowModel *model, const float *whole, float *own);
/* A value of each row, of all ranks' rows: `own` to `all`, which may be the same alone. */
void flow_exchange_column(const FlowModel *model, const double *own, double *all);
double flow_exchange_least(const FlowModel *model, double value);
