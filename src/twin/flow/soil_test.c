/* SPDX-License-Identifier: EUPL-1.2 */
/* What the soil takes, beside Green and Ampt's equation integrated by itself. */
#include "twin/flow/fixture.h"

enum { PAN = 16 };

/* A pan with walls: what has infiltrated in the mean of its cells after `until`, m. */
static double soaked(FlowSoil soil, double depth, double rain, double until, FlowOptions options)
{
    const FlowRainStep steps[] = {{0, rain, false}, {until, 0, false}};
    FlowGrid grid = {PAN, PAN, 2, 0, 0};
    double *terrain = grid_of(&grid), *begin = grid_of(&grid);
    FlowInput input = {.grid = grid,
                       .terrain = terrain,
                       .depth = begin,
                       .soils = &soil,
                       .soil_count = 1,
                       .rain = {.steps = steps, .count = 2}};
    FlowVolume volume;

    for (size_t i = 0; i < grid_cells(&grid); i++)
        begin[i] = depth;
    FlowModel *model = model_of(&input, options);
    run_until(model, until);
    flow_volume(model, &volume);
    assert_below(volume_error(model), 1e-6);
    flow_destroy(model);
    free(terrain);
    free(begin);
    return volume.infiltrated / (grid.cell * grid.cell * PAN * PAN);
}

static double potential(FlowSoil soil, double taken, double depth)
{
    return soil.rate * (1 + soil.deficit * (soil.suction + depth) / taken);
}

/* The same by fourth-order Runge-Kutta in small steps. Before the soil is saturated at the surface
 * all rain goes in; at first the sorptivity tells how much. */
static double expected(FlowSoil soil, double depth, double rain, double until)
{
    enum { STEPS = 200000 };
    double dt = until / STEPS, taken = 0, water = depth;

    for (int i = 0; i < STEPS; i++) {
        double before = taken, most = water + rain * dt;

        if (taken == 0) {
            taken = sqrt(2 * soil.rate * soil.deficit * (soil.suction + depth) * dt);
        } else {
            double a = potential(soil, taken, water);
            double b = potential(soil, taken + a * dt / 2, water + (rain - a) * dt / 2);
            double c = potential(soil, taken + b * dt / 2, water + (rain - b) * dt / 2);
            double d = potential(soil, taken + c * dt, water + (rain - c) * dt);

            taken += dt * (a + 2 * b + 2 * c + d) / 6;
        }
        taken = fmin(taken, before + most);
        water = most - (taken - before);
    }
    return taken;
}

static const FlowSoil sand = {FLOW_GREEN_AMPT, 3e-5, 0.05, 0.4};
static const FlowSoil loam = {FLOW_GREEN_AMPT, 2e-6, 0.09, 0.3};

static void water_that_stands_presses_into_the_soil(void **state)
{
    (void)state;
    for (int order = 1; order <= 2; order++)
        for (int wide = 0; wide <= 1; wide++) {
            FlowOptions options = {.order = order, .double_precision = wide};
            double deep = soaked(sand, 1, 0, 3600, options);

            assert_near(deep, expected(sand, 1, 0, 3600), 2e-4 * deep);
            assert_near(soaked(loam, 0.5, 0, 3600, options), expected(loam, 0.5, 0, 3600), 2e-5);
            /* Without the head of the water it would be less than two thirds. */
            FlowSoil alone = sand;
            alone.deficit = sand.deficit / 21;
            alone.suction = sand.suction * 21;
            assert_true(soaked(alone, 1, 0, 3600, options) < 0.75 * deep);
        }
}

static void rain_goes_in_until_it_ponds(void **state)
{
    const double rain = 1e-5, wetting = loam.suction * loam.deficit;
    const double ponding = loam.rate * wetting / (rain * (rain - loam.rate));

    (void)state;
    for (int order = 1; order <= 2; order++) {
        FlowOptions options = {.order = order};

        assert_near(soaked(loam, 0, rain, 0.95 * ponding, options), rain * 0.95 * ponding, 1e-6);
        assert_near(soaked(loam, 0, rain, 3600, options), expected(loam, 0, rain, 3600), 2e-5);
    }
}

static void a_constant_rate_takes_that_or_all_there_is(void **state)
{
    const FlowSoil soil = {.kind = FLOW_CONSTANT, .rate = 1e-6};

    (void)state;
    for (int order = 1; order <= 2; order++) {
        FlowOptions options = {.order = order};

        assert_near(soaked(soil, 0.1, 0, 3600, options), 0.0036, 1e-7);
        assert_near(soaked(soil, 0.001, 0, 3600, options), 0.001, 1e-6);
        assert_near(soaked(soil, 0, 0.5e-6, 3600, options), 0.0018, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(water_that_stands_presses_into_the_soil),
        cmocka_unit_test(rain_goes_in_until_it_ponds),
        cmocka_unit_test(a_constant_rate_takes_that_or_all_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
