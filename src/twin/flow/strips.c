/* SPDX-License-Identifier: EUPL-1.2 */
/* Strips: one model on several processes, each with its rows and two of each neighbour. */
#include <stdlib.h>
#include <string.h>

#include "twin/flow/model.h"

void flow_rows_of_rank(int all_rows, int rank, int ranks, int *first, int *rows)
{
    int tiles = (all_rows + FLOW_TILE_ROWS - 1) / FLOW_TILE_ROWS;
    int begin = (int)((int64_t)tiles * rank / ranks) * FLOW_TILE_ROWS;
    int end = (int)((int64_t)tiles * (rank + 1) / ranks) * FLOW_TILE_ROWS;

    *first = begin;
    *rows = (end < all_rows ? end : all_rows) - begin;
}

static double catchment_of(const FlowInput *input)
{
    size_t cells = (size_t)input->grid.columns * (size_t)input->grid.rows;
    double sum = 0;

    for (size_t i = 0; i < cells; i++)
        if (!input->outside || !input->outside[i])
            sum += input->rain.share ? (double)input->rain.share[i] : 1;
    return sum;
}

FlowPart flow_part(const FlowInput *input, const double *bed, int rank, int ranks)
{
    FlowPart part = {.input = *input, .unit = flow_unit(input), .catchment = catchment_of(input)};
    FlowInput *to = &part.input;
    size_t skipped;
    int end;

    flow_rows_of_rank(input->grid.rows, rank, ranks, &part.first, &part.rows);
    part.from = part.first < FLOW_HALO ? 0 : part.first - FLOW_HALO;
    end = part.first + part.rows + FLOW_HALO;
    part.held = (end < input->grid.rows ? end : input->grid.rows) - part.from;
    skipped = (size_t)part.from * (size_t)input->grid.columns;
    part.bed = bed + skipped;
    to->terrain = NULL; /* the bed stands for it */
    to->outside = to->outside ? to->outside + skipped : NULL;
    to->roughness = to->roughness ? to->roughness + skipped : NULL;
    to->soil = to->soil ? to->soil + skipped : NULL;
    to->rain.share = to->rain.share ? to->rain.share + skipped : NULL;
    to->depth = to->depth ? to->depth + skipped : NULL;
    to->u = to->u ? to->u + skipped : NULL;
    to->v = to->v ? to->v + skipped : NULL;
    return part;
}

/* One walk over a part for both directions. */
typedef struct Way {
    const FlowExchange *exchange;
    int to; /* -1: receive from rank 0 */
} Way;

static void carry(const Way *way, void *data, size_t size)
{
    if (size == 0)
        return;
    if (way->to < 0)
        way->exchange->receive(way->exchange->context, 0, data, size);
    else
        way->exchange->send(way->exchange->context, way->to, data, size);
}

/* An array that is there where its pointer, carried before, is not NULL. */
static void *carry_array(const Way *way, const void *array, size_t size)
{
    void *data = (void *)array;

    if (!array)
        return NULL;
    if (way->to < 0)
        data = flow_alloc(size, 1);
    carry(way, data, size);
    return data;
}

static void carry_series(const Way *way, FlowSeries *series)
{
    size_t bytes = series->count * sizeof(double);

    if (series->count == 0)
        series->times = series->values = NULL;
    series->times = carry_array(way, series->times, bytes);
    series->values = carry_array(way, series->values, bytes);
}

static void carry_part(const Way *way, FlowPart *part)
{
    FlowInput *input = &part->input;
    FlowSource *sources;
    size_t cells;

    carry(way, part, sizeof *part);
    cells = (size_t)part->held * (size_t)input->grid.columns;
    part->bed = carry_array(way, part->bed, cells * sizeof(double));
    input->outside = carry_array(way, input->outside, cells);
    input->roughness = carry_array(way, input->roughness, cells * sizeof(float));
    input->soil = carry_array(way, input->soil, cells);
    input->rain.share = carry_array(way, input->rain.share, cells * sizeof(float));
    input->depth = carry_array(way, input->depth, cells * sizeof(double));
    input->u = carry_array(way, input->u, cells * sizeof(double));
    input->v = carry_array(way, input->v, cells * sizeof(double));
    input->soils = carry_array(way, input->soils, input->soil_count * sizeof(FlowSoil));
    input->inlets = carry_array(way, input->inlets, input->inlet_count * sizeof(FlowInlet));
    input->rain.steps =
        carry_array(way, input->rain.steps, input->rain.count * sizeof(FlowRainStep));
    for (int side = 0; side < FLOW_SIDES; side++)
        carry_series(way, &input->boundaries[side].series);
    sources = flow_copy(input->sources, way->to < 0 ? 0 : input->source_count * sizeof *sources);
    if (way->to < 0)
        sources = realloc(sources, (input->source_count + 1) * sizeof *sources);
    carry(way, sources, input->source_count * sizeof *sources);
    for (size_t i = 0; i < input->source_count; i++) {
        sources[i].cells =
            carry_array(way, sources[i].cells, sources[i].cell_count * sizeof(uint32_t));
        carry_series(way, &sources[i].discharge);
    }
    input->sources = sources;
}

void flow_part_send(const FlowPart *part, const FlowExchange *exchange, int to)
{
    Way way = {exchange, to};
    FlowPart copy = *part;

    carry_part(&way, &copy);
    free((void *)copy.input.sources);
}

FlowPart flow_part_receive(const FlowExchange *exchange)
{
    Way way = {exchange, -1};
    FlowPart part;

    memset(&part, 0, sizeof part);
    carry_part(&way, &part);
    return part;
}

void flow_part_free(FlowPart *part)
{
    FlowInput *input = &part->input;

    free((void *)part->bed);
    free((void *)input->outside);
    free((void *)input->roughness);
    free((void *)input->soil);
    free((void *)input->rain.share);
    free((void *)input->depth);
    free((void *)input->u);
    free((void *)input->v);
    free((void *)input->soils);
    free((void *)input->inlets);
    free((void *)input->rain.steps);
    for (int side = 0; side < FLOW_SIDES; side++)
        flow_series_free(&input->boundaries[side].series);
    for (size_t i = 0; i < input->source_count; i++) {
        free((void *)input->sources[i].cells);
        flow_series_free((FlowSeries *)&input->sources[i].discharge);
    }
    free((void *)input->sources);
}

static void swap_rows(const FlowModel *model, FlowState *state, int other, int out, int in)
{
    const FlowExchange *exchange = model->exchange;
    const FlowStrip *strip = &model->strip;
    size_t element = model->kernel.element, bytes = FLOW_HALO * strip->stride * element;
    size_t from = (size_t)(out + FLOW_HALO) * strip->stride * element;
    size_t to = (size_t)(in + FLOW_HALO) * strip->stride * element;
    char *arrays[] = {state->depth, state->u, state->w};

    for (int i = 0; i < 3; i++)
        exchange->swap(exchange->context, other, arrays[i] + from, arrays[i] + to, bytes);
}

void flow_exchange_rows(const FlowModel *model, FlowState *state)
{
    const FlowExchange *exchange = model->exchange;
    int rows = model->strip.rows;

    /* Even ranks begin below, odd ones above, so that pairs meet at once. */
    for (int i = 0; i < 2; i++) {
        bool below = (exchange->rank + i) % 2 == 0;

        if (below && exchange->rank + 1 < exchange->ranks)
            swap_rows(model, state, exchange->rank + 1, rows - FLOW_HALO, rows);
        if (!below && exchange->rank > 0)
            swap_rows(model, state, exchange->rank - 1, 0, -FLOW_HALO);
    }
}

void flow_exchange_tiles(const FlowModel *model, const uint8_t *first, const uint8_t *last,
                         uint8_t *above, uint8_t *below)
{
    const FlowExchange *exchange = model->exchange;
    size_t bytes = (size_t)model->strip.tile_columns;

    for (int i = 0; i < 2; i++) {
        bool down = (exchange->rank + i) % 2 == 0;

        if (down && exchange->rank + 1 < exchange->ranks)
            exchange->swap(exchange->context, exchange->rank + 1, last, below, bytes);
        if (!down && exchange->rank > 0)
            exchange->swap(exchange->context, exchange->rank - 1, first, above, bytes);
    }
}

double flow_exchange_least(const FlowModel *model, double value)
{
    return model->exchange ? model->exchange->least(model->exchange->context, value) : value;
}

bool flow_exchange_raster(const FlowModel *model, const float *whole, float *own)
{
    const FlowExchange *exchange = model->exchange;
    size_t columns = (size_t)model->strip.columns;
    bool there = whole != NULL;

    if (exchange)
        exchange->broadcast(exchange->context, &there, sizeof there);
    if (there && exchange && exchange->rank > 0)
        exchange->receive(exchange->context, 0, own,
                          columns * (size_t)model->strip.rows * sizeof *own);
    if (!whole)
        return there;
    memcpy(own, whole, columns * (size_t)model->strip.rows * sizeof *own);
    for (int rank = 1; exchange && rank < exchange->ranks; rank++) {
        int first, rows;

        flow_rows_of_rank(model->grid.rows, rank, exchange->ranks, &first, &rows);
        exchange->send(exchange->context, rank, whole + (size_t)first * columns,
                       columns * (size_t)rows * sizeof *whole);
    }
    return true;
}

void flow_exchange_column(const FlowModel *model, const double *own, double *all)
{
    const FlowExchange *exchange = model->exchange;

    if (exchange->rank > 0) {
        exchange->send(exchange->context, 0, own, (size_t)model->strip.rows * sizeof *own);
    } else {
        memcpy(all, own, (size_t)model->strip.rows * sizeof *own);
        for (int rank = 1; rank < exchange->ranks; rank++) {
            int first, rows;

            flow_rows_of_rank(model->grid.rows, rank, exchange->ranks, &first, &rows);
            exchange->receive(exchange->context, rank, all + first, (size_t)rows * sizeof *all);
        }
    }
    exchange->broadcast(exchange->context, all, (size_t)model->grid.rows * sizeof *all);
}
