/* SPDX-License-Identifier: EUPL-1.2 */
/* Water that swings in a paraboloid without friction, with a moving shore (Thacker 1981): 4 x 4 m,
 * bed -h0 (1 - r2/a2) with a = 1 m and h0 = 0.1 m; B4 the plane surface that turns round, B5 the
 * dome that rises and falls. with FLOW_LONG in the environment
 * (`make twin-long`) the finest grids too. */
#include "twin/flow/fixture.h"

static const double wide = 4, a = 1, h0 = 0.1;

typedef struct Swing {
    double depth, u, v;
} Swing;

/* B4: eta = 0.5 m, period 4.4857 s. */
static Swing plane(double x, double y, double time)
{
    const double swing = 0.5, omega = sqrt(2 * gravity * h0) / a;
    double depth =
        swing * h0 / (a * a) * (2 * x * cos(omega * time) + 2 * y * sin(omega * time) - swing) +
        h0 * (1 - (x * x + y * y) / (a * a));

    return depth > 0 ? (Swing){depth, -swing * omega * sin(omega * time),
                               swing * omega * cos(omega * time)}
                     : (Swing){0};
}

/* B5: r0 = 0.8 m, period 2.2429 s. */
static Swing dome(double x, double y, double time)
{
    const double r0 = 0.8, omega = sqrt(8 * gravity * h0) / a;
    const double part = (a * a - r0 * r0) / (a * a + r0 * r0);
    double r2 = (x * x + y * y) / (a * a), d = 1 - part * cos(omega * time);
    double depth = h0 * (sqrt(1 - part * part) / d - 1 - r2 * ((1 - part * part) / (d * d) - 1)) +
                   h0 * (1 - r2);
    double stretch = omega * part * sin(omega * time) / (2 * d);

    return depth > 0 ? (Swing){depth, stretch * x, stretch * y} : (Swing){0};
}

/* Relative L1 distance of the depth after `when`. */
static double distance(Swing (*solution)(double, double, double), double when, int cells,
                       FlowOptions options)
{
    FlowGrid grid = {cells, cells, wide / cells, 0, 0};
    double *terrain = grid_of(&grid), *depth = grid_of(&grid), *exact = grid_of(&grid), *after;
    double *u = grid_of(&grid), *v = grid_of(&grid), error;
    FlowModel *model;

    for (size_t i = 0; i < grid_cells(&grid); i++) {
        double x = x_of(&grid, i) - wide / 2, y = y_of(&grid, i) - wide / 2;
        Swing begin = solution(x, y, 0);

        terrain[i] = -h0 * (1 - (x * x + y * y) / (a * a));
        depth[i] = begin.depth;
        u[i] = begin.u;
        v[i] = begin.v;
        exact[i] = solution(x, y, when).depth;
    }
    options.no_maxima = true;
    model = model_of(&(FlowInput){.grid = grid, .terrain = terrain, .depth = depth, .u = u, .v = v},
                     options);
    run_until(model, when);
    after = read_field(model, &grid, FLOW_DEPTH);
    error = relative_distance(after, exact, grid_cells(&grid));
    assert_below(volume_error(model), options.double_precision ? 1e-12 : 1e-15);
    flow_destroy(model);
    free(terrain);
    free(depth);
    free(exact);
    free(after);
    free(u);
    free(v);
    return error;
}

static const FlowOptions first = {.order = 1}, second = {.order = 2};
static const FlowOptions exactly = {.order = 2, .double_precision = true};

static void a_plane_surface_turns_round_as_thacker_says(void **state)
{
    const double period = 4.4857;

    (void)state;
    assert_below(distance(plane, period, 100, second), 0.06);
    assert_below(distance(plane, period, 100, first), 0.3);
    assert_below(distance(plane, period, 200, second), 0.03);
    assert_below(distance(plane, period, 200, exactly), 0.03);
}

static void a_dome_rises_and_falls_with_the_order_of_the_scheme(void **state)
{
    const double period = 2.2429;
    double coarse, fine;

    (void)state;
    coarse = distance(dome, period, 100, exactly);
    fine = distance(dome, period, 200, exactly);
    assert_true(log2(coarse / fine) >= 1.6);
    if (getenv("FLOW_LONG"))
        assert_true(log2(fine / distance(dome, period, 400, exactly)) >= 1.6);
    coarse = distance(dome, period, 50, first);
    fine = distance(dome, period, 100, first);
    assert_true(log2(coarse / fine) >= 0.8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plane_surface_turns_round_as_thacker_says),
        cmocka_unit_test(a_dome_rises_and_falls_with_the_order_of_the_scheme),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
