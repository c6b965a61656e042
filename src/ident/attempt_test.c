/* SPDX-License-Identifier: EUPL-1.2 */
/* Who fails too often waits, also when the count of failures cannot be read. */
#include "core/test_town.h"
#include "core/work/work.h"
#include "ident/ident.h"
#include "ident/internal.h"

static TestTown town;
static const Engine *const ENGINES[] = {&WORK_ENGINE, &IDENT_ENGINE};

static int set_up(void **state)
{
    return test_town_set_up(&town, ENGINES, 2, "title: Musterstadt\n", state);
}

static bool fail_fn(Tx *tx, void *context, Err *err)
{
    return attempt_failed(tx, STR("staff:kurz"), *(const Timestamp *)context, err);
}

static bool wait_for(Timestamp now, int64_t *wait_ms)
{
    Tx *tx = db_read(town.tenant->db, &town.err);
    bool ok = attempt_wait(tx, STR("staff:kurz"), 2, now, wait_ms, &town.err);

    tx_end(tx);
    return ok;
}

static void failures_beyond_the_free_ones_make_one_wait(void **state)
{
    Timestamp now = clock_now();
    int64_t wait_ms;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_ok(wait_for(now, &wait_ms), &town.err);
        assert_int_equal(wait_ms, 0);
        test_town_write(&town, fail_fn, &now);
    }
    assert_ok(wait_for(now, &wait_ms), &town.err);
    assert_int_equal(wait_ms, 30000);
    assert_ok(wait_for(now + 30000, &wait_ms), &town.err);
    assert_int_equal(wait_ms, 0);
}

/* A view whose rows cannot be computed: the query begins well and fails at its first row. */
static bool break_fn(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "DROP TABLE login_attempt") &&
           tx_exec(tx, err,
                   "CREATE VIEW login_attempt AS SELECT 'staff:kurz' AS key, "
                   "abs(-9223372036854775807 - 1) AS count, 0 AS since, 0 AS last_at");
}

static void a_count_that_cannot_be_read_is_no_count_of_0(void **state)
{
    int64_t wait_ms;

    (void)state;
    test_town_write(&town, break_fn, NULL);
    assert_false(wait_for(clock_now(), &wait_ms));
    assert_int_not_equal(town.err.kind, ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(failures_beyond_the_free_ones_make_one_wait, set_up,
                                        test_town_tear_down),
        cmocka_unit_test_setup_teardown(a_count_that_cannot_be_read_is_no_count_of_0, set_up,
                                        test_town_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
