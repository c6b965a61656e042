/* SPDX-License-Identifier: EUPL-1.2 */
/* What a strip knows of its cells. */
#include <math.h>

#include "twin/flow/model.h"

static double sum_rows(const FlowModel *model, const void *array)
{
    double sum = 0;

    for (int row = 0; array && row < model->strip.rows; row++)
        sum += model->kernel.row_sum(&model->strip, array, row);
    return sum;
}

/* In units of depth; whole numbers, and so exact, in single precision. */
void flow_model_sums(const FlowModel *model, double sums[FLOW_SUMS])
{
    double in = model->source_in, gone = model->source_out + model->inlet_out;

    for (int side = 0; side < FLOW_SIDES; side++)
        for (int i = 0; i < model->sides[side].count; i++) {
            in += model->sides[side].in[i];
            gone += model->sides[side].out[i];
        }
    sums[0] = model->initial;
    sums[1] = in;
    sums[2] = gone;
    sums[3] = sum_rows(model, model->strip.soil.soaked);
    sums[4] = sum_rows(model, model->strip.now.depth);
}

void flow_model_volume(const FlowModel *model, const double sums[FLOW_SUMS], FlowVolume *out)
{
    double per = model->grid.cell * model->grid.cell * model->strip.unit;

    *out = (FlowVolume){.initial = sums[0] * per,
                        .rain = flow_rain_volume(model),
                        .inflow = sums[1] * per,
                        .outflow = sums[2] * per,
                        .infiltrated = sums[3] * per,
                        .stored = sums[4] * per};
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

double flow_model_read_cell(const FlowModel *model, FlowField field, int row, int column)
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

void flow_model_read(const FlowModel *model, FlowField field, double *out)
{
    for (int row = 0; row < model->strip.rows; row++)
        for (int i = 0; i < model->strip.columns; i++)
            *out++ = flow_model_read_cell(model, field, row, i);
}
