/* SPDX-License-Identifier: EUPL-1.2 */
/* Under mpirun: a model on several processes gives the same bits as on one, also when it is saved
 * by some and goes on with one, or the other way round. */
#include "twin/flow/file_fixture.h"
#include "twin/flow/town_fixture.h"
#include "twin/mpi/exchange.h"

static const FlowExchange *exchange;

static FlowOptions options_of(uint64_t seed)
{
    return (FlowOptions){.order = 1 + (int)(seed % 2),
                         .double_precision = seed % 4 > 1,
                         .threads = 1 + (int)(seed % 3)};
}

/* flow_share() decides for models made from then on. */
static FlowModel *make(const Town *town, uint64_t seed, bool together)
{
    flow_share(together ? exchange : NULL);
    return model_of(&town->input, options_of(seed));
}

static void several_processes_give_the_same_bits_as_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        Town *town = town_make(seed, 70, 100);
        double until = 4 * town->input.grid.cell;
        FlowModel *alone = make(town, seed, false), *together = make(town, seed, true);
        FlowVolume left, right;
        double water;

        run_until(alone, until);
        run_until(together, until);
        assert_same(alone, together, &town->input.grid);
        assert_true(flow_cell_updates(alone) == flow_cell_updates(together));
        assert_true(flow_read_cell(alone, FLOW_DEPTH, 6543) ==
                    flow_read_cell(together, FLOW_DEPTH, 6543));
        flow_volume(alone, &left);
        flow_volume(together, &right);
        water = left.initial + left.rain + left.inflow;
        assert_near(right.stored, left.stored, 1e-14 * water);
        assert_near(right.inflow, left.inflow, 1e-14 * water);
        assert_near(right.outflow, left.outflow, 1e-14 * water);
        assert_near(right.infiltrated, left.infiltrated, 1e-14 * water);
        assert_near(right.rain, left.rain, 1e-14 * water);
        flow_destroy(alone);
        flow_destroy(together);
        town_free(town);
    }
}

static void a_saved_state_goes_on_with_any_number_of_processes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++)
        for (int saves = 0; saves < 2; saves++) {
            Town *town = town_make(seed, 40, 90);
            double until = 4 * town->input.grid.cell;
            FlowModel *model = make(town, seed, saves == 1), *other;
            File file = {0};
            Err err = {0};

            run_until(model, 0.5 * until);
            assert_ok(flow_save(model, write_bytes, &file, &err), &err);
            run_until(model, until);
            other = make(town, seed, saves == 0);
            assert_ok(flow_load(other, read_bytes, &file, &err), &err);
            run_until(other, until);
            assert_same(model, other, &town->input.grid);
            file.at = 0;
            file.size /= 2;
            assert_false(flow_load(other, read_bytes, &file, &err));
            flow_destroy(model);
            flow_destroy(other);
            town_free(town);
            free(file.bytes);
        }
}

static void an_input_that_is_wrong_or_too_small_is_refused(void **state)
{
    Town *town = town_make(2, 30, 10);
    FlowOptions options = {.order = 1, .threads = 1};
    Err err = {0};

    (void)state;
    flow_share(exchange);
    assert_null(flow_create(&town->input, &options, &err));
    assert_true(err.kind == ERR_INPUT);
    options.order = 3;
    assert_null(flow_create(&town->input, &options, &err));
    town_free(town);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_processes_give_the_same_bits_as_one),
        cmocka_unit_test(a_saved_state_goes_on_with_any_number_of_processes),
        cmocka_unit_test(an_input_that_is_wrong_or_too_small_is_refused),
    };
    int failed;

    exchange = mpi_exchange_begin(&argc, &argv);
    if (exchange->rank > 0) {
        flow_serve(exchange);
        mpi_exchange_end();
        return 0;
    }
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    flow_share_end(exchange);
    mpi_exchange_end();
    return failed;
}
