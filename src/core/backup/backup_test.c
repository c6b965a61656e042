/* SPDX-License-Identifier: EUPL-1.2 */
/* A town is backed up and restored. */
#include "core/backup/backup_fixture.h"
#include "core/backup/tenant_erase.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

static void backup_with_keys_is_a_whole_town_elsewhere(void **state)
{
    Fixture *f = *state;
    Str text;
    struct stat st;

    BackupReport report = back_up(f, true);
    assert_int_equal(report.tenants, 1);
    assert_true(str_empty(report.missing));
    assert_int_equal(stat(f->archive, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_ok(restore(f, f->other, NULL, false), &f->err);
    assert_well(f, f->other, "stadt", 3);
    assert_ok(folder_read_file(
                  arena_printf(f->arena, "%s/tenants/stadt/Straßen/Müllabfuhr.csv", f->other), 100,
                  f->arena, &text, &f->err),
              &f->err);
    assert_str(text, "Straße;Tag\n");
    close_app(f);
    open_app(f, f->other);
    Tenant *tenant = tenant_acquire(f->app, STR("stadt"), &f->err);
    assert_ok(tenant, &f->err);
    record(tenant, 7);
    tenant_release(tenant);
    assert_well(f, f->other, "stadt", 4);
}

static void backup_without_keys_needs_the_key_to_be_brought(void **state)
{
    Fixture *f = *state;
    RestoreOptions options = {.data_dir = f->other, .in = f->archive};
    RestoreReport report;
    Str key;

    back_up(f, false);
    assert_ok(restore_make(&options, f->arena, &report, &f->err), &f->err);
    assert_true(str_find(report.notes, STR("put stadt.key there")) >= 0);
    assert_false(folder_is_file(arena_printf(f->arena, "%s/keys/stadt.key", f->other)));
    assert_false(verify(f, f->other, "stadt").ok);
    assert_ok(folder_read_file(arena_printf(f->arena, "%s/keys/stadt.key", f->data), 100, f->arena,
                               &key, &f->err),
              &f->err);
    assert_ok(folder_make(arena_printf(f->arena, "%s/keys", f->other), &f->err), &f->err);
    assert_ok(folder_write_file(arena_printf(f->arena, "%s/keys/stadt.key", f->other), key, 0600,
                                &f->err),
              &f->err);
    assert_well(f, f->other, "stadt", 3);
}

typedef struct Busy {
    Tenant *tenant;
    atomic_bool stop;
    int64_t written;
} Busy;

static void *be_busy(void *argument)
{
    Busy *busy = argument;

    while (!atomic_load(&busy->stop)) {
        record(busy->tenant, 100 + busy->written++);
        usleep(10000);
    }
    return NULL;
}

static void backup_under_load_is_consistent(void **state)
{
    Fixture *f = *state;
    pthread_t thread;
    Busy busy = {.tenant = tenant_acquire(f->app, STR("stadt"), &f->err)};
    Manifest manifest;

    assert_int_equal(pthread_create(&thread, NULL, be_busy, &busy), 0);
    for (int i = 0; i < 3; i++) {
        BackupReport report = back_up(f, true);
        assert_true(str_empty(report.missing));
        assert_ok(restore_check(f->archive, f->arena, &manifest, &f->err), &f->err);
        assert_ok(folder_remove(f->other, &f->err), &f->err);
        assert_ok(restore(f, f->other, NULL, false), &f->err);
        assert_well(f, f->other, "stadt", manifest.tenants.items[0].events);
    }
    atomic_store(&busy.stop, true);
    pthread_join(thread, NULL);
    tenant_release(busy.tenant);
    assert_well(f, f->data, "stadt", 3 + busy.written);
}

static void existing_tenant_is_replaced_only_by_force(void **state)
{
    Fixture *f = *state;

    back_up(f, true);
    Tenant *tenant = tenant_acquire(f->app, STR("stadt"), &f->err);
    record(tenant, 9);
    tenant_release(tenant);
    close_app(f);
    assert_false(restore(f, f->data, NULL, false));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
    assert_non_null(strstr(f->err.message, "--force"));
    assert_well(f, f->data, "stadt", 4);
    assert_ok(restore(f, f->data, NULL, true), &f->err);
    assert_well(f, f->data, "stadt", 3);
}

static void restored_under_another_name_both_are_there(void **state)
{
    Fixture *f = *state;

    back_up(f, false);
    close_app(f);
    assert_false(restore(f, f->data, "../x", false));
    assert_int_equal(f->err.kind, ERR_INPUT);
    assert_ok(restore(f, f->data, "gestern", false), &f->err);
    assert_well(f, f->data, "stadt", 3);
    assert_well(f, f->data, "gestern", 3);
}

static void restore_is_refused_while_the_folder_is_served(void **state)
{
    Fixture *f = *state;

    back_up(f, true);
    assert_false(restore(f, f->data, NULL, true));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
    assert_non_null(strstr(f->err.message, "in use by a running rathaus"));
    assert_well(f, f->data, "stadt", 3);
}

static void one_tenant_of_several_is_chosen_by_name(void **state)
{
    Fixture *f = *state;
    RestoreOptions options = {.data_dir = f->other, .in = f->archive, .tenant = "dorf"};
    RestoreReport report;

    make_town(f, "dorf");
    assert_int_equal(back_up(f, true).tenants, 2);
    assert_false(restore(f, f->other, "neu", false));
    assert_non_null(strstr(f->err.message, "--tenant"));
    assert_ok(restore_make(&options, f->arena, &report, &f->err), &f->err);
    assert_int_equal(report.tenants, 1);
    assert_well(f, f->other, "dorf", 3);
    assert_false(folder_exists(arena_printf(f->arena, "%s/tenants/stadt", f->other)));
    options.tenant = "weiler";
    assert_false(restore_make(&options, f->arena, &report, &f->err));
    assert_int_equal(f->err.kind, ERR_NOT_FOUND);
}

static void backup_names_files_that_are_missing_and_goes_on(void **state)
{
    Fixture *f = *state;
    const char *files = arena_printf(f->arena, "%s/tenants/stadt/files", f->data);

    assert_ok(folder_remove(files, &f->err) && folder_make(files, &f->err), &f->err);
    BackupReport report = back_up(f, true);
    assert_true(str_find(report.missing, STR("/files/")) >= 0);
    assert_ok(restore(f, f->other, NULL, false), &f->err);
    VerifyReport verified = verify(f, f->other, "stadt");
    assert_non_null(strstr(problems(f, &verified, "files"), "3 of 6"));
    assert_string_equal(problems(f, &verified, "events"), "");
}

/* As a backup leaves them that is cut off by Ctrl-C. */
static const char *leave(Fixture *f, const char *name)
{
    const char *folder = arena_printf(f->arena, "%s/%s", f->data, name);

    assert_ok(folder_make(folder, &f->err) &&
                  folder_write_file(arena_printf(f->arena, "%s/stadt.db", folder), STR("x"), 0600,
                                    &f->err),
              &f->err);
    return folder;
}

static void copies_that_a_cut_off_backup_left_go_with_the_next(void **state)
{
    Fixture *f = *state;
    DataLock other;
    const char *left = leave(f, ".backup-aBcDeF");

    assert_ok(data_lock(f->data, DATA_BESIDE, &other, &f->err), &f->err);
    back_up(f, true);
    assert_true(folder_exists(left)); /* it may be that command's */
    data_unlock(&other);
    back_up(f, true);
    assert_false(folder_exists(left));
}

static void no_copy_of_an_erased_town_is_left(void **state)
{
    Fixture *f = *state;
    const char *copy = leave(f, ".backup-aBcDeF"),
               *restored = leave(f, "tenants/.new-stadt-restore");

    close_app(f);
    assert_ok(tenant_erase(f->data, STR("stadt"), f->arena, node_map(f->arena), &f->err), &f->err);
    assert_false(folder_exists(copy));
    assert_false(folder_exists(restored));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(backup_with_keys_is_a_whole_town_elsewhere),
        TEST(backup_without_keys_needs_the_key_to_be_brought),
        TEST(backup_under_load_is_consistent),
        TEST(existing_tenant_is_replaced_only_by_force),
        TEST(restored_under_another_name_both_are_there),
        TEST(restore_is_refused_while_the_folder_is_served),
        TEST(one_tenant_of_several_is_chosen_by_name),
        TEST(backup_names_files_that_are_missing_and_goes_on),
        TEST(copies_that_a_cut_off_backup_left_go_with_the_next),
        TEST(no_copy_of_an_erased_town_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
