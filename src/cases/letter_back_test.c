/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters that other rooms ordered and take back: as long as nobody can have read them. */
#include "cases/case_act_fixture.h"
#include "core/mailbox.h"
#include "core/store/file.h"

typedef struct Back {
    Str name;
    bool taken;
} Back;

static bool send_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Back *back = context;
    SubjectLetter letter = {.subject = STR("case/1"),
                            .office = STR("gartenamt"),
                            .title = STR("Ankündigung"),
                            .body = STR("Guten Tag")};

    return mailbox_send(tx, town->tenant, &letter, town->arena, &back->name, err);
}

static bool back_fn(Tx *tx, Town *town, void *context, Err *err)
{
    Back *back = context;

    return mailbox_take_back(tx, back->name, town->arena, &back->taken, err);
}

static bool taken(Town *town, Back *back)
{
    assert_ok(town_write(town, back_fn, back), &town->err);
    return back->taken;
}

static int64_t letters(Town *town)
{
    return town_count(town, "SELECT COUNT(*) FROM case_document WHERE title = 'Ankündigung'");
}

static void drain(Town *town)
{
    assert_ok(worker_drain(town->tenant, &town->err), &town->err);
}

static void a_letter_without_its_pdf_is_gone(void **state)
{
    Town *town = *state;
    Back first, second;

    town_submit(town, ONE_TREE);
    drain(town);
    assert_ok(town_write(town, send_fn, &first), &town->err);
    assert_ok(town_write(town, send_fn, &second), &town->err);
    assert_true(taken(town, &first));
    assert_false(taken(town, &first));
    assert_int_equal(letters(town), 1);
    drain(town);
    assert_int_equal(letters(town), 1);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM effect WHERE status <> 'done'"), 0);
}

static void a_letter_in_the_mailbox_stays(void **state)
{
    Town *town = *state;
    Back back;

    town_submit(town, ONE_TREE);
    assert_ok(town_write(town, send_fn, &back), &town->err);
    drain(town);
    assert_false(taken(town, &back));
    assert_int_equal(letters(town), 1);
}

static bool forget_fn(Tx *tx, Town *town, void *context, Err *err)
{
    (void)town, (void)context;
    return tx_exec(tx, err, "DELETE FROM case_document WHERE title = 'Ankündigung'");
}

/* Between the moment in which an effect is taken from the table and that in which it runs. */
static void an_effect_that_finds_its_letter_gone_is_done(void **state)
{
    Town *town = *state;
    Back back;

    town_submit(town, ONE_TREE);
    assert_ok(town_write(town, send_fn, &back), &town->err);
    assert_ok(town_write(town, forget_fn, NULL), &town->err);
    drain(town);
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM effect WHERE status <> 'done'"), 0);
}

/* --- Letters of a run --------------------------------------------------------------------------
 */

/* 1 and 2 are the same bytes and wait for a print file, 3 is in one, 4 lies in a mailbox, 5 has no
 * PDF yet. */
static const char *const ROWS[] = {
    "(1, 1, 'k', 't', 's', 0, '{}', 'SHA', 1, 1, 1, NULL)",
    "(1, 2, 'k', 't', 's', 0, '{}', 'SHA', 1, 1, 1, NULL)",
    "(1, 3, 'k', 't', 's', 0, '{}', 'b', 1, 1, 1, 'druck.pdf')",
    "(1, 4, 'k', 't', 's', 7, '{}', 'c', 1, 1, 1, NULL)",
    "(1, 5, 'k', 't', 's', 0, '{}', NULL, 1, 1, 1, NULL)",
};

static bool rows_fn(Tx *tx, Town *town, void *context, Err *err)
{
    const FileInfo *info = context;
    bool ok = tx_exec(tx, err,
                      "INSERT INTO run (service, name, version, year, status, active, today, "
                      "begun_by, after_key, position, head, totals, created_at) SELECT 'baum', "
                      "'jahr', version, 2027, 'done', 0, '2027-03-10', 'staff/1', '', 0, '{}', "
                      "'{}', 1 FROM package_version LIMIT 1") &&
              file_put(tx, town->tenant, info, STR("PDF"), STR("run/1/briefe"), err);

    for (size_t i = 0; ok && i < sizeof ROWS / sizeof *ROWS; i++) {
        Str row = str_replace(town->arena, str_c(ROWS[i]), STR("SHA"), str_c(info->sha256));
        Rows *rows = tx_query_text(
            tx, town->arena, err,
            str_printf(town->arena,
                       "INSERT INTO run_letter (run_id, position, key, title, sort, citizen_id, "
                       "snapshot, sha256, size, created_at, later, printed) VALUES %.*s "
                       "RETURNING id",
                       STR_ARG(row)),
            NULL, 0);
        ok = rows && rows_next(rows, err);
        rows_end(rows);
    }
    return ok;
}

static bool run_letter_taken(Town *town, int id)
{
    Back back = {.name = str_printf(town->arena, "run-letter/%d", id)};

    return taken(town, &back);
}

static int64_t files(Town *town)
{
    return town_count(town, "SELECT COUNT(*) FROM file_owner WHERE owner = 'run/1/briefe' AND "
                            "dropped IS NULL");
}

static void a_letter_of_a_run_is_taken_back_until_it_is_printed_or_in_a_mailbox(void **state)
{
    Town *town = *state;
    FileInfo info;

    assert_ok(
        file_prepare(town->tenant, STR("PDF"), STR("1.pdf"), NULL, town->arena, &info, &town->err),
        &town->err);
    assert_ok(town_write(town, rows_fn, &info), &town->err);
    assert_true(run_letter_taken(town, 1));
    assert_int_equal(files(town), 1); /* 2 has it too */
    assert_true(run_letter_taken(town, 2));
    assert_int_equal(files(town), 0);
    assert_false(run_letter_taken(town, 3));
    assert_false(run_letter_taken(town, 4));
    assert_true(run_letter_taken(town, 5));
    assert_false(run_letter_taken(town, 6));
    assert_int_equal(town_count(town, "SELECT COUNT(*) FROM run_letter"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, town_open, town_close)
        TEST(a_letter_without_its_pdf_is_gone),
        TEST(a_letter_in_the_mailbox_stays),
        TEST(an_effect_that_finds_its_letter_gone_is_done),
        TEST(a_letter_of_a_run_is_taken_back_until_it_is_printed_or_in_a_mailbox),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
