/* SPDX-License-Identifier: EUPL-1.2 */
/* Deciding about many cases: letters are set while others write, and none without its decision. */
#include "cases/bulk.h"
#include "cases/case_fixture.h"
#include "cases/case_proposal.h"
#include "core/work/state.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"
#define LETTERS "SELECT COUNT(*) FROM case_document WHERE kind = 'letter'"
#define DONE "SELECT COUNT(*) FROM case_bulk_item WHERE status = 'done'"
#define ACTIONS "SELECT COUNT(*) FROM event WHERE type = 'case.action'"

/* `ansehen` needs nothing entered and orders two letters. */
static int open_bulk(void **state)
{
    if (town_open(state) != 0)
        return 1;
    Town *town = *state;
    const char *letter = "---\nsubject: Brief\noffice: gartenamt\n---\nGuten Tag {{name}}.\n";

    assert_ok(folder_write_file(
                  arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder),
                  str_printf(town->arena,
                             "%s  ansehen:\n"
                             "    label: Ansehen\n"
                             "    from: [neu]\n"
                             "    to: fertig\n"
                             "    office: gartenamt\n"
                             "    effects:\n"
                             "      - letter: {template: eins}\n"
                             "      - letter: {template: zwei}\n",
                             PROCESS_YAML),
                  0600, &town->err),
              &town->err);
    for (int i = 0; i < 2; i++)
        assert_ok(folder_write_file(arena_printf(town->arena, "%s/service/letters/%s.md",
                                                 town->folder, i ? "zwei" : "eins"),
                                    str_c(letter), 0600, &town->err),
                  &town->err);
    town_publish(town);
    return 0;
}

typedef struct Order {
    Bulk bulk;
    int64_t cases[2];
} Order;

static bool order_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Order *order = context;
    Node *params = town_json(town, "{\"action\":\"ansehen\"}");

    order->bulk.staff_id = 1;
    return tx_exec(tx, err,
                   "INSERT INTO staff (login, name, email, password, must_change, active, "
                   "totp_step, created_at) VALUES ('ada', 'Ada', 'ada@example.org', 'x', 0, 1, "
                   "0, 1)") &&
           tx_exec(tx, err,
                   "INSERT INTO staff_grant (staff_id, role, office, service) VALUES (1, "
                   "'sachbearbeitung', '', '')") &&
           bulk_add(tx, 1, STR(""), order->cases, 2, &order->bulk.id, err) &&
           bulk_choose(tx, order->bulk.id, BULK_ACTION, params, err) &&
           bulk_start(tx, &order->bulk, STR("staff/1"), &order->bulk.job_id, err);
}

static void order_bulk(Town *town, const char *second)
{
    Order order = {0};

    order.cases[0] = town_submit(town, TREE).id;
    order.cases[1] = town_submit(town, second).id;
    assert_ok(town_write(town, order_fn, &order), &town->err);
}

static void *run_job(void *context)
{
    Town *town = context;
    Err err = {0};
    bool ran = false;

    return job_run_next(town->tenant, JOBS_SHORT, &ran, &err) && ran ? town : NULL;
}

static bool note_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town, (void)context;
    return tx_exec(tx, err, "UPDATE cases SET applicant = 'Ada'");
}

static void *write_beside(void *context)
{
    Town *town = context;

    return town_write(town, note_fn, NULL) ? town : NULL;
}

/* Who sets a letter reads the arms: a pipe in their place holds the reader until somebody opens its
 * other end. */
static void let_one_letter_go(const char *arms)
{
    int fd = open(arms, O_WRONLY | O_CLOEXEC);

    assert_true(fd >= 0);
    close(fd);
}

static void *let_all_go(void *context)
{
    for (;;)
        let_one_letter_go(context);
    return NULL;
}

/* Not a limit of time: with the letters inside the write it would wait for ever. */
static bool ends(pthread_t thread)
{
    struct timespec end;
    void *result = NULL;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 60;
    return pthread_timedjoin_np(thread, &result, &end) == 0 && result;
}

static void others_write_while_letters_are_set(void **state)
{
    Town *town = *state;
    pthread_t job, other, opener;
    char *arms = arena_printf(town->arena, "%.*s/wappen", STR_ARG(town->tenant->folder));

    assert_int_equal(mkfifo(arms, 0600), 0);
    node_set(town->arena, (Node *)town->tenant->settings, STR("arms"),
             node_string(town->arena, STR("wappen")));
    order_bulk(town, TREE);
    pthread_create(&job, NULL, run_job, town);
    let_one_letter_go(arms); /* the next waits until `opener` comes */
    pthread_create(&other, NULL, write_beside, town);
    bool wrote = ends(other);

    pthread_create(&opener, NULL, let_all_go, arms);
    assert_true(wrote);
    assert_true(ends(job));
    pthread_cancel(opener);
    pthread_join(opener, NULL);
    assert_int_equal(town_count(town, DONE), 2);
    assert_int_equal(town_count(town, ACTIONS), 2);
    assert_int_equal(town_count(town, LETTERS), 4);
}

static void a_letter_that_cannot_be_made_is_no_decision(void **state)
{
    Town *town = *state;
    Buf name = buf_in(town->arena);

    for (int i = 0; i < 40; i++)
        buf_add_c(&name, "Unaussprechlich");
    order_bulk(town, arena_printf(town->arena,
                                  "{\"person\":{\"familienname\":\"%.*s\",\"vornamen\":\"Erika\","
                                  "\"email\":\"erika@example.org\"},\"baeume\":[{\"art\":"
                                  "\"Linde\",\"nummer\":\"8\"}]}",
                                  STR_ARG(buf_str(&name))));
    assert_non_null(run_job(town));
    assert_int_equal(town_count(town, DONE), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_bulk_item WHERE place = 1 AND "
                                      "status = 'failed' AND text LIKE '%Anschriftfeld%'"),
                     1);
    assert_int_equal(town_count(town, ACTIONS), 1);
    assert_int_equal(town_count(town, LETTERS), 2);
}

static bool trigger_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    return tx_exec_params(tx, err, context, NULL, 0);
}

/* Right behind the first of two cases something is done to the account that ordered the bulk. */
static void first_alone_is_done(Town *town, char *then, const char *told)
{
    order_bulk(town, TREE);
    assert_ok(town_write(town, trigger_fn,
                         arena_printf(town->arena,
                                      "CREATE TRIGGER meanwhile AFTER UPDATE ON case_bulk_item "
                                      "WHEN NEW.place = 0 BEGIN %s; END",
                                      then)),
              &town->err);
    assert_non_null(run_job(town));
    assert_int_equal(town_count(town, DONE), 1);
    assert_int_equal(town_count(town, ACTIONS), 1);
    assert_int_equal(
        town_count(town, arena_printf(town->arena,
                                      "SELECT COUNT(*) FROM case_bulk_item WHERE place = 1 AND "
                                      "status = 'failed' AND text LIKE '%%%s%%'",
                                      told)),
        1);
}

static void an_account_that_is_locked_meanwhile_decides_nothing_more(void **state)
{
    first_alone_is_done(*state, "UPDATE staff SET active = 0", "gesperrt");
}

static void a_role_that_is_taken_away_meanwhile_counts_no_more(void **state)
{
    first_alone_is_done(*state, "DELETE FROM staff_grant", "nicht freigeschaltet");
}

static bool seen_fn(Tx *tx, Town *town, void *context, Err *err)
{
    int64_t bulk = 0, id = 0;
    Str basis;
    Case c;

    (void)context;
    if (!tx_query_int(tx, err, &bulk, "SELECT MAX(id) FROM case_bulk"))
        return false;
    for (int64_t place = 0; place < 2; place++)
        if (!tx_query_int(tx, err, &id, "SELECT case_id FROM case_bulk_item WHERE place = $1",
                          P_INT(place)) ||
            !case_by_id(tx, id, town->arena, &c, err) ||
            !case_basis(tx, town->tenant, town->package, &c, date_in_berlin(clock_now()),
                        town->arena, &basis, err) ||
            !bulk_item_seen(tx, bulk, place, basis, err))
            return false;
    return true;
}

static void what_changed_since_the_preview_is_left_to_a_person(void **state)
{
    Town *town = *state;

    order_bulk(town, TREE);
    assert_ok(town_write(town, seen_fn, NULL), &town->err);
    town_sql(town, "UPDATE cases SET vars = '{\"neu\":1}' WHERE id = (SELECT case_id FROM "
                   "case_bulk_item WHERE place = 1)");
    assert_non_null(run_job(town));
    assert_int_equal(town_count(town, DONE), 1);
    assert_int_equal(town_count(town, ACTIONS), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_bulk_item WHERE place = 1 AND "
                                      "status = 'failed' AND text LIKE 'Seit der Vorschau%'"),
                     1);
}

static LetterList letters_of(Town *town, const char *json)
{
    LetterList out = {0};

    out.items = arena_array(town->arena, const Node *, 1);
    out.items[out.count++] = town_json(town, json);
    return out;
}

static void letters_are_alike_whatever_their_numbers_are(void **state)
{
    Town *town = *state;
    LetterList one = letters_of(town, "{\"body\":\"Ada, 5260000017\"}"), none = {0};
    LetterList same = letters_of(town, "{\"body\":\"Ada, 5260000024\"}");
    LetterList longer = letters_of(town, "{\"body\":\"Ada, 52600000241\"}");
    LetterList other = letters_of(town, "{\"body\":\"Ida, 5260000017\"}");

    assert_true(bulk_letters_alike(&one, &same, town->arena));
    assert_false(bulk_letters_alike(&one, &longer, town->arena));
    assert_false(bulk_letters_alike(&one, &other, town->arena));
    assert_false(bulk_letters_alike(&one, &none, town->arena));
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, open_bulk, town_close)
    const struct CMUnitTest tests[] = {
        RULE(others_write_while_letters_are_set),
        RULE(a_letter_that_cannot_be_made_is_no_decision),
        RULE(an_account_that_is_locked_meanwhile_decides_nothing_more),
        RULE(a_role_that_is_taken_away_meanwhile_counts_no_more),
        RULE(what_changed_since_the_preview_is_left_to_a_person),
        RULE(letters_are_alike_whatever_their_numbers_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
