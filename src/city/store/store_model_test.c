/* SPDX-License-Identifier: EUPL-1.2 */
/* Any history of appends, edits, deletions, flushes, compactions and reopenings reads as a plain
 * list does. STEPS and SEED may be set: `SEED=7 STEPS=100000 build/city_store_model_test`. */
#include "base/test_random.h"
#include "city/store/store.h"
#include "core/test_folder.h"

#include <math.h>

enum { SERIES = 3, ROWS_MAX = 60000, BATCH = 60, TIMES = 200000 };

typedef struct ModelSeries {
    Observation rows[ROWS_MAX];
    bool there[ROWS_MAX];
    size_t count;
    int64_t horizon, clock;
} ModelSeries;

typedef struct Model {
    char folder[TEST_FOLDER_MAX];
    ObsStore *store;
    TestRandom random;
    Arena *arena;
    ModelSeries series[SERIES];
    Err err;
} Model;

static const Str TEXTS[] = {{"\"an\"", 4}, {"{\"a\":1}", 7}, {"", 0}, {"[1,2,3]", 7}};

static int64_t pick(Model *m, int64_t low, int64_t high)
{
    return test_pick(&m->random, low, high);
}

static void open_store(Model *m)
{
    ObsOptions options = {.flush_rows = 500, .flush_bytes = 1 << 20};

    m->store = obs_open(m->folder, &options, &m->err);
    if (!m->store)
        fail_msg("%s", m->err.message);
}

/* Mostly a little later than the last, sometimes late; often plain, sometimes rare in some way. */
static Observation make_row(Model *m, ModelSeries *series)
{
    bool late = pick(m, 0, 9) == 0;
    int64_t time = late ? pick(m, 0, series->clock) : (series->clock += pick(m, 0, 3) * 5);
    Observation o = obs_number(time, (double)pick(m, -300, 300) / 10);

    if (o.time < series->horizon)
        o.time = series->horizon + pick(m, 0, 100);
    /* The others are mostly plain: of their blocks the heads alone are read. */
    switch (pick(m, 0, series == m->series ? 30 : 5000)) {
    case 0: o.end = o.time + pick(m, 0, 900); break;
    case 1: o.kind = OBS_NOTHING; break;
    case 2: o.feature = pick(m, -5, 1000); break;
    case 3: o.status = (uint8_t)pick(m, 0, 255); break;
    case 4: o.extra = TEXTS[pick(m, 0, 3)]; break;
    case 5:
        o.kind = OBS_TEXT;
        o.text = TEXTS[pick(m, 0, 3)];
        break;
    case 6: o.number = (double)pick(m, 1, 100) / 7; break;
    case 7: o.number = -0.0; break;
    case 8: o.result_time = o.time + pick(m, -10, (int64_t)1 << 40); break;
    default:
        if (pick(m, 0, 1))
            o.result_time = o.time + 7;
    }
    if (o.kind != OBS_NUMBER)
        o.number = 0;
    return o;
}

static bool seen(const ModelSeries *series, size_t i)
{
    return series->there[i] && series->rows[i].time >= series->horizon;
}

/* The last row of this time that is there, or -1. */
static ptrdiff_t find_time(const ModelSeries *series, int64_t time)
{
    ptrdiff_t found = -1;

    for (size_t i = 0; i < series->count; i++)
        if (seen(series, i) && series->rows[i].time == time)
            found = (ptrdiff_t)i;
    return found;
}

static void append(Model *m, bool replace)
{
    ObsEntry entries[BATCH];
    uint64_t ordinals[BATCH];
    size_t count = (size_t)pick(m, 1, replace ? 5 : BATCH);

    for (size_t i = 0; i < count; i++) {
        uint32_t number = (uint32_t)pick(m, 0, SERIES - 1);
        ModelSeries *series = &m->series[number];
        Observation row = make_row(m, series);
        ptrdiff_t same = replace ? find_time(series, row.time) : -1;

        entries[i] = (ObsEntry){number, row};
        assert_true(series->count < ROWS_MAX);
        row.ordinal = same < 0 ? series->count : (uint64_t)same;
        ordinals[i] = row.ordinal;
        series->rows[row.ordinal] = row;
        series->there[row.ordinal] = true;
        series->count += same < 0;
    }
    uint64_t given[BATCH];
    assert_ok(obs_append(m->store, entries, count, replace ? OBS_REPLACE : 0, given, &m->err),
              &m->err);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(given[i], ordinals[i]);
}

static void edit_or_delete(Model *m)
{
    uint32_t number = (uint32_t)pick(m, 0, SERIES - 1);
    ModelSeries *series = &m->series[number];
    uint64_t ordinal = (uint64_t)pick(m, 0, (int64_t)series->count);
    bool there = ordinal < series->count && seen(series, ordinal), ok;

    if (pick(m, 0, 1)) {
        ok = obs_delete(m->store, &(ObsId){number, ordinal}, 1, &m->err);
        if (there)
            series->there[ordinal] = false;
    } else {
        ObsEntry entry = {number, make_row(m, series)};
        entry.observation.ordinal = ordinal;
        ok = obs_edit(m->store, &entry, 1, &m->err);
        if (there)
            series->rows[ordinal] = entry.observation;
    }
    assert_int_equal(ok, there);
    if (!ok)
        assert_int_equal(m->err.kind, ERR_NOT_FOUND);
}

static void drop(Model *m)
{
    uint32_t number = (uint32_t)pick(m, 0, SERIES - 1);
    ModelSeries *series = &m->series[number];
    int64_t time = pick(m, 0, series->clock / 2);

    assert_ok(obs_drop_before(m->store, &number, 1, time, &m->err), &m->err);
    if (time > series->horizon)
        series->horizon = time;
}

static void same(const Observation *a, const Observation *b)
{
    assert_int_equal(a->ordinal, b->ordinal);
    assert_int_equal(a->time, b->time);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->result_time, b->result_time);
    assert_int_equal(a->feature, b->feature);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->status, b->status);
    assert_memory_equal(&a->number, &b->number, sizeof a->number);
    assert_true(str_eq(a->text, b->text));
    assert_true(str_eq(a->extra, b->extra) && !a->extra.ptr == !b->extra.ptr);
}

static int by_time(const void *a, const void *b)
{
    const Observation *left = a, *right = b;

    if (left->time != right->time)
        return left->time < right->time ? -1 : 1;
    return (left->ordinal > right->ordinal) - (left->ordinal < right->ordinal);
}

/* What a cursor over the range must give. */
static Observation *expect(Model *m, const ModelSeries *series, ObsRange range, size_t *count)
{
    Observation *rows = arena_array(m->arena, Observation, series->count + 1);

    *count = 0;
    for (size_t i = 0; i < series->count; i++) {
        int64_t key = range.order == OBS_BY_TIME ? series->rows[i].time : (int64_t)i;
        if (seen(series, i) && key >= range.from && key < range.to)
            rows[(*count)++] = series->rows[i];
    }
    if (range.order == OBS_BY_TIME)
        qsort(rows, *count, sizeof *rows, by_time);
    for (size_t i = 0; range.backward && i < *count / 2; i++) {
        Observation kept = rows[i];
        rows[i] = rows[*count - 1 - i];
        rows[*count - 1 - i] = kept;
    }
    return rows;
}

static ObsRange any_range(Model *m, const ModelSeries *series)
{
    ObsRange range = {.order = pick(m, 0, 1) ? OBS_BY_TIME : OBS_BY_ORDINAL,
                      .backward = pick(m, 0, 1)};
    int64_t end = range.order == OBS_BY_TIME ? series->clock + 10 : (int64_t)series->count + 2;

    range.from = pick(m, 0, 3) ? pick(m, -2, end) : INT64_MIN;
    range.to = pick(m, 0, 3) ? pick(m, range.from < 0 ? 0 : range.from, end) : INT64_MAX;
    return range;
}

static void check_cursor(Model *m, uint32_t number)
{
    ModelSeries *series = &m->series[number];
    ObsRange range = any_range(m, series);
    size_t count, at = 0;
    Observation *rows = expect(m, series, range, &count), got;
    ObsCursor *cursor = obs_read(m->store, number, range);

    while (at < count) {
        if (pick(m, 0, 20) == 0) {
            uint64_t wanted = (uint64_t)pick(m, 0, 3000), skipped;
            assert_ok(obs_skip(cursor, wanted, &skipped, &m->err), &m->err);
            assert_int_equal(skipped, wanted < count - at ? wanted : count - at);
            at += skipped;
            continue;
        }
        if (!obs_next(cursor, &got, &m->err))
            fail_msg("ended at %zu of %zu: %s", at, count, m->err.message);
        same(&got, &rows[at++]);
    }
    assert_false(obs_next(cursor, &got, &m->err));
    assert_int_equal(m->err.kind, ERR_NONE);
    obs_done(cursor);
}

/* Of the whole series, as it is remembered and as it is counted. */
static void check_whole_count(Model *m, uint32_t number)
{
    size_t count;
    uint64_t whole, counted;

    expect(m, &m->series[number], (ObsRange){.from = INT64_MIN, .to = INT64_MAX}, &count);
    assert_ok(obs_count(m->store, number, INT64_MIN, INT64_MAX, &whole, &m->err), &m->err);
    assert_ok(obs_count(m->store, number, INT64_MIN + 1, INT64_MAX, &counted, &m->err), &m->err);
    assert_int_equal(whole, count);
    assert_int_equal(counted, count);
}

static void check_sums(Model *m, uint32_t number)
{
    enum { BUCKETS = 5 };
    ModelSeries *series = &m->series[number];
    int64_t bounds[BUCKETS + 1], from = pick(m, 0, 1) ? pick(m, -10, series->clock) : -10;
    ObsAggregate sums[BUCKETS];
    bool only_good = pick(m, 0, 1);

    for (int i = 0; i <= BUCKETS; i++)
        bounds[i] = from + i * pick(m, 0, series->clock / 4);
    for (int i = 1; i <= BUCKETS; i++)
        bounds[i] = bounds[i] < bounds[i - 1] ? bounds[i - 1] : bounds[i];
    assert_ok(obs_aggregate(m->store, number, bounds, BUCKETS, only_good, sums, &m->err), &m->err);
    for (int b = 0; b < BUCKETS; b++) {
        size_t count, numbers = 0;
        ObsRange range = {.from = bounds[b], .to = bounds[b + 1]};
        Observation *rows = expect(m, series, range, &count);
        uint64_t counted;

        assert_ok(obs_count(m->store, number, bounds[b], bounds[b + 1], &counted, &m->err),
                  &m->err);
        assert_int_equal(counted, count);
        double sum = 0, min = INFINITY, max = -INFINITY;
        int64_t min_time = 0, max_time = 0;
        Observation first = {0}, last = {0};
        for (size_t i = 0; i < count; i++) {
            if (rows[i].kind != OBS_NUMBER || (only_good && rows[i].status))
                continue;
            first = numbers++ == 0 ? rows[i] : first;
            last = rows[i];
            sum += rows[i].number;
            if (rows[i].number < min) {
                min = rows[i].number;
                min_time = rows[i].time;
            }
            if (rows[i].number > max) {
                max = rows[i].number;
                max_time = rows[i].time;
            }
        }
        assert_int_equal(sums[b].count, numbers);
        if (numbers == 0)
            continue;
        assert_true(fabs(sums[b].sum - sum) < 1e-6);
        assert_true(sums[b].min == min && sums[b].max == max);
        assert_int_equal(sums[b].min_time, min_time);
        assert_int_equal(sums[b].max_time, max_time);
        assert_true(sums[b].first == first.number && sums[b].last == last.number);
        assert_int_equal(sums[b].first_ordinal, first.ordinal);
        assert_int_equal(sums[b].last_ordinal, last.ordinal);
        assert_int_equal(sums[b].last_time, last.time);
    }
}

static void check_latest(Model *m)
{
    uint32_t numbers[SERIES];
    Observation latest[SERIES];
    bool found[SERIES];

    for (uint32_t i = 0; i < SERIES; i++)
        numbers[i] = i;
    assert_ok(obs_latest(m->store, numbers, SERIES, m->arena, latest, found, &m->err), &m->err);
    for (uint32_t i = 0; i < SERIES; i++) {
        ObsRange all = {.backward = true, .from = INT64_MIN, .to = INT64_MAX};
        size_t count;
        Observation *rows = expect(m, &m->series[i], all, &count);

        assert_int_equal(found[i], count > 0);
        if (count > 0)
            same(&latest[i], &rows[0]);
    }
}

static void no_fault(void *context, const char *file, uint64_t offset, uint32_t series,
                     const char *what)
{
    (void)context;
    fail_msg("%s: %llu: series %u: %s", file, (unsigned long long)offset, series, what);
}

static void check_some(Model *m)
{
    uint32_t number = (uint32_t)pick(m, 0, SERIES - 1);

    check_cursor(m, number);
    check_sums(m, number);
    check_whole_count(m, number);
    check_latest(m);
    arena_reset(m->arena);
}

static void step(Model *m)
{
    int64_t what = pick(m, 0, 99);
    bool more;

    if (what < 50)
        append(m, false);
    else if (what < 60)
        append(m, true);
    else if (what < 80)
        edit_or_delete(m);
    else if (what < 82)
        drop(m);
    else if (what < 87)
        assert_ok(obs_flush(m->store, pick(m, 0, 1), &m->err), &m->err);
    else if (what < 89)
        assert_ok(obs_compact(m->store, (uint64_t)pick(m, 0, 3000), &more, &m->err), &m->err);
    else if (what < 91) {
        obs_close(m->store);
        open_store(m);
    } else {
        check_some(m);
    }
}

static long setting(const char *name, long otherwise)
{
    const char *text = getenv(name);

    return text ? strtol(text, NULL, 10) : otherwise;
}

static void any_history_reads_as_a_plain_list(void **state)
{
    Model *m = calloc(1, sizeof *m);
    long seed = setting("SEED", 4711), steps = setting("STEPS", 3000);

    (void)state;
    assert_non_null(m);
    print_message("seed %ld, %ld steps\n", seed, steps);
    m->random.state = (uint64_t)seed;
    m->arena = arena_create(0);
    test_folder_make(m->folder);
    for (int i = 0; i < SERIES; i++)
        m->series[i].horizon = INT64_MIN;
    open_store(m);
    for (long i = 0; i < steps && m->series[0].count + BATCH < ROWS_MAX; i++)
        step(m);
    for (int i = 0; i < 50; i++)
        check_some(m);
    assert_true(obs_verify(m->store, no_fault, NULL));
    obs_close(m->store);
    test_folder_remove(m->folder);
    arena_destroy(m->arena);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_history_reads_as_a_plain_list)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
