/* SPDX-License-Identifier: EUPL-1.2 */
/* Water that should not move does not (B1), and comes to rest where it does. */
#include "base/test_random.h"
#include "twin/flow/fixture.h"

enum { SIDE = 60 };

/* A lake of level 102.3 m over a bumpy ground with an island, blocks that stand out of the water
 * and blocks under it. */
static void lake(FlowInput *input, double *terrain, double *depth)
{
    input->grid = (FlowGrid){SIDE, SIDE, 2, 0, 0};
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        double x = x_of(&input->grid, i), y = y_of(&input->grid, i);
        int column = (int)(i % SIDE), row = (int)(i / SIDE);

        terrain[i] = 100 + 0.7 * sin(x / 9) * cos(y / 7) +
                     4 * exp(-((x - 60) * (x - 60) + (y - 40) * (y - 40)) / 200);
        if (column > 10 && column < 16 && row > 10 && row < 16)
            terrain[i] += 8;
        if (column > 40 && column < 46 && row > 40 && row < 46)
            terrain[i] += 1;
        depth[i] = fmax(0, 102.3 - terrain[i]);
    }
    input->terrain = terrain;
    input->depth = depth;
    input->roughness_all = 0;
}

static void rests(FlowOptions options, double speed, double drift)
{
    double terrain[SIDE * SIDE], depth[SIDE * SIDE], *after;
    FlowInput input = {0};
    FlowModel *model;

    lake(&input, terrain, depth);
    model = model_of(&input, options);
    run_until(model, 300);
    assert_true(flow_steps(model) > 300);
    assert_below(greatest_speed(model, &input.grid), speed);
    after = read_field(model, &input.grid, FLOW_DEPTH);
    for (size_t i = 0; i < SIDE * SIDE; i++)
        assert_near(after[i], depth[i], drift);
    assert_below(volume_error(model), options.double_precision ? 1e-14 : 0);
    free(after);
    flow_destroy(model);
}

static void a_lake_with_blocks_and_islands_rests_in_single_precision_to_the_last_bit(void **state)
{
    (void)state;
    rests((FlowOptions){.order = 1}, 0, 1e-7);
    rests((FlowOptions){.order = 2}, 0, 1e-7);
}

static void a_lake_with_blocks_and_islands_rests_in_double_precision(void **state)
{
    (void)state;
    rests((FlowOptions){.order = 1, .double_precision = true}, 1e-10, 1e-10);
    rests((FlowOptions){.order = 2, .double_precision = true}, 1e-10, 1e-10);
}

/* A pond in which each cell has its own level, with nothing but the scheme to calm it. In the first
 * order that is where HLL's own spread would make waves grow; `courant` is up to where theory says
 * that they do not. */
static void calms(FlowOptions options)
{
    enum { PLACES = 24 };
    FlowGrid grid = {PLACES, PLACES, 2, 0, 0};
    double *terrain = grid_of(&grid), *depth = grid_of(&grid), *after, most = 0;
    double step = options.courant * grid.cell / (1.5 * sqrt(gravity)), until = 1500 * step;
    TestRandom random = {7};
    FlowModel *model;

    for (size_t i = 0; i < grid_cells(&grid); i++)
        depth[i] = 1 + 1e-3 * ((i + i / PLACES) % 2 == 0 ? 1 : -1) +
                   1e-3 * ((double)(test_random(&random) >> 11) * 0x1p-52 - 1);
    model = model_of(&(FlowInput){.grid = grid, .terrain = terrain, .depth = depth}, options);
    run_until(model, until);
    assert_true(flow_steps(model) < 1530);
    after = read_field(model, &grid, FLOW_DEPTH);
    for (size_t i = 0; i < grid_cells(&grid); i++)
        most = fmax(most, fabs(after[i] - 1));
    assert_below(most, 1e-4);
    free(terrain);
    free(depth);
    free(after);
    flow_destroy(model);
}

static void waves_die_out_at_the_longest_steps(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        calms((FlowOptions){.order = 1, .double_precision = wide, .courant = 0.9});
        calms((FlowOptions){.order = 1, .double_precision = wide, .courant = 15.0 / 16});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lake_with_blocks_and_islands_rests_in_single_precision_to_the_last_bit),
        cmocka_unit_test(a_lake_with_blocks_and_islands_rests_in_double_precision),
        cmocka_unit_test(waves_die_out_at_the_longest_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
