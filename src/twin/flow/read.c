/* SPDX-License-Identifier: EUPL-1.2 */
/* What the caller may ask a model for. */
#include <math.h>

#include "twin/flow/model.h"

double flow_time(const FlowModel *model)
{
    return model->time;
}

uint64_t flow_steps(const FlowModel *model)
{
    return model->steps;
}

uint64_t flow_cell_updates(const FlowModel *model)
{
    return model->updates;
}

static double sum_rows(const FlowModel *model, const void *array)
{
    double sum = 0;

    for (int row = 0; array && row < model->strip.rows; row++)
        sum += model->kernel.row_sum(&model->strip, array, row);
    return sum;
}

void flow_volume(const FlowModel *model, FlowVolume *out)
{
    double per = model->grid.cell * model->grid.cell * model->strip.unit;
    double in = model->source_in, gone = model->source_out + model->inlet_out;

    for (int side = 0; side < FLOW_SIDES; side++)
        for (int i = 0; i < model->sides[side].count; i++) {
            in += model->sides[side].in[i];
            gone += model->sides[side].out[i];
        }
    *out = (FlowVolume){.initial = model->initial * per,
                        .rain = flow_rain_volume(model),
                        .inflow = in * per,
                        .outflow = gone * per,
                        .infiltrated = sum_rows(model, model->strip.soil.soaked) * per,
                        .stored = sum_rows(model, model->strip.now.depth) * per};
    out->error =
        out->stored - out->initial - out->rain - out->inflow + out->outflow + out->infiltrated;
}

static double direction(double u, double v)
{
    double degrees = atan2(u, v) * (180 / 3.14159265358979323846);

    if (u == 0 && v == 0)
        return NAN;
    return degrees < 0 ? degrees + 360 : degrees;
}

static double read_maximum(const FlowModel *model, FlowField field, int row, int column)
{
    const FlowStrip *strip = &model->strip;
    const FlowMaxima *of = &strip->maxima;
    double u, v;

    if (field == FLOW_ARRIVAL) {
        double arrival = (double)of->arrival[flow_at(strip, row, column)];
        return arrival < 0 ? NAN : arrival;
    }
    if (field == FLOW_DURATION)
        return (double)of->wet[flow_at(strip, row, column)];
    if (field == FLOW_MAX_DEPTH)
        return model->kernel.depth(strip, of->depth, row, column);
    u = model->kernel.real(strip, of->u, row, column);
    v = -model->kernel.real(strip, of->w, row, column);
    return field == FLOW_MAX_SPEED ? sqrt(u * u + v * v) : direction(u, v);
}

static double read_one(const FlowModel *model, FlowField field, int row, int column)
{
    const FlowStrip *strip = &model->strip;

    switch (field) {
    case FLOW_DEPTH: return model->kernel.depth(strip, strip->now.depth, row, column);
    case FLOW_U: return model->kernel.real(strip, strip->now.u, row, column);
    case FLOW_V: return 0 - model->kernel.real(strip, strip->now.w, row, column);
    case FLOW_MAX_DEPTH:
    case FLOW_MAX_SPEED:
    case FLOW_MAX_DIRECTION:
    case FLOW_ARRIVAL:
    case FLOW_DURATION: break;
    }
    return strip->maxima.depth ? read_maximum(model, field, row, column) : NAN;
}

void flow_read(const FlowModel *model, FlowField field, double *out)
{
    for (int row = 0; row < model->strip.rows; row++)
        for (int i = 0; i < model->strip.columns; i++)
            *out++ = read_one(model, field, row, i);
}

double flow_read_cell(const FlowModel *model, FlowField field, uint32_t cell)
{
    return read_one(model, field, (int)(cell / (uint32_t)model->grid.columns),
                    (int)(cell % (uint32_t)model->grid.columns));
}
