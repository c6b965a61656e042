/* SPDX-License-Identifier: EUPL-1.2 */
/* The same model gives the same bits: on any number of threads, any instruction set, after saving
 * and loading, and mirrored or turned. */
#include "twin/flow/file_fixture.h"
#include "twin/flow/town_fixture.h"

enum { COLUMNS = 150, ROWS = 60, SEEDS = 4 };

static double end_of(const Town *town)
{
    return 4 * town->input.grid.cell;
}

static FlowOptions options_of(uint64_t seed)
{
    return (FlowOptions){
        .order = 1 + (int)(seed % 2), .double_precision = seed % 4 > 1, .threads = 1};
}

static void compare(uint64_t seed, FlowOptions other, uint64_t *compared)
{
    Town *town = town_make(seed, COLUMNS, ROWS);
    FlowModel *plain = model_of(&town->input, options_of(seed)), *model;
    Err err = {0};

    other.order = options_of(seed).order;
    other.double_precision = options_of(seed).double_precision;
    model = flow_create(&town->input, &other, &err);
    if (model) {
        run_until(plain, end_of(town));
        run_until(model, end_of(town));
        assert_same(plain, model, &town->input.grid);
        ++*compared;
    } else {
        assert_true(other.path > FLOW_PATH_SCALAR);
        assert_non_null(strstr(err.message, "this processor has no "));
    }
    flow_destroy(plain);
    flow_destroy(model);
    town_free(town);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    uint64_t compared = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int threads = 2; threads <= 5; threads += 1 + (int)(seed % 2))
            compare(seed, (FlowOptions){.threads = threads}, &compared);
    assert_true(compared >= SEEDS);
}

static void one_path(FlowPath path, const char *name)
{
    uint64_t compared = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        compare(seed, (FlowOptions){.threads = 1, .path = path}, &compared);
    if (compared == 0 && path != FLOW_PATH_SCALAR) {
        print_message("skipped: this processor has no %s\n", name);
        skip();
    }
    assert_int_equal(compared, SEEDS);
}

static void the_scalar_path_gives_the_same_bits(void **state)
{
    (void)state;
    one_path(FLOW_PATH_SCALAR, "scalar");
}

static void the_avx2_path_gives_the_same_bits(void **state)
{
    (void)state;
    one_path(FLOW_PATH_AVX2, "AVX2");
}

static void the_avx512_path_gives_the_same_bits(void **state)
{
    (void)state;
    one_path(FLOW_PATH_AVX512, "AVX-512");
}

static void a_saved_state_goes_on_to_the_same_bits(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Town *town = town_make(seed, COLUMNS, ROWS);
        FlowModel *model = model_of(&town->input, options_of(seed));
        FlowModel *resumed = model_of(&town->input, options_of(seed));
        FlowVolume left, right;
        File file = {0};
        Err err = {0};

        run_until(model, 0.4 * end_of(town));
        assert_ok(flow_save(model, write_bytes, &file, &err), &err);
        run_until(model, end_of(town));
        assert_ok(flow_load(resumed, read_bytes, &file, &err), &err);
        assert_true(file.at == file.size);
        run_until(resumed, end_of(town));
        assert_same(model, resumed, &town->input.grid);
        flow_volume(model, &left);
        flow_volume(resumed, &right);
        assert_memory_equal(&left, &right, sizeof left);
        flow_destroy(model);
        flow_destroy(resumed);
        town_free(town);
        free(file.bytes);
    }
}

static void a_state_of_another_model_or_cut_short_is_refused(void **state)
{
    Town *town = town_make(3, 20, 20), *other = town_make(3, 20, 21);
    FlowModel *model = model_of(&town->input, options_of(3));
    FlowModel *wrong = model_of(&other->input, options_of(3));
    File file = {0};
    Err err = {0};

    (void)state;
    assert_ok(flow_save(model, write_bytes, &file, &err), &err);
    assert_false(flow_load(wrong, read_bytes, &file, &err));
    file.at = 0;
    file.size -= 1;
    assert_false(flow_load(model, read_bytes, &file, &err));
    file.at = 0;
    file.bytes[0] ^= 1;
    assert_false(flow_load(model, read_bytes, &file, &err));
    flow_destroy(model);
    flow_destroy(wrong);
    town_free(town);
    town_free(other);
    free(file.bytes);
}

/* How to look at a square: mirrored west-east, mirrored north-south, turned over its diagonal. */
typedef enum View { ACROSS = 1, DOWN = 2, DIAGONAL = 4, VIEWS = 8 } View;

static size_t seen(size_t cell, int side, View view)
{
    size_t row = cell / (size_t)side, column = cell % (size_t)side, last = (size_t)side - 1;

    if (view & DIAGONAL) {
        size_t swap = row;

        row = column;
        column = swap;
    }
    if (view & ACROSS)
        column = last - column;
    if (view & DOWN)
        row = last - row;
    return row * (size_t)side + column;
}

/* A dam break over bumpy ground with a wall, seen in all eight ways. */
static void mirrored_and_turned_models_give_the_same_bits(void **state)
{
    enum { SIDE = 48 };
    FlowGrid grid = {SIDE, SIDE, 1, 0, 0};

    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        FlowOptions options = {.order = 1 + kind % 2, .double_precision = kind > 1};
        Town *town = town_make(7, SIDE, SIDE);
        double *first = NULL;

        for (View view = 0; view < VIEWS; view++) {
            double *terrain = grid_of(&grid), *depth = grid_of(&grid), *after;
            FlowModel *model;

            for (size_t i = 0; i < grid_cells(&grid); i++) {
                terrain[seen(i, SIDE, view)] = town->terrain[i];
                depth[seen(i, SIDE, view)] = i % SIDE < 20 ? fmax(0, 501.5 - town->terrain[i]) : 0;
            }
            model = model_of(
                &(FlowInput){
                    .grid = grid, .terrain = terrain, .depth = depth, .roughness_all = 0.03},
                options);
            run_until(model, 20);
            after = read_field(model, &grid, FLOW_DEPTH);
            if (view == 0)
                first = after;
            for (size_t i = 0; i < grid_cells(&grid); i++)
                if (after[seen(i, SIDE, view)] != first[i])
                    fail_msg("view %d of cell %zu: %.17g and %.17g", view, i,
                             after[seen(i, SIDE, view)], first[i]);
            if (view != 0)
                free(after);
            free(terrain);
            free(depth);
            flow_destroy(model);
        }
        free(first);
        town_free(town);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(the_scalar_path_gives_the_same_bits),
        cmocka_unit_test(the_avx2_path_gives_the_same_bits),
        cmocka_unit_test(the_avx512_path_gives_the_same_bits),
        cmocka_unit_test(a_saved_state_goes_on_to_the_same_bits),
        cmocka_unit_test(a_state_of_another_model_or_cut_short_is_refused),
        cmocka_unit_test(mirrored_and_turned_models_give_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
