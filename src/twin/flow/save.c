/* SPDX-License-Identifier: EUPL-1.2 */
/* The state, written and read such that it goes on to the same bits: everything
 * that steps change and that does not follow from the input. */
#include <stdlib.h>
#include <string.h>

#include "twin/flow/model.h"

typedef struct SavedHead {
    char magic[8];
    int32_t columns, rows, order, element;
    uint64_t maxima, soil, sources, rain_index;
    double unit, cell;
    double time, last_step, speed, initial, source_in, source_out, inlet_out, sampled;
    double fallen, rain_volume;
    uint64_t steps, updates;
    int64_t since_sample;
} SavedHead;

/* A walk over the state, to the file or from it. Only rank 0 has the file; the others' rows go
 * through it. After the first failure the walk goes on without the file, so that the ranks stay
 * together. */
typedef struct Walk {
    const FlowModel *model;
    FlowTransfer *transfer;
    void *context;
    bool load, failed;
    void *row; /* of another rank, at rank 0 */
    Err *err;
} Walk;

static SavedHead head_of(const FlowModel *model)
{
    SavedHead head;

    memset(&head, 0, sizeof head);
    memcpy(head.magic, "RHFLOW01", sizeof head.magic);
    head.columns = model->strip.columns;
    head.rows = model->strip.all_rows;
    head.order = model->strip.order;
    head.element = (int32_t)model->kernel.element;
    head.maxima = model->strip.maxima.depth != NULL;
    head.soil = model->strip.soil.soaked != NULL;
    head.sources = model->source_count;
    head.rain_index = model->rain.index;
    head.unit = model->strip.unit;
    head.cell = model->grid.cell;
    head.time = model->time;
    head.last_step = model->last_step;
    head.speed = model->speed;
    head.initial = model->initial;
    head.source_in = model->source_in;
    head.source_out = model->source_out;
    head.inlet_out = model->inlet_out;
    head.sampled = model->sampled;
    head.fallen = model->rain.fallen;
    head.rain_volume = model->rain.volume;
    head.steps = model->steps;
    head.updates = model->updates;
    head.since_sample = model->since_sample;
    return head;
}

static void through_file(Walk *walk, void *data, size_t size)
{
    if (size > 0 && !walk->failed && !walk->transfer(walk->context, data, size, walk->err))
        walk->failed = true;
}

static void through_rank_0(const Walk *walk, void *data, size_t size)
{
    const FlowExchange *exchange = walk->model->exchange;

    if (size == 0)
        return;
    if (walk->load)
        exchange->receive(exchange->context, 0, data, size);
    else
        exchange->send(exchange->context, 0, data, size);
}

/* `size` bytes of each of the grid's rows; `own` is row 0 of this strip's, `stride` bytes apart. */
static void all_rows(Walk *walk, void *own, size_t stride, size_t size)
{
    const FlowModel *model = walk->model;
    const FlowExchange *exchange = model->exchange;
    bool second = exchange && exchange->rank > 0;

    for (int row = 0; row < model->strip.rows; row++)
        if (second)
            through_rank_0(walk, (char *)own + (size_t)row * stride, size);
        else
            through_file(walk, (char *)own + (size_t)row * stride, size);
    for (int rank = 1; !second && exchange && rank < exchange->ranks; rank++) {
        int first, rows;

        flow_rows_of_rank(model->grid.rows, rank, exchange->ranks, &first, &rows);
        for (int row = 0; row < rows; row++) {
            if (!walk->load)
                exchange->receive(exchange->context, rank, walk->row, size);
            through_file(walk, walk->row, size);
            if (walk->load)
                exchange->send(exchange->context, rank, walk->row, size);
        }
    }
}

static void all_cells(Walk *walk, void *array, size_t element)
{
    const FlowStrip *strip = &walk->model->strip;

    if (array)
        all_rows(walk, (char *)array + flow_at(strip, 0, 0) * element, strip->stride * element,
                 (size_t)strip->columns * element);
}

/* The counts of one side. Those of the north are at rank 0, those of the south at the last. */
static void all_side(Walk *walk, FlowSide side, double *counts)
{
    const FlowModel *model = walk->model;
    const FlowExchange *exchange = model->exchange;
    size_t size = (size_t)model->strip.columns * sizeof *counts;
    int last = exchange ? exchange->ranks - 1 : 0, rank = exchange ? exchange->rank : 0;

    if (side == FLOW_WEST || side == FLOW_EAST) {
        all_rows(walk, counts, sizeof *counts, sizeof *counts);
    } else if (side == FLOW_NORTH || last == 0) {
        if (rank == 0)
            through_file(walk, counts, size);
    } else if (rank == last) {
        through_rank_0(walk, counts, size);
    } else if (rank == 0) {
        if (!walk->load)
            exchange->receive(exchange->context, last, walk->row, size);
        through_file(walk, walk->row, size);
        if (walk->load)
            exchange->send(exchange->context, last, walk->row, size);
    }
}

/* What all ranks know alike. */
static void common(Walk *walk, void *data, size_t size)
{
    const FlowExchange *exchange = walk->model->exchange;

    if (!exchange || exchange->rank == 0)
        through_file(walk, data, size);
    if (exchange && walk->load)
        exchange->broadcast(exchange->context, data, size);
}

/* Everything behind the head, in one direction or the other. */
static void walk_state(Walk *walk)
{
    const FlowModel *model = walk->model;
    const FlowStrip *strip = &model->strip;
    const FlowMaxima *maxima = &strip->maxima;
    size_t element = model->kernel.element;
    void *arrays[] = {strip->now.depth, strip->now.u, strip->now.w, strip->soil.soaked,
                      maxima->depth,    maxima->u,    maxima->w};

    walk->row = flow_alloc((size_t)strip->columns, sizeof(double));
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        all_cells(walk, arrays[i], element);
    all_cells(walk, maxima->arrival, sizeof(float));
    all_cells(walk, maxima->wet, sizeof(float));
    for (int side = 0; side < FLOW_SIDES; side++) {
        all_side(walk, (FlowSide)side, model->sides[side].in);
        all_side(walk, (FlowSide)side, model->sides[side].out);
    }
    for (size_t i = 0; i < model->source_count; i++)
        common(walk, &model->sources[i].owed, sizeof(double));
    free(walk->row);
}

static double sum_over_ranks(const FlowModel *model, double value)
{
    const FlowExchange *exchange = model->exchange;

    for (int rank = 1; exchange && rank < exchange->ranks; rank++) {
        double theirs = value;

        if (exchange->rank == rank)
            exchange->send(exchange->context, 0, &theirs, sizeof theirs);
        if (exchange->rank > 0)
            continue;
        exchange->receive(exchange->context, rank, &theirs, sizeof theirs);
        value += theirs;
    }
    return value;
}

/* Whether rank 0 could do its part with the file. */
static bool agree(Walk *walk)
{
    const FlowExchange *exchange = walk->model->exchange;
    bool failed = walk->failed;

    if (exchange)
        exchange->broadcast(exchange->context, &failed, sizeof failed);
    return !failed;
}

bool flow_model_save(const FlowModel *model, FlowTransfer *transfer, void *context, Err *err)
{
    Walk walk = {model, transfer, context, false, false, NULL, err};
    SavedHead head = head_of(model);

    head.speed = -flow_exchange_least(model, -head.speed);
    head.initial = sum_over_ranks(model, head.initial);
    head.source_in = sum_over_ranks(model, head.source_in);
    head.source_out = sum_over_ranks(model, head.source_out);
    head.inlet_out = sum_over_ranks(model, head.inlet_out);
    head.updates = (uint64_t)sum_over_ranks(model, (double)head.updates);
    common(&walk, &head, sizeof head);
    walk_state(&walk);
    return agree(&walk);
}

static bool check_head(const SavedHead *head, const SavedHead *own, Err *err)
{
    if (memcmp(head->magic, own->magic, sizeof own->magic) != 0)
        return err_set(err, ERR_INPUT, "this is not a saved state of this program");
    if (head->columns != own->columns || head->rows != own->rows || head->cell != own->cell)
        return err_set(err, ERR_INPUT,
                       "the saved state has %d x %d cells of %g m; the model %d x %d of %g m",
                       head->columns, head->rows, head->cell, own->columns, own->rows, own->cell);
    if (head->order != own->order || head->element != own->element || head->unit != own->unit ||
        head->maxima != own->maxima || head->soil != own->soil || head->sources != own->sources)
        return err_set(err, ERR_INPUT,
                       "the saved state was made with another order, precision, initial depth, "
                       "soil or other sources");
    return true;
}

bool flow_model_load(FlowModel *model, FlowTransfer *transfer, void *context, Err *err)
{
    Walk walk = {model, transfer, context, true, false, NULL, err};
    SavedHead head, own = head_of(model);
    bool first = !model->exchange || model->exchange->rank == 0;

    memset(&head, 0, sizeof head);
    common(&walk, &head, sizeof head);
    if (!agree(&walk))
        return false;
    if (!check_head(&head, &own, err))
        return false;
    walk_state(&walk);
    if (!agree(&walk))
        return false;
    model->time = head.time;
    model->last_step = head.last_step;
    model->speed = head.speed;
    model->initial = first ? head.initial : 0;
    model->source_in = first ? head.source_in : 0;
    model->source_out = first ? head.source_out : 0;
    model->inlet_out = first ? head.inlet_out : 0;
    model->sampled = head.sampled;
    model->rain.fallen = head.fallen;
    model->steps = head.steps;
    model->updates = first ? head.updates : 0;
    model->since_sample = (int)head.since_sample;
    flow_tiles_resume(model);
    return flow_rain_resume(model, head.rain_index, head.rain_volume, err);
}
