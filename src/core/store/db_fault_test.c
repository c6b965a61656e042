/* SPDX-License-Identifier: EUPL-1.2 */
/* What must not be lost is not lost, whatever the disk, the clock and the machine do. */
#include "core/store/event.h"
#include "core/store/fault_vfs.h"
#include "core/store/store_fixture.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const Migration STEPS[] = {
    {"test-001", "CREATE TABLE entry (id {id}, name TEXT NOT NULL, body {blob});"
                 "CREATE INDEX entry_name ON entry (name)"},
    {NULL, NULL},
};

static const Migration *const LISTS[] = {STEPS, EVENT_MIGRATIONS};
static const DbOptions OPTIONS = {.migrations = LISTS, .migration_list_count = 2, .busy_ms = 200};

static int set_up(void **state)
{
    return store_set_up(state, &OPTIONS);
}

static int tear_down(void **state)
{
    fault_always(FAULT_NONE);
    return store_tear_down(state);
}

/* --- Writing and looking -------------------------------------------------- */

typedef struct Entry {
    const char *name;
    size_t rows; /* besides the first, of 100 kB each */
    bool fail;
} Entry;

static bool add_entry(Tx *tx, void *context, Err *err)
{
    const Entry *entry = context;
    static const char body[100000];

    for (size_t i = 0; i < entry->rows; i++)
        if (!tx_exec(tx, err, "INSERT INTO entry (name, body) VALUES ('large', $1)",
                     P_BLOB(((Str){body, sizeof body}))))
            return false;
    return tx_exec(tx, err, "INSERT INTO entry (name) VALUES ($1)", P_TEXT(str_c(entry->name))) &&
           event_add(tx, "entry.added", str_c(entry->name), STR("system"), NULL, err) &&
           (!entry->fail || err_set(err, ERR_INPUT, "no"));
}

static bool add(Fixture *f, const char *name, size_t rows)
{
    Entry entry = {.name = name, .rows = rows};

    err_clear(&f->err);
    return db_write(f->db, add_entry, &entry, &f->err);
}

static int64_t count_in(Fixture *f, Db *db, const char *name)
{
    int64_t count = -1;
    Tx *tx = db_read(db, &f->err);

    assert_ok(tx, &f->err);
    assert_ok(tx_query_int(tx, &f->err, &count, "SELECT count(*) FROM entry WHERE name = $1",
                           P_TEXT(str_c(name))),
              &f->err);
    tx_end(tx);
    return count;
}

static void assert_sound(Fixture *f, Db *db)
{
    int64_t events;
    int64_t bad = -1;
    Tx *tx = db_read(db, &f->err);

    assert_ok(tx, &f->err);
    assert_ok(event_verify(tx, &events, &f->err), &f->err);
    assert_ok(tx_query_int(tx, &f->err, &bad,
                           "SELECT count(*) FROM pragma_integrity_check "
                           "WHERE integrity_check <> 'ok'"),
              &f->err);
    tx_end(tx);
    assert_int_equal(bad, 0);
}

/* What a power cut at this moment would leave: the files as they are. */
static Db *after_a_crash(Fixture *f)
{
    static const char *const ends[] = {"", "-wal"};
    Str bytes;

    for (size_t i = 0; i < 2; i++) {
        assert_ok(folder_read_file(arena_printf(f->arena, "%s%s", f->path, ends[i]), 100000000,
                                   f->arena, &bytes, &f->err),
                  &f->err);
        assert_ok(folder_write_file(arena_printf(f->arena, "%s/crash.db%s", f->folder, ends[i]),
                                    bytes, 0600, &f->err),
                  &f->err);
    }
    return store_open(f, arena_printf(f->arena, "%s/crash.db", f->folder), &OPTIONS);
}

/* --- The disk ------------------------------------------------------------- */

static void failing_disk_refuses_clearly_and_heals_by_itself(void **state)
{
    static const Fault faults[] = {FAULT_FULL, FAULT_READONLY, FAULT_WRITE, FAULT_SYNC};
    Fixture *f = *state;

    assert_true(add(f, "before", 0));
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const char *during = arena_printf(f->arena, "during-%zu", i);
        const char *after = arena_printf(f->arena, "after-%zu", i);
        fault_always(faults[i]);
        for (int k = 0; k < 3; k++) {
            assert_false(add(f, during, 0));
            assert_int_equal(f->err.kind, ERR_TEMPORARY);
        }
        assert_int_equal(count_in(f, f->db, "before"), 1); /* reading goes on */
        fault_always(FAULT_NONE);
        assert_ok(add(f, after, 0), &f->err);
        assert_int_equal(count_in(f, f->db, during), 0);
        assert_int_equal(count_in(f, f->db, after), 1);
        assert_sound(f, f->db);
    }
}

static void refused_write_does_not_come_back_after_a_crash(void **state)
{
    static const Fault faults[] = {FAULT_FULL, FAULT_WRITE, FAULT_SYNC};
    Fixture *f = *state;

    assert_true(add(f, "before", 0));
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        fault_always(faults[i]);
        assert_false(add(f, "refused", 0));
        fault_always(FAULT_NONE);
        Db *crashed = after_a_crash(f);
        assert_int_equal(count_in(f, crashed, "before"), 1);
        assert_int_equal(count_in(f, crashed, "refused"), 0);
        assert_sound(f, crashed);
        db_close(crashed);
    }
}

static void disk_that_fills_up_in_the_middle_of_a_write_undoes_it(void **state)
{
    Fixture *f = *state;

    fault_once(FAULT_NONE, 0);
    assert_true(add(f, "sample", 50));
    int operations = fault_operations();
    assert_true(operations > 50);
    for (int skip = 0; skip < operations; skip += 1 + operations / 25) {
        fault_once(FAULT_FULL, skip);
        bool ok = add(f, "large-one", 50);
        if (!ok)
            assert_int_equal(f->err.kind, ERR_TEMPORARY);
        fault_always(FAULT_NONE);
        assert_int_equal(count_in(f, f->db, "large-one"), ok);
        assert_int_equal(count_in(f, f->db, "large") % 50, 0);
        assert_sound(f, f->db);
        if (ok)
            break;
    }
}

typedef struct Writer {
    Db *db;
    char name[32];
    bool acknowledged, wants_to_fail;
} Writer;

static void *write_once(void *argument)
{
    Writer *writer = argument;
    Err err = {0};
    Entry entry = {.name = writer->name, .fail = writer->wants_to_fail};

    writer->acknowledged = db_write(writer->db, add_entry, &entry, &err);
    return NULL;
}

/* Fail each single write and sync in turn while several wait together. */
static void wherever_the_disk_fails_acknowledged_is_there_and_refused_is_not(void **state)
{
    static const Fault faults[] = {FAULT_FULL, FAULT_WRITE, FAULT_SYNC};
    enum { WRITERS = 6 };
    Fixture *f = *state;

    for (int round = 0; round < 60; round++) {
        Writer writers[WRITERS];
        pthread_t threads[WRITERS];
        fault_once(faults[round % 3], round / 3);
        for (int i = 0; i < WRITERS; i++) {
            writers[i] = (Writer){.db = f->db, .wants_to_fail = i == 3};
            snprintf(writers[i].name, sizeof writers[i].name, "%d-%d", round, i);
            assert_int_equal(pthread_create(&threads[i], NULL, write_once, &writers[i]), 0);
        }
        for (int i = 0; i < WRITERS; i++)
            pthread_join(threads[i], NULL);
        fault_always(FAULT_NONE);
        for (int i = 0; i < WRITERS; i++)
            assert_int_equal(count_in(f, f->db, writers[i].name), writers[i].acknowledged);
        assert_false(writers[3].acknowledged);
    }
    assert_sound(f, f->db);
    Db *crashed = after_a_crash(f);
    assert_sound(f, crashed);
    db_close(crashed);
}

/* --- Others --------------------------------------------------------------- */

static void database_locked_by_others_is_waited_for_and_then_refused(void **state)
{
    Fixture *f = *state;
    sqlite3 *outsider;

    assert_int_equal(sqlite3_open(f->path, &outsider), SQLITE_OK);
    assert_int_equal(sqlite3_exec(outsider, "BEGIN IMMEDIATE", 0, 0, 0), SQLITE_OK);
    assert_false(add(f, "refused", 0));
    assert_int_equal(f->err.kind, ERR_TEMPORARY);
    assert_int_equal(count_in(f, f->db, "refused"), 0);
    assert_int_equal(sqlite3_exec(outsider, "COMMIT", 0, 0, 0), SQLITE_OK);
    assert_ok(add(f, "accepted", 0), &f->err);
    assert_int_equal(sqlite3_close(outsider), SQLITE_OK);
    assert_int_equal(count_in(f, f->db, "accepted"), 1);
}

static void two_processes_that_write_share_one_chain_of_events(void **state)
{
    Fixture *f = *state;
    Db *other = store_open(f, f->path, &OPTIONS);

    for (int i = 0; i < 20; i++) {
        Entry entry = {.name = "other"};
        assert_ok(add(f, "one", 0), &f->err);
        assert_ok(db_write(other, add_entry, &entry, &f->err), &f->err);
    }
    db_close(other);
    assert_int_equal(count_in(f, f->db, "other"), 20);
    assert_sound(f, f->db);
}

static void reader_that_never_ends_does_not_stop_writers(void **state)
{
    Fixture *f = *state;
    Tx *tx = db_read(f->db, &f->err);
    int64_t count = -1;

    assert_true(tx_query_int(tx, &f->err, &count, "SELECT count(*) FROM entry"));
    for (int i = 0; i < 100; i++)
        assert_ok(add(f, "row", 1), &f->err);
    assert_true(tx_query_int(tx, &f->err, &count, "SELECT count(*) FROM entry"));
    assert_int_equal(count, 0);
    tx_end(tx);
    assert_int_equal(count_in(f, f->db, "row"), 100);
}

/* --- Kill -9 -------------------------------------------------------------- */

enum { KILL_THREADS = 8, KILL_ROUNDS = 8 };

typedef struct Victim {
    Db *db;
    int pipe, thread, round;
} Victim;

static void *write_until_killed(void *argument)
{
    Victim *victim = argument;

    for (int i = 0;; i++) {
        char name[32] = "";
        Err err = {0};
        snprintf(name, sizeof name, "%d.%d.%d", victim->round, victim->thread, i);
        Entry entry = {.name = name, .fail = i % 7 == 0};
        bool ok = db_write(victim->db, add_entry, &entry, &err);
        /* Said to the outside as to a client: after that it must never be lost. */
        if (ok && write(victim->pipe, name, sizeof name) != sizeof name)
            _exit(1);
    }
}

static void run_victim(Fixture *f, int fd, int round)
{
    Victim victims[KILL_THREADS];
    pthread_t threads[KILL_THREADS];
    Db *db = store_open(f, f->path, &OPTIONS);

    for (int i = 0; i < KILL_THREADS; i++) {
        victims[i] = (Victim){db, fd, i, round};
        pthread_create(&threads[i], NULL, write_until_killed, &victims[i]);
    }
    for (;;)
        pause();
}

static void after_kill_9_every_acknowledged_row_is_there_once(void **state)
{
    Fixture *f = *state;
    int64_t acknowledged = 0;

    db_close(f->db);
    f->db = NULL;
    for (int round = 0; round < KILL_ROUNDS; round++) {
        int ends[2];
        char name[32];
        int status;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(ends[0]);
            run_victim(f, ends[1], round);
        }
        close(ends[1]);
        /* Killed after a number of answers, so that there is load at that moment. */
        int after = 40 + round * 53;
        Arena *arena = arena_create(0);
        char(*names)[32] = arena_alloc(arena, sizeof *names * 200000);
        int count = 0;
        while (count < 200000 && read(ends[0], name, sizeof name) == sizeof name) {
            memcpy(names[count++], name, sizeof name);
            if (count == after)
                kill(child, SIGKILL);
        }
        close(ends[0]);
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        assert_true(count >= after);
        f->db = store_open(f, f->path, &OPTIONS);
        for (int i = 0; i < count; i++)
            assert_int_equal(count_in(f, f->db, names[i]), 1);
        Tx *tx = db_read(f->db, &f->err);
        int64_t twice = -1;
        assert_true(
            tx_query_int(tx, &f->err, &twice, "SELECT count(*) - count(DISTINCT name) FROM entry"));
        tx_end(tx);
        assert_int_equal(twice, 0);
        assert_sound(f, f->db);
        acknowledged += count;
        arena_destroy(arena);
        db_close(f->db);
        f->db = NULL;
    }
    f->db = store_open(f, f->path, &OPTIONS);
    Tx *tx = db_read(f->db, &f->err);
    int64_t rows = -1;
    assert_true(tx_query_int(tx, &f->err, &rows, "SELECT count(*) FROM entry"));
    tx_end(tx);
    /* What was on disk but not yet said when the end came may be there as well. */
    assert_in_range(rows, acknowledged, acknowledged + KILL_ROUNDS * KILL_THREADS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(failing_disk_refuses_clearly_and_heals_by_itself),
        TEST(refused_write_does_not_come_back_after_a_crash),
        TEST(disk_that_fills_up_in_the_middle_of_a_write_undoes_it),
        TEST(wherever_the_disk_fails_acknowledged_is_there_and_refused_is_not),
        TEST(database_locked_by_others_is_waited_for_and_then_refused),
        TEST(two_processes_that_write_share_one_chain_of_events),
        TEST(reader_that_never_ends_does_not_stop_writers),
        TEST(after_kill_9_every_acknowledged_row_is_there_once),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
