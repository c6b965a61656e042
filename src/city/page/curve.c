/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/curve.h"

#include "city/query/aggregate.h"

#include <math.h>
#include <stdlib.h>

enum { LEFT = 72, HOUR_MS = 3600000 };

typedef struct Curve {
    const int64_t *bounds;
    const ObsAggregate *buckets;
    size_t count;
    Timestamp from, to;
    double low, high, step;
    bool banded;         /* buckets hold several values */
    size_t reach;        /* so many empty buckets are no gap */
    const double *limit; /* or NULL */
} Curve;

/* --- How much time a point stands for
 * ------------------------------------------------------------- */

static StaDuration period_for(Timestamp span)
{
    static const struct {
        int64_t days; /* of the whole, at most */
        StaDuration period;
    } STEPS[] = {{2, {.ms = HOUR_MS / 4}},
                 {8, {.ms = HOUR_MS}},
                 {40, {.ms = 6 * HOUR_MS}},
                 {400, {.ms = STA_MS_PER_DAY}},
                 {2600, {.ms = 7 * (int64_t)STA_MS_PER_DAY}}};

    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
        if (span <= STEPS[i].days * STA_MS_PER_DAY)
            return STEPS[i].period;
    return (StaDuration){.months = span > 30000 * (int64_t)STA_MS_PER_DAY ? 12 : 1};
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return (x > y) - (x < y);
}

/* Two and a half usual (median) distances from value to value, as for the quality: an hourly series
 * has a value in every fourth quarter of an hour. */
static void find_reach(Curve *curve, Arena *arena)
{
    size_t *apart = arena_array(arena, size_t, curve->count), known = 0, last = curve->count;

    for (size_t i = 0; i < curve->count; i++) {
        if (!curve->buckets[i].count)
            continue;
        if (last < i)
            apart[known++] = i - last;
        last = i;
    }
    qsort(apart, known, sizeof *apart, by_size);
    curve->reach = known ? apart[known / 2] * 5 / 2 - 1 : 0;
}

static bool read_buckets(CityReader *reader, const CityEntity *stream, StaTime time, bool only_good,
                         Curve *curve, Err *err)
{
    int64_t *bounds;

    curve->from = time.start;
    curve->to = time.end + 1;
    if (!city_buckets(period_for(curve->to - curve->from), curve->from, curve->to, reader->arena,
                      &bounds, &curve->count, err))
        return false;
    ObsAggregate *buckets = arena_array(reader->arena, ObsAggregate, curve->count);
    curve->bounds = bounds;
    curve->buckets = buckets;
    return obs_aggregate(reader->store, stream->series, bounds, curve->count, only_good, buckets,
                         err);
}

/* --- The plot
 * ------------------------------------------------------------------------------------- */

static void find_range(Curve *curve)
{
    curve->low = INFINITY;
    curve->high = -INFINITY;
    for (size_t i = 0; i < curve->count; i++) {
        const ObsAggregate *a = &curve->buckets[i];
        if (!a->count)
            continue;
        curve->low = fmin(curve->low, a->min);
        curve->high = fmax(curve->high, a->max);
        curve->banded |= a->max > a->min;
    }
    if (curve->limit) {
        curve->low = fmin(curve->low, *curve->limit);
        curve->high = fmax(curve->high, *curve->limit);
    }
    /* What is counted begins at nothing. */
    if (curve->low > 0 && curve->low < curve->high / 2)
        curve->low = 0;
    double span = fmax(curve->high - curve->low, fmax(fabs(curve->high) * 0.02, 0.1));
    curve->step = plot_step(span, 4);
    double top = fmax(curve->high, curve->low + span);
    curve->low = floor(curve->low / curve->step + 1e-9) * curve->step;
    curve->high = ceil(top / curve->step - 1e-9) * curve->step;
}

static int x_at(const Plot *plot, const Curve *curve, Timestamp at)
{
    return plot_x(plot, (double)(at - curve->from) / (double)(curve->to - curve->from));
}

static int y_at(const Curve *curve, double value)
{
    return plot_y((value - curve->low) / (curve->high - curve->low));
}

/* A bucket stands in its middle, within the picture. */
static int x_of(const Plot *plot, const Curve *curve, size_t i)
{
    Timestamp middle = curve->bounds[i] + (curve->bounds[i + 1] - curve->bounds[i]) / 2;

    if (middle < curve->from)
        middle = curve->from;
    return x_at(plot, curve, middle > curve->to ? curve->to : middle);
}

static double mean_of(const ObsAggregate *a)
{
    return a->sum / (double)a->count;
}

/* Buckets [from, to) that a line goes through; empty ones among them are no gap. */
typedef struct Run {
    size_t from, to;
} Run;

/* The next run at or behind `at`; from = count when there is none. */
static Run next_run(const Curve *curve, size_t at)
{
    Run run;

    while (at < curve->count && !curve->buckets[at].count)
        at++;
    run = (Run){at, at};
    for (; at < curve->count && at - run.to <= curve->reach; at++)
        if (curve->buckets[at].count)
            run.to = at + 1;
    return run;
}

/* A value alone is a point: a line from it to itself, which has round ends. */
static void draw_line(Plot *plot, const Curve *curve, Arena *arena)
{
    Buf out = buf_in(arena);
    Run run;

    for (size_t at = 0; (run = next_run(curve, at)).from < curve->count; at = run.to) {
        size_t drawn = 0;
        for (size_t i = run.from; i < run.to || (i == run.to && drawn == 1); i++) {
            size_t point = i < run.to ? i : run.from;
            if (curve->buckets[point].count)
                buf_addf(&out, "%s%d,%d", !drawn++ ? (out.len ? " M" : "") : " ",
                         x_of(plot, curve, point), y_at(curve, mean_of(&curve->buckets[point])));
        }
    }
    plot->curves[0] = out.len ? buf_str(&out) : STR_NONE;
}

static void draw_limit(Plot *plot, const Curve *curve, Arena *arena)
{
    int y = curve->limit ? y_at(curve, *curve->limit) : 0;

    if (curve->limit)
        plot->curves[1] = str_printf(arena, "%d,%d %d,%d", plot->left, y, PLOT_RIGHT, y);
}

/* From the least to the greatest of each bucket. */
static void draw_area(const Plot *plot, const Curve *curve, Run run, Buf *out)
{
    bool first = true;

    for (size_t i = run.from; i < run.to; i++) {
        if (!curve->buckets[i].count)
            continue;
        buf_addf(out, "%s%d,%d", first ? (out->len ? " M" : "") : " ", x_of(plot, curve, i),
                 y_at(curve, curve->buckets[i].max));
        first = false;
    }
    for (size_t i = run.to; i-- > run.from;)
        if (curve->buckets[i].count)
            buf_addf(out, " %d,%d", x_of(plot, curve, i), y_at(curve, curve->buckets[i].min));
    buf_add_c(out, " Z");
}

static void draw_band(Plot *plot, const Curve *curve, Arena *arena)
{
    Buf out = buf_in(arena);
    Run run;

    for (size_t at = 0; curve->banded && (run = next_run(curve, at)).from < curve->count;
         at = run.to)
        draw_area(plot, curve, run, &out);
    plot->band = out.len ? buf_str(&out) : STR_NONE;
}

static Str tick_text(Arena *arena, Str lang, Timestamp at, Timestamp span)
{
    Date day = date_in_berlin(at);
    bool english = str_is(lang, "en");

    if (span <= 2 * (int64_t)STA_MS_PER_DAY) {
        Str hours = str_printf(arena, "%d:00", minute_in_berlin(at) / 60);
        return english ? hours : str_printf(arena, "%.*s Uhr", STR_ARG(hours));
    }
    if (span <= 40 * (int64_t)STA_MS_PER_DAY)
        return str_printf(arena, english ? "%d/%d" : "%d.%d.", day.day, day.month);
    return str_printf(arena, "%d/%d", day.month, day.year);
}

/* Six to twelve, at whole hours, days or months. */
static bool add_times(Plot *plot, const Curve *curve, Arena *arena, Str lang, Err *err)
{
    Timestamp span = curve->to - curve->from, day = STA_MS_PER_DAY;
    StaDuration apart = span <= 2 * day     ? (StaDuration){.ms = 4 * HOUR_MS}
                        : span <= 10 * day  ? (StaDuration){.ms = day}
                        : span <= 40 * day  ? (StaDuration){.ms = 5 * day}
                        : span <= 200 * day ? (StaDuration){.months = 1}
                                            : (StaDuration){.months = 2};
    int64_t *bounds;
    size_t count;

    while (apart.months && span / (apart.months * 30 * day) > 10)
        apart.months =
            apart.months < 12 ? apart.months * 3 / (apart.months == 2 ? 1 : 2) : apart.months * 2;
    if (!city_buckets(apart, curve->from, curve->to, arena, &bounds, &count, err))
        return false;
    for (size_t i = 0; i <= count; i++)
        if (bounds[i] >= curve->from && bounds[i] < curve->to)
            plot_add_time(plot, (double)(bounds[i] - curve->from) / (double)span,
                          tick_text(arena, lang, bounds[i], span));
    return true;
}

static void add_levels(Plot *plot, const Curve *curve, Arena *arena, Str lang)
{
    for (double level = curve->low; level <= curve->high + curve->step / 1000; level += curve->step)
        plot_add_level(plot, (level - curve->low) / (curve->high - curve->low),
                       city_number_text(arena, lang, level));
}

/* --- The table and the sentence
 * ------------------------------------------------------------------- */

static void add_rows(SeriesPage *page, const Curve *curve, Arena *arena, Str lang)
{
    for (size_t i = 0; i < curve->count && page->row_count < SERIES_ROWS_MAX; i++) {
        const ObsAggregate *a = &curve->buckets[i];
        if (a->count)
            page->rows[page->row_count++] = (SeriesRow){
                timestamp_long(arena, curve->bounds[i], lang),
                city_number_text(arena, lang, mean_of(a)), city_number_text(arena, lang, a->min),
                city_number_text(arena, lang, a->max)};
    }
}

static void say(SeriesPage *page, const Curve *curve, Arena *arena, Str lang, Str unit)
{
    double sum = 0;
    uint64_t count = 0;
    size_t least = SIZE_MAX, most = SIZE_MAX;

    for (size_t i = 0; i < curve->count; i++) {
        const ObsAggregate *a = &curve->buckets[i];
        if (!a->count)
            continue;
        sum += a->sum;
        count += a->count;
        least = least == SIZE_MAX || a->min < curve->buckets[least].min ? i : least;
        most = most == SIZE_MAX || a->max > curve->buckets[most].max ? i : most;
    }
    if (!count)
        return;
    const ObsAggregate *low = &curve->buckets[least], *high = &curve->buckets[most];
    page->summary = trf(arena, lang,
                        "Im Mittel %.*s. Kleinster Wert: %.*s am %.*s. Größter Wert: %.*s am %.*s.",
                        STR_ARG(city_measure_text(arena, lang, sum / (double)count, unit)),
                        STR_ARG(city_measure_text(arena, lang, low->min, unit)),
                        STR_ARG(timestamp_long(arena, low->min_time, lang)),
                        STR_ARG(city_measure_text(arena, lang, high->max, unit)),
                        STR_ARG(timestamp_long(arena, high->max_time, lang)));
}

bool city_curve(CityReader *reader, const CityEntity *stream, StaTime time, Str lang,
                SeriesPage *page, Err *err)
{
    Curve curve = {.limit = page->limit};
    Arena *arena = reader->arena;

    if (!read_buckets(reader, stream, time, page->only_good, &curve, err))
        return false;
    say(page, &curve, arena, lang, str_copy(arena, city_unit(stream)));
    if (!page->summary.len)
        return true;
    find_range(&curve);
    find_reach(&curve, arena);
    page->plot = (Plot){.left = LEFT, .words = page->summary};
    draw_line(&page->plot, &curve, arena);
    draw_band(&page->plot, &curve, arena);
    draw_limit(&page->plot, &curve, arena);
    add_levels(&page->plot, &curve, arena, lang);
    add_rows(page, &curve, arena, lang);
    return add_times(&page->plot, &curve, arena, lang, err);
}
