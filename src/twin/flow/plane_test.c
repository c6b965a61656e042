/* SPDX-License-Identifier: EUPL-1.2 */
/* Rain on slopes: what runs off, when, and how much of it (B7, B8). */
#include "twin/flow/fixture.h"

/* B7: a plane of 100 m, slope 0.02, n 0.03, 40 mm/h. Kinematic wave: q = alpha (R t)^(5/3) at the
 * lower end until t_c = 599.3 s, then R L = 1.1111e-3 m2/s. */
static const double slope = 0.02, manning = 0.03, plane = 100, rain_rate = 0.04 / 3600;

static double runoff_of(FlowModel *model, double width, double from, double to)
{
    FlowVolume before, after;

    if (from > flow_time(model))
        run_until(model, from);
    flow_volume(model, &before);
    run_until(model, to);
    flow_volume(model, &after);
    return (after.outflow - before.outflow) / (to - from) / width;
}

static void runs_off(int cells, bool south, FlowOptions options)
{
    const FlowRainStep rain = {0, rain_rate, false};
    const double alpha = sqrt(slope) / manning, steady = rain_rate * plane, concentration = 599.3;
    FlowGrid grid = {south ? 12 : cells, south ? cells : 12, plane / cells, 0, 0};
    double *terrain = grid_of(&grid), worst = 0, limb = 0, limb_weight = 0, level = 0;
    int levels = 0;
    FlowInput input = {.grid = grid, .terrain = terrain, .roughness_all = manning};
    FlowModel *model;

    for (size_t i = 0; i < grid_cells(&grid); i++)
        terrain[i] = slope * (plane - (south ? plane - y_of(&grid, i) : x_of(&grid, i)));
    input.boundaries[south ? FLOW_SOUTH : FLOW_EAST].kind = FLOW_OPEN;
    input.rain = (FlowRain){.steps = &rain, .count = 1};
    model = model_of(&input, options);
    for (int tens = 3; tens <= 150; tens++) {
        double time = 10.0 * tens;
        double q = runoff_of(model, 12 * grid.cell, time - 5, time + 5);
        double exact = time < concentration ? alpha * pow(rain_rate * time, 5.0 / 3) : steady;

        if (fabs(time - concentration) > 60)
            worst = fmax(worst, fabs(q - exact) / steady);
        /* The rising limb is a t^(5/3), by least squares; where it meets the level that is reached
         * in the end is the time of concentration. */
        if (levels == 0 && q > 0.2 * steady && q < 0.85 * steady) {
            double shape = pow(time, 5.0 / 3);
            limb += q * shape;
            limb_weight += shape * shape;
        }
        if (time > 1000) {
            level += q;
            levels++;
        }
    }
    assert_below(worst, 0.02);
    assert_near(pow(level / levels * limb_weight / limb, 0.6), concentration, 0.03 * concentration);
    assert_below(volume_error(model), 1e-6);
    flow_destroy(model);
    free(terrain);
}

static void rain_runs_off_a_plane_as_the_kinematic_wave_says(void **state)
{
    (void)state;
    for (int order = 1; order <= 2; order++) {
        runs_off(50, false, (FlowOptions){.order = order});
        runs_off(100, true, (FlowOptions){.order = order});
        runs_off(100, true, (FlowOptions){.order = order, .double_precision = true});
    }
}

/* B8 (Di Giammarco): two planes of 800 x 1000 m, slope 0.05, n 0.015, and a channel of 20 m between
 * them, slope 0.02, n 0.15; 10.8 mm/h for 90 min. */
static void a_valley_gives_what_rains_on_it(void **state)
{
    enum { CELLS = 81, LONG = 50 };
    const FlowRainStep rain[] = {{0, 0.0108 / 3600, false}, {5400, 0, false}};
    FlowGrid grid = {CELLS, LONG, 20, 0, 0};

    (void)state;
    for (int order = 1; order <= 2; order++) {
        double *terrain = grid_of(&grid), peak = 0;
        float *n = calloc(grid_cells(&grid), sizeof *n);
        FlowInput input = {.grid = grid, .terrain = terrain, .roughness = n};
        FlowVolume volume;
        FlowModel *model;

        for (size_t i = 0; i < grid_cells(&grid); i++) {
            double across = fabs(x_of(&grid, i) - 810);

            terrain[i] = 0.02 * y_of(&grid, i) + (across < 10 ? 0 : 0.05 * (across - 10));
            n[i] = across < 10 ? 0.15F : 0.015F;
        }
        input.boundaries[FLOW_SOUTH].kind = FLOW_OPEN;
        input.rain = (FlowRain){.steps = rain, .count = 2};
        model = model_of(&input, (FlowOptions){.order = order});
        for (int minute = 1; minute <= 90; minute++) {
            double q = runoff_of(model, 1, 60.0 * minute - 60, 60.0 * minute);

            peak = fmax(peak, q);
        }
        run_until(model, 30000);
        flow_volume(model, &volume);
        assert_near(peak, 4.86, 0.0486);
        assert_near(volume.outflow + volume.stored, volume.rain, 1e-3 * volume.rain);
        assert_below(volume.stored, 0.01 * volume.rain);
        flow_destroy(model);
        free(terrain);
        free(n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rain_runs_off_a_plane_as_the_kinematic_wave_says),
        cmocka_unit_test(a_valley_gives_what_rains_on_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
