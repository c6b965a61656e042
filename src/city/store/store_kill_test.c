/* SPDX-License-Identifier: EUPL-1.2 */
/* Killed at any moment, the store has all that it acknowledged, once. ROUNDS may be set. */
#include "city/store/store_fixture.h"

#include "base/test_random.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SERIES = 4, BATCH = 50 };

/* What the child tells: this batch is on disk. */
typedef struct Told {
    bool any; /* false: the child was killed before it could tell */
    uint64_t batch;
    uint64_t ordinals[BATCH];
} Told;

/* Batch n: numbers n * BATCH + i in the series i % SERIES, at times that are partly late. */
static ObsEntry entry_of(uint64_t batch, size_t i)
{
    int64_t number = (int64_t)(batch * BATCH + i);
    int64_t time = i % 7 == 0 ? number - 300 : number;

    return (ObsEntry){(uint32_t)(i % SERIES), obs_number(time * 1000, (double)number)};
}

/* Append, and keep house now and then, until killed. */
static void append_for_ever(const char *folder, int pipe, uint64_t batch)
{
    ObsOptions options = {.flush_rows = 700, .flush_bytes = 1 << 20};
    Err err = {0};
    ObsStore *store = obs_open(folder, &options, &err);
    bool more;

    for (; store; batch++) {
        ObsEntry entries[BATCH];
        Told told = {.any = true, .batch = batch};

        for (size_t i = 0; i < BATCH; i++)
            entries[i] = entry_of(batch, i);
        if (!obs_append(store, entries, BATCH, 0, told.ordinals, &err) ||
            write(pipe, &told, sizeof told) != sizeof told)
            break;
        if (!obs_flush(store, false, &err) ||
            (batch % 60 == 59 && !obs_compact(store, 100000, &more, &err)))
            break;
    }
    fprintf(stderr, "child: %s\n", err.message);
    _exit(1);
}

/* Kill a child after so many microseconds; the last batch that it acknowledged comes back. */
static Told run_and_kill(Fixture *f, uint64_t batch, unsigned microseconds)
{
    Told told, last = {.batch = batch - 1};
    int ends[2], status;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        append_for_ever(f->folder, ends[1], batch);
    }
    close(ends[1]);
    usleep(microseconds);
    kill(child, SIGKILL);
    while (read(ends[0], &told, sizeof told) == sizeof told)
        last = told;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return last;
}

/* All batches up to some one are there, each observation once and at its ordinal. The last one may
 * be more than was told, for the child was killed between both. */
static uint64_t check(Fixture *f, const Told *told)
{
    uint64_t per_series[SERIES] = {0}, batches = 0;

    for (uint32_t series = 0; series < SERIES; series++) {
        ObsCursor *cursor =
            obs_read(f->store, series, (ObsRange){.order = OBS_BY_ORDINAL, .to = INT64_MAX});
        uint64_t batch = 0;
        size_t i = series;
        Observation o;
        while (obs_next(cursor, &o, &f->err)) {
            assert_int_equal(o.ordinal, per_series[series]++);
            assert_true(o.number == entry_of(batch, i).observation.number);
            if (told->any && batch == told->batch)
                assert_int_equal(o.ordinal, told->ordinals[i]);
            i += SERIES;
            if (i >= BATCH) {
                i = series;
                batch++;
            }
        }
        assert_int_equal(f->err.kind, ERR_NONE);
        assert_int_equal(i, series); /* whole batches */
        obs_done(cursor);
        assert_true(series == 0 || batch == batches);
        batches = batch;
    }
    assert_true(batches >= told->batch + 1);
    return batches;
}

static void nothing_acknowledged_is_lost_or_doubled(void **state)
{
    Fixture *f = *state;
    const char *text = getenv("ROUNDS");
    long rounds = text ? strtol(text, NULL, 10) : 10;
    TestRandom random = {(uint64_t)getpid()};
    uint64_t batches = 0;

    print_message("seed %d\n", (int)getpid());
    for (long round = 0; round < rounds; round++) {
        obs_close(f->store);
        f->store = NULL;
        Told told = run_and_kill(f, batches, (unsigned)test_pick(&random, 5000, 400000));
        fixture_open(f);
        batches = check(f, &told);
    }
    print_message("%llu batches\n", (unsigned long long)batches);
    assert_true(batches > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_acknowledged_is_lost_or_doubled, fixture_set_up,
                                        fixture_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
