/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/retention.h"

#include "cases/bulk.h"
#include "cases/case_fixture.h"
#include "cases/case_link.h"
#include "cases/case_memo.h"
#include "cases/case_store.h"
#include "cases/case_word.h"
#include "core/backup/backup_internal.h"
#include "core/store/file.h"
#include "pay/pay.h"

#define TREE "{" PERSON ",\"baeume\":[{\"art\":\"Linde\",\"nummer\":\"7\"}]}"

static const Date CLOSED = {2027, 3, 10}; /* town_open()'s day; the process keeps for a year */

static bool close_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Case *c = context;

    return case_act(tx, town->tenant, town->package, c, STR("eintragen"), NULL, STR("staff/1"),
                    town->today, town->arena, err) &&
           case_access_note(tx, c, 1, STR("Vorgang angesehen"), err);
}

static Case closed_case(Town *town)
{
    Case c = town_submit(town, TREE);

    assert_int_equal(date_compare(town->today, CLOSED), 0);
    assert_ok(town_write(town, close_fn, &c), &town->err);
    return c;
}

static bool sql_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town;
    switch (*(int *)context) {
    case 0: return tx_exec(tx, err, "UPDATE effect SET status = 'done'");
    case 1: return tx_exec(tx, err, "UPDATE register_entry SET valid_to = '2027-06-01'");
    case 2: /* a version whose files nobody can read */
        return tx_exec(tx, err,
                       "INSERT INTO package_version (version, service, published_at, is_current) "
                       "VALUES ('kaputt', 'baum', 1, 0)") &&
               tx_exec(tx, err,
                       "UPDATE cases SET version = 'kaputt' WHERE id = (SELECT MIN(id) FROM "
                       "cases)");
    case 3: /* as it was possible once: the first goes on in the second, and that in the third */
        return tx_exec(tx, err, "UPDATE cases SET merged_into = id + 1, closed = 1 WHERE id < 3");
    case 4: return tx_exec(tx, err, "DELETE FROM effect WHERE subject <> 'case/1'");
    }
    return false;
}

static bool annul_fn(Tx *tx, Town *town, void *context, Err *err)
{
    AssessOrder order = {.key = STR("baum/Erika Muster"),
                         .subject = case_subject(context, town->arena),
                         .revenue = STR("baumsteuer"),
                         .purpose = STR("Baumsteuer"),
                         .debtor = STR("Erika Muster"),
                         .due = {2027, 4, 9},
                         .actor = STR("staff/1")};
    Charge charge;

    return pay_assess(tx, town->tenant, &order, town->arena, &charge, NULL, err);
}

static void change(Town *town, int what)
{
    assert_ok(town_write(town, sql_fn, &what), &town->err);
}

static RetentionResult run(Town *town, Date today)
{
    RetentionResult result;

    assert_ok(retention_run(town->tenant, today, &result, &town->err), &town->err);
    return result;
}

static int64_t number_of(Town *town, const char *which, int64_t id)
{
    int64_t value = -1;
    Tx *tx = db_read(town->tenant->db, &town->err);

    if (strcmp(which, "data") == 0)
        tx_query_int(tx, &town->err, &value, "SELECT COUNT(*) FROM case_data WHERE case_id = $1",
                     P_INT(id));
    else if (strcmp(which, "looks") == 0)
        tx_query_int(tx, &town->err, &value, "SELECT COUNT(*) FROM case_access WHERE case_id = $1",
                     P_INT(id));
    else if (strcmp(which, "named") == 0)
        tx_query_int(tx, &town->err, &value,
                     "SELECT COUNT(*) FROM cases WHERE id = $1 AND (applicant <> '' OR email IS "
                     "NOT NULL)",
                     P_INT(id));
    else if (strcmp(which, "proofs") == 0)
        tx_query_int(tx, &town->err, &value,
                     "SELECT COUNT(*) FROM case_erasure e JOIN event v ON v.id = e.event_id AND "
                     "v.type = 'case.erased' WHERE e.case_id = $1 AND e.row_count > 3",
                     P_INT(id));
    else if (strcmp(which, "held") == 0)
        tx_query_int(tx, &town->err, &value, "SELECT COUNT(*) FROM case_held WHERE case_id = $1",
                     P_INT(id));
    tx_end(tx);
    return value;
}

static int64_t looks_shown(Town *town, int64_t id)
{
    CaseAccess *looks;
    size_t count;
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(case_accesses(tx, id, town->arena, &looks, &count, &town->err), &town->err);
    tx_end(tx);
    return (int64_t)count;
}

static void a_case_stays_while_something_stands_on_it(void **state)
{
    Town *town = *state;
    Case c = closed_case(town);

    assert_int_equal(run(town, (Date){2028, 3, 9}).held, 0);
    assert_int_equal(run(town, (Date){2028, 3, 10}).held, 1);
    assert_int_equal(number_of(town, "held", c.id), 1);
    change(town, 0); /* letter and mail are out */
    assert_int_equal(run(town, (Date){2028, 3, 10}).held, 1);
    change(town, 1); /* the tree is gone */
    assert_int_equal(run(town, (Date){2028, 3, 10}).held, 1);
    assert_ok(town_write(town, annul_fn, &c), &town->err); /* nothing is owed */
    RetentionResult result = run(town, (Date){2028, 3, 10});
    assert_int_equal(result.held, 0);
    assert_int_equal(result.erased, 1);
    assert_int_equal(number_of(town, "held", c.id), 0);
}

static void what_is_erased_is_gone_and_proved(void **state)
{
    Town *town = *state;
    Case c = closed_case(town), again;

    change(town, 0);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &c), &town->err);
    assert_ok(case_looked(town->tenant->db, &c, 2, STR(CASE_OPENED), &town->err), &town->err);
    assert_int_equal(number_of(town, "looks", c.id), 1);
    assert_int_equal(looks_shown(town, c.id), 2); /* one is not in the table yet */
    assert_int_equal(run(town, (Date){2028, 3, 11}).erased, 1);
    assert_int_equal(number_of(town, "data", c.id), 0);
    assert_int_equal(number_of(town, "looks", c.id), 0);
    /* A page of before that is sent only now. */
    assert_ok(case_looked(town->tenant->db, &c, 2, STR(CASE_OPENED), &town->err), &town->err);
    change(town, 0);
    assert_int_equal(number_of(town, "looks", c.id), 0);
    assert_int_equal(looks_shown(town, c.id), 0);
    assert_int_equal(number_of(town, "named", c.id), 0);
    assert_int_equal(number_of(town, "proofs", c.id), 1);
    Tx *tx = db_read(town->tenant->db, &town->err);
    assert_false(case_by_id(tx, c.id, town->arena, &again, &town->err));
    assert_int_equal(town->err.kind, ERR_NOT_FOUND);
    assert_false(case_by_status_token(tx, c.status_token, town->arena, &again, &town->err));
    tx_end(tx);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
    assert_int_equal(run(town, (Date){2038, 3, 11}).erased, 0);
    /* Its number is never given again. */
    Case next = town_submit(town, TREE);
    assert_false(str_eq(next.number, c.number));
}

static bool merge_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Case *pair = context;
    CaseWork work;

    return case_work(&work, tx, town->tenant, town->package, &pair[1], town->today, town->arena,
                     err) &&
           case_merge(&work, &pair[0], STR("doppelt"), 1, err);
}

static void a_duplicate_goes_with_the_case_in_which_it_goes_on(void **state)
{
    Town *town = *state;
    Case pair[] = {town_submit(town, TREE), town_submit(town, TREE)};

    assert_ok(town_write(town, merge_fn, pair), &town->err);
    assert_ok(town_write(town, close_fn, &pair[0]), &town->err);
    change(town, 0);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &pair[0]), &town->err);
    assert_int_equal(run(town, (Date){2028, 3, 9}).erased, 0);
    assert_int_equal(run(town, (Date){2028, 3, 10}).erased, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(number_of(town, "data", pair[i].id), 0);
        assert_int_equal(number_of(town, "proofs", pair[i].id), 1);
    }
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
}

static void a_case_in_which_another_goes_on_cannot_be_merged(void **state)
{
    Town *town = *state;
    Case first[] = {town_submit(town, TREE), town_submit(town, TREE)};
    Case then[] = {town_submit(town, TREE), first[0]};

    assert_ok(town_write(town, merge_fn, first), &town->err);
    assert_false(town_write(town, merge_fn, then));
    assert_int_equal(town->err.kind, ERR_CONFLICT);
}

/* All of them ready to go but for what stands in the first. */
static Case old_chain(Town *town)
{
    Case c;

    for (int i = 0; i < 3; i++)
        c = town_submit(town, TREE);
    assert_int_equal(c.id, 3);
    change(town, 3);
    assert_ok(town_write(town, close_fn, &c), &town->err);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &c), &town->err);
    return c;
}

static void an_old_chain_of_merged_cases_goes_as_one(void **state)
{
    Town *town = *state;

    old_chain(town);
    change(town, 0);
    assert_int_equal(run(town, (Date){2028, 3, 10}).erased, 1);
    for (int id = 1; id <= 3; id++) {
        assert_int_equal(number_of(town, "data", id), 0);
        assert_int_equal(number_of(town, "proofs", id), 1);
    }
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
}

static void a_duplicate_that_is_still_needed_holds_the_case(void **state)
{
    Town *town = *state;
    Case c = old_chain(town);

    change(town, 4); /* only the first case's mail is still under way */
    RetentionResult result = run(town, (Date){2028, 3, 10});
    assert_int_equal(result.held, 1);
    assert_int_equal(result.erased, 0);
    assert_int_equal(number_of(town, "held", c.id), 1);
    assert_int_equal(number_of(town, "data", 1), 1);
    assert_int_equal(number_of(town, "data", c.id), 1);
}

static void a_case_whose_package_is_unreadable_holds_only_itself(void **state)
{
    Town *town = *state;
    Case broken = closed_case(town);
    Case other =
        town_submit(town, "{" PERSON ",\"baeume\":[{\"art\":\"Ahorn\",\"nummer\":\"8\"}]}");

    assert_ok(town_write(town, close_fn, &other), &town->err);
    change(town, 0);
    change(town, 1);
    change(town, 2);
    assert_ok(town_write(town, annul_fn, &broken), &town->err);
    RetentionResult result = run(town, (Date){2028, 3, 10});
    assert_int_equal(result.erased, 1);
    assert_int_equal(result.held, 1);
    assert_int_equal(number_of(town, "held", broken.id), 1);
    assert_int_equal(number_of(town, "data", broken.id), 1);
    assert_int_equal(number_of(town, "data", other.id), 0);
}

/* --- Words
 * ---------------------------------------------------------------------------------------
 */

#define SAID "Frau Muster ist schwer krank"

typedef struct Said {
    Case c;
    int64_t old_event, bulk;
} Said;

static bool say_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Said *said = context;
    Arena *arena = town->arena;
    Node *old = node_map(arena), *params = node_map(arena);
    Finding *findings;
    size_t count;

    node_set(arena, old, STR("reason"), node_string(arena, STR("wie früher")));
    node_set(arena, params, STR("text"), node_string(arena, STR(SAID)));
    return case_finding_add(tx, &said->c, STR("person"), STR("other"), STR("?"), STR("staff/1"),
                            err) &&
           case_findings(tx, said->c.id, arena, &findings, &count, err) &&
           case_finding_dismiss(tx, &said->c, findings[count - 1].id, STR(SAID), STR("staff/1"),
                                err) &&
           case_deadline_set(tx, town->tenant, town->package, &said->c, (Date){2027, 4, 20},
                             STR(SAID), STR("staff/1"), town->today, arena, err) &&
           event_add(tx, "case.deadline", case_subject(&said->c, arena), STR("staff/1"), old,
                     err) &&
           bulk_add(tx, 1, STR("suche=" SAID), &said->c.id, 1, &said->bulk, err) &&
           bulk_choose(tx, said->bulk, BULK_NOTE, params, err);
}

/* In how many of these the words stand. */
static int64_t places_of(Town *town)
{
    int64_t sum = 0, count;
    Tx *tx = db_read(town->tenant->db, &town->err);
    static const char *const WHERE[] = {
        "SELECT COUNT(*) FROM case_word WHERE text LIKE '%krank%'",
        "SELECT COUNT(*) FROM case_finding WHERE reason LIKE '%krank%'",
        "SELECT COUNT(*) FROM case_bulk WHERE query LIKE '%krank%' OR params LIKE '%krank%'",
    };

    for (size_t i = 0; i < sizeof WHERE / sizeof *WHERE; i++) {
        Rows *rows = tx_query_text(tx, town->arena, &town->err, str_c(WHERE[i]), NULL, 0);
        assert_true(rows && rows_next(rows, &town->err));
        count = row_int(rows, 0);
        rows_end(rows);
        sum += count;
    }
    tx_end(tx);
    return sum;
}

static void assert_words_of_events(Town *town, int64_t case_id, size_t now, size_t then)
{
    Tx *tx = db_read(town->tenant->db, &town->err);
    Event *events;
    size_t count, said = 0, old = 0;
    Str words;

    assert_ok(event_list(tx, str_printf(town->arena, "case/%lld", (long long)case_id), town->arena,
                         &events, &count, &town->err),
              &town->err);
    for (size_t i = 0; i < count; i++) {
        assert_true(str_find(node_json(events[i].data, town->arena), STR("krank")) < 0);
        assert_ok(case_word_of(tx, &events[i], "reason", town->arena, &words, &town->err),
                  &town->err);
        said += str_is(words, SAID);
        old += str_is(words, "wie früher");
    }
    assert_int_equal(said, now);
    assert_int_equal(old, then);
    tx_end(tx);
}

static void what_people_write_stands_beside_the_chain_and_goes(void **state)
{
    Town *town = *state;
    Said said = {.c = town_submit(town, TREE)};

    assert_ok(town_write(town, say_fn, &said), &town->err);
    assert_ok(town_write(town, close_fn, &said.c), &town->err);
    assert_words_of_events(town, said.c.id, 2, 1);
    assert_int_equal(places_of(town), 4);
    change(town, 0);
    change(town, 1);
    assert_ok(town_write(town, annul_fn, &said.c), &town->err);
    assert_int_equal(run(town, (Date){2028, 3, 10}).erased, 1);
    assert_int_equal(places_of(town), 0);
    assert_words_of_events(town, said.c.id, 0, 1);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
}

static int64_t keep(Town *town, Date today)
{
    int64_t erased;

    assert_ok(keep_run(town->tenant, today, &erased, &town->err), &town->err);
    /* Whatever an engine declares can be asked and erased. */
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM keep_state WHERE problem IS NOT NULL"),
                     0);
    return erased;
}

static void an_entry_that_ended_goes_with_all_that_was_known_of_it(void **state)
{
    Town *town = *state;
    const RegisterGroup by_kind = {.field = STR("art")};

    closed_case(town);
    change(town, 0);
    change(town, 1); /* its last day is 1 June 2027; registers keep for ten years */
    assert_ok(register_counts_keep(town->tenant->db, STR("baum"), &by_kind, 1, &town->err),
              &town->err);
    assert_true(town_count(town, "SELECT COUNT(*) FROM register_tally") > 0);
    keep(town, (Date){2037, 6, 1});
    assert_true(town_count(town, "SELECT COUNT(*) FROM register_entry") > 0);
    assert_true(town_count(town, "SELECT COUNT(*) FROM register_key") > 0);
    keep(town, (Date){2037, 6, 2});
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_key"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_term"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_tally"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM keep_erasure k JOIN event e ON e.id = "
                                      "k.event_id WHERE k.name = 'register/baum'"),
                     1);
    assert_ok(verify_copy(town->tenant->db, town->arena, &town->err), &town->err);
}

static bool propose_fn(Tx *tx, Town *town, void *context, Err *err)
{
    int64_t *id = context;

    (void)town;
    return tx_insert(tx, err, id,
                     "INSERT INTO register_act (register, entry_id, basis, kind, data, reason, "
                     "status, created_by, created_at, decided_by, decided_at, answer) VALUES "
                     "('baum', 0, 0, 'new', '{\"art\":\"Linde\"}', 'x', 'returned', 1, $1, 2, $1, "
                     "'y')",
                     P_INT(timestamp_of_berlin_day((Date){2027, 3, 10})));
}

static void a_proposal_that_was_returned_goes_when_nobody_takes_it_up(void **state)
{
    Town *town = *state;
    int64_t id = 0;

    assert_ok(town_write(town, propose_fn, &id), &town->err);
    keep(town, (Date){2027, 6, 8});
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_act"), 1);
    keep(town, (Date){2027, 6, 9});
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_act"), 0);
}

#define NOTICE STR("Bescheid an Erika Muster")

/* A run of 2027, with a notice and a dunning letter of 2029. */
static bool run_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Timestamp done = timestamp_of_berlin_day((Date){2027, 3, 10});
    Timestamp dunned = timestamp_of_berlin_day((Date){2029, 3, 10});

    return tx_exec(tx, err,
                   "INSERT INTO run (service, name, version, year, status, active, today, "
                   "begun_by, after_key, position, head, totals, created_at, finished_at) SELECT "
                   "'baum', 'jahr', version, 2027, 'done', 0, '2027-03-10', 'staff/1', '', 0, "
                   "'{}', '{}', $1, $1 FROM package_version LIMIT 1",
                   P_INT(done)) &&
           tx_exec(tx, err,
                   "INSERT INTO run_letter (run_id, position, key, title, sort, citizen_id, "
                   "snapshot, size, created_at) VALUES (1, 1, 'erika', 'Mahnung', '', 0, '{}', 0, "
                   "$1)",
                   P_INT(dunned)) &&
           tx_exec(tx, err,
                   "INSERT INTO run_item (run_id, position, key, name, outcome, entries, cents, "
                   "before_cents, last_cents) VALUES (1, 0, 'erika', 'Erika Muster', 'made', 1, "
                   "0, 0, 0)") &&
           file_put(tx, town->tenant, context, NOTICE, STR("run/1/briefe"), err);
}

static void a_run_goes_with_its_notices_after_its_last_letter(void **state)
{
    Town *town = *state;
    FileInfo info;

    assert_ok(
        file_prepare(town->tenant, NOTICE, STR("1.txt"), NULL, town->arena, &info, &town->err),
        &town->err);
    assert_ok(town_write(town, run_fn, &info), &town->err);
    keep(town, (Date){2039, 12, 31});
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM run_letter"), 1);
    assert_int_equal(town_count(town,
                                "SELECT COUNT(*) FROM file_owner WHERE owner = 'run/1/briefe' AND "
                                "dropped IS NULL"),
                     1);
    keep(town, (Date){2040, 1, 1});
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM run_letter"), 0);
    assert_int_equal(town_count(town,
                                "SELECT COUNT(*) FROM file_owner WHERE owner = 'run/1/briefe' AND "
                                "dropped IS NULL"),
                     0);
}

static bool leave_fn(Tx *tx, Town *town, void *context, Err *err)
{
    int64_t *bulk = context;

    return tx_exec(tx, err,
                   "INSERT INTO staff (login, name, email, password, must_change, active, "
                   "totp_step, created_at, left_at) VALUES ('weg', 'Erika Weg', "
                   "'weg@example.org', 'x', 0, 0, 0, 1, $1)",
                   P_INT(timestamp_of_berlin_day(town->today))) &&
           bulk_add(tx, 1, STR("suche=Muster"), (int64_t[]){1}, 1, bulk, err);
}

static void what_is_no_case_has_a_clock_of_its_own(void **state)
{
    Town *town = *state;
    int64_t bulk;

    closed_case(town);
    assert_ok(town_write(town, leave_fn, &bulk), &town->err);
    keep(town, date_add_days(town->today, 1));
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_access"), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM staff WHERE password IS NOT NULL AND "
                                      "login = 'weg'"),
                     1);
    keep(town, (Date){2060, 1, 1});
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_access"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_bulk"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_bulk_item"), 0);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM staff WHERE name LIKE '%Weg%' OR email "
                                      "LIKE 'weg@%' OR login = 'weg'"),
                     0);
    /* The case itself has its own clock and reasons. */
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM case_data"), 1);
}

static void an_open_case_is_never_erased(void **state)
{
    Town *town = *state;
    Case c = town_submit(town, TREE);

    change(town, 0);
    assert_int_equal(run(town, (Date){2060, 1, 1}).erased, 0);
    assert_int_equal(number_of(town, "data", c.id), 1);
}

/* Settings as if they stood in tenant.yaml. */
static void set_periods(Town *town, const char *yaml)
{
    char *text = arena_printf(town->arena, "title: Teststadt\nretention: {%s}\n", yaml);

    town->tenant->settings =
        node_parse_yaml(town->arena, str_c(text), "tenant.yaml", &NODE_LIMITS_PACKAGE, &town->err);
    assert_non_null(town->tenant->settings);
}

static void a_town_sets_how_long_entries_of_a_register_are_kept(void **state)
{
    Town *town = *state;
    const Node *settings = town->tenant->settings;
    KeptView *list = NULL;
    size_t count = 0, found = 0;

    closed_case(town);
    change(town, 1);                         /* ends on 1 June 2027 */
    set_periods(town, "register/baum: P1M"); /* the package says: at least a year */
    assert_false(keep_settings_check(town->tenant, &town->err));
    assert_non_null(strstr(town->err.message, "at least P1Y"));
    set_periods(town, "register/strauch: P3Y"); /* of a service that is not offered (now) */
    assert_ok(keep_settings_check(town->tenant, &town->err), &town->err);
    set_periods(town, "register/baum: P3Y");
    assert_ok(keep_settings_check(town->tenant, &town->err), &town->err);
    Tx *tx = db_read(town->tenant->db, &town->err);

    assert_ok(privacy_list(tx, town->tenant, town->arena, &list, &count, &town->err), &town->err);
    tx_end(tx);
    for (size_t i = 0; i < count; i++)
        if (str_is(list[i].name, "register/baum")) {
            found++;
            assert_str(list[i].period, "P3Y");
            assert_str(list[i].how_long, "3 Jahre nach dem letzten Tag des Eintrags");
            assert_true(list[i].of_town && list[i].settable);
        }
    assert_int_equal(found, 1);
    keep(town, (Date){2030, 6, 1});
    assert_true(town_count(town, "SELECT COUNT(*) FROM register_entry") > 0);
    keep(town, (Date){2030, 6, 3});
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 0);
    town->tenant->settings = settings;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_case_stays_while_something_stands_on_it, town_open,
                                        town_close),
        cmocka_unit_test_setup_teardown(what_is_erased_is_gone_and_proved, town_open, town_close),
        cmocka_unit_test_setup_teardown(a_duplicate_goes_with_the_case_in_which_it_goes_on,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(a_case_in_which_another_goes_on_cannot_be_merged, town_open,
                                        town_close),
        cmocka_unit_test_setup_teardown(an_old_chain_of_merged_cases_goes_as_one, town_open,
                                        town_close),
        cmocka_unit_test_setup_teardown(a_duplicate_that_is_still_needed_holds_the_case, town_open,
                                        town_close),
        cmocka_unit_test_setup_teardown(a_case_whose_package_is_unreadable_holds_only_itself,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(what_people_write_stands_beside_the_chain_and_goes,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(a_run_goes_with_its_notices_after_its_last_letter,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(an_entry_that_ended_goes_with_all_that_was_known_of_it,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(a_proposal_that_was_returned_goes_when_nobody_takes_it_up,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(a_town_sets_how_long_entries_of_a_register_are_kept,
                                        town_open, town_close),
        cmocka_unit_test_setup_teardown(what_is_no_case_has_a_clock_of_its_own, town_open,
                                        town_close),
        cmocka_unit_test_setup_teardown(an_open_case_is_never_erased, town_open, town_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
