/* SPDX-License-Identifier: EUPL-1.2 */
/* What cannot be done by itself on its day is left to a person, once, or dropped. */
#include "cases/case_later_fixture.h"
#include "cases/case_link_fixture.h"
#include "cases/desk_case.h"

#define FAILED "SELECT COUNT(*) FROM effect WHERE status = 'failed'"
#define DROPPED "SELECT COUNT(*) FROM event WHERE type = 'case.later_forbidden'"

static void what_its_guard_forbids_is_dropped_and_the_history_says_why(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, "{\"geschuetzt\":true}");
    assert_int_equal(town_count(town, DROPPED), 0);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, FAILED), 0);
    assert_int_equal(town_count(town, LETTERS), 0);
    assert_int_equal(town_count(town, WAKES), 0);
    assert_int_equal(town_count(town, DROPPED " AND subject = 'case/1' AND data LIKE "
                                              "'%\"action\":\"ansehen\"%'"),
                     1);
    assert_int_equal(
        town_count(town, "SELECT COUNT(*) FROM case_word WHERE text = 'Der Baum ist geschützt.'"),
        1);

    change(town, "{\"geschuetzt\":false}"); /* too late for this day, not for another */
    assert_int_equal(town_count(town, LETTERS), 0);
    change(town, "{\"gepflanzt\":\"2027-09-01\"}");
    day_comes(town, (Date){2027, 9, 1});
    assert_int_equal(town_count(town, LETTERS), 1);
    assert_int_equal(town_count(town, DROPPED), 1);
}

/* What a clerk of this office reads in the history of case 1 about the day that was dropped. */
static Str read_dropped(Town *town, const char *office)
{
    static const char *const WHAT = "Nicht zulässig, deshalb nicht von selbst geschehen";
    Grant grant = {.role = STR("sachbearbeitung"), .office = str_c(office)};
    Staff staff = {.id = 1, .grants = &grant, .grant_count = 1};
    Request req = {.arena = town->arena, .tenant = town->tenant, .session = {.staff = &staff}};
    CaseView view = {0};
    Tx *tx = db_read(town->tenant->db, &town->err);
    CaseLoad load = {.req = &req, .tx = tx, .view = &view, .arena = town->arena};
    Str text = STR_NONE;

    assert_ok(case_by_id(tx, 1, town->arena, &load.desk.c, &town->err), &town->err);
    load.desk.package = town->package;
    load.desk.process = package_procedure(town->package, load.desk.c.procedure)->process;
    assert_ok(case_load_history(&load, &town->err), &town->err);
    tx_end(tx);
    for (size_t i = 0; i < view.history_count; i++)
        if (str_is(view.history[i].what, WHAT)) {
            assert_str(view.history[i].who, "System");
            assert_str(str_c(view.history[i].kind), "stand");
            assert_null(text.ptr);
            text = view.history[i].text;
        }
    return text;
}

static void the_history_tells_a_clerk_what_was_forbidden_and_why(void **state)
{
    Town *town = *state;

    decided(town);
    assert_null(read_dropped(town, "gartenamt").ptr);
    change(town, "{\"geschuetzt\":true}");
    day_comes(town, (Date){2027, 6, 8});
    assert_str(read_dropped(town, "gartenamt"), "Ansehen (Der Baum ist geschützt.)");
    assert_str(read_dropped(town, "kasse"), "Ansehen (Der Baum ist geschützt.)");
}

/* The same, but `ansehen` is a decision that only its own office may see. */
static int open_protected(void **state)
{
    if (open_later(state) != 0)
        return 1;
    Town *town = *state;
    const char *path = arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder);
    Str text;

    assert_ok(folder_read_file(path, 100000, town->arena, &text, &town->err), &town->err);
    text = str_replace(town->arena, text, STR("label: Prüfen, on: neu}"),
                       STR("label: Prüfen, on: neu, protected: true}"));
    text = str_replace(town->arena, text, STR("    guard_message: Der Baum"),
                       STR("    done: [pruefen]\n    guard_message: Der Baum"));
    assert_ok(folder_write_file(path, text, 0600, &town->err), &town->err);
    town_publish(town);
    return 0;
}

static void the_history_keeps_a_protected_decision_from_other_offices(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, "{\"geschuetzt\":true}");
    day_comes(town, (Date){2027, 6, 8});
    assert_str(read_dropped(town, "gartenamt"), "Ansehen (Der Baum ist geschützt.)");
    assert_str(read_dropped(town, "kasse"), "geschützte Entscheidung");
}

#define ASKED                                                                                     \
    "SELECT COUNT(*) FROM case_reminder WHERE office = 'gartenamt' AND text LIKE '„Ansehen“ " \
    "ist nicht von selbst geschehen. Kein Brief kann das Zeichen „漢“ drucken; es steht in " \
    "„Art“. %„Ansehen“ selbst%'"

/* On 8 June a letter is due that says 漢. */
static Case with_a_sign(Town *town)
{
    Case c = decided(town);

    change(town, "{\"art\":\"Linde 漢\"}");
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
    assert_int_equal(town_count(town, ASKED " AND done_at IS NULL"), 1);
    assert_int_equal(town_count(town, FAILED), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.action' AND "
                                      "actor = 'system'"),
                     0);
    return c;
}

static void a_letter_that_cannot_be_printed_is_left_to_a_person_once(void **state)
{
    Town *town = *state;
    Case c = with_a_sign(town);

    change(town, "{\"lage\":\"park\"}"); /* it is looked at again */
    assert_ok(town_write(town, rewind_fn, NULL), &town->err);
    day_comes(town, (Date){2027, 6, 9});
    assert_int_equal(town_count(town, LETTERS), 0);
    assert_int_equal(town_count(town, ASKED), 1);
    assert_int_equal(town_count(town, PLANNED), 1);
    assert_ok(town_write(town, act_fn, &c), &town->err);
    assert_int_equal(town_count(town, LETTERS), 1);
    assert_int_equal(town_count(town, PLANNED), 0);
    assert_int_equal(town_count(town, ASKED " AND done_at IS NOT NULL"), 1);
    day_comes(town, (Date){2028, 6, 9});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void it_goes_by_itself_when_the_sign_is_put_right(void **state)
{
    Town *town = *state;

    with_a_sign(town);
    change(town, "{\"art\":\"Linde\"}");
    assert_int_equal(town_count(town, LETTERS), 1);
    assert_int_equal(town_count(town, ASKED " AND done_at IS NOT NULL"), 1);
}

static void it_goes_on_another_day_when_its_date_moves_on(void **state)
{
    Town *town = *state;

    with_a_sign(town);
    change(town, "{\"gepflanzt\":\"2027-09-01\",\"art\":\"Linde\"}");
    assert_int_equal(town_count(town, ASKED " AND done_at IS NOT NULL"), 1);
    assert_int_equal(town_count(town, WAKES), 1);
    day_comes(town, (Date){2027, 9, 1});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void nobody_is_asked_for_what_is_not_to_be_done_any_more(void **state)
{
    Town *town = *state;

    with_a_sign(town);
    change(town, NULL); /* the entry ends */
    assert_int_equal(town_count(town, LETTERS), 0);
    assert_int_equal(town_count(town, PLANNED), 0);
    assert_int_equal(town_count(town, ASKED " AND done_at IS NOT NULL"), 1);
}

static bool close_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return case_act(tx, town->tenant, town->package, context, STR("abschliessen"), NULL,
                    STR("staff/1"), town->today, town->arena, err);
}

static void nobody_is_asked_any_more_when_the_case_is_closed(void **state)
{
    Town *town = *state;
    Case c = with_a_sign(town);

    assert_ok(town_write(town, close_fn, &c), &town->err);
    day_comes(town, town->today);
    assert_int_equal(town_count(town, ASKED " AND done_at IS NOT NULL"), 1);
    assert_int_equal(town_count(town, PLANNED), 0);
    assert_int_equal(town_count(town, LETTERS), 0);
}

static bool fail_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town, (void)context;
    return tx_exec(tx, err,
                   "UPDATE effect SET status = 'failed' WHERE kind = 'later' AND key LIKE "
                   "'later/entry/%'");
}

static void what_was_left_to_a_person_is_closed_with_a_merged_case(void **state)
{
    Town *town = *state;
    Pair pair = {.c = with_a_sign(town)};

    pair.other = town_submit(town, TREE);
    assert_ok(town_write(town, fail_fn, NULL), &town->err);
    assert_int_equal(town_count(town, FAILED), 1);
    assert_ok(town_write(town, merge_fn, &pair), &town->err);
    assert_int_equal(town_count(town, ASKED " AND done_at IS NOT NULL"), 1);
    assert_int_equal(town_count(town, PLANNED), 0);
    assert_int_equal(town_count(town, FAILED), 0);

    assert_ok(town_write(town, unmerge_fn, &pair), &town->err);
    day_comes(town, town->today);
    assert_int_equal(town_count(town, PLANNED), 1);
    assert_int_equal(town_count(town, ASKED " AND done_at IS NULL"), 1);
}

static void a_look_that_went_well_ends_what_failed_before(void **state)
{
    Town *town = *state;

    with_a_sign(town);
    assert_ok(town_write(town, fail_fn, NULL), &town->err);
    change(town, "{\"art\":\"Linde\"}");
    assert_int_equal(town_count(town, LETTERS), 1);
    assert_int_equal(town_count(town, FAILED), 0);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, open_later, town_close)
#define GOING_ON(name) cmocka_unit_test_setup_teardown(name, open_going_on, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GOING_ON(nobody_is_asked_any_more_when_the_case_is_closed),
        GOING_ON(what_was_left_to_a_person_is_closed_with_a_merged_case),
        RULE(a_look_that_went_well_ends_what_failed_before),
        RULE(what_its_guard_forbids_is_dropped_and_the_history_says_why),
        RULE(the_history_tells_a_clerk_what_was_forbidden_and_why),
        cmocka_unit_test_setup_teardown(the_history_keeps_a_protected_decision_from_other_offices,
                                        open_protected, town_close),
        RULE(a_letter_that_cannot_be_printed_is_left_to_a_person_once),
        RULE(it_goes_by_itself_when_the_sign_is_put_right),
        RULE(it_goes_on_another_day_when_its_date_moves_on),
        RULE(nobody_is_asked_for_what_is_not_to_be_done_any_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
