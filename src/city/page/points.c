/* SPDX-License-Identifier: EUPL-1.2 */
/* GET /stadtdaten/reihe/:id/werte.json: a Datastream's numbers between two moments, for a chart
 * that is moved: as they are when they are few, else mean, least and greatest of as many equal
 * parts of the time. What is of no use in the address is refused (400). */
#include "city/http/sta.h"
#include "city/page/page.h"

#include <math.h>

enum { POINTS_DEFAULT = 600, POINTS_MAX = 4000 };

typedef struct Asked {
    int64_t from, to; /* ms; `to` belongs to it */
    size_t points;
    bool only_good;
} Asked;

/* A whole number of the address, where it is there; else `*value` stays as it is. */
static bool read_number(const Request *req, const char *name, int64_t least, int64_t most,
                        int64_t *value, Err *err)
{
    Str text = request_query(req, name);

    if (!text.ptr || (str_to_i64(text, value) && *value >= least && *value <= most))
        return true;
    return err_field(err, name, "\"%s\" is a whole number from %lld to %lld, not \"%.*s\"", name,
                     (long long)least, (long long)most, STR_ARG(str_slice(text, 0, 40)));
}

/* What is left out is the whole. */
static bool read_asked(const Request *req, StaTime whole, Asked *out, Err *err)
{
    Str values = request_query(req, "werte");
    int64_t points = POINTS_DEFAULT;

    *out = (Asked){.from = whole.start, .to = whole.end, .only_good = str_is(values, "gut")};
    if (!read_number(req, "von", STA_FIRST_INSTANT, STA_LAST_INSTANT, &out->from, err) ||
        !read_number(req, "bis", STA_FIRST_INSTANT, STA_LAST_INSTANT, &out->to, err) ||
        !read_number(req, "punkte", 2, POINTS_MAX, &points, err))
        return false;
    if (values.ptr && !out->only_good)
        return err_field(err, "werte", "\"werte\" is \"gut\" or left out, not \"%.*s\"",
                         STR_ARG(str_slice(values, 0, 40)));
    if (out->to < out->from && request_query(req, "von").ptr && request_query(req, "bis").ptr)
        return err_field(err, "bis", "\"bis\" is before \"von\"");
    if (out->to < out->from)
        out->to = out->from; /* all that was measured lies on the other side */
    out->points = (size_t)points;
    return true;
}

/* Four columns: time, mean, least, greatest. */
typedef struct Columns {
    Buf items[4];
    size_t count;
} Columns;

static void add(Columns *columns, int64_t time, bool any, const double values[3])
{
    for (size_t i = 0; i < 4; i++)
        if (columns->count)
            buf_add_char(&columns->items[i], ',');
    columns->count++;
    buf_add_i64(&columns->items[0], time);
    for (size_t i = 0; i < 3; i++)
        buf_add(&columns->items[i + 1],
                any ? sta_value_text(columns->items[i].arena, sta_number(values[i])) : STR("null"));
}

static bool add_values(CityReader *reader, const CityEntity *stream, const Asked *asked,
                       Columns *columns, Err *err)
{
    ObsRange range = {.from = asked->from, .to = asked->to + 1};
    ObsCursor *cursor = obs_read(reader->store, stream->series, range);
    Observation o;

    while (obs_next(cursor, &o, err)) {
        double all[3] = {o.number, o.number, o.number};
        if (o.kind == OBS_NUMBER && isfinite(o.number) && (!asked->only_good || !o.status))
            add(columns, o.time, true, all);
    }
    obs_done(cursor);
    return err->kind == ERR_NONE;
}

static bool add_parts(CityReader *reader, const CityEntity *stream, const Asked *asked,
                      Columns *columns, Err *err)
{
    int64_t *bounds = arena_array(reader->arena, int64_t, asked->points + 1);
    ObsAggregate *parts = arena_array(reader->arena, ObsAggregate, asked->points);
    double span = (double)(asked->to + 1 - asked->from);

    for (size_t i = 0; i <= asked->points; i++)
        bounds[i] = asked->from + (int64_t)(span * (double)i / (double)asked->points);
    if (!obs_aggregate(reader->store, stream->series, bounds, asked->points, asked->only_good,
                       parts, err))
        return false;
    for (size_t i = 0; i < asked->points; i++) {
        const ObsAggregate *part = &parts[i];
        double values[3] = {part->count ? part->sum / (double)part->count : 0, part->min,
                            part->max};
        add(columns, bounds[i] + (bounds[i + 1] - bounds[i]) / 2, part->count > 0, values);
    }
    return true;
}

static bool fill(CityReader *reader, const Request *req, Buf *out, Err *err)
{
    const CityEntity *stream = city_series_of(reader, request_param(req, "id"));
    Columns columns = {.count = 0};
    StaTime whole = {0};
    Asked asked;
    uint64_t count;

    if (!stream)
        return err_set(err, ERR_NOT_FOUND, "there is no such Datastream");
    if (!city_stream_time(reader, stream, &whole, err) && err->kind != ERR_NONE)
        return false;
    if (!read_asked(req, whole, &asked, err))
        return false;
    for (size_t i = 0; i < 4; i++)
        columns.items[i] = buf_in(reader->arena);
    if (!obs_count(reader->store, stream->series, asked.from, asked.to + 1, &count, err))
        return false;
    bool few = count <= asked.points;
    if (!(few ? add_values : add_parts)(reader, stream, &asked, &columns, err))
        return false;
    buf_addf(out,
             "{\"from\":%lld,\"to\":%lld,\"first\":%lld,\"last\":%lld,\"mean\":%s,\"columns\":[",
             (long long)asked.from, (long long)asked.to, (long long)whole.start,
             (long long)whole.end, few ? "false" : "true");
    for (size_t i = 0; i < 4; i++)
        buf_addf(out, "%s[%.*s]", i ? "," : "", STR_ARG(buf_str(&columns.items[i])));
    buf_add_c(out, "]}");
    return true;
}

bool city_points(Request *req, Response *res, Err *err)
{
    CityReader reader;
    Buf out = buf_in(req->arena);

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = fill(&reader, req, &out, err);
    city_reader_end(&reader);
    response_header(res, "Access-Control-Allow-Origin", STR("*"));
    if (!ok && err->kind == ERR_INPUT)
        return sta_tell(&(StaCall){.req = req, .res = res}, err);
    return ok && respond_bytes(res, req->arena, STR("application/json"), buf_str(&out), STR_NONE);
}
