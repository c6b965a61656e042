/* SPDX-License-Identifier: EUPL-1.2 */
/* The functions of flow.h: one process alone, or rank 0, which tells the others what to do with
 * their strips and collects what they have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "twin/flow/model.h"

typedef enum Deed {
    CREATE,
    ADVANCE,
    READ,
    READ_CELL,
    VOLUME,
    UPDATES,
    SAVE,
    LOAD,
    DESTROY,
    END
} Deed;

typedef struct Order {
    Deed deed;
    FlowField field;
    uint32_t cell;
    double least, until;
    FlowOptions options;
} Order;

/* Of this process; set once by the program that starts several. */
static const FlowExchange *shared;

static void tell(const FlowExchange *exchange, Order order)
{
    if (exchange)
        exchange->broadcast(exchange->context, &order, sizeof order);
}

static int ranks_of(const FlowExchange *exchange)
{
    return exchange ? exchange->ranks : 1;
}

/* Whether every rank could; the message of another rank stays there. */
static bool all_could(const FlowExchange *exchange, bool could, Err *err)
{
    double least = exchange ? exchange->least(exchange->context, could ? 1 : 0) : 1;

    if (could && least < 1)
        return err_set(err, ERR_INTERNAL, "another process of the model failed; see its messages");
    return could;
}

/* Rank 0 of several multiplies rasters with the whole grid's shares to know what fell. */
static float *whole_share(const FlowInput *input)
{
    size_t cells = (size_t)input->grid.columns * (size_t)input->grid.rows;
    float *share = NULL;

    if (!input->outside && !input->rain.share)
        return NULL;
    share = flow_alloc(cells, sizeof *share);
    for (size_t i = 0; i < cells; i++)
        share[i] = input->outside && input->outside[i] ? 0
                   : input->rain.share                 ? input->rain.share[i]
                                                       : 1;
    return share;
}

FlowModel *flow_create(const FlowInput *input, const FlowOptions *options, Err *err)
{
    FlowModel *model;
    FlowPart part;
    double *bed;

    if (!flow_check(input, options, err))
        return NULL;
    if (shared && (input->grid.rows + FLOW_TILE_ROWS - 1) / FLOW_TILE_ROWS < shared->ranks) {
        err_set(err, ERR_INPUT, "%d rows are too few for %d processes; take at most %d",
                input->grid.rows, shared->ranks,
                (input->grid.rows + FLOW_TILE_ROWS - 1) / FLOW_TILE_ROWS);
        return NULL;
    }
    tell(shared, (Order){.deed = CREATE, .options = *options});
    bed = flow_ground(input, options);
    for (int rank = 1; rank < ranks_of(shared); rank++) {
        part = flow_part(input, bed, rank, shared->ranks);
        flow_part_send(&part, shared, rank);
    }
    part = flow_part(input, bed, 0, ranks_of(shared));
    model = flow_model_create(&part, options, shared, err);
    free(bed);
    if (model && shared)
        model->rain.whole_share = whole_share(input);
    if (!all_could(shared, model != NULL, err)) {
        flow_model_destroy(model);
        return NULL;
    }
    return model;
}

void flow_destroy(FlowModel *model)
{
    if (!model)
        return;
    tell(model->exchange, (Order){.deed = DESTROY});
    flow_model_destroy(model);
}

bool flow_advance_past(FlowModel *model, double least, double until, const volatile bool *stop,
                       Err *err)
{
    tell(model->exchange, (Order){.deed = ADVANCE, .least = least, .until = until});
    err_clear(err);
    if (flow_model_advance(model, least, until, stop, err))
        return true;
    return all_could(model->exchange, err->kind == ERR_NONE, err);
}

bool flow_advance(FlowModel *model, double until, const volatile bool *stop, Err *err)
{
    return flow_advance_past(model, until, until, stop, err);
}

double flow_time(const FlowModel *model)
{
    return model->time;
}

uint64_t flow_steps(const FlowModel *model)
{
    return model->steps;
}

/* Doubles of rank `from`, or of this process for the others' rank 0. */
static void collect(const FlowExchange *exchange, int from, double *values, size_t count)
{
    if (exchange->rank == 0)
        exchange->receive(exchange->context, from, values, count * sizeof *values);
    else
        exchange->send(exchange->context, 0, values, count * sizeof *values);
}

static void gather_updates(const FlowModel *model, uint64_t *sum)
{
    const FlowExchange *exchange = model->exchange;
    double own = (double)model->updates;

    *sum = model->updates;
    for (int rank = 1; rank < ranks_of(exchange); rank++)
        if (exchange->rank == 0 || exchange->rank == rank) {
            collect(exchange, rank, &own, 1);
            *sum += (uint64_t)own;
        }
}

uint64_t flow_cell_updates(const FlowModel *model)
{
    uint64_t sum;

    tell(model->exchange, (Order){.deed = UPDATES});
    gather_updates(model, &sum);
    return sum;
}

static void gather_volume(const FlowModel *model, FlowVolume *out)
{
    const FlowExchange *exchange = model->exchange;
    double sums[FLOW_SUMS], theirs[FLOW_SUMS];

    flow_model_sums(model, sums);
    for (int rank = 1; rank < ranks_of(exchange); rank++) {
        if (exchange->rank == rank)
            collect(exchange, rank, sums, FLOW_SUMS);
        if (exchange->rank > 0)
            continue;
        collect(exchange, rank, theirs, FLOW_SUMS);
        for (int i = 0; i < FLOW_SUMS; i++)
            sums[i] += theirs[i];
    }
    flow_model_volume(model, sums, out);
}

void flow_volume(const FlowModel *model, FlowVolume *out)
{
    tell(model->exchange, (Order){.deed = VOLUME});
    gather_volume(model, out);
}

static void gather_field(const FlowModel *model, FlowField field, double *out)
{
    const FlowExchange *exchange = model->exchange;
    size_t columns = (size_t)model->strip.columns;

    flow_model_read(model, field, out);
    for (int rank = 1; rank < ranks_of(exchange); rank++) {
        int first, rows;

        flow_rows_of_rank(model->grid.rows, rank, exchange->ranks, &first, &rows);
        if (exchange->rank == 0)
            collect(exchange, rank, out + (size_t)first * columns, (size_t)rows * columns);
        else if (exchange->rank == rank)
            collect(exchange, rank, out, (size_t)rows * columns);
    }
}

void flow_read(const FlowModel *model, FlowField field, double *out)
{
    tell(model->exchange, (Order){.deed = READ, .field = field});
    gather_field(model, field, out);
}

static double gather_cell(const FlowModel *model, FlowField field, uint32_t cell)
{
    const FlowExchange *exchange = model->exchange;
    int row = (int)(cell / (uint32_t)model->grid.columns);
    int column = (int)(cell % (uint32_t)model->grid.columns);
    double value = 0;

    if (row >= model->strip.first_row && row < model->strip.first_row + model->strip.rows)
        value = flow_model_read_cell(model, field, row - model->strip.first_row, column);
    for (int rank = 1; rank < ranks_of(exchange); rank++) {
        int first, rows;

        flow_rows_of_rank(model->grid.rows, rank, exchange->ranks, &first, &rows);
        if (row >= first && row < first + rows && (exchange->rank == 0 || exchange->rank == rank))
            collect(exchange, rank, &value, 1);
    }
    return value;
}

double flow_read_cell(const FlowModel *model, FlowField field, uint32_t cell)
{
    tell(model->exchange, (Order){.deed = READ_CELL, .field = field, .cell = cell});
    return gather_cell(model, field, cell);
}

typedef struct Writer {
    bool (*write)(void *context, const void *data, size_t size, Err *err);
    void *context;
} Writer;

static bool write_through(void *context, void *data, size_t size, Err *err)
{
    const Writer *writer = context;

    return writer->write(writer->context, data, size, err);
}

bool flow_save(const FlowModel *model,
               bool (*write)(void *context, const void *data, size_t size, Err *err), void *context,
               Err *err)
{
    Writer writer = {write, context};

    tell(model->exchange, (Order){.deed = SAVE});
    return flow_model_save(model, write_through, &writer, err);
}

bool flow_load(FlowModel *model, bool (*read)(void *context, void *data, size_t size, Err *err),
               void *context, Err *err)
{
    tell(model->exchange, (Order){.deed = LOAD});
    return flow_model_load(model, read, context, err);
}

void flow_share(const FlowExchange *exchange)
{
    shared = exchange;
}

int flow_ranks(void)
{
    return ranks_of(shared);
}

void flow_share_end(const FlowExchange *exchange)
{
    tell(exchange, (Order){.deed = END});
    shared = NULL;
}

static FlowModel *serve_create(const FlowExchange *exchange, const FlowOptions *options)
{
    FlowPart part = flow_part_receive(exchange);
    Err err = {0};
    FlowModel *model = flow_model_create(&part, options, exchange, &err);

    if (!model)
        fprintf(stderr, "rathaus: process %d: %s\n", exchange->rank, err.message);
    flow_part_free(&part);
    if (!all_could(exchange, model != NULL, &err)) {
        flow_model_destroy(model);
        return NULL;
    }
    return model;
}

static void serve(FlowModel *model, const Order *order)
{
    size_t cells = (size_t)model->strip.columns * (size_t)model->strip.rows;
    FlowVolume volume;
    uint64_t updates;
    double *values;
    Err err = {0};

    switch (order->deed) {
    case ADVANCE:
        if (!flow_model_advance(model, order->least, order->until, NULL, &err)) {
            if (err.kind != ERR_NONE)
                fprintf(stderr, "rathaus: process %d: %s\n", model->exchange->rank, err.message);
            all_could(model->exchange, err.kind == ERR_NONE, &err);
        }
        break;
    case READ:
        values = flow_alloc(cells, sizeof *values);
        gather_field(model, order->field, values);
        free(values);
        break;
    case READ_CELL: gather_cell(model, order->field, order->cell); break;
    case VOLUME: gather_volume(model, &volume); break;
    case UPDATES: gather_updates(model, &updates); break;
    case SAVE: flow_model_save(model, NULL, NULL, &err); break;
    case LOAD: flow_model_load(model, NULL, NULL, &err); break;
    case CREATE:
    case DESTROY:
    case END: break;
    }
}

void flow_serve(const FlowExchange *exchange)
{
    FlowModel *model = NULL;
    Order order;

    for (;;) {
        exchange->broadcast(exchange->context, &order, sizeof order);
        if (order.deed == CREATE || order.deed == DESTROY || order.deed == END) {
            flow_model_destroy(model);
            model = NULL;
        }
        if (order.deed == END)
            return;
        if (order.deed == CREATE)
            model = serve_create(exchange, &order.options);
        else if (model)
            serve(model, &order);
    }
}
