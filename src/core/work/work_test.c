/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/test_town.h"

#include "core/work/state.h"

#include <stdatomic.h>
#include <unistd.h>

/* --- An engine whose effects do as they are told ------------------------------------------ */

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

static bool run_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                    Err *err)
{
    int64_t upto = node_get_i64(params, "upto", 0);

    (void)tenant;
    for (int64_t i = 0; i < upto; i++) {
        job_progress(run, i, upto, "Zeilen");
        if (job_cancelled(run))
            return err_set(err, ERR_CONFLICT, "stopped");
        usleep(1000);
    }
    *result = node_map(arena);
    node_set(arena, *result, STR("Zeilen"), node_int(arena, upto));
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
    {.name = "remote", .label = "Melden", .run = run_remote, .remote = true},
    {0},
};
static const Migration TRY_MIGRATIONS[] = {
    {"try-001-end", "CREATE TABLE job_end (upto BIGINT NOT NULL, how BIGINT NOT NULL)"}, {0}};

static bool note_end(Tx *tx, const Node *params, JobEnd end, Err *err)
{
    return tx_exec(tx, err, "INSERT INTO job_end (upto, how) VALUES ($1, $2)",
                   P_INT(node_get_i64(params, "upto", 0)), P_INT(end));
}

static const JobKind JOBS[] = {
    {.name = "count", .label = "Zählen", .run = run_job, .ended = note_end},
    {.name = "count-long", .label = "Lange zählen", .run = run_job, .lengthy = true},
    {0},
};
static const Engine TRY_ENGINE = {
    .name = "try", .migrations = TRY_MIGRATIONS, .effects = EFFECTS, .jobs = JOBS};
static const Engine *const ENGINES[] = {&WORK_ENGINE, &TRY_ENGINE};

static TestTown town;

static int set_up(void **state)
{
    (void)state;
    test_town_open(&town, ENGINES, 2, "title: Musterstadt\n");
    atomic_store(&runs, 0);
    atomic_store(&failures_left, 0);
    atomic_store(&final_failures_left, 0);
    atomic_store(&hanging, false);
    atomic_store(&away, false);
    atomic_store(&remote_runs, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_town_close(&town);
    return 0;
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

/* --- Effects -------------------------------------------------------------------------------- */

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

/* The number of an order that is forgotten may be given to the next. */
static void what_was_cancelled_while_it_ran_tells_nothing_of_the_next_order(void **state)
{
    (void)state;
    Worker *worker = worker_start(town.app, &town.err);
    int count = 1;

    atomic_store(&hanging, true);
    test_town_write(&town, order_remote, &count);
    while (atomic_load(&remote_runs) == 0)
        usleep(1000);
    test_town_write(&town, cancel_fn, "remote/0");
    assert_int_equal(number("all"), 0);
    usleep(5000);
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

/* --- Jobs ------------------------------------------------------------------------------------- */

typedef struct JobOrder {
    int64_t upto, id;
    bool lengthy;
} JobOrder;

static bool order_count(Tx *tx, void *context, Err *err)
{
    JobOrder *order = context;
    Node *params = node_map(town.arena);

    node_set(town.arena, params, STR("upto"), node_int(town.arena, order->upto));
    return job_order(tx, order->lengthy ? "count-long" : "count", params, STR("staff/1"),
                     &order->id, err);
}

static bool order_once(Tx *tx, void *context, Err *err)
{
    JobOrder *order = context;
    Node *params = node_map(town.arena);

    node_set(town.arena, params, STR("upto"), node_int(town.arena, order->upto));
    return job_order_once(tx, "count", params, STR("staff/1"), &order->id, err);
}

static Str job_status(int64_t id)
{
    Tx *tx = db_read(town.tenant->db, &town.err);
    Rows *rows =
        tx_query(tx, town.arena, &town.err, "SELECT status FROM job WHERE id = $1", P_INT(id));
    Str status = STR_NONE;

    if (rows_next(rows, &town.err))
        status = row_text(rows, 0);
    tx_end(tx);
    return status;
}

static bool job_becomes(int64_t id, const char *status)
{
    for (int i = 0; i < 1000; i++) {
        if (str_is(job_status(id), status))
            return true;
        usleep(10000);
    }
    return false;
}

static bool ask_to_stop(Tx *tx, void *context, Err *err)
{
    const JobOrder *order = context;

    return tx_exec(tx, err, "UPDATE job SET cancel = 1 WHERE id = $1", P_INT(order->id));
}

static void a_job_runs_to_its_end(void **state)
{
    (void)state;
    JobOrder order = {.upto = 5};

    test_town_write(&town, order_count, &order);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    assert_str(job_status(order.id), "done");
}

static bool stop_all(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE job SET cancel = 1 WHERE status = 'waiting'");
}

static void a_job_with_a_key_of_its_own_is_ordered_once(void **state)
{
    (void)state;
    JobOrder first = {.upto = 5}, same = {.upto = 5}, other = {.upto = 6};

    test_town_write(&town, order_once, &first);
    test_town_write(&town, order_once, &same);
    test_town_write(&town, order_once, &other);
    assert_int_equal(same.id, first.id);
    assert_int_not_equal(other.id, first.id);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    test_town_write(&town, order_once, &same);
    assert_int_equal(same.id, first.id); /* also when it is done */
    test_town_write(&town, order_once, &(JobOrder){.upto = 7});
    test_town_write(&town, stop_all, NULL);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    JobOrder stopped = {.upto = 7}, anew = {.upto = 7};
    test_town_write(&town, order_once, &stopped);
    assert_str(job_status(stopped.id), "waiting");
    test_town_write(&town, order_once, &anew);
    assert_int_equal(anew.id, stopped.id);
}

static void a_running_job_can_be_stopped(void **state)
{
    (void)state;
    JobOrder order = {.upto = 1000000};
    Worker *worker = worker_start(town.app, &town.err);

    test_town_write(&town, order_count, &order);
    assert_true(job_becomes(order.id, "running"));
    test_town_write(&town, ask_to_stop, &order);
    assert_true(job_becomes(order.id, "cancelled"));
    worker_stop(worker);
}

static int64_t told_ends(int64_t upto, JobEnd how)
{
    int64_t count = 0;
    Tx *tx = db_read(town.tenant->db, &town.err);

    assert_ok(tx_query_int(tx, &town.err, &count,
                           "SELECT COUNT(*) FROM job_end WHERE upto = $1 AND how = $2", P_INT(upto),
                           P_INT(how)),
              &town.err);
    tx_end(tx);
    return count;
}

static void the_end_of_a_job_is_told_once_also_when_it_never_began(void **state)
{
    (void)state;
    JobOrder done = {.upto = 3}, never = {.upto = 4};

    test_town_write(&town, order_count, &done);
    test_town_write(&town, order_count, &never);
    test_town_write(&town, ask_to_stop, &never);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    assert_int_equal(told_ends(3, JOB_DONE), 1);
    assert_int_equal(told_ends(4, JOB_CANCELLED), 1);
    assert_int_equal(told_ends(4, JOB_DONE), 0);
}

static void a_job_that_takes_hours_holds_up_only_others_of_its_sort(void **state)
{
    (void)state;
    JobOrder hours = {.upto = 1000000, .lengthy = true}, next = {.upto = 1, .lengthy = true};
    JobOrder quick = {.upto = 2};
    Worker *worker = worker_start(town.app, &town.err);

    test_town_write(&town, order_count, &hours);
    assert_true(job_becomes(hours.id, "running"));
    test_town_write(&town, order_count, &next);
    test_town_write(&town, order_count, &quick);
    assert_true(job_becomes(quick.id, "done"));
    assert_str(job_status(next.id), "waiting");
    test_town_write(&town, ask_to_stop, &hours);
    assert_true(job_becomes(next.id, "done"));
    worker_stop(worker);
}

static void a_job_interrupted_by_the_end_of_the_program_waits_again(void **state)
{
    (void)state;
    JobOrder order = {.upto = 1000000};
    Worker *worker = worker_start(town.app, &town.err);

    test_town_write(&town, order_count, &order);
    assert_true(job_becomes(order.id, "running"));
    worker_stop(worker);
    assert_str(job_status(order.id), "waiting");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_effect_runs_once_however_often_it_is_ordered, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_undone_transaction_orders_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_temporary_failure_is_tried_again_with_what_was_kept,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(used_up_tries_are_a_visible_failure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_final_failure_is_not_repeated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(effects_ordered_before_the_start_are_found, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_hangs_holds_up_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_is_away_is_left_alone_until_it_is_back,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_was_cancelled_while_it_ran_tells_nothing_of_the_next_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_cancelled_before_it_begins_does_not_leave_the_house,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_began_may_have_left_the_house, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_job_runs_to_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_job_with_a_key_of_its_own_is_ordered_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_running_job_can_be_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_of_a_job_is_told_once_also_when_it_never_began,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_job_that_takes_hours_holds_up_only_others_of_its_sort,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_job_interrupted_by_the_end_of_the_program_waits_again,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
