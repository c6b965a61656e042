/* SPDX-License-Identifier: EUPL-1.2 */
/* A look that was acknowledged is found by every reader, whatever happens, and stands in its table
 * exactly once. */
#include "core/store/look.h"

#include "base/test.h"
#include "core/crypto.h"
#include "core/folder.h"
#include "core/log.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RING = 512 }; /* as many as look.c keeps outside of the table */

static const Migration STEPS[] = {
    {"test-001", "CREATE TABLE thing (id BIGINT PRIMARY KEY);"
                 "CREATE TABLE seen (id {id}, at BIGINT NOT NULL, who BIGINT NOT NULL, "
                 "what BIGINT NOT NULL, whose BIGINT NOT NULL, purpose TEXT NOT NULL)"},
    {NULL, NULL},
};
#define INSERT                                         \
    "INSERT INTO seen (at, who, what, whose, purpose)" \
    " SELECT $1, $2, id, $4, $5 FROM thing WHERE id = $3"

typedef struct Fixture {
    char folder[64];
    const char *path, *file;
    Arena *arena;
    Db *db;
    Err err;
} Fixture;

static Db *open_path(Fixture *f, const char *path, bool existing)
{
    const Migration *const lists[] = {STEPS, LOOK_MIGRATIONS};
    DbOptions options = {.migrations = lists,
                         .migration_list_count = 2,
                         .existing = existing,
                         .look_insert = INSERT};
    Db *db = db_open(path, &options, &f->err);

    assert_ok(db, &f->err);
    return db;
}

static bool add_things(Tx *tx, void *context, Err *err)
{
    for (int64_t id = 1; id <= *(int *)context; id++)
        if (!tx_exec(tx, err, "INSERT INTO thing (id) VALUES ($1)", P_INT(id)))
            return false;
    return true;
}

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);

    crypto_start();
    log_set_level(LOG_ERROR + 1);
    signal(SIGXFSZ, SIG_IGN);
    snprintf(f->folder, sizeof f->folder, "/tmp/rathaus-look-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->arena = arena_create(0);
    f->path = arena_printf(f->arena, "%s/t.db", f->folder);
    f->file = arena_printf(f->arena, "%s/t.looks", f->folder);
    f->db = open_path(f, f->path, false);
    assert_ok(db_write(f->db, add_things, &(int){9}, &f->err), &f->err);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;
    Err err;

    db_close(f->db);
    arena_destroy(f->arena);
    assert_ok(folder_remove(f->folder, &err), &err);
    free(f);
    return 0;
}

/* --- Doing and finding -------------------------------------------------------------------------
 */

static bool look(Db *db, int64_t who, int64_t what, const char *purpose, Err *err)
{
    err_clear(err);
    return db_look(db, &(Look){.who = who, .what = what, .whose = 7, .purpose = str_c(purpose)},
                   err);
}

typedef struct Found {
    int64_t table, beside; /* rows of the table, looks that it lacks */
} Found;

static Found find(Fixture *f, Db *db, int64_t what)
{
    Found found = {-1, 0};
    Look *beside;
    size_t count;
    Tx *tx = db_read(db, &f->err);

    assert_ok(tx, &f->err);
    assert_ok(tx_query_int(tx, &f->err, &found.table, "SELECT COUNT(*) FROM seen WHERE what = $1",
                           P_INT(what)),
              &f->err);
    assert_ok(tx_looks(tx, what, f->arena, &beside, &count, &f->err), &f->err);
    tx_end(tx);
    found.beside = (int64_t)count;
    return found;
}

static void assert_found(Fixture *f, Db *db, int64_t what, int64_t table, int64_t beside)
{
    Found found = find(f, db, what);

    assert_int_equal(found.table, table);
    assert_int_equal(found.beside, beside);
}

static bool write_nothing(Tx *tx, void *context, Err *err)
{
    (void)context;
    return tx_exec(tx, err, "UPDATE thing SET id = id WHERE id = 1");
}

static void write_something(Fixture *f, Db *db)
{
    assert_ok(db_write(db, write_nothing, NULL, &f->err), &f->err);
}

/* What a power cut at this moment would leave. */
static Db *after_a_crash(Fixture *f)
{
    static const char *const names[] = {"t.db", "t.db-wal", "t.looks"};
    const char *copy = arena_printf(f->arena, "%s/crash", f->folder);
    Str bytes;

    assert_ok(folder_make(copy, &f->err), &f->err);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *from = arena_printf(f->arena, "%s/%s", f->folder, names[i]);

        assert_ok(folder_read_file(from, 100000000, f->arena, &bytes, &f->err), &f->err);
        assert_ok(folder_write_file(arena_printf(f->arena, "%s/%s", copy, names[i]), bytes, 0600,
                                    &f->err),
                  &f->err);
    }
    return open_path(f, arena_printf(f->arena, "%s/t.db", copy), true);
}

static Str file_bytes(Fixture *f)
{
    Str bytes;

    assert_ok(folder_read_file(f->file, 1000000, f->arena, &bytes, &f->err), &f->err);
    return bytes;
}

/* --- In order ------------------------------------------------------------------------------------
 */

static void the_next_write_takes_looks_into_their_table(void **state)
{
    Fixture *f = *state;
    Look *beside;
    size_t count;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_ok(look(f->db, 2, 3, "printed", &f->err), &f->err);
    assert_ok(look(f->db, 2, 4, "read", &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);

    assert_ok(tx_looks(tx, 3, f->arena, &beside, &count, &f->err), &f->err);
    tx_end(tx);
    assert_int_equal(count, 2);
    assert_int_equal(beside[0].who, 1);
    assert_int_equal(beside[1].who, 2);
    assert_int_equal(beside[1].whose, 7);
    assert_true(str_is(beside[1].purpose, "printed"));
    assert_true(beside[0].at > 0 && beside[1].at >= beside[0].at);
    assert_found(f, f->db, 3, 0, 2);
    write_something(f, f->db);
    assert_found(f, f->db, 3, 2, 0);
    assert_found(f, f->db, 4, 1, 0);
}

static void a_snapshot_of_before_finds_them_as_well(void **state)
{
    Fixture *f = *state;
    Look *beside;
    size_t count;
    int64_t rows = -1;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    Tx *tx = db_read(f->db, &f->err);

    assert_true(tx_query_int(tx, &f->err, &rows, "SELECT COUNT(*) FROM seen"));
    write_something(f, f->db);
    assert_ok(tx_looks(tx, 3, f->arena, &beside, &count, &f->err), &f->err);
    tx_end(tx);
    assert_int_equal(rows, 0);
    assert_int_equal(count, 1);
}

static bool count_in_write(Tx *tx, void *context, Err *err)
{
    return tx_query_int(tx, err, context, "SELECT COUNT(*) FROM seen");
}

static void a_write_finds_all_of_before_in_the_table(void **state)
{
    Fixture *f = *state;
    int64_t rows = 0;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_ok(db_write(f->db, count_in_write, &rows, &f->err), &f->err);
    assert_int_equal(rows, 1);
}

typedef struct Gate {
    sem_t begun, go;
} Gate;

static bool wait_in_write(Tx *tx, void *context, Err *err)
{
    Gate *gate = context;

    (void)tx, (void)err;
    sem_post(&gate->begun);
    sem_wait(&gate->go);
    return true;
}

static void a_write_that_joins_a_group_finds_them_as_well(void **state)
{
    Fixture *f = *state;
    Gate gate;
    int64_t rows = 0;
    Err first = {0}, second = {0};

    sem_init(&gate.begun, 0, 0);
    sem_init(&gate.go, 0, 0);
    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    WriteJob *waiting = db_write_begin(f->db, wait_in_write, &gate, &first);

    sem_wait(&gate.begun);
    assert_ok(look(f->db, 2, 3, "read", &f->err), &f->err);
    WriteJob *joining = db_write_begin(f->db, count_in_write, &rows, &second);

    sem_post(&gate.go);
    assert_true(db_write_end(waiting));
    assert_true(db_write_end(joining));
    assert_int_equal(rows, 2);
    assert_found(f, f->db, 3, 2, 0);
    sem_destroy(&gate.begun);
    sem_destroy(&gate.go);
}

static void more_than_the_file_holds_lose_nothing(void **state)
{
    Fixture *f = *state;

    for (int i = 0; i < 3 * RING; i++)
        assert_ok(look(f->db, 1, 1 + i % 2, "read", &f->err), &f->err);
    Found found = find(f, f->db, 1);

    assert_int_equal(found.table + found.beside, 3 * RING / 2);
    write_something(f, f->db);
    assert_found(f, f->db, 1, 3 * RING / 2, 0);
    assert_found(f, f->db, 2, 3 * RING / 2, 0);
}

typedef struct Looker {
    Db *db;
    int64_t who;
    bool ok;
} Looker;

static void *looks_often(void *context)
{
    Looker *looker = context;
    Err err;

    looker->ok = true;
    for (int i = 0; i < 20; i++)
        looker->ok = look(looker->db, looker->who, 5, "read", &err) && looker->ok;
    return NULL;
}

static void two_hundred_at_once_are_all_there(void **state)
{
    enum { MANY = 200 };
    Fixture *f = *state;
    static Looker lookers[MANY];
    pthread_t threads[MANY];
    int64_t people = 0;

    for (int i = 0; i < MANY; i++) {
        lookers[i] = (Looker){.db = f->db, .who = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, looks_often, &lookers[i]), 0);
    }
    for (int i = 0; i < MANY; i++) {
        pthread_join(threads[i], NULL);
        assert_true(lookers[i].ok);
    }
    write_something(f, f->db);
    assert_found(f, f->db, 5, MANY * 20, 0);
    Tx *tx = db_read(f->db, &f->err);

    assert_true(tx_query_int(tx, &f->err, &people,
                             "SELECT COUNT(*) FROM (SELECT who FROM seen GROUP BY who HAVING "
                             "COUNT(*) = 20)"));
    tx_end(tx);
    assert_int_equal(people, MANY);
}

static void looks_at_what_is_gone_are_dropped_and_hold_nothing_up(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 99, "read", &f->err), &f->err);
    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    write_something(f, f->db);
    assert_found(f, f->db, 99, 0, 0);
    assert_found(f, f->db, 3, 1, 0);
}

static void a_long_purpose_goes_straight_into_the_table(void **state)
{
    Fixture *f = *state;
    char purpose[LOOK_PURPOSE_MAX + 2];

    memset(purpose, 'x', sizeof purpose - 1);
    purpose[sizeof purpose - 1] = '\0';
    assert_ok(look(f->db, 1, 3, purpose, &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 0);
    purpose[LOOK_PURPOSE_MAX] = '\0';
    assert_ok(look(f->db, 1, 3, purpose, &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 1);
}

/* --- When the machine fails ----------------------------------------------------------------------
 */

static void a_crash_loses_none_and_doubles_none(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    write_something(f, f->db);
    assert_ok(look(f->db, 2, 3, "read", &f->err), &f->err);
    Db *crashed = after_a_crash(f);

    assert_found(f, crashed, 3, 1, 1);
    write_something(f, crashed);
    assert_found(f, crashed, 3, 2, 0);
    assert_ok(look(crashed, 3, 3, "read", &f->err), &f->err);
    assert_found(f, crashed, 3, 2, 1);
    db_close(crashed);
    crashed = open_path(f, arena_printf(f->arena, "%s/crash/t.db", f->folder), true);
    assert_found(f, crashed, 3, 3, 0);
    db_close(crashed);
}

static void a_killed_program_has_lost_none_that_it_told_of(void **state)
{
    Fixture *f = *state;
    int told[2];
    int64_t count = 0;
    char word;

    db_close(f->db);
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();

    if (child == 0) {
        f->db = open_path(f, f->path, true);
        while (look(f->db, 1, 3, "read", &f->err))
            if (write(told[1], "x", 1) != 1)
                break;
        _exit(0);
    }
    close(told[1]);
    while (count < 700 && read(told[0], &word, 1) == 1)
        count++;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    while (read(told[0], &word, 1) == 1)
        count++;
    close(told[0]);
    f->db = open_path(f, f->path, true);
    Found found = find(f, f->db, 3);

    assert_true(count >= 700);
    /* One may have been noted and not told of any more. */
    assert_in_range(found.table + found.beside, count, count + 1);
    write_something(f, f->db);
    assert_found(f, f->db, 3, found.table + found.beside, 0);
}

static void half_a_slot_is_no_look(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    Str bytes = file_bytes(f);
    char *changed = arena_copy(f->arena, bytes.ptr, bytes.len);

    changed[2 * 128 + 60] ^= 1; /* the second look's slot */
    assert_ok(folder_write_file(f->file, (Str){changed, bytes.len}, 0600, &f->err), &f->err);
    Db *crashed = after_a_crash(f);

    assert_found(f, crashed, 3, 0, 1);
    db_close(crashed);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Nothing can be written anywhere. */
static void a_look_that_cannot_be_noted_is_refused(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    limit_files(0);
    for (int i = 0; i < 3; i++) {
        assert_false(look(f->db, 2, 4, "read", &f->err));
        assert_int_equal(f->err.kind, ERR_TEMPORARY);
        assert_found(f, f->db, 3, 0, 1); /* reading goes on, with what was noted before */
    }
    limit_files(RLIM_INFINITY);
    assert_ok(look(f->db, 2, 5, "read", &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 0);
    assert_found(f, f->db, 4, 0, 0);
    assert_ok(look(f->db, 2, 5, "read", &f->err), &f->err);
    Db *crashed = after_a_crash(f);

    assert_found(f, crashed, 3, 1, 0);
    assert_found(f, crashed, 4, 0, 0);
    assert_found(f, crashed, 5, 1, 1); /* the file is used again */
    db_close(crashed);
}

/* The database can grow no further, the file need not. */
static void a_full_disk_refuses_when_the_file_is_full_as_well(void **state)
{
    Fixture *f = *state;
    int64_t noted = 0;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    limit_files(RING * 128);
    for (int i = 0; i < 2 * RING; i++)
        noted += look(f->db, 1, 4, "read", &f->err);
    assert_in_range(noted, 1, RING - 1);
    assert_false(look(f->db, 1, 4, "read", &f->err));
    limit_files(RLIM_INFINITY);
    write_something(f, f->db);
    assert_found(f, f->db, 3, 1, 0);
    assert_found(f, f->db, 4, noted, 0);
}

static void without_the_file_looks_go_straight_into_the_table(void **state)
{
    Fixture *f = *state;

    assert_ok(folder_make(f->file, &f->err), &f->err);
    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 0);
}

static void of_two_processes_only_one_has_the_file(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    Db *other = open_path(f, f->path, true);

    assert_ok(look(other, 2, 3, "read", &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 1);
    db_close(other);
    assert_found(f, f->db, 3, 1, 1);
    write_something(f, f->db);
    assert_found(f, f->db, 3, 2, 0);
}

/* --- Afterwards ----------------------------------------------------------------------------------
 */

static void what_the_table_holds_is_wiped_out_in_the_file(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_true(str_find(file_bytes(f), STR("read")) >= 0);
    write_something(f, f->db);
    Str bytes = file_bytes(f);

    assert_int_equal(bytes.len, RING * 128);
    for (size_t i = 0; i < bytes.len; i++)
        assert_int_equal(bytes.ptr[i], 0);
}

static void closing_leaves_nothing_outside_of_the_table(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    db_close(f->db);
    f->db = open_path(f, f->path, true);
    assert_found(f, f->db, 3, 1, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_next_write_takes_looks_into_their_table),
        TEST(a_snapshot_of_before_finds_them_as_well),
        TEST(a_write_finds_all_of_before_in_the_table),
        TEST(a_write_that_joins_a_group_finds_them_as_well),
        TEST(more_than_the_file_holds_lose_nothing),
        TEST(two_hundred_at_once_are_all_there),
        TEST(looks_at_what_is_gone_are_dropped_and_hold_nothing_up),
        TEST(a_long_purpose_goes_straight_into_the_table),
        TEST(a_crash_loses_none_and_doubles_none),
        TEST(a_killed_program_has_lost_none_that_it_told_of),
        TEST(half_a_slot_is_no_look),
        TEST(a_look_that_cannot_be_noted_is_refused),
        TEST(a_full_disk_refuses_when_the_file_is_full_as_well),
        TEST(without_the_file_looks_go_straight_into_the_table),
        TEST(of_two_processes_only_one_has_the_file),
        TEST(what_the_table_holds_is_wiped_out_in_the_file),
        TEST(closing_leaves_nothing_outside_of_the_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
