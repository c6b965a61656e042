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

/* An array of the strip. Each begins at another place within its pages: with all at the same, the
 * processor takes a load for one that a store to another array 4 KiB away must go before (a tenth
 * of the time). */
static void *array_of(FlowModel *model)
{
    size_t shift = 11 * 64 * (size_t)(model->array_count % 8);
    char *memory = flow_alloc(strip_cells(&model->strip) * model->kernel.element + shift, 1);

    model->arrays[model->array_count++] = memory;
    return memory + shift;
}

static FlowState state_of(FlowModel *model)
{
    return (FlowState){array_of(model), array_of(model), array_of(model)};
}

static void lay_out(FlowModel *model, const FlowPart *part)
{
    const FlowInput *input = &part->input;
    FlowStrip *strip = &model->strip;
    bool wide = model->options.double_precision;

    strip->columns = input->grid.columns;
    strip->first_row = part->first;
    strip->rows = part->rows;
    strip->all_rows = input->grid.rows;
    strip->order = model->options.order;
    strip->stride = ((size_t)strip->columns + 5 * FLOW_LEAD - 1) / FLOW_LEAD * FLOW_LEAD;
    strip->cell = input->grid.cell;
    strip->unit = wide ? 1 : part->unit;
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

/* Beyond an open side the slope goes on, at most 1 in 2. */
static double beyond(double bed, double inner, int far, double cell)
{
    return bed + far * fmax(-0.5 * cell, fmin(0.5 * cell, bed - inner));
}

/* Place of a cell of the grid in the part's arrays. */
static size_t part_at(const FlowPart *part, int row, int column)
{
    return (size_t)(row - part->from) * (size_t)part->input.grid.columns + (size_t)column;
}

static double bed_at(const FlowPart *part, int row, int column)
{
    return part->bed[part_at(part, row, column)];
}

static bool is_outside(const FlowPart *part, size_t at)
{
    return part->input.outside && part->input.outside[at];
}

/* The bed of a row of the whole grid beyond its west and east sides too. */
static void set_bed_row(FlowModel *model, const FlowPart *part, int row, const double *line)
{
    const FlowStrip *strip = &model->strip;
    int columns = strip->columns, last = columns - 1;
    FlowBoundaryKind west = part->input.boundaries[FLOW_WEST].kind;
    FlowBoundaryKind east = part->input.boundaries[FLOW_EAST].kind;

    for (int i = 0; i < columns; i++)
        model->kernel.set_bed(strip, row, i, line[i]);
    for (int i = 1; i <= FLOW_HALO; i++) {
        int mirror = i - 1 < last ? i - 1 : last, next = last > 0 ? 1 : 0;

        model->kernel.set_bed(strip, row, -i,
                              west == FLOW_CLOSED ? line[mirror]
                                                  : beyond(line[0], line[next], i, strip->cell));
        model->kernel.set_bed(strip, row, last + i,
                              east == FLOW_CLOSED
                                  ? line[last - mirror]
                                  : beyond(line[last], line[last - next], i, strip->cell));
    }
}

static void set_beds(FlowModel *model, const FlowPart *part)
{
    int columns = model->strip.columns, all = model->strip.all_rows;
    double *line = flow_alloc((size_t)columns, sizeof *line);

    for (int row = -FLOW_HALO; row < model->strip.rows + FLOW_HALO; row++) {
        int place = part->first + row, far = place < 0 ? -place : place - all + 1;
        int edge = place < 0 ? 0 : all - 1, inner = place < 0 ? 1 : all - 2;
        FlowBoundaryKind kind = part->input.boundaries[place < 0 ? FLOW_NORTH : FLOW_SOUTH].kind;
        int mirror = place < 0 ? far - 1 : all - far;

        inner = inner < 0 || inner >= all ? edge : inner;
        mirror = mirror < 0 || mirror >= all ? inner : mirror;
        for (int i = 0; i < columns; i++) {
            if (place >= 0 && place < all)
                line[i] = bed_at(part, place, i);
            else if (kind == FLOW_CLOSED)
                line[i] = bed_at(part, mirror, i);
            else
                line[i] =
                    beyond(bed_at(part, edge, i), bed_at(part, inner, i), far, model->strip.cell);
        }
        set_bed_row(model, part, row, line);
    }
    free(line);
}

static void set_state(FlowModel *model, const FlowPart *part)
{
    const FlowStrip *strip = &model->strip;
    const FlowInput *input = &part->input;
    double unit = strip->unit;
    bool wide = model->options.double_precision;

    for (size_t i = 0; i < (size_t)strip->columns * (size_t)strip->rows; i++) {
        int row = (int)(i / (size_t)strip->columns), column = (int)(i % (size_t)strip->columns);
        size_t at = part_at(part, part->first + row, column);
        double depth = input->depth && !is_outside(part, at) ? input->depth[at] : 0;

        /* Rounded such that the level is: still water is level to the last bit. */
        if (!wide && depth > 0) {
            depth = (round((part->bed[at] + depth) / unit) - round(part->bed[at] / unit)) * unit;
            depth = depth > 0 ? depth : 0;
        }
        model->kernel.set_depth(strip, strip->now.depth, row, column, depth);
        if (depth <= strip->dry)
            continue;
        if (input->u)
            model->kernel.set_real(strip, strip->now.u, row, column, input->u[at]);
        if (input->v)
            model->kernel.set_real(strip, strip->now.w, row, column, -input->v[at]);
    }
    if (strip->order == 2) {
        memcpy(strip->next.depth, strip->now.depth, strip_cells(strip) * model->kernel.element);
        memcpy(strip->next.u, strip->now.u, strip_cells(strip) * model->kernel.element);
        memcpy(strip->next.w, strip->now.w, strip_cells(strip) * model->kernel.element);
    }
    for (int row = 0; row < strip->rows; row++)
        model->initial += model->kernel.row_sum(strip, strip->now.depth, row);
}

static void set_ground(FlowModel *model, const FlowPart *part)
{
    FlowStrip *strip = &model->strip;
    const FlowInput *input = &part->input;
    size_t cells = (size_t)strip->columns * (size_t)strip->rows;
    const FlowKernel *kernel = &model->kernel;

    strip->drag_all = 9.81 * input->roughness_all * input->roughness_all;
    if (input->roughness)
        strip->drag = array_of(model);
    if (input->soil_count > 0)
        strip->soil =
            (FlowSoilState){array_of(model), array_of(model), array_of(model), array_of(model)};
    for (size_t i = 0; i < cells; i++) {
        int row = (int)(i / (size_t)strip->columns), column = (int)(i % (size_t)strip->columns);
        size_t at = part_at(part, part->first + row, column);

        if (input->roughness) {
            double n = is_outside(part, at) ? 0 : (double)input->roughness[at];

            kernel->set_real(strip, strip->drag, row, column, 9.81 * n * n);
        }
        if (input->soil_count > 0) {
            const FlowSoil *soil = &input->soils[input->soil ? input->soil[at] : 0];

            if (is_outside(part, at))
                continue;
            kernel->set_real(strip, strip->soil.rate, row, column,
                             soil->kind == FLOW_SEALED ? 0 : soil->rate);
            kernel->set_real(strip, strip->soil.suction, row, column,
                             soil->kind == FLOW_GREEN_AMPT ? soil->suction * soil->deficit : 0);
            kernel->set_real(strip, strip->soil.deficit, row, column,
                             soil->kind == FLOW_GREEN_AMPT ? soil->deficit : 0);
        }
    }
}

static void set_sides(FlowModel *model, const FlowPart *part)
{
    const FlowInput *input = &part->input;
    int columns = model->strip.columns, rows = model->strip.rows;

    for (int side = 0; side < FLOW_SIDES; side++) {
        ModelSide *to = &model->sides[side];
        bool across = side == FLOW_NORTH || side == FLOW_SOUTH;

        to->kind = input->boundaries[side].kind;
        to->count = across ? columns : rows;
        if ((side == FLOW_NORTH && model->strip.first_row > 0) ||
            (side == FLOW_SOUTH && model->strip.first_row + rows < model->strip.all_rows))
            to->kind = FLOW_CLOSED; /* another strip goes on there */
        to->terrain = flow_alloc((size_t)to->count, sizeof(double));
        to->given = flow_alloc((size_t)to->count, sizeof(double));
        to->in = flow_alloc((size_t)to->count, sizeof(double));
        to->out = flow_alloc((size_t)to->count, sizeof(double));
        to->weights = flow_alloc((size_t)to->count, sizeof(double));
        to->series = flow_series_copy(&input->boundaries[side].series);
        for (int i = 0; i < to->count; i++) {
            int row = side == FLOW_NORTH ? 0 : side == FLOW_SOUTH ? rows - 1 : i;
            int column = across ? i : side == FLOW_WEST ? 0 : columns - 1;
            size_t at = part_at(part, part->first + row, column);

            to->terrain[i] = is_outside(part, at) ? 1e9 : part->bed[at];
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

/* Cells where water falls over the rim of the terrain. */
static void set_rim(FlowModel *model, const FlowPart *part)
{
    const uint8_t *outside = part->input.outside;
    size_t cells = (size_t)model->strip.columns * (size_t)model->strip.rows, count = 0;
    size_t begin = part_at(part, part->first, 0);

    for (size_t i = 0; outside && i < cells; i++)
        count += outside[begin + i] == FLOW_RIM;
    model->rim = flow_alloc(count, sizeof *model->rim);
    for (size_t i = 0; count > 0 && i < cells; i++)
        if (outside[begin + i] == FLOW_RIM)
            model->rim[model->rim_count++] = (uint32_t)i;
}

static void set_rain(FlowModel *model, const FlowPart *part)
{
    ModelRain *rain = &model->rain;
    const FlowInput *input = &part->input;
    size_t cells = (size_t)model->strip.columns * (size_t)model->strip.rows;
    size_t begin = part_at(part, part->first, 0);

    rain->asked = input->rain;
    rain->asked.share = NULL;
    rain->count = rain->index = input->rain.count;
    rain->steps = flow_copy(input->rain.steps, rain->count * sizeof *rain->steps);
    rain->catchment = part->catchment;
    rain->most_share = 1;
    if (!input->rain.share && !input->outside)
        return;
    rain->share = flow_alloc(cells, sizeof(float));
    for (size_t i = 0; i < cells; i++) {
        rain->share[i] = is_outside(part, begin + i) ? 0
                         : input->rain.share         ? input->rain.share[begin + i]
                                                     : 1;
        rain->most_share = fmax(rain->most_share, (double)rain->share[i]);
    }
    rain->most_share = -flow_exchange_least(model, -rain->most_share);
}

/* The fastest that rain and sources raise a cell, m/s. */
static double greatest_rise(const FlowModel *model)
{
    double most = 0, area = model->grid.cell * model->grid.cell;

    for (size_t i = 0; i < model->rain.count; i++)
        most = fmax(most, model->rain.steps[i].raster ? 1e-4 : model->rain.steps[i].rate);
    most *= fmax(1, model->rain.most_share);
    for (size_t i = 0; i < model->source_count; i++)
        most += flow_series_greatest(&model->sources[i].discharge) /
                ((double)model->sources[i].cell_count * area);
    return most;
}

static void set_maxima(FlowModel *model)
{
    FlowStrip *strip = &model->strip;
    size_t cells = strip_cells(strip);

    strip->maxima = (FlowMaxima){array_of(model), array_of(model), array_of(model), array_of(model),
                                 array_of(model)};
    for (size_t i = 0; i < cells; i++)
        strip->maxima.arrival[i] = -1;
    for (int row = 0; row < strip->rows; row++)
        model->kernel.keep_maxima(strip, row, 0, 0, FLOW_FLOODED);
}

static void set_threads(FlowModel *model)
{
    int threads = 1, most = model->strip.rows / 8;

#ifdef _OPENMP
    threads = model->options.threads > 0 ? model->options.threads : omp_get_num_procs();
#endif
    threads = threads > most ? most : threads;
    model->threads = threads < 1 ? 1 : threads;
    model->sweeps = flow_alloc((size_t)model->threads, sizeof *model->sweeps);
    for (int i = 0; i < model->threads; i++)
        model->sweeps[i].scratch = flow_alloc(model->kernel.scratch_size(&model->strip), 1);
}

FlowModel *flow_model_create(const FlowPart *part, const FlowOptions *options,
                             const FlowExchange *exchange, Err *err)
{
    FlowModel *model = flow_alloc(1, sizeof *model);

    model->grid = part->input.grid;
    model->options = *options;
    model->exchange = exchange;
    if (options->courant == 0)
        model->options.courant = options->order == 1 ? 0.9 : 0.65;
    if (!flow_kernel(&model->kernel, options->double_precision, options->path, err)) {
        free(model);
        return NULL;
    }
    lay_out(model, part);
    set_beds(model, part);
    set_state(model, part);
    set_ground(model, part);
    set_sides(model, part);
    set_points(model, &part->input);
    set_rim(model, part);
    set_rain(model, part);
    if (!options->no_maxima)
        set_maxima(model);
    set_threads(model);
    model->rise = greatest_rise(model);
    model->last_step = sqrt(model->options.courant * model->grid.cell / 9.81);
    model->speed = model->kernel.speed(&model->strip, 0, model->strip.rows);
    return model;
}

void flow_model_destroy(FlowModel *model)
{
    if (!model)
        return;
    for (int i = 0; i < model->array_count; i++)
        free(model->arrays[i]);
    free(model->strip.active);
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
    free(model->rim);
    free(model->rain.steps);
    free(model->rain.share);
    free(model->rain.whole_share);
    free(model->rain.rates);
    for (int i = 0; i < model->threads; i++)
        free(model->sweeps[i].scratch);
    free(model->sweeps);
    free(model);
}
