/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"
#include "city/store/store_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static ObsRange all_of(ObsOrder order)
{
    return (ObsRange){.order = order, .from = INT64_MIN, .to = INT64_MAX};
}

/* "ordinal:number ..." of a range. */
static Str list(Fixture *f, uint32_t series, ObsRange range)
{
    ObsCursor *cursor = obs_read(f->store, series, range);
    Buf out = buf_in(f->arena);
    Observation o;

    while (obs_next(cursor, &o, &f->err))
        buf_addf(&out, "%s%llu:%g", out.len ? " " : "", (unsigned long long)o.ordinal, o.number);
    assert_int_equal(f->err.kind, ERR_NONE);
    obs_done(cursor);
    return buf_str(&out);
}

static void add(Fixture *f, uint32_t series, int64_t time, double number)
{
    ObsEntry entry = {series, obs_number(time, number)};

    assert_ok(obs_append(f->store, &entry, 1, 0, NULL, &f->err), &f->err);
}

static void late_observation_is_read_in_its_place(void **state)
{
    Fixture *f = *state;

    add(f, 1, 10, 1);
    add(f, 1, 30, 3);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    add(f, 1, 20, 2);
    assert_str(list(f, 1, all_of(OBS_BY_TIME)), "0:1 2:2 1:3");
    assert_str(list(f, 1, all_of(OBS_BY_ORDINAL)), "0:1 1:3 2:2");
}

static void changed_observation_keeps_its_ordinal_through_compaction(void **state)
{
    Fixture *f = *state;
    ObsEntry edit = {1, obs_number(15, 9)};
    ObsId gone = {1, 0};
    bool more;

    add(f, 1, 10, 1);
    add(f, 1, 20, 2);
    add(f, 1, 30, 3);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    edit.observation.ordinal = 2;
    assert_ok(obs_edit(f->store, &edit, 1, &f->err), &f->err);
    assert_ok(obs_delete(f->store, &gone, 1, &f->err), &f->err);
    for (int round = 0; round < 2; round++) {
        assert_str(list(f, 1, all_of(OBS_BY_TIME)), "2:9 1:2");
        assert_ok(obs_compact(f->store, 0, &more, &f->err), &f->err);
        assert_int_equal(obs_stats(f->store).changes, 0);
        fixture_reopen(f);
    }
    add(f, 1, 40, 4);
    assert_str(list(f, 1, all_of(OBS_BY_ORDINAL)), "1:2 2:9 3:4");
}

static void ordinal_of_the_last_is_not_given_again_when_it_was_deleted(void **state)
{
    Fixture *f = *state;
    ObsId ids[] = {{1, 0}, {1, 1}};
    bool more;

    fixture_fill(f, 1, 0, 2);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    assert_ok(obs_delete(f->store, ids, 2, &f->err), &f->err);
    assert_ok(obs_compact(f->store, 0, &more, &f->err), &f->err);
    fixture_reopen(f);
    add(f, 1, 0, 7);
    assert_str(list(f, 1, all_of(OBS_BY_TIME)), "2:7");
}

static void what_is_not_there_is_neither_edited_nor_deleted(void **state)
{
    Fixture *f = *state;
    ObsId ids[] = {{1, 0}, {1, 1}};
    ObsEntry edit = {2, obs_number(0, 0)};

    add(f, 1, 10, 1);
    assert_false(obs_delete(f->store, ids, 2, &f->err));
    assert_int_equal(f->err.kind, ERR_NOT_FOUND);
    assert_false(obs_edit(f->store, &edit, 1, &f->err));
    assert_int_equal(f->err.kind, ERR_NOT_FOUND);
    assert_str(list(f, 1, all_of(OBS_BY_TIME)), "0:1");
}

static void many_of_several_series_are_deleted_at_once_or_none(void **state)
{
    Fixture *f = *state;
    ObsId ids[] = {{1, 1}, {1, 2}, {1, 2999}, {2, 4}, {2, 0}, {2, 1}, {3, 0}};
    size_t all = sizeof ids / sizeof *ids;

    fixture_fill(f, 1, 0, 3000);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    fixture_fill(f, 2, 0, 5);
    assert_false(obs_delete(f->store, ids, all, &f->err));
    assert_int_equal(f->err.kind, ERR_NOT_FOUND);
    err_clear(&f->err);
    assert_int_equal(fixture_count(f, 1) + fixture_count(f, 2), 3005);
    assert_ok(obs_delete(f->store, ids, all - 1, &f->err), &f->err);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(fixture_count(f, 1), 2997);
        assert_str(list(f, 2, all_of(OBS_BY_ORDINAL)), "2:2 3:3");
        fixture_reopen(f);
    }
    assert_false(obs_delete(f->store, ids + 1, 1, &f->err)); /* not twice */
}

static void replacing_finds_the_same_time_wherever_it_lies(void **state)
{
    Fixture *f = *state;
    ObsEntry entries[] = {{1, obs_number(10, 100)},
                          {1, obs_number(20, 200)},
                          {1, obs_number(20, 201)},
                          {1, obs_number(30, 300)}};
    uint64_t ordinals[4];

    add(f, 1, 10, 1);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    assert_ok(obs_append(f->store, entries, 4, OBS_REPLACE, ordinals, &f->err), &f->err);
    assert_int_equal(ordinals[0], 0);
    assert_int_equal(ordinals[1], 1);
    assert_int_equal(ordinals[2], 1);
    assert_int_equal(ordinals[3], 2);
    assert_str(list(f, 1, all_of(OBS_BY_TIME)), "0:100 1:201 2:300");
    fixture_reopen(f);
    assert_str(list(f, 1, all_of(OBS_BY_TIME)), "0:100 1:201 2:300");
}

static void batch_with_one_wrong_observation_is_refused_whole(void **state)
{
    Fixture *f = *state;
    ObsEntry entries[] = {{1, obs_number(10, 1)}, {1, obs_number(20, 2)}};

    entries[1].observation.end = 5;
    assert_false(obs_append(f->store, entries, 2, 0, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_INPUT);
    assert_non_null(strstr(f->err.message, "observation 1 (series 1)"));
    assert_int_equal(fixture_count(f, 1), 0);
}

static void dropped_observations_are_gone_from_disk_after_compaction(void **state)
{
    Fixture *f = *state;
    uint32_t one = 1;
    bool more;

    fixture_fill(f, 1, 0, 5000);
    fixture_fill(f, 2, 0, 5000);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    assert_ok(obs_drop_before(f->store, &one, 1, 3000000, &f->err), &f->err);
    assert_int_equal(fixture_count(f, 1), 2000);
    assert_ok(obs_erase(f->store, 2, &f->err), &f->err);
    assert_int_equal(fixture_count(f, 2), 0);
    fixture_reopen(f);
    assert_int_equal(fixture_count(f, 1), 2000);
    assert_ok(obs_compact(f->store, 1000000, &more, &f->err), &f->err);
    assert_int_equal(obs_stats(f->store).rows_in_segments, 2000);
    assert_int_equal(fixture_count(f, 1), 2000);
    ObsEntry late = {1, obs_number(2999999, 1)}, erased = {2, obs_number(99000000, 1)};
    assert_false(obs_append(f->store, &late, 1, 0, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_INPUT);
    assert_false(obs_append(f->store, &erased, 1, 0, NULL, &f->err));
    assert_non_null(strstr(f->err.message, "erased"));
}

static void small_segments_become_one(void **state)
{
    Fixture *f = *state;
    bool more;

    for (int i = 0; i < 5; i++) {
        fixture_fill(f, 1, i * 300000, 300);
        assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    }
    assert_int_equal(obs_stats(f->store).segments, 5);
    assert_ok(obs_compact(f->store, 1000000, &more, &f->err), &f->err);
    assert_false(more);
    assert_int_equal(obs_stats(f->store).segments, 1);
    assert_int_equal(obs_stats(f->store).blocks, 2); /* full ones */
    assert_int_equal(fixture_count(f, 1), 1500);
}

static void cursor_sees_the_moment_at_which_it_began(void **state)
{
    Fixture *f = *state;
    ObsId first = {1, 0};
    Observation o;
    size_t count = 0;
    bool more;

    fixture_fill(f, 1, 0, 3000);
    ObsCursor *cursor = obs_read(f->store, 1, all_of(OBS_BY_TIME));
    fixture_fill(f, 1, 3000000, 10);
    assert_ok(obs_delete(f->store, &first, 1, &f->err), &f->err);
    assert_ok(obs_compact(f->store, 0, &more, &f->err), &f->err);
    while (obs_next(cursor, &o, &f->err))
        count++;
    obs_done(cursor);
    assert_int_equal(count, 3000);
    assert_int_equal(fixture_count(f, 1), 3009);
}

/* --- Several threads -------------------------------------------------------------------------- */

enum { WRITERS = 4, BATCHES = 60, BATCH = 20 };

typedef struct Writer {
    Fixture *f;
    int number;
    atomic_bool failed; /* the reader's: stop */
} Writer;

static void *write_on(void *context)
{
    Writer *writer = context;
    Err err = {0};

    for (int batch = 0; batch < BATCHES && !writer->failed; batch++) {
        ObsEntry entries[BATCH];
        for (int i = 0; i < BATCH; i++)
            entries[i] = (ObsEntry){(uint32_t)i % 2, obs_number(batch * BATCH + i, writer->number)};
        writer->failed = !obs_append(writer->f->store, entries, BATCH, 0, NULL, &err) ||
                         !obs_flush(writer->f->store, batch % 20 == 0, &err);
    }
    return NULL;
}

static void *read_on(void *context)
{
    Writer *reader = context;
    Err err = {0};
    uint64_t last = 0, count = 0;

    while (count < WRITERS * BATCHES * BATCH / 2 && !reader->failed) {
        ObsCursor *cursor = obs_read(reader->f->store, 0, all_of(OBS_BY_ORDINAL));
        Observation o;
        for (count = 0; obs_next(cursor, &o, &err); count++)
            if (o.ordinal != count)
                reader->failed = true;
        obs_done(cursor);
        /* Whole batches, and never fewer than before. */
        if (err.kind != ERR_NONE || count < last || count % (BATCH / 2) != 0)
            reader->failed = true;
        last = count;
    }
    return NULL;
}

static void writers_and_readers_do_not_disturb_each_other(void **state)
{
    Writer writers[WRITERS], reader = {.f = *state, .failed = false};
    pthread_t threads[WRITERS + 1];

    for (int i = 0; i < WRITERS; i++) {
        writers[i].f = *state;
        writers[i].number = i;
        atomic_init(&writers[i].failed, false);
        pthread_create(&threads[i], NULL, write_on, &writers[i]);
    }
    pthread_create(&threads[WRITERS], NULL, read_on, &reader);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        if (writers[i].failed)
            reader.failed = true; /* or it would wait for ever */
    }
    pthread_join(threads[WRITERS], NULL);
    for (int i = 0; i < WRITERS; i++)
        assert_false(writers[i].failed);
    assert_false(reader.failed);
}

/* --- Damage and want of room ------------------------------------------------------------------ */

typedef struct Faults {
    int count;
    char file[200];
    uint32_t series;
} Faults;

static void note_fault(void *context, const char *file, uint64_t offset, uint32_t series,
                       const char *what)
{
    Faults *faults = context;

    (void)what;
    assert_true(offset > 0);
    faults->count++;
    faults->series = series;
    snprintf(faults->file, sizeof faults->file, "%s", file);
}

static void flip(const char *path, off_t offset)
{
    FILE *file = fopen(path, "r+b");
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    if (offset < 0)
        offset += st.st_size;
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    fputc(byte ^ 0x10, file);
    fclose(file);
}

static void damaged_block_is_named_where_it_is_read(void **state)
{
    Fixture *f = *state;
    Faults faults = {0};
    Observation o;

    fixture_fill(f, 5, 0, 3000);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    assert_true(obs_verify(f->store, note_fault, &faults));
    const char *path = fixture_file(f, ".segment");
    obs_close(f->store);
    flip(path, 9);
    fixture_open(f);
    ObsCursor *cursor = obs_read(f->store, 5, all_of(OBS_BY_TIME));
    assert_false(obs_next(cursor, &o, &f->err));
    assert_int_equal(f->err.kind, ERR_INPUT);
    assert_non_null(strstr(f->err.message, path));
    assert_non_null(strstr(f->err.message, "offset 8, series 5"));
    obs_done(cursor);
    assert_false(obs_verify(f->store, note_fault, &faults));
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.series, 5);
    assert_string_equal(faults.file, path);
}

/* What heads tell is told without reading the blocks: here, damaged ones. */
static void counting_skipping_and_sums_do_not_read_blocks(void **state)
{
    Fixture *f = *state;
    const int64_t bounds[] = {0, 2048000};
    ObsAggregate sum;
    uint64_t count;

    fixture_fill(f, 5, 0, 3000);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    const char *path = fixture_file(f, ".segment");
    obs_close(f->store);
    flip(path, 9);
    fixture_open(f);
    assert_int_equal(fixture_count(f, 5), 3000);
    assert_ok(obs_aggregate(f->store, 5, bounds, 1, true, &sum, &f->err), &f->err);
    assert_int_equal(sum.count, 2048);
    assert_true(sum.max == 2047 && sum.max_time == 2047000 && sum.sum == 2047 * 1024.0);
    ObsCursor *cursor = obs_read(f->store, 5, all_of(OBS_BY_TIME));
    Observation o;
    assert_ok(obs_skip(cursor, 1500, &count, &f->err), &f->err);
    assert_int_equal(count, 1500);
    assert_true(obs_next(cursor, &o, &f->err));
    assert_true(o.number == 1500);
    obs_done(cursor);
}

static void damaged_directory_is_named_at_opening(void **state)
{
    Fixture *f = *state;

    fixture_fill(f, 5, 0, 10);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    const char *path = fixture_file(f, ".segment");
    obs_close(f->store);
    for (off_t from_end = 1; from_end < 90; from_end += 7) {
        flip(path, -from_end);
        assert_null(obs_open(f->folder, NULL, &f->err));
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_non_null(strstr(f->err.message, path));
        flip(path, -from_end);
    }
    fixture_open(f);
    assert_int_equal(fixture_count(f, 5), 10);
}

static void missing_manifest_is_not_taken_for_a_new_store(void **state)
{
    Fixture *f = *state;

    fixture_fill(f, 5, 0, 10);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    const char *path = fixture_file(f, "manifest");
    obs_close(f->store);
    unlink(path);
    f->store = obs_open(f->folder, NULL, &f->err);
    assert_null(f->store);
    assert_non_null(strstr(f->err.message, "manifest is missing"));
}

static void second_process_is_refused(void **state)
{
    Fixture *f = *state;

    assert_null(obs_open(f->folder, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_CONFLICT);
}

/* No file may grow beyond this, as on a full disk. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit = {bytes, RLIM_INFINITY};

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void full_disk_refuses_and_loses_nothing(void **state)
{
    Fixture *f = *state;

    fixture_fill(f, 1, 0, 1000);
    limit_files(obs_stats(f->store).log_bytes + 100);
    ObsEntry entries[100];
    for (int i = 0; i < 100; i++)
        entries[i] = (ObsEntry){1, obs_number(1000000 + i, i)};
    assert_false(obs_append(f->store, entries, 100, 0, NULL, &f->err));
    assert_int_equal(f->err.kind, ERR_TEMPORARY);
    assert_int_equal(fixture_count(f, 1), 1000);
    add(f, 1, 2000000, 5); /* there is room for one */
    limit_files(100);
    assert_false(obs_flush(f->store, true, &f->err)); /* not for a segment */
    assert_int_equal(fixture_count(f, 1), 1001);
    limit_files(RLIM_INFINITY);
    fixture_reopen(f); /* from two logs, the first without a trace of what was refused */
    assert_int_equal(fixture_count(f, 1), 1001);
    assert_ok(obs_append(f->store, entries, 100, 0, NULL, &f->err), &f->err);
    assert_ok(obs_flush(f->store, true, &f->err), &f->err);
    fixture_reopen(f);
    assert_int_equal(fixture_count(f, 1), 1101);
    Observation o;
    assert_ok(obs_find(f->store, 1, 1100, f->arena, &o, &f->err), &f->err);
    assert_true(o.number == 99);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(late_observation_is_read_in_its_place),
        CASE(changed_observation_keeps_its_ordinal_through_compaction),
        CASE(ordinal_of_the_last_is_not_given_again_when_it_was_deleted),
        CASE(what_is_not_there_is_neither_edited_nor_deleted),
        CASE(many_of_several_series_are_deleted_at_once_or_none),
        CASE(replacing_finds_the_same_time_wherever_it_lies),
        CASE(batch_with_one_wrong_observation_is_refused_whole),
        CASE(dropped_observations_are_gone_from_disk_after_compaction),
        CASE(small_segments_become_one),
        CASE(cursor_sees_the_moment_at_which_it_began),
        CASE(writers_and_readers_do_not_disturb_each_other),
        CASE(damaged_block_is_named_where_it_is_read),
        CASE(counting_skipping_and_sums_do_not_read_blocks),
        CASE(damaged_directory_is_named_at_opening),
        CASE(missing_manifest_is_not_taken_for_a_new_store),
        CASE(second_process_is_refused),
        CASE(full_disk_refuses_and_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
