/* SPDX-License-Identifier: EUPL-1.2 */
/* A database that is lost, damaged or of a newer version is no reason to give up a good backup. */
#include "core/backup/backup_fixture.h"

#include <unistd.h>

/* An earlier program, which did not prove its ledger yet. */
static const Engine EARLIER_ENGINE = {.name = "test", .migrations = STEPS};
static const Engine *const EARLIER[] = {&EARLIER_ENGINE, &WORK_ENGINE};

static bool refused(Fixture *f, const char *says)
{
    BackupOptions options = {.data_dir = f->data, .out = f->archive, .with_keys = true};
    BackupReport report;

    err_clear(&f->err);
    if (backup_make(&options, f->arena, &report, &f->err))
        fail_msg("a backup was made");
    if (!strstr(f->err.message, says))
        fail_msg("%s", f->err.message);
    VerifyReport verified = verify(f, f->data, "stadt");
    return !verified.ok;
}

static void lost_database_is_not_taken_for_a_new_town(void **state)
{
    Fixture *f = *state;
    const char *db = arena_printf(f->arena, "%s/tenants/stadt/tenant.db", f->data);
    VerifyReport report;

    make_town(f, "dorf");
    close_app(f);
    assert_int_equal(unlink(db), 0);
    for (int round = 0; round < 2; round++) {
        const char *says = round == 0 ? "is missing" : "is empty";
        assert_true(refused(f, says));
        report = verify(f, f->data, "stadt");
        assert_non_null(strstr(problems(f, &report, "database"), says));
        open_app(f, f->data);
        assert_null(tenant_acquire(f->app, STR("stadt"), &f->err));
        assert_non_null(strstr(f->err.message, says));
        assert_non_null(strstr(f->err.message, "restore"));
        Tenant *other = tenant_acquire(f->app, STR("dorf"), &f->err);
        assert_ok(other, &f->err);
        tenant_release(other);
        close_app(f);
        assert_int_equal(folder_is_file(db), round == 1); /* nobody has made a new one */
        if (round == 0)
            assert_ok(folder_write_file(db, STR(""), 0600, &f->err), &f->err);
    }
    assert_true(verify(f, f->data, "dorf").ok);
}

static void town_never_opened_has_a_database_that_can_be_lost(void **state)
{
    Fixture *f = *state;
    const char *source = arena_printf(f->arena, "%s/source", f->folder);
    BackupReport report;

    assert_ok(tenant_create(f->app, STR("neu"), source, &f->err), &f->err);
    assert_true(verify(f, f->data, "neu").ok);
    report = back_up(f, true);
    assert_int_equal(report.tenants, 2);
    assert_ok(restore(f, f->other, NULL, false), &f->err);
    assert_true(verify(f, f->other, "neu").ok);
    assert_int_equal(unlink(arena_printf(f->arena, "%s/tenants/neu/tenant.db", f->data)), 0);
    assert_false(verify(f, f->data, "neu").ok);
    assert_null(tenant_acquire(f->app, STR("neu"), &f->err));
}

enum { PAGE_BYTES = 4096 };

/* Where the rows of a table begin in the file, bytes. */
static off_t place_of(const char *db, const char *table)
{
    sqlite3 *handle;
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_open(db, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle,
                                        "SELECT rootpage FROM sqlite_master WHERE name = $1", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    off_t page = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return (page - 1) * PAGE_BYTES;
}

static void damaged_database_replaces_no_good_backup(void **state)
{
    Fixture *f = *state;
    const char *db = arena_printf(f->arena, "%s/tenants/stadt/tenant.db", f->data);
    char noise[PAGE_BYTES];
    Str good, still;

    back_up(f, true);
    assert_ok(folder_read_file(f->archive, 100000000, f->arena, &good, &f->err), &f->err);
    close_app(f);
    memset(noise, 0xa5, sizeof noise);
    overwrite(db, noise, sizeof noise, place_of(db, "ledger_line"));
    assert_true(refused(f, "tenant \"stadt\": the database is damaged"));
    assert_ok(folder_read_file(f->archive, 100000000, f->arena, &still, &f->err), &f->err);
    assert_true(str_eq(good, still));
    assert_ok(restore(f, f->data, NULL, true), &f->err);
    assert_well(f, f->data, "stadt", 3);
}

static void backup_that_is_of_no_use_takes_no_place(void **state)
{
    Fixture *f = *state;

    sql(f, "UPDATE ledger_line SET cents = 5001 WHERE rowid = 1");
    engines_register(EARLIER, 2);
    back_up(f, true);
    engines_register(ENGINES, 2);
    sql(f, "UPDATE ledger_line SET cents = 5000 WHERE rowid = 1");
    close_app(f);
    assert_false(restore(f, f->data, NULL, true));
    if (!strstr(f->err.message, "ledger: booking 1 sums to 1"))
        fail_msg("%s", f->err.message);
    assert_well(f, f->data, "stadt", 3);
    assert_false(restore(f, f->other, NULL, false));
    assert_false(folder_exists(arena_printf(f->arena, "%s/tenants/stadt", f->other)));
    assert_false(folder_is_file(arena_printf(f->arena, "%s/keys/stadt.key", f->other)));
}

static void database_of_a_newer_version_is_left_alone(void **state)
{
    Fixture *f = *state;
    const char *says = "made by a newer version of Rathaus (migration cases-999-future)";
    VerifyReport report;

    sql(f, "INSERT INTO schema_migration VALUES ('cases-999-future', 1)");
    close_app(f);
    assert_true(refused(f, says));
    report = verify(f, f->data, "stadt");
    assert_non_null(strstr(problems(f, &report, "database"), says));
    open_app(f, f->data);
    assert_null(tenant_acquire(f->app, STR("stadt"), &f->err));
    assert_non_null(strstr(f->err.message, says));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lost_database_is_not_taken_for_a_new_town),
        TEST(town_never_opened_has_a_database_that_can_be_lost),
        TEST(damaged_database_replaces_no_good_backup),
        TEST(backup_that_is_of_no_use_takes_no_place),
        TEST(database_of_a_newer_version_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
