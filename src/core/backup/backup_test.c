/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "core/backup/backup_internal.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/log.h"
#include "core/store/event.h"
#include "core/store/file.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const Migration STEPS[] = {
    {"test-001", "CREATE TABLE ledger_booking (id {id});"
                 "CREATE TABLE ledger_line (booking_id BIGINT NOT NULL REFERENCES "
                 "ledger_booking (id), cents BIGINT NOT NULL)"},
    {NULL, NULL},
};
static const Proof PROOFS[] = {
    {"ledger", "ledger_line",
     "SELECT 'booking ' || booking_id || ' sums to ' || SUM(cents) FROM ledger_line "
     "GROUP BY booking_id HAVING SUM(cents) <> 0",
     "SELECT count(*) FROM ledger_booking"},
    {"later", "table_of_a_later_version", "SELECT 'nothing' FROM table_of_a_later_version",
     "SELECT count(*) FROM table_of_a_later_version"},
    {0},
};
static const Engine TEST_ENGINE = {.name = "test", .migrations = STEPS, .proofs = PROOFS};
static const Engine *const ENGINES[] = {&TEST_ENGINE, &WORK_ENGINE};
/* An earlier program, which did not prove its ledger yet. */
static const Engine EARLIER_ENGINE = {.name = "test", .migrations = STEPS};
static const Engine *const EARLIER[] = {&EARLIER_ENGINE, &WORK_ENGINE};

typedef struct Fixture {
    char folder[64];
    const char *data, *other, *archive;
    Arena *arena;
    App *app;
    Err err;
} Fixture;

enum { LARGE = 400000 };

/* --- A town with something in it ------------------------------------------ */

static void open_app(Fixture *f, const char *data)
{
    AppOptions options = {.data_dir = data};

    f->app = app_open(&options, ENGINES, 2, &f->err);
    assert_ok(f->app, &f->err);
}

static void close_app(Fixture *f)
{
    app_close(f->app);
    f->app = NULL;
}

typedef struct Record {
    Tenant *tenant;
    FileInfo small, large;
    Str small_bytes, large_bytes;
    int64_t number;
} Record;

static bool write_record(Tx *tx, void *context, Err *err)
{
    Record *r = context;
    int64_t booking = 0;

    return tx_query_int(tx, err, &booking,
                        "INSERT INTO ledger_booking DEFAULT VALUES RETURNING id") &&
           tx_exec(tx, err, "INSERT INTO ledger_line VALUES ($1, 5000), ($1, -5000)",
                   P_INT(booking)) &&
           file_put(tx, r->tenant, &r->small, r->small_bytes, STR("case/1"), err) &&
           file_put(tx, r->tenant, &r->large, r->large_bytes, STR("case/1"), err) &&
           event_add(tx, "case.submitted", STR("case/1"), STR("citizen"), NULL, err);
}

static Str bytes_of(Arena *arena, size_t size, int64_t number)
{
    char *bytes = arena_alloc(arena, size);

    memset(bytes, 'a' + (int)(number % 26), size);
    snprintf(bytes, size, "%lld of %zu", (long long)number, size);
    return (Str){bytes, size};
}

static void record(Tenant *tenant, int64_t number)
{
    Arena *arena = arena_create(0);
    Err err = {0};
    Record r = {.tenant = tenant,
                .small_bytes = bytes_of(arena, 3000, number),
                .large_bytes = bytes_of(arena, LARGE, number)};
    bool ok = file_prepare(tenant, r.small_bytes, STR("a"), NULL, arena, &r.small, &err) &&
              file_prepare(tenant, r.large_bytes, STR("b"), NULL, arena, &r.large, &err) &&
              db_write(tenant->db, write_record, &r, &err);

    if (!ok)
        fprintf(stderr, "%s\n", err.message);
    assert(ok);
    arena_destroy(arena);
}

static void make_town(Fixture *f, const char *name)
{
    const char *source = arena_printf(f->arena, "%s/source", f->folder);

    assert_ok(tenant_create(f->app, str_c(name), source, &f->err), &f->err);
    Tenant *tenant = tenant_acquire(f->app, str_c(name), &f->err);
    assert_ok(tenant, &f->err);
    for (int i = 0; i < 3; i++)
        record(tenant, i);
    tenant_release(tenant);
}

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    log_set_level(LOG_ERROR + 1);
    snprintf(f->folder, sizeof f->folder, "/tmp/rathaus-backup-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->arena = arena_create(0);
    f->data = arena_printf(f->arena, "%s/data", f->folder);
    f->other = arena_printf(f->arena, "%s/other", f->folder);
    f->archive = arena_printf(f->arena, "%s/backup.tar", f->folder);
    const char *source = arena_printf(f->arena, "%s/source", f->folder);
    assert_ok(folder_make(source, &f->err), &f->err);
    assert_ok(folder_make(arena_printf(f->arena, "%s/Straßen", source), &f->err), &f->err);
    assert_ok(folder_write_file(arena_printf(f->arena, "%s/tenant.yaml", source),
                                STR("title: Stadt\n"), 0600, &f->err),
              &f->err);
    assert_ok(folder_write_file(arena_printf(f->arena, "%s/Straßen/Müllabfuhr.csv", source),
                                STR("Straße;Tag\n"), 0600, &f->err),
              &f->err);
    engines_register(ENGINES, 2);
    open_app(f, f->data);
    make_town(f, "stadt");
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    Err err;

    app_close(f->app);
    arena_destroy(f->arena);
    assert_ok(folder_remove(f->folder, &err), &err);
    free(f);
    return 0;
}

/* --- Helpers -------------------------------------------------------------- */

static BackupReport back_up(Fixture *f, bool with_keys)
{
    BackupOptions options = {.data_dir = f->data, .out = f->archive, .with_keys = with_keys};
    BackupReport report;

    assert_ok(backup_make(&options, f->arena, &report, &f->err), &f->err);
    return report;
}

static bool restore(Fixture *f, const char *data, const char *as, bool force)
{
    RestoreOptions options = {.data_dir = data, .in = f->archive, .as = as, .force = force};
    RestoreReport report;

    return restore_make(&options, f->arena, &report, &f->err);
}

static VerifyReport verify(Fixture *f, const char *data, const char *name)
{
    VerifyReport report;

    verify_tenant(data, str_c(name), f->arena, &report);
    return report;
}

/* The problems of the check of this name, "" when there are none. */
static const char *problems(Fixture *f, const VerifyReport *report, const char *name)
{
    for (size_t i = 0; i < report->check_count; i++)
        if (strcmp(report->checks[i].name, name) == 0)
            return str_cstr(f->arena, report->checks[i].problems);
    fail_msg("there is no check \"%s\"", name);
    return NULL;
}

static void assert_well(Fixture *f, const char *data, const char *name, int64_t events)
{
    VerifyReport report = verify(f, data, name);

    for (size_t i = 0; i < report.check_count; i++) {
        if (!report.checks[i].ok)
            fail_msg("%s: %s", report.checks[i].name, problems(f, &report, report.checks[i].name));
        assert_true(report.checks[i].count > 0); /* there was something to look at */
        if (strcmp(report.checks[i].name, "events") == 0)
            assert_int_equal(report.checks[i].count, events);
    }
    assert_true(report.ok);
    assert_int_equal(report.check_count, 7);
}

static void sql(Fixture *f, const char *statement)
{
    sqlite3 *handle;

    assert_int_equal(
        sqlite3_open(arena_printf(f->arena, "%s/tenants/stadt/tenant.db", f->data), &handle),
        SQLITE_OK);
    sqlite3_busy_timeout(handle, 5000);
    assert_int_equal(sqlite3_exec(handle, statement, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static void overwrite(const char *path, const void *bytes, size_t size, off_t at)
{
    int fd = open(path, O_WRONLY);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, at), (ssize_t)size);
    close(fd);
}

/* --- Backup and restore --------------------------------------------------- */

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

/* --- Databases that are lost, damaged or newer ----------------------------- */

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

static void damaged_database_replaces_no_good_backup(void **state)
{
    Fixture *f = *state;
    const char *db = arena_printf(f->arena, "%s/tenants/stadt/tenant.db", f->data);
    char noise[4096];
    struct stat st;
    Str good, still;

    back_up(f, true);
    assert_ok(folder_read_file(f->archive, 100000000, f->arena, &good, &f->err), &f->err);
    close_app(f);
    assert_int_equal(stat(db, &st), 0);
    memset(noise, 0xa5, sizeof noise);
    for (off_t page = 5; page < st.st_size / 4096; page += 2)
        overwrite(db, noise, sizeof noise, page * 4096);
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

/* --- Archives that somebody has touched ----------------------------------- */

static void damaged_archive_touches_nothing(void **state)
{
    Fixture *f = *state;
    Str archive;

    back_up(f, true);
    close_app(f);
    assert_ok(folder_read_file(f->archive, 100000000, f->arena, &archive, &f->err), &f->err);
    for (size_t at = 600; at < archive.len; at += archive.len / 40) {
        char turned = (char)(archive.ptr[at] ^ 0x20);
        overwrite(f->archive, &turned, 1, (off_t)at);
        bool restored = restore(f, f->other, NULL, false);
        /* A byte of padding between entries, or of a time, may change nothing. */
        if (restored) {
            assert_well(f, f->other, "stadt", 3);
            assert_ok(folder_remove(f->other, &f->err), &f->err);
        } else {
            assert_int_equal(f->err.kind, ERR_INPUT);
        }
        assert_false(folder_exists(arena_printf(f->arena, "%s/tenants/stadt", f->other)));
        overwrite(f->archive, &archive.ptr[at], 1, (off_t)at);
    }
    for (size_t size = 0; size < archive.len - 20000; size += archive.len / 15) {
        assert_ok(folder_write_file(f->archive, str_slice(archive, 0, size), 0600, &f->err),
                  &f->err);
        assert_false(restore(f, f->data, NULL, true));
    }
    assert_well(f, f->data, "stadt", 3);
}

/* Replace a text of equal length everywhere in the archive. */
static bool replace_in_archive(Fixture *f, const char *from, const char *to)
{
    Str archive;
    bool found = false;

    assert_int_equal(strlen(from), strlen(to));
    assert_ok(folder_read_file(f->archive, 100000000, f->arena, &archive, &f->err), &f->err);
    for (size_t at = 0; at + strlen(from) <= archive.len; at++)
        if (memcmp(archive.ptr + at, from, strlen(from)) == 0) {
            overwrite(f->archive, to, strlen(to), (off_t)at);
            found = true;
        }
    return found;
}

static void changed_byte_in_an_entry_is_named(void **state)
{
    Fixture *f = *state;

    back_up(f, true);
    assert_true(replace_in_archive(f, "title: Stadt", "title: Staat"));
    assert_false(restore(f, f->other, NULL, false));
    assert_non_null(strstr(f->err.message, "tenants/stadt/tenant.yaml\" does not match"));
}

static void forged_manifest_does_not_fit_the_key(void **state)
{
    Fixture *f = *state;
    Str before = crypto_sha256_hex(f->arena, STR("title: Stadt\n"));
    Str after = crypto_sha256_hex(f->arena, STR("title: Staat\n"));

    back_up(f, false);
    close_app(f);
    assert_true(replace_in_archive(f, "title: Stadt", "title: Staat"));
    assert_true(replace_in_archive(f, before.ptr, after.ptr));
    assert_false(restore(f, f->data, NULL, true));
    assert_non_null(strstr(f->err.message, "seal"));
    assert_well(f, f->data, "stadt", 3);
}

static void names_that_lead_outside_are_refused(void **state)
{
    static const char *const names[] = {
        "tenants/stadt/../../evil",
        "/etc/cron.d/evil",
        "tenants/stadt/./a",
        "tenants/Stadt/a",
        "tenants/stadt",
        "keys/a/b.key",
        "keys/../x.key",
        "tenants/stadt//a",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(manifest_tenant_of(str_c(names[i])).ptr);
    assert_str(manifest_tenant_of(STR("tenants/stadt/a..b/c")), "stadt");
    assert_str(manifest_tenant_of(STR("keys/stadt.key")), "stadt");
}

static void other_tars_are_told_apart(void **state)
{
    Fixture *f = *state;
    TarFile entry;
    TarWriter *tar = tar_create(f->archive, &f->err);

    assert_ok(tar_add_bytes(tar, STR("tenants/stadt/tenant.yaml"), STR("title: Stadt\n"), f->arena,
                            &entry, &f->err),
              &f->err);
    assert_ok(tar_finish(tar, &f->err), &f->err);
    assert_false(restore(f, f->other, NULL, false));
    assert_non_null(strstr(f->err.message, "no backup of rathaus"));
    assert_ok(folder_write_file(f->archive, STR("not a tar at all"), 0600, &f->err), &f->err);
    assert_false(restore(f, f->other, NULL, false));
}

static void run_gzip(const char *path)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        execlp("gzip", "gzip", path, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void compressed_backup_is_read_too(void **state)
{
    Fixture *f = *state;

    back_up(f, true);
    run_gzip(f->archive);
    f->archive = arena_printf(f->arena, "%s.gz", f->archive);
    assert_ok(restore(f, f->other, NULL, false), &f->err);
    assert_well(f, f->other, "stadt", 3);
}

/* --- Verify --------------------------------------------------------------- */

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
        TEST(backup_with_keys_is_a_whole_town_elsewhere),
        TEST(backup_without_keys_needs_the_key_to_be_brought),
        TEST(backup_under_load_is_consistent),
        TEST(existing_tenant_is_replaced_only_by_force),
        TEST(restored_under_another_name_both_are_there),
        TEST(restore_is_refused_while_the_folder_is_served),
        TEST(one_tenant_of_several_is_chosen_by_name),
        TEST(backup_names_files_that_are_missing_and_goes_on),
        TEST(lost_database_is_not_taken_for_a_new_town),
        TEST(town_never_opened_has_a_database_that_can_be_lost),
        TEST(damaged_database_replaces_no_good_backup),
        TEST(backup_that_is_of_no_use_takes_no_place),
        TEST(database_of_a_newer_version_is_left_alone),
        TEST(damaged_archive_touches_nothing),
        TEST(changed_byte_in_an_entry_is_named),
        TEST(forged_manifest_does_not_fit_the_key),
        TEST(names_that_lead_outside_are_refused),
        TEST(other_tars_are_told_apart),
        TEST(compressed_backup_is_read_too),
        TEST(verify_works_beside_a_server_and_sees_each_damage),
        TEST(every_problem_is_counted_and_the_first_are_named),
        TEST(commands_answer_with_their_exit_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
