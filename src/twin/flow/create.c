/* SPDX-License-Identifier: EUPL-1.2 */
/* Making a model from its input, and freeing it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "twin/flow/model.h"

static size_t strip_cells(const FlowStrip *strip)
{
    return (size_t)(strip->rows + 2 * FLOW_HALO) * strip->stride;
}

static void *array_of(const FlowModel *model)
{
    return flow_alloc(strip_cells(&model->strip), model->kernel.element);
}

static FlowState state_of(const FlowModel *model)
{
    return (FlowState){array_of(model), array_of(model), array_of(model)};
}

static void lay_out(FlowModel *model, const FlowInput *input)
{
    FlowStrip *strip = &model->strip;
    bool wide = model->options.double_precision;

    strip->columns = input->grid.columns;
    strip->rows = strip->all_rows = input->grid.rows;
    strip->order = model->options.order;
    strip->stride =
        ((size_t)strip->columns + 2 * FLOW_LEAD + FLOW_LEAD - 1) / FLOW_LEAD * FLOW_LEAD;
    strip->cell = input->grid.cell;
    strip->unit = wide ? 1 : flow_unit(input);
    strip->dry = wide ? 1e-8 * fmin(1, strip->cell) : 16 * strip->unit;
    strip->bed = array_of(model);
    strip->now = state_of(model);
    if (strip->order == 2)
        strip->next = state_of(model);
    strip->tile_columns = (strip->columns + FLOW_TILE_COLUMNS - 1) / FLOW_TILE_COLUMNS;
    strip->tile_rows = (strip->rows + FLOW_TILE_ROWS - 1) / FLOW_TILE_ROWS;
    strip->active = flow_alloc((size_t)strip->tile_columns * (size_t)strip->tile_rows, 1);
    model->wet = flow_alloc((size_t)strip->tile_columns * (size_t)strip->tile_rows, 1);
}

/* The beds beyond the sides: mirrored at a wall, else the slope goes on, at most 1 in 2. */
static double beyond(double bed, double inner, FlowBoundaryKind kind, int step, double cell)
{
    double rise = fmax(-0.5 * cell, fmin(0.5 * cell, bed - inner));

    return kind == FLOW_CLOSED ? bed : bed + step * rise;
}

static void set_beds(FlowModel *model, const FlowInput *input, const double *bed)
{
    const FlowStrip *strip = &model->strip;
    int columns = strip->columns, rows = strip->rows;

    for (int row = -FLOW_HALO; row < rows + FLOW_HALO; row++) {
        bool north = row < 0, south = row >= rows;
        int edge = north ? 0 : south ? rows - 1 : row, step = north ? -row : row - rows + 1;
        FlowBoundaryKind kind = input->boundaries[north ? FLOW_NORTH : FLOW_SOUTH].kind;
        int mirrored = north ? step - 1 : south ? rows - step : row;
        const double *line;

        mirrored = mirrored < 0 ? 0 : mirrored >= rows ? rows - 1 : mirrored;
        line = bed + (size_t)(kind == FLOW_CLOSED ? mirrored : edge) * (size_t)columns;
        for (int i = -FLOW_HALO; i < columns + FLOW_HALO; i++) {
            bool west = i < 0, east = i >= columns;
            int side = west ? 0 : east ? columns - 1 : i, far = west ? -i : i - columns + 1;
            int next = west ? (columns > 1 ? 1 : 0) : (columns > 1 ? columns - 2 : 0);
            int mirror =
                west ? (far - 1 < columns ? far - 1 : 0) : (columns - far >= 0 ? columns - far : 0);
            FlowBoundaryKind across = input->boundaries[west ? FLOW_WEST : FLOW_EAST].kind;
            double height = line[side];

            if (west || east)
                height = across == FLOW_CLOSED
                             ? line[mirror]
                             : beyond(height, line[next], across, far, strip->cell);
            if ((north || south) && kind != FLOW_CLOSED) {
                int inner = rows > 1 ? (north ? 1 : rows - 2) : 0;

                height = beyond(height, bed[(size_t)inner * (size_t)columns + (size_t)side], kind,
                                step, strip->cell);
            }
            model->kernel.set_bed(strip, row, i, height);
        }
    }
}

static void set_state(FlowModel *model, const FlowInput *input, const double *bed)
{
    const FlowStrip *strip = &model->strip;
    double unit = strip->unit;
    bool wide = model->options.double_precision;

    for (size_t i = 0; i < (size_t)strip->columns * (size_t)strip->rows; i++) {
        int row = (int)(i / (size_t)strip->columns), column = (int)(i % (size_t)strip->columns);
        double depth = input->depth && !(input->outside && input->outside[i]) ? input->depth[i] : 0;

        /* Rounded such that the level is: still water is level to the last bit. */
        if (!wide && depth > 0) {
            depth = (round((bed[i] + depth) / unit) - round(bed[i] / unit)) * unit;
            depth = depth > 0 ? depth : 0;
        }
        model->kernel.set_depth(strip, strip->now.depth, row, column, depth);
        if (depth <= strip->dry)
            continue;
        if (input->u)
            model->kernel.set_real(strip, strip->now.u, row, column, input->u[i]);
        if (input->v)
            model->kernel.set_real(strip, strip->now.w, row, column, -input->v[i]);
    }
    if (strip->order == 2) {
        memcpy(strip->next.depth, strip->now.depth, strip_cells(strip) * model->kernel.element);
        memcpy(strip->next.u, strip->now.u, strip_cells(strip) * model->kernel.element);
        memcpy(strip->next.w, strip->now.w, strip_cells(strip) * model->kernel.element);
    }
    for (int row = 0; row < strip->rows; row++)
        model->initial += model->kernel.row_sum(strip, strip->now.depth, row);
}

static void set_ground(FlowModel *model, const FlowInput *input)
{
    FlowStrip *strip = &model->strip;
    size_t cells = (size_t)strip->columns * (size_t)strip->rows;
    const FlowKernel *kernel = &model->kernel;

    strip->drag_all = 9.81 * input->roughness_all * input->roughness_all;
    if (input->roughness)
        strip->drag = array_of(model);
    if (input->soil_count > 0)
        strip->soil = (FlowSoilState){array_of(model), array_of(model), array_of(model)};
    for (size_t i = 0; i < cells; i++) {
        int row = (int)(i / (size_t)strip->columns), column = (int)(i % (size_t)strip->columns);

        if (input->roughness) {
            double n = input->outside && input->outside[i] ? 0 : (double)input->roughness[i];

            kernel->set_real(strip, strip->drag, row, column, 9.81 * n * n);
        }
        if (input->soil_count > 0) {
            const FlowSoil *soil = &input->soils[input->soil ? input->soil[i] : 0];

            kernel->set_real(strip, strip->soil.rate, row, column,
                             soil->kind == FLOW_SEALED ? 0 : soil->rate);
            kernel->set_real(strip, strip->soil.suction, row, column,
                             soil->kind == FLOW_GREEN_AMPT ? soil->suction * soil->deficit : 0);
        }
    }
}

static void set_sides(FlowModel *model, const FlowInput *input, const double *bed)
{
    int columns = model->strip.columns, rows = model->strip.rows;

    for (int side = 0; side < FLOW_SIDES; side++) {
        ModelSide *to = &model->sides[side];
        bool across = side == FLOW_NORTH || side == FLOW_SOUTH;

        to->kind = input->boundaries[side].kind;
        to->count = across ? columns : rows;
        to->terrain = flow_alloc((size_t)to->count, sizeof(double));
        to->given = flow_alloc((size_t)to->count, sizeof(double));
        to->in = flow_alloc((size_t)to->count, sizeof(double));
        to->out = flow_alloc((size_t)to->count, sizeof(double));
        to->weights = flow_alloc((size_t)to->count, sizeof(double));
        to->series = flow_series_copy(&input->boundaries[side].series);
        for (int i = 0; i < to->count; i++) {
            int row = side == FLOW_NORTH ? 0 : side == FLOW_SOUTH ? rows - 1 : i;
            int column = across ? i : side == FLOW_WEST ? 0 : columns - 1;
            size_t cell = (size_t)row * (size_t)columns + (size_t)column;

            to->terrain[i] = input->outside && input->outside[cell] ? 1e9 : bed[cell];
        }
    }
}

static void set_points(FlowModel *model, const FlowInput *input)
{
    model->source_count = input->source_count;
    model->sources = flow_alloc(input->source_count, sizeof *model->sources);
    for (size_t i = 0; i < input->source_count; i++) {
        const FlowSource *from = &input->sources[i];

        model->sources[i] =
            (ModelSource){.cells = flow_copy(from->cells, from->cell_count * sizeof *from->cells),
                          .cell_count = from->cell_count,
                          .discharge = flow_series_copy(&from->discharge)};
    }
    model->inlet_count = input->inlet_count;
    model->inlets = flow_copy(input->inlets, input->inlet_count * sizeof *input->inlets);
}

static void set_rain(FlowModel *model, const FlowInput *input)
{
    ModelRain *rain = &model->rain;
    size_t cells = (size_t)input->grid.columns * (size_t)input->grid.rows;

    rain->asked = input->rain;
    rain->count = rain->index = input->rain.count;
    rain->steps = flow_copy(input->rain.steps, rain->count * sizeof *rain->steps);
    if (input->rain.share || input->outside) {
        rain->share = flow_alloc(cells, sizeof(float));
        for (size_t i = 0; i < cells; i++)
            rain->share[i] = input->outside && input->outside[i] ? 0
                             : input->rain.share                 ? input->rain.share[i]
                                                                 : 1;
    }
    for (size_t i = 0; rain->share && i < cells; i++)
        rain->catchment += (double)rain->share[i];
    if (!rain->share)
        rain->catchment = (double)cells;
}

/* The fastest that rain and sources raise a cell, m/s. */
static double greatest_rise(const FlowModel *model)
{
    double most = 0, area = model->grid.cell * model->grid.cell;

    for (size_t i = 0; i < model->rain.count; i++)
        most = fmax(most, model->rain.steps[i].raster ? 1e-4 : model->rain.steps[i].rate);
    for (size_t i = 0; i < model->source_count; i++)
        most += flow_series_greatest(&model->sources[i].discharge) /
                ((double)model->sources[i].cell_count * area);
    return most;
}

static void set_maxima(FlowModel *model)
{
    FlowStrip *strip = &model->strip;
    size_t cells = strip_cells(strip);

    strip->maxima =
        (FlowMaxima){array_of(model), array_of(model), array_of(model),
                     flow_alloc(cells, sizeof(float)), flow_alloc(cells, sizeof(float))};
    for (size_t i = 0; i < cells; i++)
        strip->maxima.arrival[i] = -1;
    for (int row = 0; row < strip->rows; row++)
        model->kernel.keep_maxima(strip, row, 0, 0, FLOW_FLOODED);
}

static void set_threads(FlowModel *model)
{
    int threads = model->options.threads, most = model->strip.rows / 8;

#ifdef _OPENMP
    if (threads <= 0)
        threads = omp_get_num_procs();
#else
    threads = 1;
#endif
    threads = threads > most ? most : threads;
    model->threads = threads < 1 ? 1 : threads;
    model->sweeps = flow_alloc((size_t)model->threads, sizeof *model->sweeps);
    for (int i = 0; i < model->threads; i++)
        model->sweeps[i].scratch = flow_alloc(model->kernel.scratch_size(&model->strip), 1);
}

FlowModel *flow_create(const FlowInput *input, const FlowOptions *options, Err *err)
{
    FlowModel *model;
    double *bed;

    if (!flow_check(input, options, err))
        return NULL;
    model = flow_alloc(1, sizeof *model);
    model->grid = input->grid;
    model->options = *options;
    if (options->courant == 0)
        model->options.courant = options->order == 1 ? 0.9 : 0.65;
    if (!flow_kernel(&model->kernel, options->double_precision, options->path, err)) {
        free(model);
        return NULL;
    }
    lay_out(model, input);
    bed = flow_bed(input, options->double_precision ? 1e6 : 0x1p29 * model->strip.unit);
    set_beds(model, input, bed);
    set_state(model, input, bed);
    set_ground(model, input);
    set_sides(model, input, bed);
    free(bed);
    set_points(model, input);
    set_rain(model, input);
    if (!options->no_maxima)
        set_maxima(model);
    set_threads(model);
    model->rise = greatest_rise(model);
    model->last_step = sqrt(model->options.courant * model->grid.cell / 9.81);
    model->speed = model->kernel.speed(&model->strip, 0, model->strip.rows);
    return model;
}

static void free_state(FlowState *state)
{
    free(state->depth);
    free(state->u);
    free(state->w);
}

void flow_destroy(FlowModel *model)
{
    FlowStrip *strip;

    if (!model)
        return;
    strip = &model->strip;
    free(strip->bed);
    free_state(&strip->now);
    free_state(&strip->next);
    free(strip->drag);
    free(strip->soil.rate);
    free(strip->soil.suction);
    free(strip->soil.soaked);
    free(strip->maxima.depth);
    free(strip->maxima.u);
    free(strip->maxima.w);
    free(strip->maxima.arrival);
    free(strip->maxima.wet);
    free(strip->active);
    free(model->wet);
    for (int side = 0; side < FLOW_SIDES; side++) {
        ModelSide *of = &model->sides[side];

        flow_series_free(&of->series);
        free(of->terrain);
        free(of->given);
        free(of->in);
        free(of->out);
        free(of->weights);
    }
    for (size_t i = 0; i < model->source_count; i++) {
        free(model->sources[i].cells);
        flow_series_free(&model->sources[i].discharge);
    }
    free(model->sources);
    free(model->inlets);
    free(model->rain.steps);
    free(model->rain.share);
    free(model->rain.rates);
    for (int i = 0; i < model->threads; i++)
        free(model->sweeps[i].scratch);
    free(model->sweeps);
    free(model);
}
