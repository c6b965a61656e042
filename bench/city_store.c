/* SPDX-License-Identifier: EUPL-1.2 */
/* The store of observations: appending, reading and reopening 10 million values of 10,000 series,
 * and the bytes that real counts take.
 *
 *     bench_city_store [--folder FOLDER] [--series N] [--rows N] [--counts FOLDER] [--json]
 *
 * FOLDER (default: here) must lie on the disk that is to be measured. --counts names a folder of
 * the City of Münster's bicycle counts (one folder per site, a CSV file per month). */
#include "base/clock.h"
#include "base/csv.h"
#include "city/store/store.h"
#include "core/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MINUTE = 60000, YEAR = 525600, POINTS = 1000 };
static const int64_t BEGIN = 1735689600000; /* 2025-01-01 */

typedef struct Bench {
    const char *parent, *counts;
    char folder[4096];
    uint32_t series;
    size_t rows;
    bool json;
    ObsStore *store;
    Arena *arena;
    int64_t *walks; /* tenths, of each series */
    uint64_t random;
    Err err;
} Bench;

static double seconds(clockid_t clock)
{
    struct timespec at;

    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void must(bool ok, const Err *err)
{
    if (ok)
        return;
    fprintf(stderr, "bench/city_store: %s\n", err->message);
    exit(1);
}

static void show(const Bench *b, const char *name, const char *words, double value)
{
    if (b->json)
        printf("{\"bench\":\"city_store\",\"%s\":%.4g}\n", name, value);
    else
        printf("%-58s %12.4g\n", words, value);
}

static double resident_mb(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0, all = 0;

    if (file && fscanf(file, "%ld %ld", &all, &pages) != 2)
        pages = 0;
    if (file)
        fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void open_store(Bench *b, const char *name)
{
    b->store = obs_open(arena_printf(b->arena, "%s/%s", b->folder, name), NULL, &b->err);
    must(b->store != NULL, &b->err);
}

/* A temperature that walks by tenths. */
static double next_value(Bench *b, uint32_t series)
{
    b->random ^= b->random << 13;
    b->random ^= b->random >> 7;
    b->random ^= b->random << 17;
    b->walks[series] += (int64_t)(b->random % 5) - 2;
    return (double)b->walks[series] / 10;
}

/* All series report once a minute; `batch` rows at a time. */
static void append(Bench *b, size_t rows, size_t batch)
{
    ObsEntry *entries = calloc(batch, sizeof *entries);
    size_t row = 0;

    while (row < rows) {
        size_t count = 0;
        for (; count < batch && row < rows; count++, row++) {
            uint32_t series = (uint32_t)(row % b->series);
            int64_t time = BEGIN + (int64_t)(row / b->series) * MINUTE;
            entries[count] = (ObsEntry){series, obs_number(time, next_value(b, series))};
        }
        must(obs_append(b->store, entries, count, 0, NULL, &b->err), &b->err);
        must(obs_flush(b->store, false, &b->err), &b->err);
    }
    free(entries);
}

static void measure_append(Bench *b, const char *name, size_t rows, size_t batch, bool all)
{
    open_store(b, name);
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    append(b, rows, batch);
    if (all)
        must(obs_flush(b->store, true, &b->err), &b->err);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = seconds(CLOCK_MONOTONIC) - wall;
    show(b, arena_printf(b->arena, "rows_per_cpu_second_%zu", batch),
         arena_printf(b->arena, "rows per CPU second, a sync each %zu", batch), (double)rows / cpu);
    show(b, arena_printf(b->arena, "rows_per_second_%zu", batch),
         arena_printf(b->arena, "rows per second, a sync each %zu", batch), (double)rows / wall);
}

static void show_bytes(Bench *b, const char *name, const char *words)
{
    ObsStats stats = obs_stats(b->store);

    show(b, name, words, (double)stats.segment_bytes / (double)stats.rows_in_segments);
}

static void compact(Bench *b)
{
    bool more;
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

    must(obs_compact(b->store, 0, &more, &b->err), &b->err);
    show(b, "compact_cpu_seconds", "compacted into one segment, CPU seconds",
         seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

static void measure_latest(Bench *b, const char *name, const char *words)
{
    uint32_t *series = calloc(b->series, sizeof *series);
    Observation *latest = calloc(b->series, sizeof *latest);
    bool *found = calloc(b->series, sizeof *found);

    for (uint32_t i = 0; i < b->series; i++)
        series[i] = i;
    double begin = seconds(CLOCK_MONOTONIC);
    must(obs_latest(b->store, series, b->series, b->arena, latest, found, &b->err), &b->err);
    show(b, name, words, (seconds(CLOCK_MONOTONIC) - begin) * 1e3);
    free(series);
    free(latest);
    free(found);
}

static void measure_count(Bench *b)
{
    uint64_t all = 0;
    double begin = seconds(CLOCK_MONOTONIC);

    for (uint32_t i = 0; i < b->series; i++) {
        uint64_t count;
        must(obs_count(b->store, i, INT64_MIN, INT64_MAX, &count, &b->err), &b->err);
        all += count;
    }
    show(b, "count_all_ms", "count of all, ms", (seconds(CLOCK_MONOTONIC) - begin) * 1e3);
    if (all != b->rows) {
        fprintf(stderr, "bench/city_store: %llu counted\n", (unsigned long long)all);
        exit(1);
    }
}

static void measure_reopen(Bench *b, const char *folder, const char *name, const char *words)
{
    obs_close(b->store);
    double begin = seconds(CLOCK_MONOTONIC);
    open_store(b, folder);
    show(b, name, words, (seconds(CLOCK_MONOTONIC) - begin) * 1e3);
}

/* One more series: a year, `pieces` times as many values as it has minutes. */
static void append_year(Bench *b, uint32_t series, int pieces)
{
    ObsEntry *entries = calloc(YEAR, sizeof *entries);
    int64_t step = MINUTE / pieces;
    bool more;

    for (int piece = 0; piece < pieces; piece++) {
        for (int i = 0; i < YEAR; i++)
            entries[i] = (ObsEntry){series, obs_number(BEGIN + (piece * (int64_t)YEAR + i) * step,
                                                       next_value(b, i ? 1 : 0))};
        must(obs_append(b->store, entries, YEAR, 0, NULL, &b->err), &b->err);
    }
    must(obs_compact(b->store, 0, &more, &b->err), &b->err);
    free(entries);
}

static void measure_year(Bench *b, uint32_t series, int pieces, const char *key, const char *what)
{
    ObsAggregate *points = calloc(POINTS, sizeof *points);
    int64_t bounds[POINTS + 1];

    append_year(b, series, pieces);
    for (int i = 0; i <= POINTS; i++)
        bounds[i] = BEGIN + (int64_t)YEAR * MINUTE / POINTS * i;
    for (int round = 0; round < 3; round++) {
        double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
        must(obs_aggregate(b->store, series, bounds, POINTS, false, points, &b->err), &b->err);
        if (round == 2)
            show(b, key, what, (seconds(CLOCK_PROCESS_CPUTIME_ID) - begin) * 1e3);
    }
    free(points);
}

/* --- Real counts ------------------------------------------------------------------------------ */

/* "2025-09-01 00:15" as if it were UTC. */
static bool parse_time(Str text, int64_t *out)
{
    char iso[32];

    snprintf(iso, sizeof iso, "%.10s", text.len >= 16 ? text.ptr : "");
    Date date;
    int64_t hour, minute;
    if (!date_parse_iso(str_c(iso), &date) || !str_to_i64(str_slice(text, 11, 13), &hour) ||
        !str_to_i64(str_slice(text, 14, 16), &minute))
        return false;
    *out = (date_to_days(date) * 1440 + hour * 60 + minute) * MINUTE;
    return true;
}

/* Columns are the time, n counters, n statuses of these. Returns how many were appended. */
static size_t append_month(Bench *b, Str text, uint32_t first_series, size_t *channels)
{
    enum { COLUMNS = 64 };
    Csv csv = csv_read(text);
    Str values[COLUMNS];
    ObsEntry *entries = calloc(4000 * COLUMNS, sizeof *entries);
    size_t count = 0, columns;

    must(csv_next(&csv, b->arena, values, COLUMNS, &columns, &b->err), &b->err);
    *channels = (columns - 1) / 2;
    while (csv_next(&csv, b->arena, values, COLUMNS, &columns, &b->err) && columns > 0) {
        int64_t time, number, status;
        for (size_t i = 1; i <= *channels && columns == *channels * 2 + 1; i++) {
            Observation o = {.kind = OBS_NOTHING, .end = OBS_NONE, .result_time = OBS_NONE};
            if (!parse_time(values[0], &time) || count == 4000 * COLUMNS)
                continue;
            if (str_to_i64(values[i], &number))
                o = obs_number(time, (double)number);
            o.time = time;
            o.status = str_to_i64(values[i + *channels], &status) ? (uint8_t)status : UINT8_MAX;
            entries[count++] = (ObsEntry){first_series + (uint32_t)i, o};
        }
    }
    must(obs_append(b->store, entries, count, 0, NULL, &b->err), &b->err);
    free(entries);
    return count;
}

static size_t append_site(Bench *b, const char *folder, uint32_t first_series)
{
    Str *names, text;
    size_t count, channels = 0, rows = 0;

    must(folder_list(folder, b->arena, &names, &count, &b->err), &b->err);
    for (size_t i = 0; i < count; i++) {
        if (!str_ends_with(names[i], ".csv"))
            continue;
        must(folder_read_file(arena_printf(b->arena, "%s/%.*s", folder, STR_ARG(names[i])), 1 << 26,
                              b->arena, &text, &b->err),
             &b->err);
        rows += append_month(b, text, first_series, &channels);
    }
    return rows;
}

static void measure_counts(Bench *b)
{
    Str *names;
    size_t count, rows = 0;
    bool more;

    must(folder_list(b->counts, b->arena, &names, &count, &b->err), &b->err);
    open_store(b, "counts");
    for (size_t i = 0; i < count; i++) {
        const char *site = arena_printf(b->arena, "%s/%.*s", b->counts, STR_ARG(names[i]));
        if (folder_exists(site))
            rows += append_site(b, site, (uint32_t)i * 100);
    }
    must(obs_compact(b->store, 0, &more, &b->err), &b->err);
    show(b, "counts", "real counts with their status, observations", (double)rows);
    show_bytes(b, "counts_bytes", "bytes each");
    obs_close(b->store);
}

static void measure_synthetic(Bench *b)
{
    b->walks = calloc(b->series + 2u, sizeof *b->walks);
    double before = resident_mb();
    measure_append(b, "small", b->rows / 4, 2000, false);
    measure_reopen(b, "small", "reopen_log_ms", "reopened with these in the log, ms");
    obs_close(b->store);
    measure_append(b, "large", b->rows, 20000, true);
    show_bytes(b, "bytes_flushed", "bytes per observation as flushed");
    compact(b);
    show_bytes(b, "bytes", "bytes per observation, compacted");
    measure_reopen(b, "large", "reopen_ms", "reopened, ms");
    show(b, "resident_mb", "resident after reopening, MB more than before", resident_mb() - before);
    measure_latest(b, "latest_first_ms", "latest of all series, first time, ms");
    measure_latest(b, "latest_ms", "latest of all series, ms");
    measure_count(b);
    measure_year(b, b->series, 1, "year_to_1000_points_ms",
                 "a year of minutes to 1,000 points, ms of CPU");
    measure_year(b, b->series + 1, 60, "seconds_to_1000_points_ms",
                 "a year of seconds (31.5 million) to 1,000 points, ms of CPU");
    obs_close(b->store);
    free(b->walks);
}

static bool read_flags(Bench *b, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0)
            b->json = true;
        else if (more && strcmp(argv[i], "--folder") == 0)
            b->parent = argv[++i];
        else if (more && strcmp(argv[i], "--counts") == 0)
            b->counts = argv[++i];
        else if (more && strcmp(argv[i], "--series") == 0)
            b->series = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (more && strcmp(argv[i], "--rows") == 0)
            b->rows = strtoul(argv[++i], NULL, 10);
        else
            return false;
    }
    return b->series > 0 && b->rows > 0;
}

int main(int argc, char **argv)
{
    Bench b = {.parent = ".", .series = 10000, .rows = 10000000, .random = 4711};
    Err err;

    if (!read_flags(&b, argc, argv)) {
        fputs("bench_city_store [--folder FOLDER] [--series N] [--rows N] [--counts FOLDER] "
              "[--json]\n",
              stderr);
        return 2;
    }
    snprintf(b.folder, sizeof b.folder, "%s/rathaus-bench-XXXXXX", b.parent);
    if (!mkdtemp(b.folder)) {
        perror(b.folder);
        return 1;
    }
    b.arena = arena_create(0);
    if (b.counts)
        measure_counts(&b);
    else
        measure_synthetic(&b);
    arena_destroy(b.arena);
    return folder_remove(b.folder, &err) ? 0 : 1;
}
