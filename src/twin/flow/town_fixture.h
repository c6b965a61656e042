/* SPDX-License-Identifier: EUPL-1.2 */
/* A small town for tests: hills, blocks, outside cells, and everything that an input can have, as
 * far as a random number wants it. */
#pragma once

#include "base/test_random.h"
#include "twin/flow/fixture.h"

typedef struct Town {
    FlowInput input;
    double *terrain, *depth, *u, *v;
    uint8_t *outside, *soil;
    float *roughness, *share, *raster;
    FlowSoil soils[3];
    FlowRainStep rain[4];
    FlowSource sources[2];
    uint32_t source_cells[2][3];
    FlowInlet inlets[2];
    double times[2], levels[2], discharges[2], flows[2];
} Town;

static inline double chance(TestRandom *random)
{
    return (double)(test_random(random) >> 11) * 0x1p-53;
}

static inline const float *town_raster(void *context, size_t index, Err *err)
{
    (void)index, (void)err;
    return ((const Town *)context)->raster;
}

static inline void town_ground(Town *town, TestRandom *random)
{
    const FlowGrid *grid = &town->input.grid;
    double steep = pow(10, 3 * chance(random) - 2), level = 0.3 * chance(random) * steep;
    double turn_x = chance(random) * 3, turn_y = chance(random) * 3;

    for (size_t i = 0; i < grid_cells(grid); i++) {
        double x = x_of(grid, i) / grid->cell / 8, y = y_of(grid, i) / grid->cell / 8;

        town->terrain[i] = 500 + steep * (sin(x + turn_x) * cos(y + turn_y) + 0.1 * chance(random));
        if (chance(random) < 0.05)
            town->terrain[i] += 20 * chance(random) * grid->cell;
        town->depth[i] = fmax(0, 500 + level - town->terrain[i]);
        if (chance(random) < 0.02)
            town->depth[i] += chance(random) * grid->cell;
        town->u[i] = town->depth[i] > 0 ? 2 * chance(random) - 1 : 0;
        town->v[i] = town->depth[i] > 0 ? 2 * chance(random) - 1 : 0;
        town->outside[i] = chance(random) < 0.03 ? (uint8_t)(1 + test_random(random) % 2) : 0;
        town->soil[i] = (uint8_t)(test_random(random) % 3);
        town->roughness[i] = (float)(chance(random) < 0.1 ? 0 : 0.2 * chance(random));
        town->share[i] = (float)chance(random);
        town->raster[i] = (float)(chance(random) * 1e-4);
    }
}

static inline void town_water(Town *town, TestRandom *random)
{
    const FlowGrid *grid = &town->input.grid;
    double area = grid->cell * grid->cell;

    for (size_t i = 0; i < 4; i++)
        town->rain[i] =
            (FlowRainStep){(double)i * 2 * grid->cell, 1e-4 * chance(random), chance(random) < 0.3};
    for (size_t i = 0; i < 2; i++) {
        town->times[i] = (double)i * 10;
        town->levels[i] = 500 + chance(random) - 0.5;
        town->discharges[i] = chance(random) * area;
        town->flows[i] = (chance(random) - 0.4) * 0.2 * area;
        for (size_t k = 0; k < 3; k++)
            do
                town->source_cells[i][k] = (uint32_t)(test_random(random) % grid_cells(grid));
            while (town->outside[town->source_cells[i][k]]);
        town->sources[i] =
            (FlowSource){town->source_cells[i], 3, {town->times, town->flows, 2, false}};
        town->inlets[i] = (FlowInlet){town->source_cells[i][i], 0.05 * chance(random) * area};
    }
    town->soils[0] = (FlowSoil){FLOW_SEALED, 0, 0, 0};
    town->soils[1] = (FlowSoil){FLOW_CONSTANT, 1e-5 * chance(random), 0, 0};
    town->soils[2] = (FlowSoil){FLOW_GREEN_AMPT, 1e-5 * chance(random), chance(random), 0.3};
}

static inline Town *town_make(uint64_t seed, int columns, int rows)
{
    TestRandom random = {seed * 0x9e3779b97f4a7c15U + 1};
    Town *town = calloc(1, sizeof *town);
    FlowInput *input = &town->input;
    size_t cells = (size_t)columns * (size_t)rows;

    for (int i = 0; i < 8; i++)
        test_random(&random);
    input->grid = (FlowGrid){columns, rows, pow(10, 2 * chance(&random) - 1), 0, 0};
    input->terrain = town->terrain = calloc(cells, sizeof(double));
    town->depth = calloc(cells, sizeof(double));
    town->u = calloc(cells, sizeof(double));
    town->v = calloc(cells, sizeof(double));
    town->outside = calloc(cells, 1);
    town->soil = calloc(cells, 1);
    town->roughness = calloc(cells, sizeof(float));
    town->share = calloc(cells, sizeof(float));
    town->raster = calloc(cells, sizeof(float));
    town_ground(town, &random);
    town_water(town, &random);
    input->roughness_all = 0.03;
    if (chance(&random) < 0.6)
        input->depth = town->depth;
    if (chance(&random) < 0.5)
        input->u = town->u, input->v = town->v;
    if (chance(&random) < 0.5)
        input->outside = town->outside;
    if (chance(&random) < 0.5)
        input->roughness = town->roughness;
    if (chance(&random) < 0.5) {
        input->soils = town->soils;
        input->soil_count = 3;
        input->soil = town->soil;
    }
    input->rain = (FlowRain){town->rain, chance(&random) < 0.7 ? 4 : 0, town_raster, town,
                             chance(&random) < 0.5 ? town->share : NULL};
    for (int side = 0; side < FLOW_SIDES; side++) {
        FlowBoundary *boundary = &input->boundaries[side];

        boundary->kind = (FlowBoundaryKind)(test_random(&random) % 4);
        boundary->series = (FlowSeries){
            town->times, boundary->kind == FLOW_LEVEL ? town->levels : town->discharges, 2, false};
    }
    input->sources = town->sources;
    input->source_count = test_random(&random) % 3;
    input->inlets = town->inlets;
    input->inlet_count = test_random(&random) % 3;
    return town;
}

static inline void town_free(Town *town)
{
    free(town->terrain);
    free(town->depth);
    free(town->u);
    free(town->v);
    free(town->outside);
    free(town->soil);
    free(town->roughness);
    free(town->share);
    free(town->raster);
    free(town);
}

/* Every field of two models is the same to the last bit. */
static inline void assert_same(const FlowModel *a, const FlowModel *b, const FlowGrid *grid)
{
    for (int field = FLOW_DEPTH; field <= FLOW_DURATION; field++) {
        double *left = read_field(a, grid, (FlowField)field);
        double *right = read_field(b, grid, (FlowField)field);

        for (size_t i = 0; i < grid_cells(grid); i++)
            if (left[i] != right[i] && !(isnan(left[i]) && isnan(right[i])))
                fail_msg("field %d of cell %zu: %.17g and %.17g", field, i, left[i], right[i]);
        free(left);
        free(right);
    }
    assert_true(flow_steps(a) == flow_steps(b));
}
