/* SPDX-License-Identifier: EUPL-1.2 */
/* The check of a town sees every damage, beside the server that serves it. */
#include "core/backup/backup_fixture.h"

#include <fcntl.h>
#include <unistd.h>

static void verify_works_beside_a_server_and_sees_each_damage(void **state)
{
    static const struct {
        const char *sql, *undo, *check, *says;
    } cases[] = {
        {"UPDATE event SET actor = 'staff/1' WHERE id = 2",
         "UPDATE event SET actor = 'citizen' WHERE id = 2", "events", "event 2"},
        {"UPDATE ledger_line SET cents = 5001 WHERE rowid = 1",
         "UPDATE ledger_line SET cents = 5000 WHERE rowid = 1", "ledger", "booking 1 sums to 1"},
        {"PRAGMA foreign_keys=OFF; INSERT INTO ledger_line VALUES (99, 0)",
         "DELETE FROM ledger_line WHERE booking_id = 99", "foreign keys", "ledger_booking"},
        {"UPDATE file SET size = size + 1 WHERE bytes IS NULL",
         "UPDATE file SET size = size - 1 WHERE bytes IS NULL", "files", "3 of 6"},
    };
    Fixture *f = *state;

    assert_well(f, f->data, "stadt", 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sql(f, cases[i].sql);
        VerifyReport report = verify(f, f->data, "stadt");
        assert_false(report.ok);
        if (!strstr(problems(f, &report, cases[i].check), cases[i].says))
            fail_msg("%s: %s", cases[i].check, problems(f, &report, cases[i].check));
        sql(f, cases[i].undo);
        assert_well(f, f->data, "stadt", 3);
    }
}

static void every_problem_is_counted_and_the_first_are_named(void **state)
{
    Fixture *f = *state;

    sql(f, "PRAGMA foreign_keys=OFF; WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 "
           "FROM n WHERE i < 1149) INSERT INTO ledger_line SELECT i, 1 FROM n");
    VerifyReport report = verify(f, f->data, "stadt");

    assert_false(report.ok);
    for (size_t i = 0; i < report.check_count; i++)
        if (strcmp(report.checks[i].name, "ledger") == 0) {
            Str rest = report.checks[i].problems;
            int named = 0;

            for (; rest.len; named++)
                str_cut(&rest, '\n');
            assert_int_equal(report.checks[i].problem_count, 150);
            assert_int_equal(named, 100);
        }
}

static void commands_answer_with_their_exit_status(void **state)
{
    Fixture *f = *state;
    char *verify_all[] = {"verify", "--data", (char *)f->data, "--json", NULL};
    char *no_data[] = {"verify", NULL};
    char *unknown[] = {"verify", "--data", (char *)f->data, "--tenant", "dorf", NULL};
    char *help[] = {"restore", "--help", NULL};
    char *list[] = {"tenant", "list", "--data", (char *)f->data, NULL};
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

    fflush(stdout);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    int well = verify_command(4, verify_all);
    int usage = verify_command(1, no_data);
    int missing = verify_command(5, unknown);
    int helped = restore_command(2, help);
    int listed = tenant_command(4, list);
    sql(f, "UPDATE event SET actor = 'staff/1' WHERE id = 2");
    int broken = verify_command(4, verify_all);
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    close(null);
    assert_int_equal(well, 0);
    assert_int_equal(usage, 2);
    assert_int_equal(missing, 1);
    assert_int_equal(helped, 0);
    assert_int_equal(listed, 0);
    assert_int_equal(broken, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(verify_works_beside_a_server_and_sees_each_damage),
        TEST(every_problem_is_counted_and_the_first_are_named),
        TEST(commands_answer_with_their_exit_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
