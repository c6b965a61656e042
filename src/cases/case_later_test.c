/* SPDX-License-Identifier: EUPL-1.2 */
/* A tree that was planted is looked at by itself on the day that the register says. */
#include "cases/case_fixture.h"
#include "cases/case_later.h"
#include "cases/case_link.h"
#include "cases/register.h"
#include "cases/retention.h"
#include "core/work/state.h"

#define TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"
#define PLANNED "SELECT COUNT(*) FROM case_later_day WHERE status = 'planned'"
#define WAKES                                                                             \
    "SELECT COUNT(*) FROM effect WHERE kind = 'later' AND status <> 'done' AND key LIKE " \
    "'later/day%'"
#define LETTERS "SELECT COUNT(*) FROM case_document WHERE title = 'Bescheid zum Ansehen'"

/* The process of the fixture with `ansehen`, which `eintragen` plans. */
static void write_process(Town *town, const char *action)
{
    Str text = str_c(PROCESS_YAML);

    text = str_replace(
        town->arena, text, STR("      - set: {eingetragen: 'today()'}\n"),
        str_printf(town->arena,
                   "      - set: {eingetragen: 'today()'}\n"
                   "      - later: {action: %s, date: 'bekannt[until = null].gepflanzt'}\n",
                   action));
    text = str_replace(town->arena, text, STR("halter: name}}"),
                       STR("halter: name, gepflanzt: 'today() + duration(\"P90D\")'}}"));
    text = str_printf(town->arena,
                      "%.*s  ansehen:\n"
                      "    label: Ansehen\n"
                      "    from: [fertig]\n"
                      "    office: gartenamt\n"
                      "    when: 'count(bekannt) > 0'\n"
                      "    guard: 'count(bekannt[geschuetzt = true]) = 0'\n"
                      "    guard_message: Der Baum ist geschützt.\n"
                      "    effects:\n"
                      "      - letter: {template: ansehen, recipient: '[name, \"Weg 1\", \"12345 "
                      "Ort\"]'}\n",
                      STR_ARG(text));
    assert_ok(folder_write_file(
                  arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder), text,
                  0600, &town->err),
              &town->err);
    assert_ok(
        folder_write_file(arena_printf(town->arena, "%s/service/letters/ansehen.md", town->folder),
                          STR("---\nsubject: Bescheid zum Ansehen\noffice: gartenamt\n---\nGuten "
                              "Tag {{name}}: {{bekannt[1].art}}.\n"),
                          0600, &town->err),
        &town->err);
}

/* The same, but the decision leaves the case open, and another closes it. */
static int open_going_on(void **state)
{
    if (town_open(state) != 0)
        return 1;
    Town *town = *state;
    const char *path = arena_printf(town->arena, "%s/service/processes/melden.yaml", town->folder);
    Str text;

    write_process(town, "ansehen");
    assert_ok(folder_read_file(path, 100000, town->arena, &text, &town->err), &town->err);
    text = str_replace(town->arena, text, STR("  fertig: {label"),
                       STR("  laeuft: {label: Läuft, citizen: {de: L., en: R., de-leicht: L.}}\n"
                           "  fertig: {label"));
    text = str_replace(town->arena, text, STR("    to: fertig\n"), STR("    to: laeuft\n"));
    text = str_replace(town->arena, text, STR("from: [fertig]"), STR("from: [laeuft]"));
    text = str_printf(town->arena,
                      "%.*s  abschliessen: {label: Abschließen, from: [laeuft], to: fertig, "
                      "office: gartenamt}\n",
                      STR_ARG(text));
    assert_ok(folder_write_file(path, text, 0600, &town->err), &town->err);
    town_publish(town);
    return 0;
}

static int open_later(void **state)
{
    if (town_open(state) != 0)
        return 1;
    write_process(*state, "ansehen");
    town_publish(*state);
    return 0;
}

static bool decide_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return case_act(tx, town->tenant, town->package, context, STR("eintragen"), NULL,
                    STR("staff/1"), town->today, town->arena, err);
}

static void day_comes(Town *town, Date day)
{
    town->today = day;
    worker_pretend(town->tenant, timestamp_of_berlin_day(day));
    assert_ok(worker_drain(town->tenant, &town->err), &town->err);
}

/* Decided on 10 March 2027: the day is 8 June. */
static Case decided(Town *town)
{
    Case c = town_submit(town, TREE);

    day_comes(town, town->today);
    assert_ok(town_write(town, decide_fn, &c), &town->err);
    day_comes(town, town->today);
    return c;
}

typedef struct Bend {
    const char *json; /* new values, or NULL: the entry ends */
    Date from;
} Bend;

static bool step_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Bend *step = context;
    RegisterChange change = {.spec = package_register(town->package, STR("baum")),
                             .package = town->package,
                             .actor = STR("staff/2"),
                             .today = town->today};
    int64_t id = 0;

    if (!tx_query_int(tx, err, &id, "SELECT MIN(entry_id) FROM register_entry"))
        return false;
    return step->json ? register_correct(tx, &change, id, town_json(town, step->json), step->from,
                                         (Date){0}, town->arena, err)
                      : register_end(tx, &change, id, step->from, STR("gefällt"), town->arena, err);
}

static void change(Town *town, const char *json)
{
    Bend step = {json, {2027, 3, 10}};

    assert_ok(town_write(town, step_fn, &step), &town->err);
    day_comes(town, town->today);
}

static void an_action_is_done_by_itself_when_its_day_has_come(void **state)
{
    Town *town = *state;

    decided(town);
    assert_int_equal(town_count(town, PLANNED), 1);
    day_comes(town, (Date){2027, 6, 7});
    assert_int_equal(town_count(town, LETTERS), 0);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_document WHERE snapshot LIKE "
                                      "'%\"recipient\":[\"Erika Muster\",\"Weg 1\"%'"),
                     1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM event WHERE type = 'case.action' AND "
                                      "actor = 'system'"),
                     1);
    day_comes(town, (Date){2028, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 1);
    assert_int_equal(town_count(town, WAKES), 0);
}

static bool rewind_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town, (void)context;
    return tx_exec(tx, err,
                   "UPDATE effect SET status = 'waiting', next_at = 0 WHERE kind = 'later'");
}

/* The program died behind the action and before the effect was told done, or somebody repeats it.
 */
static void it_is_done_once_however_often_it_is_tried(void **state)
{
    Town *town = *state;

    decided(town);
    for (int i = 0; i < 3; i++) {
        day_comes(town, (Date){2027, 6, 9});
        assert_ok(town_write(town, rewind_fn, NULL), &town->err);
    }
    day_comes(town, (Date){2027, 6, 9});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void the_day_lies_in_the_database_when_the_program_starts_again(void **state)
{
    Town *town = *state;

    decided(town);
    tenant_release(town->tenant);
    AppOptions options = {.data_dir = arena_printf(town->arena, "%s/data", town->folder),
                          .services_dir = arena_printf(town->arena, "%s/services", town->folder)};

    app_close(town->app);
    town->app = app_open(&options, TEST_ENGINES, 4, &town->err);
    assert_non_null(town->app);
    town->tenant = tenant_acquire(town->app, STR("teststadt"), &town->err);
    assert_non_null(town->tenant);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void another_date_moves_it(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, "{\"gepflanzt\":\"2027-09-01\"}");
    assert_int_equal(town_count(town, PLANNED " AND day = '2027-09-01'"), 1);
    assert_int_equal(town_count(town, WAKES), 1);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
    change(town, "{\"gepflanzt\":\"2027-07-01\"}");
    day_comes(town, (Date){2027, 7, 1});
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void a_date_that_moved_behind_today_is_done_at_once(void **state)
{
    Town *town = *state;

    decided(town);
    day_comes(town, (Date){2027, 5, 1});
    change(town, "{\"gepflanzt\":\"2027-04-01\"}");
    assert_int_equal(town_count(town, LETTERS), 1);
}

static void each_date_is_done_once_when_it_moves_to_and_fro(void **state)
{
    Town *town = *state;

    decided(town);
    day_comes(town, (Date){2027, 6, 8});
    change(town, "{\"gepflanzt\":\"2027-09-01\"}");
    day_comes(town, (Date){2027, 9, 1});
    assert_int_equal(town_count(town, LETTERS), 2);
    change(town, "{\"gepflanzt\":\"2027-06-08\"}");
    change(town, "{\"gepflanzt\":\"2027-09-01\"}");
    assert_int_equal(town_count(town, LETTERS), 2);
}

static void a_change_of_something_else_leaves_it(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, "{\"art\":\"Ahorn\"}");
    assert_int_equal(town_count(town, PLANNED " AND day = '2027-06-08'"), 1);
    assert_int_equal(town_count(town, WAKES), 1);
}

static void what_has_ended_cancels_it(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, NULL);
    assert_int_equal(town_count(town, PLANNED), 0);
    assert_int_equal(town_count(town, WAKES), 0);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
}

static void a_day_that_the_decision_saw_is_past(void **state)
{
    Town *town = *state;

    decided(town);
    change(town, "{\"gepflanzt\":\"2027-03-10\"}");
    assert_int_equal(town_count(town, LETTERS), 0);
    assert_int_equal(town_count(town, WAKES), 0);
}

static bool act_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return case_act(tx, town->tenant, town->package, context, STR("ansehen"), NULL, STR("staff/1"),
                    town->today, town->arena, err);
}

static void who_does_it_before_has_done_it(void **state)
{
    Town *town = *state;
    Case c = decided(town);

    day_comes(town, (Date){2027, 5, 1});
    assert_ok(town_write(town, act_fn, &c), &town->err);
    assert_int_equal(town_count(town, WAKES), 0);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 1);
}

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

typedef struct Pair {
    Case c, other;
    bool undo;
} Pair;

static bool join_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Pair *pair = context;
    CaseWork work;

    return case_work(&work, tx, town->tenant, town->package, &pair->c, town->today, town->arena,
                     err) &&
           (pair->undo ? case_unmerge(&work, 1, err)
                       : case_merge(&work, &pair->other, STR("doppelt"), 1, err));
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
    assert_ok(town_write(town, join_fn, &pair), &town->err);
    assert_int_equal(town_count(town, ASKED " AND done_at IS NOT NULL"), 1);
    assert_int_equal(town_count(town, PLANNED), 0);
    assert_int_equal(town_count(town, FAILED), 0);

    pair.undo = true;
    assert_ok(town_write(town, join_fn, &pair), &town->err);
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

static bool erase_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return case_erase(tx, context, town->today, STR("P1Y"), town->arena, err);
}

static void an_erased_case_takes_it_along(void **state)
{
    Town *town = *state;
    Case c = decided(town);

    assert_ok(town_write(town, erase_fn, &c), &town->err);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_later_day"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_later"), 0);
    assert_int_equal(town_count(town, WAKES), 0);
    assert_ok(town_write(town, rewind_fn, NULL), &town->err);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
}

static bool merge_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town, (void)context;
    return tx_exec(tx, err, "UPDATE cases SET merged_into = id + 1");
}

static void a_merged_case_does_nothing_by_itself(void **state)
{
    Town *town = *state;

    decided(town);
    assert_ok(town_write(town, merge_fn, NULL), &town->err);
    day_comes(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, LETTERS), 0);
    assert_int_equal(town_count(town, PLANNED), 0);
}

static bool count_fn(Tx *tx, Town *town, void *context, Err *err)
{
    int64_t outstanding = 0;

    (void)town;
    return effect_counts(tx, context, err) &&
           effect_outstanding(tx, STR("case/1"), &outstanding, err) &&
           (outstanding == 0 || err_set(err, ERR_INTERNAL, "%lld", (long long)outstanding));
}

/* The clock of the machine is years before 2037. */
static void what_is_planned_is_counted_and_holds_nothing_back(void **state)
{
    Town *town = *state;
    EffectCounts counts;

    town->today = (Date){2037, 3, 10};
    decided(town);
    assert_ok(town_write(town, count_fn, &counts), &town->err);
    assert_int_equal(counts.planned, 1);
    assert_int_equal(counts.waiting, 0);
    assert_int_equal(counts.failed, 0);
}

static void it_names_an_action_that_nobody_needs_to_enter_anything_for(void **state)
{
    Town *town = *state;
    size_t count;
    Problems problems = {.arena = town->arena};
    bool named = false;

    write_process(town, "eintragen"); /* has fields */
    const PackageFile *files = town_read(town, &count);

    assert_false(package_publish(town->tenant, files, count, &problems, &town->err));
    for (size_t i = 0; i < problems.count; i++)
        named = named || str_find(problems.items[i].message, STR("`later` must name")) >= 0;
    assert_true(named);
}

int main(void)
{
#define RULE(name) cmocka_unit_test_setup_teardown(name, open_later, town_close)
#define GOING_ON(name) cmocka_unit_test_setup_teardown(name, open_going_on, town_close)
    const struct CMUnitTest tests[] = {
        GOING_ON(nobody_is_asked_any_more_when_the_case_is_closed),
        GOING_ON(what_was_left_to_a_person_is_closed_with_a_merged_case),
        RULE(a_look_that_went_well_ends_what_failed_before),
        RULE(an_action_is_done_by_itself_when_its_day_has_come),
        RULE(it_is_done_once_however_often_it_is_tried),
        RULE(the_day_lies_in_the_database_when_the_program_starts_again),
        RULE(another_date_moves_it),
        RULE(a_date_that_moved_behind_today_is_done_at_once),
        RULE(each_date_is_done_once_when_it_moves_to_and_fro),
        RULE(a_change_of_something_else_leaves_it),
        RULE(what_has_ended_cancels_it),
        RULE(a_day_that_the_decision_saw_is_past),
        RULE(who_does_it_before_has_done_it),
        RULE(what_its_guard_forbids_is_dropped_and_the_history_says_why),
        RULE(a_letter_that_cannot_be_printed_is_left_to_a_person_once),
        RULE(it_goes_by_itself_when_the_sign_is_put_right),
        RULE(it_goes_on_another_day_when_its_date_moves_on),
        RULE(nobody_is_asked_for_what_is_not_to_be_done_any_more),
        RULE(an_erased_case_takes_it_along),
        RULE(a_merged_case_does_nothing_by_itself),
        RULE(what_is_planned_is_counted_and_holds_nothing_back),
        RULE(it_names_an_action_that_nobody_needs_to_enter_anything_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
