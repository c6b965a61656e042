/* SPDX-License-Identifier: EUPL-1.2 */
/* Rain in single precision, where a step brings less than a unit of depth to a cell. */
#include "twin/flow/fixture.h"

/* The greatest error of the volume while it rains for an hour, beside what falls in it. */
static double worst_error(int columns, int rows, double rate, const float *share,
                          FlowOptions options)
{
    const FlowRainStep steps[] = {{0, rate, false}, {3600, 0, false}};
    FlowGrid grid = {columns, rows, 1, 0, 0};
    double *terrain = grid_of(&grid), *depth = grid_of(&grid), worst = 0;
    FlowInput input = {.grid = grid,
                       .terrain = terrain,
                       .depth = depth,
                       .rain = {.steps = steps, .count = 2, .share = share}};
    FlowVolume volume;

    /* Still water keeps the steps short: a second and less. */
    for (size_t i = 0; i < grid_cells(&grid); i++)
        depth[i] = 0.05;
    FlowModel *model = model_of(&input, options);
    for (int minute = 10; minute <= 60; minute += 10) {
        run_until(model, 60.0 * minute);
        flow_volume(model, &volume);
        assert_near(volume.rain, rate * 60 * minute * columns * rows, 1e-9 * volume.rain);
        worst = fmax(worst, fabs(volume.error) / (rate * 3600 * columns * rows));
    }
    flow_destroy(model);
    free(terrain);
    free(depth);
    return worst;
}

static void a_tenth_of_a_millimetre_in_an_hour_is_all_there(void **state)
{
    const double drizzle = 0.1e-3 / 3600;
    float share[100 * 40];

    (void)state;
    for (size_t i = 0; i < sizeof share / sizeof *share; i++)
        share[i] = i % 4 == 0 ? 0 : i % 4 == 1 ? 2 : 1;
    for (int order = 1; order <= 2; order++) {
        FlowOptions options = {.order = order};

        assert_below(worst_error(64, 64, drizzle, NULL, options), 3e-6);
        assert_below(worst_error(100, 40, drizzle, share, options), 5e-6);
        assert_below(worst_error(100, 4, 0.04 / 3600, NULL, options), 1e-7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenth_of_a_millimetre_in_an_hour_is_all_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
