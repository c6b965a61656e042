/* SPDX-License-Identifier: EUPL-1.2 */
/* Dam breaks with known solutions: onto dry ground (Ritter, B2) and into standing water (Stoker,
 * B3); L = 10 m, the dam at 5 m, 5 mm of water behind it, after 6 s. */
#include "twin/flow/fixture.h"

static const double deep = 0.005, place = 5, length = 10, when = 6;

static double ritter(double x)
{
    double c = sqrt(gravity * deep), way = (x - place) / when;

    if (way <= -c)
        return deep;
    if (way >= 2 * c)
        return 0;
    return 4 / (9 * gravity) * (c - way / 2) * (c - way / 2);
}

/* Depth between the waves and the shock's speed for 1 mm before the dam, from
 * 2(c_l - c_m) = (h_m - h_r) sqrt(g (h_m + h_r) / (2 h_m h_r)). */
static double stoker(double x)
{
    const double before = 0.001, middle = 0.0025394, shock = 0.20996;
    double c = sqrt(gravity * deep), cm = sqrt(gravity * middle), way = (x - place) / when;

    if (way <= -c)
        return deep;
    if (way <= 2 * c - 3 * cm)
        return 4 / (9 * gravity) * (c - way / 2) * (c - way / 2);
    return way <= shock ? middle : before;
}

/* Relative L1 distance of the depth from the solution; the channel runs east, or south. */
static double distance(double (*solution)(double), int cells, bool south, FlowOptions options)
{
    FlowGrid grid = {south ? 3 : cells, south ? cells : 3, length / cells, 0, 0};
    double *terrain = grid_of(&grid), *depth = grid_of(&grid), *exact = grid_of(&grid), *after;
    double error;
    FlowModel *model;

    for (size_t i = 0; i < grid_cells(&grid); i++) {
        double x = south ? length - y_of(&grid, i) : x_of(&grid, i);

        depth[i] = x < place ? deep : solution == stoker ? 0.001 : 0;
        exact[i] = solution(x);
    }
    model = model_of(&(FlowInput){.grid = grid, .terrain = terrain, .depth = depth}, options);
    run_until(model, when);
    after = read_field(model, &grid, FLOW_DEPTH);
    error = relative_distance(after, exact, grid_cells(&grid));
    assert_below(volume_error(model), options.double_precision ? 1e-12 : 1e-6);
    printf("%s %d cells, order %d, %s: %.4f (%llu steps)\n",
           solution == ritter ? "Ritter" : "Stoker", cells, options.order,
           options.double_precision ? "double" : "single", error,
           (unsigned long long)flow_steps(model));
    flow_destroy(model);
    free(terrain);
    free(depth);
    free(exact);
    free(after);
    return error;
}

static void a_dam_breaks_onto_dry_ground_as_ritter_says(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        FlowOptions first = {.order = 1, .double_precision = wide};
        FlowOptions second = {.order = 2, .double_precision = wide};
        double coarse = distance(ritter, 100, false, first),
               middle = distance(ritter, 200, false, first);

        assert_below(coarse, 0.02);
        assert_below(middle, 0.012);
        assert_below(distance(ritter, 400, true, first), 0.008);
        assert_true(middle < coarse);
        assert_below(distance(ritter, 200, false, second), 0.004);
        assert_below(distance(ritter, 200, true, second), 0.004);
    }
}

static void a_dam_breaks_into_standing_water_as_stoker_says(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        FlowOptions first = {.order = 1, .double_precision = wide};
        FlowOptions second = {.order = 2, .double_precision = wide};

        assert_below(distance(stoker, 100, false, first), 0.018);
        assert_below(distance(stoker, 200, true, first), 0.011);
        assert_below(distance(stoker, 400, false, first), 0.007);
        assert_below(distance(stoker, 200, false, second), 0.006);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dam_breaks_onto_dry_ground_as_ritter_says),
        cmocka_unit_test(a_dam_breaks_into_standing_water_as_stoker_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
