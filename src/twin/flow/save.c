/* SPDX-License-Identifier: EUPL-1.2 */
/* The state, written and read such that it goes on to the same bits: everything
 * that steps change and that does not follow from the input. */
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

typedef bool Transfer(void *context, void *data, size_t size, Err *err);

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

static bool rows_of(const FlowModel *model, void *array, size_t element, Transfer *transfer,
                    void *context, Err *err)
{
    const FlowStrip *strip = &model->strip;

    for (int row = 0; array && row < strip->rows; row++)
        if (!transfer(context, (char *)array + flow_at(strip, row, 0) * element,
                      (size_t)strip->columns * element, err))
            return false;
    return true;
}

/* Everything behind the head, in one direction or the other. */
static bool transfer_state(const FlowModel *model, Transfer *transfer, void *context, Err *err)
{
    const FlowStrip *strip = &model->strip;
    const FlowMaxima *maxima = &strip->maxima;
    size_t element = model->kernel.element;
    void *arrays[] = {strip->now.depth, strip->now.u, strip->now.w, strip->soil.soaked,
                      maxima->depth,    maxima->u,    maxima->w};

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (!rows_of(model, arrays[i], element, transfer, context, err))
            return false;
    if (!rows_of(model, maxima->arrival, sizeof(float), transfer, context, err) ||
        !rows_of(model, maxima->wet, sizeof(float), transfer, context, err))
        return false;
    for (int side = 0; side < FLOW_SIDES; side++) {
        const ModelSide *of = &model->sides[side];
        size_t bytes = (size_t)of->count * sizeof(double);

        if (!transfer(context, of->in, bytes, err) || !transfer(context, of->out, bytes, err))
            return false;
    }
    for (size_t i = 0; i < model->source_count; i++)
        if (!transfer(context, &model->sources[i].owed, sizeof(double), err))
            return false;
    return true;
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
    SavedHead head = head_of(model);
    Writer writer = {write, context};

    return write(context, &head, sizeof head, err) &&
           transfer_state(model, write_through, &writer, err);
}

static bool check_head(const SavedHead *head, const SavedHead *own, Err *err)
{
    if (memcmp(head->magic, own->magic, sizeof own->magic) != 0)
        return err_set(err, ERR_INPUT, "this is not a saved state of this program");
    if (head->columns != own->columns || head->rows != own->rows || head->cell != own->cell)
        return err_set(err, ERR_INPUT,
                       "the saved state has %d x %d cells of %g m; the model %d x "
                       "%d of %g m",
                       head->columns, head->rows, head->cell, own->columns, own->rows, own->cell);
    if (head->order != own->order || head->element != own->element || head->unit != own->unit ||
        head->maxima != own->maxima || head->soil != own->soil || head->sources != own->sources)
        return err_set(err, ERR_INPUT,
                       "the saved state was made with another order, precision, "
                       "initial depth, soil or other sources");
    return true;
}

bool flow_load(FlowModel *model, bool (*read)(void *context, void *data, size_t size, Err *err),
               void *context, Err *err)
{
    SavedHead head, own = head_of(model);

    if (!read(context, &head, sizeof head, err) || !check_head(&head, &own, err) ||
        !transfer_state(model, read, context, err))
        return false;
    model->time = head.time;
    model->last_step = head.last_step;
    model->speed = head.speed;
    model->initial = head.initial;
    model->source_in = head.source_in;
    model->source_out = head.source_out;
    model->inlet_out = head.inlet_out;
    model->sampled = head.sampled;
    model->rain.fallen = head.fallen;
    model->steps = head.steps;
    model->updates = head.updates;
    model->since_sample = (int)head.since_sample;
    flow_tiles_resume(model);
    return flow_rain_resume(model, head.rain_index, head.rain_volume, err);
}
