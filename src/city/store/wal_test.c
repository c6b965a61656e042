/* SPDX-License-Identifier: EUPL-1.2 */
/* What a log gives back after it was torn or damaged. */
#include "city/store/wal.h"

#include "base/bytes.h"
#include "core/log.h"
#include "core/test_folder.h"

#include <unistd.h>

typedef struct Fixture {
    char folder[TEST_FOLDER_MAX], path[64];
    Arena *arena;
    Buf replayed; /* payloads, each with a comma behind */
    Err err;
} Fixture;

static int set_up(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    ObsWal wal;

    test_folder_make(f->folder);
    snprintf(f->path, sizeof f->path, "%s/1.log", f->folder);
    f->arena = arena_create(0);
    assert_ok(obs_wal_create(&wal, f->path, &f->err), &f->err);
    assert_ok(obs_wal_write(&wal, STR("one"), &f->err), &f->err);
    assert_ok(obs_wal_write(&wal, STR("two"), &f->err), &f->err);
    assert_ok(obs_wal_write(&wal, STR("three"), &f->err), &f->err);
    obs_wal_close(&wal);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;

    test_folder_remove(f->folder);
    arena_destroy(f->arena);
    free(f);
    return 0;
}

enum { HEAD = 20, FIRST = 8, SECOND = FIRST + HEAD + 3, THIRD = SECOND + HEAD + 3 };

static bool note(void *context, Str payload, Err *err)
{
    Fixture *f = context;

    (void)err;
    buf_add(&f->replayed, payload);
    buf_add_char(&f->replayed, ',');
    return true;
}

static bool replay(Fixture *f, ObsWal *wal, bool last)
{
    f->replayed = buf_in(f->arena);
    return obs_wal_replay(wal, f->path, last, note, f, &f->err);
}

static void flip(Fixture *f, off_t offset)
{
    FILE *file = fopen(f->path, "r+b");
    int byte;

    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    byte = fgetc(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    fputc(byte ^ 1, file);
    fclose(file);
}

static void what_was_written_comes_back_in_order(void **state)
{
    Fixture *f = *state;
    ObsWal wal;

    assert_ok(replay(f, &wal, true), &f->err);
    assert_str(buf_str(&f->replayed), "one,two,three,");
    assert_ok(obs_wal_write(&wal, STR("four"), &f->err), &f->err);
    obs_wal_close(&wal);
    assert_ok(replay(f, &wal, false), &f->err);
    assert_str(buf_str(&f->replayed), "one,two,three,four,");
    obs_wal_close(&wal);
}

static void torn_end_is_cut_wherever_it_is_torn(void **state)
{
    Fixture *f = *state;
    ObsWal wal;

    for (off_t size = THIRD + HEAD + 4; size > THIRD; size--) {
        assert_int_equal(truncate(f->path, size), 0);
        assert_ok(replay(f, &wal, true), &f->err);
        assert_str(buf_str(&f->replayed), "one,two,");
        assert_int_equal(wal.size, THIRD);
        obs_wal_close(&wal);
        assert_int_equal(truncate(f->path, size), 0); /* zeros, as some file systems leave */
    }
    assert_ok(replay(f, &wal, true), &f->err);
    assert_ok(obs_wal_write(&wal, STR("again"), &f->err), &f->err);
    obs_wal_close(&wal);
    assert_ok(replay(f, &wal, true), &f->err);
    assert_str(buf_str(&f->replayed), "one,two,again,");
    obs_wal_close(&wal);
}

static void torn_end_of_a_log_that_has_a_successor_is_damage(void **state)
{
    Fixture *f = *state;
    ObsWal wal;

    assert_int_equal(truncate(f->path, THIRD + 5), 0);
    assert_false(replay(f, &wal, false));
    assert_int_equal(f->err.kind, ERR_INPUT);
}

static void damage_before_the_last_frame_is_named_not_skipped(void **state)
{
    Fixture *f = *state;
    ObsWal wal;

    for (off_t at = SECOND; at < THIRD; at++) {
        flip(f, at);
        assert_false(replay(f, &wal, true));
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_non_null(strstr(f->err.message, "1.log: damaged at offset 31"));
        flip(f, at);
    }
    assert_ok(replay(f, &wal, true), &f->err);
    obs_wal_close(&wal);
}

/* Of a group that was never synced a later part may be on disk and an earlier one not. */
static void frames_that_were_never_synced_may_lie_behind_a_hole(void **state)
{
    Fixture *f = *state;
    FILE *file = fopen(f->path, "r+b");
    char third[HEAD + 5];
    ObsWal wal;

    assert_int_equal(fseek(file, THIRD, SEEK_SET), 0);
    assert_int_equal(fread(third, 1, sizeof third, file), sizeof third);
    assert_int_equal(fseek(file, THIRD, SEEK_SET), 0);
    for (size_t i = 0; i < sizeof third; i++)
        fputc(0, file);
    /* Its `synced` is THIRD: what is before that must be whole, and is; the hole is behind. */
    assert_int_equal(fwrite(third, 1, sizeof third, file), sizeof third);
    fclose(file);
    assert_ok(replay(f, &wal, true), &f->err);
    assert_str(buf_str(&f->replayed), "one,two,");
    obs_wal_close(&wal);
}

static void file_of_something_else_is_refused(void **state)
{
    Fixture *f = *state;
    ObsWal wal;

    flip(f, 0);
    assert_false(replay(f, &wal, true));
    assert_int_equal(f->err.kind, ERR_INPUT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_was_written_comes_back_in_order),
        CASE(torn_end_is_cut_wherever_it_is_torn),
        CASE(torn_end_of_a_log_that_has_a_successor_is_damage),
        CASE(damage_before_the_last_frame_is_named_not_skipped),
        CASE(frames_that_were_never_synced_may_lie_behind_a_hole),
        CASE(file_of_something_else_is_refused),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
