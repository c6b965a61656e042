/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes over the sides, out of sources and goes down inlets. */
#include <math.h>
#include <stdlib.h>

#include "twin/flow/model.h"

static double least_of(const double *values, int count)
{
    double least = INFINITY;

    for (int i = 0; i < count; i++)
        least = fmin(least, values[i]);
    return least;
}

/* Weights whose sum over the whole side is 1. The sum is taken in the order of the rows, whoever
 * computes them. */
static void weigh(FlowModel *model, FlowSide side)
{
    ModelSide *of = &model->sides[side];
    bool down = side == FLOW_WEST || side == FLOW_EAST;
    double lowest = least_of(of->terrain, of->count), sum = 0, *all = of->weights;
    int count = of->count;

    if (down && model->exchange) {
        lowest = flow_exchange_least(model, lowest);
        count = model->strip.all_rows;
        all = flow_alloc((size_t)count, sizeof *all);
    }
    model->kernel.conveyance(&model->strip, side, of->terrain, lowest, of->weights);
    if (down && model->exchange)
        flow_exchange_column(model, of->weights, all);
    for (int i = 0; i < count; i++)
        sum += all[i];
    for (int i = 0; i < of->count; i++)
        of->weights[i] = sum > 0 ? of->weights[i] / sum : 0;
    if (all != of->weights)
        free(all);
}

/* No step goes over a point where a side's or a source's series turns: between two of them the
 * greatest value stands at an end. */
double flow_inflow_end(const FlowModel *model, double until)
{
    for (int side = 0; side < FLOW_SIDES; side++)
        until = flow_series_next(&model->sides[side].series, model->time, until);
    for (size_t i = 0; i < model->source_count; i++)
        until = flow_series_next(&model->sources[i].discharge, model->time, until);
    return until;
}

/* Critical flow over the deepest point below a level; the greatest part of a discharge. */
double flow_sides_rise(FlowModel *model, double until)
{
    double most = 0;

    for (int side = 0; side < FLOW_SIDES; side++) {
        ModelSide *of = &model->sides[side];
        double now = fmax(flow_series_value(&of->series, model->time),
                          flow_series_value(&of->series, until));

        if (of->kind == FLOW_DISCHARGE)
            weigh(model, (FlowSide)side);
        for (int i = 0; i < of->count; i++) {
            double depth = of->kind == FLOW_LEVEL ? fmax(0, now - of->terrain[i]) : 0;
            double flow = of->kind == FLOW_LEVEL       ? depth * sqrt(9.81 * depth)
                          : of->kind == FLOW_DISCHARGE ? now * of->weights[i] / model->grid.cell
                                                       : 0;

            most = fmax(most, flow / model->grid.cell);
        }
    }
    return most;
}

/* The means over the step that begins now; the weights are known. */
void flow_sides_begin(FlowModel *model, double dt)
{
    for (int side = 0; side < FLOW_SIDES; side++) {
        ModelSide *of = &model->sides[side];
        double mean;

        if (of->kind != FLOW_LEVEL && of->kind != FLOW_DISCHARGE)
            continue;
        mean = flow_series_integral(&of->series, model->time, model->time + dt) / dt;
        for (int i = 0; i < of->count; i++)
            of->given[i] = of->kind == FLOW_LEVEL ? mean - of->terrain[i]
                                                  : mean * of->weights[i] / model->grid.cell;
    }
}

/* A cell became deeper: the next step must know. */
static void note_speed(FlowModel *model, int row, int column)
{
    const FlowStrip *strip = &model->strip;
    double depth = model->kernel.depth(strip, strip->now.depth, row, column);
    double pace = flow_waves(strip) * sqrt(9.81 * depth) +
                  fabs(model->kernel.real(strip, strip->now.u, row, column)) +
                  fabs(model->kernel.real(strip, strip->now.w, row, column));

    model->speed = fmax(model->speed, pace);
}

static void split(const FlowModel *model, uint32_t cell, int *row, int *column)
{
    *row = (int)(cell / (uint32_t)model->grid.columns) - model->strip.first_row;
    *column = (int)(cell % (uint32_t)model->grid.columns);
}

/* Each cell gets whole units; what is left of one is owed to it. */
void flow_sources_apply(FlowModel *model, double dt)
{
    double area = model->grid.cell * model->grid.cell;

    for (size_t i = 0; i < model->source_count; i++) {
        ModelSource *source = &model->sources[i];
        double volume = flow_series_integral(&source->discharge, model->time, model->time + dt);
        double units = volume / area / (double)source->cell_count / model->strip.unit;
        double whole;

        source->owed += units;
        whole = model->options.double_precision ? source->owed : trunc(source->owed);
        source->owed -= whole;
        for (size_t k = 0; whole != 0 && k < source->cell_count; k++) {
            int row, column;
            double added;

            split(model, source->cells[k], &row, &column);
            if (row < 0 || row >= model->strip.rows)
                continue;
            added = model->kernel.add(&model->strip, row, column, whole);
            if (added > 0)
                model->source_in += added;
            else
                model->source_out -= added;
            note_speed(model, row, column);
        }
    }
}

void flow_rim_empty(FlowModel *model)
{
    FlowStrip *strip = &model->strip;

    for (size_t i = 0; i < model->rim_count; i++) {
        int row = (int)(model->rim[i] / (uint32_t)strip->columns);
        int column = (int)(model->rim[i] % (uint32_t)strip->columns);
        double depth = model->kernel.depth(strip, strip->now.depth, row, column);

        if (depth > 0)
            model->inlet_out -= model->kernel.add(strip, row, column, -depth / strip->unit);
    }
}

void flow_inlets_apply(FlowModel *model, double dt)
{
    double per = dt / (model->grid.cell * model->grid.cell) / model->strip.unit;

    for (size_t i = 0; i < model->inlet_count; i++) {
        double units = model->inlets[i].capacity * per;
        int row, column;

        if (!model->options.double_precision)
            units = floor(units + flow_dither(model));
        split(model, model->inlets[i].cell, &row, &column);
        if (row >= 0 && row < model->strip.rows)
            model->inlet_out -= model->kernel.add(&model->strip, row, column, -units);
    }
}
