/* SPDX-License-Identifier: EUPL-1.2 */
/* Walks of the work list, absences, and the figures of the statistics. */
#include "cases/case_figure.h"
#include "cases/case_fixture.h"
#include "cases/case_store.h"
#include "cases/desk.h"

#define ONE_TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"
#define NO_NUMBER "{" PERSON ",\"baeume\":[{\"art\":\"Linde\"}]}"

static void add_staff(Town *town, int count)
{
    for (int i = 1; i <= count; i++) {
        town_sql(town,
                 arena_printf(town->arena,
                              "INSERT INTO staff (id, login, name, email, must_change, active, "
                              "totp_step, created_at) VALUES (%d, 'p%d', 'P%d', '', 0, 1, 0, 0)",
                              i, i, i));
        town_sql(town,
                 arena_printf(town->arena,
                              "INSERT INTO staff_grant (staff_id, role, office, service) VALUES "
                              "(%d, 'sachbearbeitung', 'gartenamt', '')",
                              i));
    }
}

/* --- The walk
 * -------------------------------------------------------------------------------------- */

/* 4,100 closed cases; only the oldest came by the API, and walks see 4,000 at most. */
static void many_closed(Town *town)
{
    town_submit(town, ONE_TREE); /* makes the package's row */
    town_sql(
        town,
        "INSERT INTO cases (id, number, service, procedure_id, version, state, closed, "
        "status_token, citizen_id, applicant, lang, channel, submitted_at, submitted_on, "
        "assigned_to, data_version, vars, order_hash) WITH RECURSIVE s (i) AS (SELECT 10 UNION ALL "
        "SELECT i + 1 FROM s WHERE i < 4109) SELECT i, 'N' || i, 'baum', 'melden', (SELECT version "
        "FROM package_version LIMIT 1), 'fertig', 1, 't' || i, 0, 'A', 'de', 'portal', 0, "
        "'2026-01-01', 0, 1, '{}', 'x' FROM s");
    town_sql(
        town,
        "INSERT INTO case_desk (office, case_id, service, state, open, todo, due, assigned_to, "
        "received, channel) SELECT 'gartenamt', id, service, state, 0, 0, '2026-02-01', 0, "
        "submitted_on, CASE WHEN id = 10 THEN 'api' ELSE 'portal' END FROM cases WHERE closed = 1");
}

static void a_walk_that_finds_too_few_says_where_to_go_on(void **state)
{
    Town *town = *state;
    Request req = {.arena = town->arena, .tenant = town->tenant, .today = town->today};
    ListScope scope = {.every_service = true};
    ListFilter filter = {
        .view = STR("abgeschlossen"), .office = STR("gartenamt"), .channel = STR("api")};
    ListWalk walk;

    many_closed(town);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(list_walk(tx, &req, &filter, &scope, 50, &walk, &town->err), &town->err);
    assert_int_equal(walk.count, 0);
    assert_true(walk.stopped);
    assert_true(walk.capped);
    assert_non_null(walk.next.ptr);
    filter.after = walk.next;
    assert_ok(list_walk(tx, &req, &filter, &scope, 50, &walk, &town->err), &town->err);
    assert_int_equal(walk.count, 1);
    assert_int_equal(walk.ids[0], 10);
    assert_null(walk.next.ptr);
    filter.channel = STR("portal");
    filter.after = STR_NONE;
    assert_ok(list_walk(tx, &req, &filter, &scope, 50, &walk, &town->err), &town->err);
    assert_int_equal(walk.count, 50);
    assert_int_equal(walk.ids[0], 4109); /* newest first */
    assert_int_equal(walk.total, LIST_COUNT_MAX);
    assert_false(walk.stopped);
    tx_end(tx);
}

static void pages_follow_each_other_without_gap_or_repetition(void **state)
{
    Town *town = *state;
    Request req = {.arena = town->arena, .tenant = town->tenant, .today = town->today};
    ListScope scope = {.every_service = true};
    static const char *const SORTS[] = {"frist", "eingang", "geaendert"};

    for (int i = 0; i < 7; i++)
        town_submit(town, ONE_TREE);
    Tx *tx = db_read(town->tenant->db, &town->err);

    for (size_t s = 0; s < 3; s++) {
        ListFilter filter = {
            .view = STR("offen"), .office = STR("gartenamt"), .sort = str_c(SORTS[s])};
        bool seen[8] = {false};
        size_t found = 0;

        for (int page = 0; page < 4; page++) {
            ListWalk walk;

            assert_ok(list_walk(tx, &req, &filter, &scope, 2, &walk, &town->err), &town->err);
            for (size_t i = 0; i < walk.count; i++) {
                assert_false(seen[walk.ids[i]]);
                seen[walk.ids[i]] = true;
                found++;
            }
            assert_true((walk.next.ptr == NULL) == (page == 3));
            filter.after = walk.next;
        }
        assert_int_equal(found, 7);
    }
    tx_end(tx);
}

/* --- Absence
 * ---------------------------------------------------------------------------------------- */

static void a_deputy_who_is_away_has_a_deputy(void **state)
{
    (void)state;
    Absence away[] = {{1, 1, 2, {2027, 3, 1}, {2027, 3, 10}, 0},
                      {2, 2, 3, {2027, 3, 5}, {2027, 3, 6}, 0},
                      {3, 3, 1, {2027, 3, 6}, {2027, 3, 6}, 0},
                      {4, 4, 0, {2027, 3, 1}, {2027, 3, 1}, 0}};

    assert_int_equal(ident_stand_in(away, 4, 1, (Date){2027, 2, 28}), 1);
    assert_int_equal(ident_stand_in(away, 4, 1, (Date){2027, 3, 1}), 2);
    assert_int_equal(ident_stand_in(away, 4, 1, (Date){2027, 3, 5}), 3);
    assert_int_equal(ident_stand_in(away, 4, 1, (Date){2027, 3, 6}), 0); /* a circle */
    assert_int_equal(ident_stand_in(away, 4, 1, (Date){2027, 3, 10}), 2);
    assert_int_equal(ident_stand_in(away, 4, 4, (Date){2027, 3, 1}), 0); /* nobody was named */
    assert_int_equal(ident_stand_in(away, 4, 4, (Date){2027, 3, 2}), 4);
}

typedef struct AbsenceDo {
    Absence absence;
    int64_t id;
    bool stood_in;
    Timestamp at;
} AbsenceDo;

static bool add_absence(Tx *tx, Town *town, void *context, Err *err)
{
    AbsenceDo *d = context;

    (void)town;
    d->at = tx_now(tx);
    return ident_absence_add(tx, &d->absence, STR("staff/1"), &d->id, err);
}

static bool withdraw_absence(Tx *tx, Town *town, void *context, Err *err)
{
    AbsenceDo *d = context;

    (void)town;
    return ident_absence_withdraw(tx, d->id, STR("staff/1"), err);
}

static bool ask_stood_in(Tx *tx, Town *town, void *context, Err *err)
{
    AbsenceDo *d = context;

    (void)town;
    return ident_stood_in(tx, 2, 1, d->at, &d->stood_in, err);
}

static void an_absence_is_refused_that_overlaps_or_has_no_right_deputy(void **state)
{
    Town *town = *state;
    AbsenceDo good = {.absence = {0, 1, 2, {2027, 3, 1}, {2027, 3, 10}, 0}};
    AbsenceDo again = {.absence = {0, 1, 2, {2027, 3, 10}, {2027, 3, 12}, 0}};
    AbsenceDo other = {.absence = {0, 1, 3, {2028, 3, 1}, {2028, 3, 2}, 0}};
    AbsenceDo self = {.absence = {0, 1, 1, {2028, 3, 1}, {2028, 3, 2}, 0}};

    add_staff(town, 3);
    town_sql(town, "UPDATE staff_grant SET office = 'ordnungsamt' WHERE staff_id = 3");
    assert_ok(town_write(town, add_absence, &good), &town->err);
    assert_false(town_write(town, add_absence, &again));
    assert_int_equal(town->err.kind, ERR_INPUT);
    assert_false(town_write(town, add_absence, &other));
    assert_string_equal(town->err.field, "vertretung");
    assert_false(town_write(town, add_absence, &self));
}

static void who_stood_in_then_is_told_after_the_absence_was_withdrawn(void **state)
{
    Town *town = *state;
    Date today = date_in_berlin(clock_now());
    AbsenceDo d = {.absence = {0, 1, 2, today, date_add_days(today, 1), 0}};

    add_staff(town, 2);
    assert_ok(town_write(town, add_absence, &d), &town->err);
    assert_ok(town_write(town, withdraw_absence, &d), &town->err);
    assert_ok(town_write(town, ask_stood_in, &d), &town->err);
    assert_true(d.stood_in);
    d.at -= 1; /* before it was entered */
    assert_ok(town_write(town, ask_stood_in, &d), &town->err);
    assert_false(d.stood_in);
}

/* --- Figures
 * ---------------------------------------------------------------------------------------- */

static void median_and_p90_are_nearest_ranks(void **state)
{
    Town *town = *state;
    Figures figures;

    /* 1, 2, …, 9 days once each and 100 days once: the fifth and the ninth of ten */
    for (int days = 1; days <= 9; days++)
        town_sql(town,
                 arena_printf(town->arena,
                              "INSERT INTO case_figure VALUES ('gartenamt', '2027-03-%s', 'baum', "
                              "'melden', 'decided', %d, 1)",
                              days % 2 ? "08" : "01", days));
    town_sql(town,
             "INSERT INTO case_figure VALUES ('gartenamt', '2027-03-08', 'baum', 'melden', "
             "'decided', 100, 1), ('gartenamt', '2027-03-08', 'baum', 'melden', 'kept', 1, 3), "
             "('gartenamt', '2027-03-08', 'baum', 'melden', 'kept', 0, 1), "
             "('gartenamt', '2027-03-08', 'baum', 'melden', 'asked', 2, 4), "
             "('gartenamt', '2026-03-01', 'baum', 'melden', 'received', 0, 99), "
             "('ordnungsamt', '2027-03-08', 'baum', 'melden', 'received', 0, 99)");
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_figures(tx, STR("gartenamt"), town->today, town->arena, &figures, &town->err),
              &town->err);
    tx_end(tx);
    assert_int_equal(figures.procedure_count, 1);
    assert_int_equal(figures.procedures[0].decided, 10);
    assert_int_equal(figures.procedures[0].median, 5);
    assert_int_equal(figures.procedures[0].p90, 9);
    assert_int_equal(figures.procedures[0].kept, 3);
    assert_int_equal(figures.procedures[0].due, 4);
    assert_int_equal(figures.procedures[0].asked, 8);
    assert_int_equal(figures.procedures[0].received, 0); /* older than a year, or elsewhere */
    assert_int_equal(figures.weeks[FIGURE_WEEKS - 1].decided, 6);
    assert_int_equal(figures.weeks[FIGURE_WEEKS - 2].decided, 4);
}

static bool decide(Tx *tx, Town *town, void *context, Err *err)
{
    return case_act(tx, town->tenant, town->package, context, STR("eintragen"),
                    node_map(town->arena), STR("staff/1"), town->today, town->arena, err);
}

static void a_decision_is_counted_once_for_each_office_and_for_who_made_it(void **state)
{
    Town *town = *state;

    add_staff(town, 1);
    Case c = town_submit(town, ONE_TREE);

    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_figure WHERE kind = 'received'"),
                     2); /* gartenamt and "*"; the other office has no part in it */
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_figure WHERE kind = 'decided'"),
                     0);
    assert_ok(town_write(town, decide, &c), &town->err);
    assert_int_equal(town_count(town, "SELECT SUM(count) FROM case_figure WHERE kind = 'decided' "
                                      "AND scope = 'gartenamt'"),
                     1);
    assert_int_equal(town_count(town, "SELECT SUM(count) FROM case_figure WHERE kind = 'decided' "
                                      "AND scope = 'staff/1' AND value = 0"),
                     1);
    assert_int_equal(town_count(town, "SELECT SUM(count) FROM case_figure WHERE kind = 'kept' AND "
                                      "scope = '*' AND value = 1"),
                     1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_figure WHERE scope = "
                                      "'ordnungsamt'"),
                     0);
}

static void what_filters_ask_for_is_kept_beside_the_case(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, NO_NUMBER);

    assert_int_equal(town_count(town, "SELECT findings FROM case_desk WHERE office = 'gartenamt'"),
                     1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_desk WHERE tasks = ',pruefen,'"),
                     2);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_figure WHERE week = "
                                      "'2027-03-08'"),
                     2); /* the Monday before 10 March 2027 */
    assert_int_equal(c.assigned_to, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_walk_that_finds_too_few_says_where_to_go_on, town_open,
                                        town_close),
        cmocka_unit_test_setup_teardown(pages_follow_each_other_without_gap_or_repetition,
                                        town_open, town_close),
        cmocka_unit_test(a_deputy_who_is_away_has_a_deputy),
        cmocka_unit_test_setup_teardown(an_absence_is_refused_that_overlaps_or_has_no_right_deputy,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(who_stood_in_then_is_told_after_the_absence_was_withdrawn,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(median_and_p90_are_nearest_ranks, town_open, town_close),
        cmocka_unit_test_setup_teardown(
            a_decision_is_counted_once_for_each_office_and_for_who_made_it, town_open, town_close),
        cmocka_unit_test_setup_teardown(what_filters_ask_for_is_kept_beside_the_case, town_open,
                                        town_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
