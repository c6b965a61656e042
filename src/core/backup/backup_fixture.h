/* SPDX-License-Identifier: EUPL-1.2 */
/* A town with files, bookings and events that is backed up, restored and verified. */
#pragma once

#include "core/backup/backup_internal.h"
#include "core/crypto.h"
#include "core/log.h"
#include "core/store/event.h"
#include "core/store/file.h"
#include "core/test_folder.h"

#include <assert.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
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

typedef struct Fixture {
    char folder[TEST_FOLDER_MAX];
    const char *data, *other, *archive;
    Arena *arena;
    App *app;
    Err err;
} Fixture;

enum { LARGE = 400000 };

static inline void open_app(Fixture *f, const char *data)
{
    AppOptions options = {.data_dir = data};

    f->app = app_open(&options, ENGINES, 2, &f->err);
    assert_ok(f->app, &f->err);
}

static inline void close_app(Fixture *f)
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

static inline bool write_record(Tx *tx, void *context, Err *err)
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

static inline Str bytes_of(Arena *arena, size_t size, int64_t number)
{
    char *bytes = arena_alloc(arena, size);

    memset(bytes, 'a' + (int)(number % 26), size);
    snprintf(bytes, size, "%lld of %zu", (long long)number, size);
    return (Str){bytes, size};
}

static inline void record(Tenant *tenant, int64_t number)
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

static inline void make_town(Fixture *f, const char *name)
{
    const char *source = arena_printf(f->arena, "%s/source", f->folder);

    assert_ok(tenant_create(f->app, str_c(name), source, &f->err), &f->err);
    Tenant *tenant = tenant_acquire(f->app, str_c(name), &f->err);
    assert_ok(tenant, &f->err);
    for (int i = 0; i < 3; i++)
        record(tenant, i);
    tenant_release(tenant);
}

static inline int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    log_set_level(LOG_ERROR + 1);
    test_folder_make(f->folder);
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

static inline int tear_down(void **state)
{
    Fixture *f = *state;

    app_close(f->app);
    arena_destroy(f->arena);
    test_folder_remove(f->folder);
    free(f);
    return 0;
}

static inline BackupReport back_up(Fixture *f, bool with_keys)
{
    BackupOptions options = {.data_dir = f->data, .out = f->archive, .with_keys = with_keys};
    BackupReport report;

    assert_ok(backup_make(&options, f->arena, &report, &f->err), &f->err);
    return report;
}

static inline bool restore(Fixture *f, const char *data, const char *as, bool force)
{
    RestoreOptions options = {.data_dir = data, .in = f->archive, .as = as, .force = force};
    RestoreReport report;

    return restore_make(&options, f->arena, &report, &f->err);
}

static inline VerifyReport verify(Fixture *f, const char *data, const char *name)
{
    VerifyReport report;

    verify_tenant(data, str_c(name), f->arena, &report);
    return report;
}

/* The problems of the check of this name, "" when there are none. */
static inline const char *problems(Fixture *f, const VerifyReport *report, const char *name)
{
    for (size_t i = 0; i < report->check_count; i++)
        if (strcmp(report->checks[i].name, name) == 0)
            return str_cstr(f->arena, report->checks[i].problems);
    fail_msg("there is no check \"%s\"", name);
    return NULL;
}

static inline void assert_well(Fixture *f, const char *data, const char *name, int64_t events)
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

static inline void sql(Fixture *f, const char *statement)
{
    sqlite3 *handle;

    assert_int_equal(
        sqlite3_open(arena_printf(f->arena, "%s/tenants/stadt/tenant.db", f->data), &handle),
        SQLITE_OK);
    sqlite3_busy_timeout(handle, 5000);
    assert_int_equal(sqlite3_exec(handle, statement, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static inline void overwrite(const char *path, const void *bytes, size_t size, off_t at)
{
    int fd = open(path, O_WRONLY);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, size, at), (ssize_t)size);
    close(fd);
}
