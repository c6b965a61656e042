/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a model comes to its limits: water that begins late or is too much, and steep ground. */
#include "twin/flow/fixture.h"

static const FlowGrid channel = {60, 10, 5, 0, 50};

typedef enum Way { BY_LEVEL, BY_DISCHARGE, BY_SOURCE } Way;

/* A dry flat channel into which water comes from 610 s on; `pause` is when results are asked for.
 */
static FlowModel *late_water(Way way, double pause)
{
    static const uint32_t cells[] = {240, 300};
    static const double times[] = {0, 610}, levels[] = {-1, 2}, flows[] = {0, 60};
    double *terrain = grid_of(&channel);
    FlowSeries series = {times, way == BY_LEVEL ? levels : flows, 2, true};
    FlowSource source = {cells, 2, series};
    FlowInput input = {.grid = channel, .terrain = terrain, .roughness_all = 0.03};
    FlowModel *model;

    if (way == BY_SOURCE) {
        input.sources = &source;
        input.source_count = 1;
    } else {
        input.boundaries[FLOW_WEST] =
            (FlowBoundary){way == BY_LEVEL ? FLOW_LEVEL : FLOW_DISCHARGE, series};
    }
    model = model_of(&input, (FlowOptions){.order = 1});
    for (int i = 1; i * pause < 660; i++)
        run_until(model, i * pause);
    run_until(model, 660);
    free(terrain);
    return model;
}

/* The water of a level of 2 m is nowhere much deeper; 60 m3/s over 50 m is critical at 0.53 m. */
static void water_that_begins_late_finds_short_steps(void **state)
{
    static const double deepest[] = {3.2, 1.6, 4};

    (void)state;
    for (Way way = BY_LEVEL; way <= BY_SOURCE; way++) {
        FlowModel *once = late_water(way, 660), *often = late_water(way, 7);
        double *a = read_field(once, &channel, FLOW_MAX_DEPTH), *b;
        double *end_a = read_field(once, &channel, FLOW_DEPTH), *end_b, most = 0;

        b = read_field(often, &channel, FLOW_MAX_DEPTH);
        end_b = read_field(often, &channel, FLOW_DEPTH);
        for (size_t i = 0; i < grid_cells(&channel); i++)
            most = fmax(most, fmax(a[i], b[i]));
        assert_below(most, deepest[way]);
        assert_below(relative_distance(end_a, end_b, grid_cells(&channel)), 0.02);
        assert_below(volume_error(once), 1e-6);
        free(a);
        free(b);
        free(end_a);
        free(end_b);
        flow_destroy(once);
        flow_destroy(often);
    }
}

static void courant_numbers_beyond_the_order_s_own_are_refused(void **state)
{
    static const struct {
        double courant;
        int order;
        bool good;
    } CASES[] = {{15.0 / 16, 1, true}, {0.94, 1, false}, {1, 2, true}, {1.01, 2, false}};
    double *terrain = grid_of(&channel);
    FlowInput input = {.grid = channel, .terrain = terrain, .roughness_all = 0.03};

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        FlowOptions options = {.order = CASES[i].order, .courant = CASES[i].courant};
        Err err = {0};
        FlowModel *model = flow_create(&input, &options, &err);

        assert_int_equal(model != NULL, CASES[i].good);
        if (!model)
            assert_non_null(strstr(err.message, "the Courant number is "));
        flow_destroy(model);
    }
    free(terrain);
}

/* Walls all around: the water rises until whole numbers would not hold it. */
static void too_much_water_is_refused_with_its_place(void **state)
{
    static const uint32_t cells[] = {25};
    static const double times[] = {0}, flows[][1] = {{20}, {2000}, {1e5}};

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int by_side = 0; by_side < 2; by_side++) {
            FlowGrid grid = {10, 10, 1, 100, 210};
            double *terrain = grid_of(&grid);
            FlowSeries series = {times, flows[i], 1, false};
            FlowSource source = {cells, 1, series};
            FlowInput input = {.grid = grid, .terrain = terrain, .roughness_all = 0.03};
            Err err = {0};

            if (by_side) {
                input.boundaries[FLOW_NORTH] = (FlowBoundary){FLOW_DISCHARGE, series};
            } else {
                input.sources = &source;
                input.source_count = 1;
            }
            FlowModel *model = model_of(&input, (FlowOptions){.order = 1});
            assert_false(flow_advance(model, 3600, NULL, &err));
            assert_int_equal(err.kind, ERR_INPUT);
            assert_non_null(strstr(err.message, "the water became deeper than 32 m at"));
            assert_non_null(strstr(err.message, "row "));
            flow_destroy(model);
            free(terrain);
        }
}

/* Large cells on a mountain: single precision computes with the slope that is there. */
static void steep_slopes_of_large_cells_are_as_they_are(void **state)
{
    FlowGrid grid = {20, 4, 50, 0, 200};
    double *terrain = grid_of(&grid), *depth = grid_of(&grid);
    FlowInput input = {.grid = grid, .terrain = terrain, .depth = depth, .roughness_all = 0.05};
    FlowModel *models[2];

    (void)state;
    for (size_t i = 0; i < grid_cells(&grid); i++) {
        terrain[i] = 0.6 * (1000 - x_of(&grid, i));
        depth[i] = 0.001;
    }
    input.boundaries[FLOW_EAST].kind = FLOW_OPEN;
    for (int wide = 0; wide < 2; wide++) {
        models[wide] = model_of(&input, (FlowOptions){.order = 1, .double_precision = wide == 1});
        run_until(models[wide], 60);
    }
    double exact = flow_read_cell(models[1], FLOW_U, 29);
    assert_true(exact > 0.1);
    assert_near(flow_read_cell(models[0], FLOW_U, 29), exact, 1e-3 * exact);
    double *ground = flow_ground(&input, &(FlowOptions){.order = 1});
    for (size_t i = 0; i < grid_cells(&grid); i++)
        assert_true(ground[i] == terrain[i]);
    free(ground);
    flow_destroy(models[0]);
    flow_destroy(models[1]);
    free(terrain);
    free(depth);
}

static void a_side_without_a_cell_gives_no_water_and_is_refused(void **state)
{
    static const double times[] = {0}, values[] = {1};
    static const char *const names[] = {"north", "east", "south", "west"};
    FlowGrid grid = {6, 5, 1, 0, 5};
    double *terrain = grid_of(&grid);
    uint8_t outside[30];
    Err err = {0};

    (void)state;
    for (size_t i = 0; i < 30; i++)
        outside[i] = i % 6 == 0 || i % 6 == 5 || i < 6 || i >= 24;
    for (int side = 0; side < FLOW_SIDES; side++)
        for (int kind = FLOW_LEVEL; kind <= FLOW_DISCHARGE; kind++) {
            FlowInput input = {.grid = grid, .terrain = terrain, .outside = outside};

            input.boundaries[side] =
                (FlowBoundary){(FlowBoundaryKind)kind, {times, values, 1, false}};
            assert_null(flow_create(&input, &(FlowOptions){.order = 1}, &err));
            assert_non_null(strstr(err.message, names[side]));
            assert_non_null(strstr(err.message, "lies in the model"));
        }
    free(terrain);
}

/* A hall's roof leads its rain to one free cell: 120 m of water come there in the end. */
static void the_rain_of_a_great_roof_is_all_there(void **state)
{
    FlowGrid grid = {30, 20, 2, 0, 40};
    double *terrain = grid_of(&grid);
    float share[600] = {0};
    static const FlowRainStep steps[] = {{.time = 0, .rate = 1e-4}};
    FlowInput input = {.grid = grid,
                       .terrain = terrain,
                       .roughness_all = 0.03,
                       .rain = {.steps = steps, .count = 1, .share = share}};

    (void)state;
    share[310] = 600;
    for (int order = 1; order <= 2; order++) {
        FlowModel *model = model_of(&input, (FlowOptions){.order = order});
        FlowVolume volume;

        run_until(model, 2000);
        flow_volume(model, &volume);
        assert_near(volume.rain, 0.2 * 2400, 1e-9);
        assert_near(volume.stored, volume.rain, 1e-6 * volume.rain);
        flow_destroy(model);
    }
    free(terrain);
}

/* Films that run at deep water pull at all its sides. */
static void no_cell_gives_more_than_it_has(void **state)
{
    enum { SIDE = 7, INNER = SIDE * SIDE / 2 };
    static const int ways[4] = {-1, 1, -SIDE, SIDE};
    static const double most[] = {15.0 / 16, 1};
    FlowGrid grid = {SIDE, SIDE, 1, 0, SIDE};

    (void)state;
    for (int kind = 0; kind < 8; kind++) {
        double *terrain = grid_of(&grid), *depth = grid_of(&grid), *u = grid_of(&grid);
        double *v = grid_of(&grid), *after;
        FlowInput input = {.grid = grid, .terrain = terrain, .depth = depth, .u = u, .v = v};
        FlowModel *model;
        Err err = {0};

        depth[INNER] = 1;
        for (int i = 0; i < 4; i++)
            depth[INNER + ways[i]] = 0.0005;
        u[INNER - 1] = v[INNER + SIDE] = 6.26;
        u[INNER + 1] = v[INNER - SIDE] = -6.26;
        model = model_of(&input, (FlowOptions){.order = 1 + kind % 2,
                                               .double_precision = kind / 2 % 2 == 1,
                                               .courant = kind < 4 ? 0 : most[kind % 2]});
        while (flow_time(model) < 2) {
            assert_ok(flow_advance_past(model, flow_time(model) + 1e-9, 2, NULL, &err), &err);
            after = read_field(model, &grid, FLOW_DEPTH);
            for (size_t i = 0; i < grid_cells(&grid); i++)
                assert_true(after[i] >= 0);
            free(after);
        }
        assert_below(volume_error(model), kind / 2 % 2 == 1 ? 1e-13 : 0);
        free(terrain);
        free(depth);
        free(u);
        free(v);
        flow_destroy(model);
    }
}

/* A film that runs out of the model where a little water comes in: it must turn round, which takes
 * hardly any push. */
static void a_film_is_not_thrown_back_by_a_side(void **state)
{
    enum { LENGTH = 20 };
    static const double times[] = {0}, flows[] = {1e-6};
    FlowGrid grid = {LENGTH, 1, 2, 0, 2};

    (void)state;
    for (int order = 1; order <= 2; order++) {
        double *terrain = grid_of(&grid), *depth = grid_of(&grid), *u = grid_of(&grid);
        FlowInput input = {.grid = grid, .terrain = terrain, .depth = depth, .u = u};
        FlowModel *model;
        Err err = {0};

        for (int i = 0; i < LENGTH; i++) {
            depth[i] = 1e-5;
            u[i] = 1.2;
        }
        input.boundaries[FLOW_EAST] = (FlowBoundary){FLOW_DISCHARGE, {times, flows, 1, false}};
        model = model_of(&input, (FlowOptions){.order = order});
        while (flow_time(model) < 30) {
            assert_ok(flow_advance_past(model, flow_time(model) + 1e-9, 30, NULL, &err), &err);
            assert_below(greatest_speed(model, &grid), 1.3);
        }
        free(terrain);
        free(depth);
        free(u);
        flow_destroy(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(water_that_begins_late_finds_short_steps),
        cmocka_unit_test(courant_numbers_beyond_the_order_s_own_are_refused),
        cmocka_unit_test(too_much_water_is_refused_with_its_place),
        cmocka_unit_test(steep_slopes_of_large_cells_are_as_they_are),
        cmocka_unit_test(a_side_without_a_cell_gives_no_water_and_is_refused),
        cmocka_unit_test(the_rain_of_a_great_roof_is_all_there),
        cmocka_unit_test(no_cell_gives_more_than_it_has),
        cmocka_unit_test(a_film_is_not_thrown_back_by_a_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
