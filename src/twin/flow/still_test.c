/* SPDX-License-Identifier: EUPL-1.2 */
/* Water that should not move does not (B1). */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lake_with_blocks_and_islands_rests_in_single_precision_to_the_last_bit),
        cmocka_unit_test(a_lake_with_blocks_and_islands_rests_in_double_precision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
