/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of an index hold, after a restart, a kill, damage and when it is to be forgotten.
 */
#include "search/search_fixture.h"

#include "base/test_random.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void what_was_committed_is_there_again_and_nothing_else(void **state)
{
    Fixture *f = *state;
    Err err = {0};

    put(f->search, 1, NULL, "eins");
    assert_ok(search_refresh(f->search, STR("17"), &err), &err);
    commit(f->search);
    put(f->search, 2, NULL, "zwei");
    assert_ok(search_refresh(f->search, STR("18"), &err), &err);
    assert_str(search_position(f->search, f->arena), "18");
    search_close(f->search);
    f->search = open_at(f->folder);
    assert_str(search_position(f->search, f->arena), "17");
    assert_str(found(f, "eins"), "1");
    assert_str(found(f, "zwei"), "");
    assert_null(search_problem(f->search).ptr);
}

static void a_damaged_or_other_index_begins_empty_and_says_so(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    Str *names;
    size_t count;

    put(f->search, 1, NULL, "eins");
    refresh(f->search);
    commit(f->search);
    assert_ok(folder_list(f->folder, f->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_printf(f->arena, "%s/%.*s", f->folder, STR_ARG(names[i]));
        Str bytes;

        search_close(f->search);
        assert_ok(folder_read_file(path, 1 << 20, f->arena, &bytes, &err), &err);
        ((char *)(uintptr_t)bytes.ptr)[bytes.len / 2] ^= 1;
        assert_ok(folder_write_file(path, bytes, 0600, &err), &err);
        f->search = open_at(f->folder);
        assert_non_null(search_problem(f->search).ptr);
        assert_str(search_position(f->search, f->arena), "");
        assert_str(found(f, "eins"), "");
        put(f->search, 1, NULL, "eins");
        refresh(f->search);
        commit(f->search);
        assert_null(search_problem(f->search).ptr);
        assert_ok(folder_list(f->folder, f->arena, &names, &count, &err), &err);
    }
    search_close(f->search);
    SearchOptions other = {
        .folder = f->folder, .fields = FIELDS, .field_count = FIELD_COUNT, .version = 2};
    f->search = search_open(&other, &err);
    assert_non_null(search_problem(f->search).ptr);
    assert_str(found(f, "eins"), "");
}

static void what_was_removed_leaves_the_files_when_it_is_to_be_forgotten(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    static const char *const WORDS[] = {"Xanthippe", "Lindwurm"};

    for (int segment = 0; segment < 2; segment++) {
        Str texts[FIELD_COUNT] = {str_c(WORDS[segment])};
        for (int i = 0; i < 10; i++)
            assert_ok(search_put(f->search,
                                 &(SearchDocument){
                                     .id = segment * 10 + i + 1, .marks = STR("a"), .texts = texts},
                                 &err),
                      &err);
        refresh(f->search);
        assert_ok(search_commit(f->search, &err), &err);
    }
    search_remove(f->search, 3);
    refresh(f->search);
    assert_ok(search_commit(f->search, &err), &err);
    assert_int_equal(search_stats(f->search).removed, 1);
    assert_ok(search_forget(f->search, &err), &err);
    SearchStats stats = search_stats(f->search);
    assert_int_equal(stats.removed, 0);
    assert_int_equal(stats.documents, 19);
    assert_int_equal(stats.segments, 2); /* only what held something was written anew */
}

/* Does any file of the index hold these bytes? */
static bool on_disk(Fixture *f, const char *word)
{
    Str *names;
    size_t count;
    bool found = false;
    Err err = {0};

    assert_ok(folder_list(f->folder, f->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        Str bytes;
        assert_ok(folder_read_file(arena_printf(f->arena, "%s/%.*s", f->folder, STR_ARG(names[i])),
                                   1 << 24, f->arena, &bytes, &err),
                  &err);
        found = found || str_find(bytes, str_c(word)) >= 0;
    }
    return found;
}

static void the_words_of_what_was_forgotten_stand_in_no_file(void **state)
{
    Fixture *f = *state;
    Err err = {0};
    Str bytes;

    put(f->search, 1, NULL, "Quastenflosser");
    put(f->search, 2, NULL, "Hund");
    refresh(f->search);
    assert_ok(search_commit(f->search, &err), &err);
    search_remove(f->search, 1);
    refresh(f->search);
    assert_ok(search_commit(f->search, &err), &err);
    assert_true(on_disk(f, "quastenfl")); /* removed is a bit beside the segment */
    const char *old = arena_printf(f->arena, "%s/1.segment", f->folder);

    assert_ok(folder_read_file(old, 1 << 24, f->arena, &bytes, &err), &err);
    assert_ok(search_forget(f->search, &err), &err);
    assert_false(on_disk(f, "quastenfl"));
    assert_true(on_disk(f, "hund"));
    /* Killed when the manifest was new and the old segment was still there. */
    search_close(f->search);
    assert_ok(folder_write_file(old, bytes, 0600, &err), &err);
    assert_true(on_disk(f, "quastenfl"));
    f->search = open_at(f->folder);
    assert_false(on_disk(f, "quastenfl"));
    assert_int_equal(search_stats(f->search).documents, 1);
}

/* Documents 1 … n, all of them committed with position n; forever. */
static void write_until_killed(const char *folder)
{
    Search *search = open_at(folder);
    Arena *arena = arena_create(0);
    int64_t id = atoll(search_position(search, arena).ptr);

    for (;;) {
        char position[24];
        bool merged = true;
        Err err = {0};

        for (int i = 0; i < 3; i++) {
            put(search, ++id, NULL, "Hund");
            put(search, id / 2 + 1, NULL, "Hund neu");
        }
        snprintf(position, sizeof position, "%lld", (long long)id);
        if (!search_refresh(search, str_c(position), &err) || !search_commit(search, &err) ||
            !search_tidy(search, &merged, &err))
            _exit(3);
    }
}

static void killed_at_any_moment_it_is_as_of_a_commit(void **state)
{
    Fixture *f = *state;
    TestRandom random = {99};
    int64_t before = 0;

    search_close(f->search);
    for (int round = 0; round < 25; round++) {
        pid_t child = fork();

        if (child == 0)
            write_until_killed(f->folder);
        usleep((useconds_t)test_pick(&random, 1000, 30000));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        f->search = open_at(f->folder);
        assert_null(search_problem(f->search).ptr);
        int64_t now = atoll(search_position(f->search, f->arena).ptr);

        assert_true(now >= before);
        assert_int_equal(search_stats(f->search).documents, now);
        before = now;
        search_close(f->search);
    }
    assert_true(before > 0);
    f->search = open_at(f->folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_committed_is_there_again_and_nothing_else),
        TEST(a_damaged_or_other_index_begins_empty_and_says_so),
        TEST(killed_at_any_moment_it_is_as_of_a_commit),
        TEST(what_was_removed_leaves_the_files_when_it_is_to_be_forgotten),
        TEST(the_words_of_what_was_forgotten_stand_in_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
