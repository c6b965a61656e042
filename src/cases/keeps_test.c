/* SPDX-License-Identifier: EUPL-1.2 */
/* What is no case goes as well: entries, proposals, runs, looks, accounts. */
#include "cases/retention_fixture.h"

#include "cases/bulk.h"
#include "cases/register_import.h"
#include "core/backup/backup_internal.h"
#include "core/store/file.h"

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

/* The small service, whose register has another name now. */
static void rename_register(Town *town)
{
    static const struct {
        const char *path, *text, *from, *to;
    } CHANGES[] = {
        {"service.yaml", SERVICE_YAML, "  baum:\n", "  holz:\n"},
        {"processes/melden.yaml", PROCESS_YAML, "register: baum", "register: holz"},
        {"examples/baum.yaml", EXAMPLE_YAML, "register: {baum:", "register: {holz:"},
    };

    for (size_t i = 0; i < 3; i++) {
        Str text = str_replace(town->arena, str_c(CHANGES[i].text), str_c(CHANGES[i].from),
                               str_c(CHANGES[i].to));

        assert_false(str_eq(text, str_c(CHANGES[i].text)));
        assert_ok(folder_write_file(
                      arena_printf(town->arena, "%s/service/%s", town->folder, CHANGES[i].path),
                      text, 0600, &town->err),
                  &town->err);
    }
    town_publish(town);
}

/* What a later version of its service does not have any more is not kept for ever. */
static void an_entry_of_a_register_that_was_dropped_goes_by_its_clock(void **state)
{
    Town *town = *state;

    closed_case(town);
    change(town, 0);
    change(town, 1);
    rename_register(town);
    keep(town, (Date){2037, 6, 1});
    assert_true(town_count(town, "SELECT COUNT(*) FROM register_entry") > 0);
    keep(town, (Date){2037, 6, 2});
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM register_entry"), 0);
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

static bool report_fn(Tx *tx, Town *town, void *context, Err *err)
{
    return file_put(tx, town->tenant, context, NOTICE, STR(IMPORT_REPORTS "baum"), err) &&
           tx_exec(tx, err, "UPDATE file SET added = $1",
                   P_INT(timestamp_of_berlin_day((Date){2027, 3, 10})));
}

static void a_report_of_an_import_goes_after_a_year(void **state)
{
    static const char KEPT[] = "SELECT COUNT(*) FROM file_owner WHERE owner LIKE '%report%' AND "
                               "dropped IS NULL";
    Town *town = *state;
    FileInfo info;

    assert_ok(
        file_prepare(town->tenant, NOTICE, STR("1.csv"), NULL, town->arena, &info, &town->err),
        &town->err);
    assert_ok(town_write(town, report_fn, &info), &town->err);
    keep(town, (Date){2028, 3, 9});
    assert_int_equal(town_count(town, KEPT), 1);
    keep(town, (Date){2028, 3, 11});
    assert_int_equal(town_count(town, KEPT), 0);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_of_an_import_goes_after_a_year),
        TEST(a_run_goes_with_its_notices_after_its_last_letter),
        TEST(an_entry_that_ended_goes_with_all_that_was_known_of_it),
        TEST(an_entry_of_a_register_that_was_dropped_goes_by_its_clock),
        TEST(a_proposal_that_was_returned_goes_when_nobody_takes_it_up),
        TEST(a_town_sets_how_long_entries_of_a_register_are_kept),
        TEST(what_is_no_case_has_a_clock_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
