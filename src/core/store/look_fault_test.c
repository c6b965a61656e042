/* SPDX-License-Identifier: EUPL-1.2 */
/* A look that was acknowledged is found by every reader, whatever the machine does. */
#include "core/store/look_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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
    crashed = looks_reopen(f, arena_printf(f->arena, "%s/crash/t.db", f->folder));
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
        f->db = looks_reopen(f, f->path);
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
    f->db = looks_reopen(f, f->path);
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
    assert_ok(folder_write_file(looks_file(f), (Str){changed, bytes.len}, 0600, &f->err), &f->err);
    Db *crashed = after_a_crash(f);

    assert_found(f, crashed, 3, 0, 1);
    db_close(crashed);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN); /* the write fails instead */
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

    assert_ok(folder_make(looks_file(f), &f->err), &f->err);
    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 0);
}

static void of_two_processes_only_one_has_the_file(void **state)
{
    Fixture *f = *state;

    assert_ok(look(f->db, 1, 3, "read", &f->err), &f->err);
    Db *other = looks_reopen(f, f->path);

    assert_ok(look(other, 2, 3, "read", &f->err), &f->err);
    assert_found(f, f->db, 3, 1, 1);
    db_close(other);
    assert_found(f, f->db, 3, 1, 1);
    write_something(f, f->db);
    assert_found(f, f->db, 3, 2, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, looks_set_up, store_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_crash_loses_none_and_doubles_none),
        TEST(a_killed_program_has_lost_none_that_it_told_of),
        TEST(half_a_slot_is_no_look),
        TEST(a_look_that_cannot_be_noted_is_refused),
        TEST(a_full_disk_refuses_when_the_file_is_full_as_well),
        TEST(without_the_file_looks_go_straight_into_the_table),
        TEST(of_two_processes_only_one_has_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
