/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of flow share: making and running models, and measuring them. */
#pragma once

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "twin/flow/flow.h"

static const double pi = 3.14159265358979323846, gravity = 9.81;

static inline size_t grid_cells(const FlowGrid *grid)
{
    return (size_t)grid->columns * (size_t)grid->rows;
}

static inline double *grid_of(const FlowGrid *grid)
{
    return calloc(grid_cells(grid), sizeof(double));
}

/* Centre of a cell, from the west and from the south. */
static inline double x_of(const FlowGrid *grid, size_t cell)
{
    return grid->cell * ((double)(cell % (size_t)grid->columns) + 0.5);
}
static inline double y_of(const FlowGrid *grid, size_t cell)
{
    return grid->cell * ((double)(grid->rows - 1 - (int)(cell / (size_t)grid->columns)) + 0.5);
}

static inline FlowModel *model_of(const FlowInput *input, FlowOptions options)
{
    Err err = {0};
    FlowModel *model;

    if (options.threads == 0)
        options.threads = 1;
    model = flow_create(input, &options, &err);
    if (!model)
        fail_msg("%s", err.message);
    return model;
}

static inline void run_until(FlowModel *model, double until)
{
    Err err = {0};

    assert_ok(flow_advance(model, until, NULL, &err), &err);
    assert_true(flow_time(model) == until);
}

static inline double *read_field(const FlowModel *model, const FlowGrid *grid, FlowField field)
{
    double *values = grid_of(grid);

    flow_read(model, field, values);
    return values;
}

static inline double greatest_speed(const FlowModel *model, const FlowGrid *grid)
{
    double *u = read_field(model, grid, FLOW_U), *v = read_field(model, grid, FLOW_V), most = 0;

    for (size_t i = 0; i < grid_cells(grid); i++)
        most = fmax(most, hypot(u[i], v[i]));
    free(u);
    free(v);
    return most;
}

/* |volume error| beside all the water there ever was. */
static inline double volume_error(const FlowModel *model)
{
    FlowVolume volume;

    flow_volume(model, &volume);
    return fabs(volume.error) / (volume.initial + volume.rain + volume.inflow + 1e-30);
}

/* sum |a - b| / sum |b| */
static inline double relative_distance(const double *a, const double *b, size_t count)
{
    double sum = 0, whole = 0;

    for (size_t i = 0; i < count; i++) {
        sum += fabs(a[i] - b[i]);
        whole += fabs(b[i]);
    }
    return sum / whole;
}

static inline void assert_below(double value, double bound)
{
    if (!(value <= bound))
        fail_msg("%g is above %g", value, bound);
}

static inline void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%g is not %g +- %g", value, expected, tolerance);
}
