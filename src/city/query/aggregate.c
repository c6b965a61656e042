/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/aggregate.h"

#include "city/query/write.h"
#include "city/sta/plan.h"

/* --- Buckets -----------------------------------------------------------------------------------
 */

typedef struct Bounds {
    int64_t *items;
    size_t count, capacity;
} Bounds;

static bool divides_a_day(StaDuration period)
{
    return !period.months && STA_MS_PER_DAY % period.ms == 0;
}

/* Where the bucket that holds `at` begins. */
static Timestamp bucket_of(StaDuration period, Timestamp at)
{
    Date day = date_in_berlin(at);

    if (period.months) {
        int64_t months = day.year * 12 + day.month - 1;
        months -= months % period.months;
        return timestamp_of_berlin_day((Date){(int)(months / 12), (int)(months % 12) + 1, 1});
    }
    if (period.ms % STA_MS_PER_DAY == 0) {
        int64_t days = date_to_days(day), step = period.ms / STA_MS_PER_DAY;
        return timestamp_of_berlin_day(date_from_days(days - ((days % step) + step) % step));
    }
    if (divides_a_day(period)) {
        Timestamp midnight = timestamp_of_berlin_day(day);
        return at - (at - midnight) % period.ms;
    }
    return at - ((at % period.ms) + period.ms) % period.ms;
}

/* Where the next one begins. */
static Timestamp next_bucket(StaDuration period, Timestamp begins)
{
    Date day = date_in_berlin(begins);

    if (period.months)
        return timestamp_of_berlin_day(date_add_months(day, (int)period.months));
    if (period.ms % STA_MS_PER_DAY == 0)
        return timestamp_of_berlin_day(date_add_days(day, period.ms / STA_MS_PER_DAY));
    Timestamp midnight = timestamp_of_berlin_day(date_add_days(day, 1));
    /* Days of 23 and 25 hours end with a shorter one. */
    bool over = divides_a_day(period) && begins + period.ms > midnight;
    return over ? midnight : begins + period.ms;
}

bool city_buckets(StaDuration period, Timestamp from, Timestamp to, Arena *arena, int64_t **bounds,
                  size_t *count, Err *err)
{
    Bounds all = {0};
    bool whole = period.months == 0 && period.ms == 0;

    if (period.months < 0 || period.ms < 0 || (period.months && period.ms) || period.months > 12000)
        return err_set(err, ERR_INPUT,
                       "$aggregate counts by months and years, or by days, hours, "
                       "minutes and seconds, not both");
    VEC_PUSH(arena, &all, whole ? from : bucket_of(period, from));
    while (whole ? all.count < 2 : all.items[all.count - 1] < to) {
        Timestamp next = whole ? to : next_bucket(period, all.items[all.count - 1]);
        VEC_PUSH(arena, &all, next);
        if (all.count > CITY_BUCKETS_MAX + 1)
            return err_set(err, ERR_INPUT,
                           "these are more than %d periods; ask for longer ones, or for a shorter "
                           "time",
                           CITY_BUCKETS_MAX);
    }
    *bounds = all.items;
    *count = all.count - 1;
    return true;
}

/* --- What is asked -----------------------------------------------------------------------------
 */

static bool is_time_path(const StaExpr *expr)
{
    return expr->kind == STA_PATH && expr->slot == 0 && expr->property && !expr->steps.count &&
           strcmp(expr->property->name, "phenomenonTime") == 0;
}

static bool has_path(const StaExpr *expr)
{
    if (expr->kind == STA_PATH || expr->kind == STA_SOME)
        return true;
    for (size_t i = 0; i < expr->count; i++)
        if (has_path(expr->items[i]))
            return true;
    return false;
}

/* phenomenonTime against a time: what the plan's bounds tell whole. */
static bool is_bound(const StaExpr *expr)
{
    return expr->kind == STA_OPERATION && expr->op >= STA_EQ && expr->op <= STA_LE &&
           expr->op != STA_NE && expr->count == 2 &&
           ((is_time_path(expr->items[0]) && !has_path(expr->items[1])) ||
            (is_time_path(expr->items[1]) && !has_path(expr->items[0])));
}

/* The Datastream and the time that are meant. */
static bool find_asked(CityReader *reader, const CityScope *scope, const StaOptions *options,
                       const CityEntity **stream, StaTime *time, Err *err)
{
    StaPlan plan = {.phenomenon = {STA_FIRST_INSTANT, STA_LAST_INSTANT}};

    *stream = scope->parent;
    if (scope->entity != STA_OBSERVATION || !*stream || (*stream)->type != STA_DATASTREAM)
        return err_set(err, ERR_INPUT,
                       "$aggregate is for one Datastream: Datastreams(1)/Observations");
    if (options->filter)
        sta_plan(reader->arena, options->filter, reader->now, &plan);
    bool bounded = !plan.ids.given && !plan.streams.given && !plan.result_given;
    for (size_t i = 0; i < plan.rest_count; i++)
        bounded = bounded && is_bound(plan.rest[i]);
    if (!bounded)
        return err_set(
            err, ERR_UNSUPPORTED,
            "with $aggregate, $filter knows only phenomenonTime, lt, le, ge, gt and and");
    bool there = city_stream_time(reader, *stream, time, err);
    if (!there)
        *time = (StaTime){.start = 0, .end = -1};
    if (plan.phenomenon.least > time->start)
        time->start = plan.phenomenon.least;
    if (plan.phenomenon.most < time->end)
        time->end = plan.phenomenon.most;
    return err->kind == ERR_NONE;
}

/* --- The answer --------------------------------------------------------------------------------
 */

static void write_number(Buf *out, const char *name, StaValue value)
{
    buf_addf(out, ",\"%s\":", name);
    city_write_value(value, out);
}

static void write_bucket(unsigned asked, const ObsAggregate *a, int64_t from, int64_t to, Buf *out)
{
    buf_add_c(out, "{\"phenomenonTime\":\"");
    sta_time_write(out, (StaTime){.start = from, .end = to});
    buf_add_char(out, '"');
    if (asked & STA_AGGREGATE_COUNT)
        write_number(out, "count", sta_whole((int64_t)a->count));
    if (asked & STA_AGGREGATE_MIN)
        write_number(out, "min", sta_number(a->min));
    if (asked & STA_AGGREGATE_MAX)
        write_number(out, "max", sta_number(a->max));
    if (asked & STA_AGGREGATE_MEAN)
        write_number(out, "mean", sta_number(a->sum / (double)a->count));
    if (asked & STA_AGGREGATE_SUM)
        write_number(out, "sum", sta_number(a->sum));
    if (asked & STA_AGGREGATE_FIRST)
        write_number(out, "first", sta_number(a->first));
    if (asked & STA_AGGREGATE_LAST)
        write_number(out, "last", sta_number(a->last));
    buf_add_char(out, '}');
}

bool city_write_aggregates(CityReader *reader, const CityScope *scope, const StaOptions *options,
                           Buf *out, Err *err)
{
    const CityEntity *stream;
    StaTime time;
    int64_t *bounds;
    size_t count = 0, written = 0;
    ObsAggregate *buckets = NULL;

    if (!find_asked(reader, scope, options, &stream, &time, err))
        return false;
    if (time.start <= time.end) {
        if (!city_buckets(options->period, time.start, time.end + 1, reader->arena, &bounds, &count,
                          err))
            return false;
        /* What lies outside of the time that is asked for does not count. */
        bounds[0] = time.start;
        bounds[count] = time.end + 1;
        buckets = arena_array(reader->arena, ObsAggregate, count);
        if (!obs_aggregate(reader->store, stream->series, bounds, count, false, buckets, err))
            return false;
    }
    buf_add_c(out, "{\"value\":[");
    for (size_t i = 0; i < count; i++) {
        if (!buckets[i].count)
            continue;
        if (written++)
            buf_add_char(out, ',');
        write_bucket(options->aggregates, &buckets[i], bounds[i], bounds[i + 1], out);
    }
    buf_add_c(out, "]}");
    return true;
}
