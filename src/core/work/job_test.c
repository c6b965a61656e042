/* SPDX-License-Identifier: EUPL-1.2 */
/* Jobs: to their end, stopped, interrupted, and beside each other. */
#include "core/test_town.h"

#include "core/work/state.h"

#include <unistd.h>

/* --- An engine that counts ----------------------------------------------------------------------
 */

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

static const Migration MIGRATIONS[] = {
    {"count-001-end", "CREATE TABLE job_end (upto BIGINT NOT NULL, how BIGINT NOT NULL)"}, {0}};

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
static const Engine COUNT_ENGINE = {.name = "count", .migrations = MIGRATIONS, .jobs = JOBS};
static const Engine *const ENGINES[] = {&WORK_ENGINE, &COUNT_ENGINE};

static TestTown town;

static int set_up(void **state)
{
    return test_town_set_up(&town, ENGINES, 2, "title: Musterstadt\n", state);
}

/* --- Ordering and looking -----------------------------------------------------------------------
 */

typedef struct JobOrder {
    int64_t upto, id;
    bool lengthy;
} JobOrder;

static Node *params_of(const JobOrder *order)
{
    Node *params = node_map(town.arena);

    node_set(town.arena, params, STR("upto"), node_int(town.arena, order->upto));
    return params;
}

static bool order_count(Tx *tx, void *context, Err *err)
{
    JobOrder *order = context;

    return job_order(tx, order->lengthy ? "count-long" : "count", params_of(order), STR("staff/1"),
                     &order->id, err);
}

static bool order_once(Tx *tx, void *context, Err *err)
{
    JobOrder *order = context;

    return job_order_once(tx, "count", params_of(order), STR("staff/1"), &order->id, err);
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

/* --- The tests ----------------------------------------------------------------------------------
 */

static void a_job_runs_to_its_end(void **state)
{
    (void)state;
    JobOrder order = {.upto = 5};

    test_town_write(&town, order_count, &order);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    assert_str(job_status(order.id), "done");
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
}

static void a_job_that_was_stopped_may_be_ordered_again(void **state)
{
    (void)state;
    JobOrder stopped = {.upto = 7}, anew = {.upto = 7}, same = {.upto = 7};

    test_town_write(&town, order_once, &stopped);
    test_town_write(&town, ask_to_stop, &stopped);
    assert_ok(worker_drain(town.tenant, &town.err), &town.err);
    assert_str(job_status(stopped.id), "cancelled");
    test_town_write(&town, order_once, &anew);
    assert_int_not_equal(anew.id, stopped.id);
    assert_str(job_status(anew.id), "waiting");
    test_town_write(&town, order_once, &same);
    assert_int_equal(same.id, anew.id);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, test_town_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_job_runs_to_its_end),
        TEST(a_job_with_a_key_of_its_own_is_ordered_once),
        TEST(a_job_that_was_stopped_may_be_ordered_again),
        TEST(a_running_job_can_be_stopped),
        TEST(the_end_of_a_job_is_told_once_also_when_it_never_began),
        TEST(a_job_that_takes_hours_holds_up_only_others_of_its_sort),
        TEST(a_job_interrupted_by_the_end_of_the_program_waits_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
