/* SPDX-License-Identifier: EUPL-1.2 */
/* Effects: done once, tried again, and taken back in time. */
#include "core/test_town.h"

#include "core/work/slow.h"
#include "core/work/state.h"

#include <stdatomic.h>
#include <unistd.h>

/* --- An engine whose effects do as they are told ------------------------------------------------
 */

static atomic_int runs;
static atomic_int failures_left;
static atomic_int final_failures_left;
static char last_partial[64];

static bool run_effect(EffectRun *run, Err *err)
{
    atomic_fetch_add(&runs, 1);
    snprintf(last_partial, sizeof last_partial, "%.*s",
             STR_ARG(node_get_text(run->partial, "step")));
    Node *partial = node_map(run->arena);
    node_set(run->arena, partial, STR("step"), node_int(run->arena, run->attempt));
    if (!effect_keep(run, partial, err))
        return false;
    if (atomic_load(&final_failures_left) > 0) {
        atomic_fetch_sub(&final_failures_left, 1);
        return err_set(err, ERR_INPUT, "the address does not exist");
    }
    if (atomic_load(&failures_left) > 0) {
        atomic_fetch_sub(&failures_left, 1);
        return err_set(err, ERR_TEMPORARY, "the other side is away");
    }
    return true;
}

/* Another system that answers only when the test lets it. */
static atomic_bool hanging;
static atomic_bool away;
static atomic_int remote_runs;

static bool run_remote(EffectRun *run, Err *err)
{
    (void)run;
    atomic_fetch_add(&remote_runs, 1);
    while (atomic_load(&hanging))
        usleep(1000);
    if (atomic_load(&away))
        return err_set(err, ERR_TEMPORARY, "the other side is away");
    return true;
}

/* Others that do so, but for one whose orders are called "quick". */
static atomic_int slow_runs;

static bool run_slow(EffectRun *run, Err *err)
{
    (void)err;
    if (str_is(run->key, "quick"))
        return true;
    atomic_fetch_add(&slow_runs, 1);
    while (atomic_load(&hanging))
        usleep(1000);
    return true;
}

/* What is called back at the last moment, by somebody else. */
static bool call_back, was_wanted;
static int64_t tries;

static bool cancel_fn(Tx *tx, void *context, Err *err)
{
    return effect_cancel(tx, str_c(context), &tries, err);
}

static bool run_once_out(EffectRun *run, Err *err)
{
    return (!call_back || db_write(run->tenant->db, cancel_fn, "out", err)) &&
           effect_begin(run, &was_wanted, err) &&
           (!was_wanted || err_set(err, ERR_TEMPORARY, "the answer was lost"));
}

static const EffectKind EFFECTS[] = {
    {.name = "out", .label = "Abschicken", .run = run_once_out},
    {.name = "try", .label = "Versuchen", .max_attempts = 3, .run = run_effect},
    {.name = "slow", .label = "Melden", .run = run_slow, .remote = true},
    {.name = "remote", .label = "Melden", .run = run_remote, .remote = true},
    {0},
};
static const Engine TRY_ENGINE = {.name = "try", .effects = EFFECTS};
static const Engine *const ENGINES[] = {&WORK_ENGINE, &TRY_ENGINE};

static TestTown town;

static int set_up(void **state)
{
    atomic_store(&runs, 0);
    atomic_store(&failures_left, 0);
    atomic_store(&final_failures_left, 0);
    atomic_store(&hanging, false);
    atomic_store(&away, false);
    atomic_store(&remote_runs, 0);
    atomic_store(&slow_runs, 0);
    return test_town_set_up(&town, ENGINES, 2, "title: Musterstadt\n", state);
}

static bool order_try(Tx *tx, void *context, Err *err)
{
    return effect_order(
        tx, &(EffectOrder){.kind = "try", .key = str_c(context), .subject = STR("case/1")}, err);
}

static bool order_and_fail(Tx *tx, void *context, Err *err)
{
    return order_try(tx, context, err) && err_set(err, ERR_INPUT, "no");
}

static int64_t number(const char *what)
{
    Tx *tx = db_read(town.tenant->db, &town.err);
    int64_t value = -1;

    assert_non_null(tx);
    if (strcmp(what, "done") == 0)
        tx_query_int(tx, &town.err, &value, "SELECT COUNT(*) FROM effect WHERE status = 'done'");
    else if (strcmp(what, "failed") == 0)
        tx_query_int(tx, &town.err, &value, "SELECT COUNT(*) FROM effect WHERE status = 'failed'");
    else if (strcmp(what, "all") == 0)
        tx_query_int(tx, &town.err, &value, "SELECT COUNT(*) FROM effect");
    else if (strcmp(what, "outstanding") == 0)
        effect_outstanding(tx, STR("case/1"), &value, &town.err);
    tx_end(tx);
    return value;
}

/* Wait for the background threads, at most ten seconds. */
static bool comes_true(const char *what, int64_t wanted)
{
    for (int i = 0; i < 1000; i++) {
        if (number(what) == wanted)
            return true;
        usleep(10000);
    }
    return false;
}

/* --- Once, and until it succeeds ----------------------------------------------------------------
 */

static void an_effect_runs_once_however_often_it_is_ordered(void **state)
{
    (void)state;
    test_town_write(&town, order_try, "a");
    test_town_write(&town, order_try, "a");
    assert_int_equal(number("outstanding"), 1);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    assert_int_equal(atomic_load(&runs), 1);
    assert_int_equal(number("outstanding"), 0);
}

static void an_undone_transaction_orders_nothing(void **state)
{
    (void)state;
    assert_false(db_write(town.tenant->db, order_and_fail, "a", &town.err));
    assert_int_equal(number("all"), 0);
}

static void a_temporary_failure_is_tried_again_with_what_was_kept(void **state)
{
    (void)state;
    Worker *worker = worker_start(town.app, &town.err);

    atomic_store(&failures_left, 2);
    test_town_write(&town, order_try, "a");
    assert_true(comes_true("done", 1));
    assert_int_equal(atomic_load(&runs), 3);
    assert_string_equal(last_partial, "2");
    worker_stop(worker);
}

static void used_up_tries_are_a_visible_failure(void **state)
{
    (void)state;
    Worker *worker = worker_start(town.app, &town.err);

    atomic_store(&failures_left, 99);
    test_town_write(&town, order_try, "a");
    assert_true(comes_true("failed", 1));
    assert_int_equal(atomic_load(&runs), 3);
    assert_int_equal(number("outstanding"), 1);
    worker_stop(worker);
}

static void a_final_failure_is_not_repeated(void **state)
{
    (void)state;
    atomic_store(&final_failures_left, 1);
    test_town_write(&town, order_try, "a");
    assert_false(worker_drain(town.tenant, &town.err));
    assert_non_null(strstr(town.err.message, "address"));
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    assert_int_equal(atomic_load(&runs), 1);
}

static void effects_ordered_before_the_start_are_found(void **state)
{
    (void)state;
    test_town_write(&town, order_try, "a");
    Worker *worker = worker_start(town.app, &town.err);
    assert_true(comes_true("done", 1));
    worker_stop(worker);
}

/* --- Another system -----------------------------------------------------------------------------
 */

static bool order_remote(Tx *tx, void *context, Err *err)
{
    int count = *(const int *)context;

    for (int i = 0; i < count; i++)
        if (!effect_order(
                tx, &(EffectOrder){.kind = "remote", .key = str_printf(town.arena, "remote/%d", i)},
                err))
            return false;
    return true;
}

static void a_server_that_hangs_holds_up_nothing_else(void **state)
{
    (void)state;
    Worker *worker = worker_start(town.app, &town.err);
    int count = 100;

    atomic_store(&hanging, true);
    test_town_write(&town, order_remote, &count);
    while (atomic_load(&remote_runs) == 0)
        usleep(1000);
    test_town_write(&town, order_try, "a");
    bool went_on = comes_true("done", 1);
    atomic_store(&hanging, false);
    assert_true(went_on);
    assert_true(comes_true("done", count + 1));
    assert_int_equal(atomic_load(&remote_runs), count);
    worker_stop(worker);
}

static void a_server_that_is_away_is_left_alone_until_it_is_back(void **state)
{
    (void)state;
    Worker *worker = worker_start(town.app, &town.err);
    int count = 60;

    atomic_store(&away, true);
    test_town_write(&town, order_remote, &count);
    while (atomic_load(&remote_runs) < 8)
        usleep(1000);
    usleep(200000);
    int tried = atomic_load(&remote_runs);
    atomic_store(&away, false);
    assert_in_range(tried, 8, 8 + 4); /* and those that were under way */
    assert_true(comes_true("done", count));
    worker_stop(worker);
}

/* --- What is cancelled --------------------------------------------------------------------------
 */

/* As in a data folder that was made when the number of a deleted row could be given again. */
static bool cancel_and_give_the_number_again(Tx *tx, void *context, Err *err)
{
    return cancel_fn(tx, context, err) &&
           tx_exec(tx, err, "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'effect'");
}

static bool order_slow(Tx *tx, void *context, Err *err)
{
    enum { SUBSCRIBERS = 4 }; /* as many as one town may ask at once */
    const char *round = context;

    for (int i = 0; i < SUBSCRIBERS; i++)
        if (!effect_order(tx,
                          &(EffectOrder){.kind = "slow",
                                         .key = str_printf(town.arena, "%s/%d", round, i),
                                         .subject = str_printf(town.arena, "hook/%d", i)},
                          err))
            return false;
    return true;
}

static bool order_quick(Tx *tx, void *context, Err *err)
{
    (void)context;
    return effect_order(
        tx, &(EffectOrder){.kind = "slow", .key = STR("quick"), .subject = STR("hook/9")}, err);
}

/* With a start between the answers that were slow and the next ones. */
static void let_slow_ones_leave_room(bool start_between)
{
    Worker *worker = worker_start(town.app, &town.err);

    atomic_store(&hanging, true);
    test_town_write(&town, order_slow, "first");
    while (atomic_load(&slow_runs) < 4)
        usleep(1000);
    usleep((SLOW_MS + 100) * 1000); /* now they are known as slow */
    atomic_store(&hanging, false);
    assert_true(comes_true("done", 4));
    if (start_between) {
        worker_stop(worker);
        worker = worker_start(town.app, &town.err);
    }
    atomic_store(&hanging, true);
    test_town_write(&town, order_slow, "second");
    while (atomic_load(&slow_runs) < 6)
        usleep(1000);
    test_town_write(&town, order_quick, NULL);
    bool went_on = comes_true("done", 5);
    atomic_store(&hanging, false);
    assert_true(went_on);
    assert_true(comes_true("done", 9));
    worker_stop(worker);
}

static void those_that_are_always_slow_leave_room_for_the_others(void **state)
{
    (void)state;
    let_slow_ones_leave_room(false);
}

static void those_that_were_slow_before_the_start_do_so_too(void **state)
{
    (void)state;
    let_slow_ones_leave_room(true);
}

static void what_was_cancelled_while_it_ran_tells_nothing_of_the_next_order(void **state)
{
    (void)state;
    Worker *worker = worker_start(town.app, &town.err);
    int count = 1;

    atomic_store(&hanging, true);
    test_town_write(&town, order_remote, &count);
    while (atomic_load(&remote_runs) == 0)
        usleep(1000);
    test_town_write(&town, cancel_and_give_the_number_again, "remote/0");
    assert_int_equal(number("all"), 0);
    usleep(5000); /* the next is ordered at another moment */
    test_town_write(&town, order_remote, &count);
    atomic_store(&hanging, false);
    assert_true(comes_true("done", count));
    assert_int_equal(atomic_load(&remote_runs), 2);
    worker_stop(worker);
}

static bool order_out(Tx *tx, void *context, Err *err)
{
    (void)context;
    return effect_order(tx, &(EffectOrder){.kind = "out", .key = STR("out")}, err);
}

static void what_is_cancelled_before_it_begins_does_not_leave_the_house(void **state)
{
    (void)state;
    call_back = was_wanted = true;
    test_town_write(&town, order_out, NULL);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    assert_false(was_wanted);
    assert_int_equal(tries, 0);
    assert_int_equal(number("all"), 0);
}

static bool retry_fn(Tx *tx, void *context, Err *err)
{
    int64_t id = 0;

    return tx_query_int(tx, err, &id, "SELECT id FROM effect WHERE key = $1",
                        P_TEXT(str_c(context))) &&
           effect_retry(tx, id, err);
}

static void what_began_may_have_left_the_house_also_when_somebody_tries_it_again(void **state)
{
    (void)state;
    call_back = false;
    test_town_write(&town, order_out, NULL);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    test_town_write(&town, retry_fn, "out");
    test_town_write(&town, cancel_fn, "out");
    assert_int_equal(tries, 1);
}

static void what_began_may_have_left_the_house(void **state)
{
    (void)state;
    call_back = false;
    test_town_write(&town, order_out, NULL);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    assert_true(was_wanted);
    test_town_write(&town, cancel_fn, "out");
    assert_int_equal(tries, 1);
    test_town_write(&town, cancel_fn, "out");
    assert_int_equal(tries, -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, test_town_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_effect_runs_once_however_often_it_is_ordered),
        TEST(an_undone_transaction_orders_nothing),
        TEST(a_temporary_failure_is_tried_again_with_what_was_kept),
        TEST(used_up_tries_are_a_visible_failure),
        TEST(a_final_failure_is_not_repeated),
        TEST(effects_ordered_before_the_start_are_found),
        TEST(a_server_that_hangs_holds_up_nothing_else),
        TEST(a_server_that_is_away_is_left_alone_until_it_is_back),
        TEST(those_that_are_always_slow_leave_room_for_the_others),
        TEST(those_that_were_slow_before_the_start_do_so_too),
        TEST(what_was_cancelled_while_it_ran_tells_nothing_of_the_next_order),
        TEST(what_is_cancelled_before_it_begins_does_not_leave_the_house),
        TEST(what_began_may_have_left_the_house),
        TEST(what_began_may_have_left_the_house_also_when_somebody_tries_it_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
