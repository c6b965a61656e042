/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/reader.h"

#include "city/query/source.h"

enum { QUERY_MS = 10000 };

void city_reader_begin_hub(CityReader *reader, Hub *hub, Timestamp now, Arena *arena)
{
    *reader = (CityReader){.hub = hub,
                           .graph = hub_hold(hub),
                           .store = hub_store(hub),
                           .rights = {.all = hub_datasets(hub), .internal = true},
                           .arena = arena,
                           .now = now,
                           .root = STR(""),
                           .page_max = CITY_PAGE_MAX,
                           .deadline = clock_monotonic_ms() + QUERY_MS};
    reader->source = city_source(reader);
}

bool city_reader_begin_all(CityReader *reader, Tenant *tenant, Timestamp now, Arena *arena,
                           Err *err)
{
    Hub *hub = hub_of(tenant, err);

    if (!hub) /* a command has it at the moment */
        return err->kind == ERR_CONFLICT
                   ? err_set(err, ERR_TEMPORARY, "the town's measured values are busy; try again")
                   : false;
    city_reader_begin_hub(reader, hub, now, arena);
    return true;
}

bool city_reader_begin(CityReader *reader, Request *req, Str root, Err *err)
{
    if (!city_reader_begin_all(reader, req->tenant, req->now, req->arena, err))
        return false;
    reader->rights = city_rights(req, reader->rights.all);
    reader->root = root;
    return true;
}

void city_reader_end(CityReader *reader)
{
    hub_release(reader->hub);
}

bool city_reader_goes_on(const CityReader *reader, Err *err)
{
    if (clock_monotonic_ms() < reader->deadline)
        return true;
    return err_set(err, ERR_TOO_LARGE,
                   "this reads too many Observations: it was ended after %d s. Ask one Datastream, "
                   "or a shorter time: $filter=phenomenonTime ge 2027-01-01T00:00:00Z",
                   QUERY_MS / 1000);
}

bool city_sees(const CityReader *reader, const CityEntity *entity)
{
    return city_may_see(&reader->rights, entity->dataset);
}

bool city_find_observation(const CityReader *reader, int64_t id, CityObservation *out, bool *found,
                           Err *err)
{
    uint32_t series = city_id_series(id);
    const CityEntity *stream = city_of_series(reader->graph, series);

    *found = false;
    if (!series || !stream || !city_sees(reader, stream))
        return true;
    out->stream = stream;
    *found = obs_find(reader->store, series, city_id_ordinal(id), reader->arena, &out->is, err);
    if (*found || err->kind != ERR_NOT_FOUND)
        return *found;
    err_clear(err);
    return true;
}

const Node *city_geometry(const CityEntity *entity)
{
    bool location = entity->type == STA_LOCATION;
    const Node *json = node_get(entity->body, location ? "location" : "feature");

    if (str_is(node_get_text(json, "type"), "Feature"))
        json = node_get(json, "geometry");
    return json && json->kind == NODE_MAP ? json : NULL;
}

const Node *city_place(const CityReader *reader, const CityEntity *thing)
{
    const CityLinks *places = city_links(thing, sta_relation(STA_THING, STR("Locations")));
    const Node *found = NULL;

    for (size_t i = 0; i < places->count && !found; i++)
        if (city_sees(reader, places->items[i]))
            found = city_geometry(places->items[i]);
    return found;
}

const CityEntity *city_observation_feature(const CityReader *reader, const CityObservation *o)
{
    int64_t id = o->is.feature ? o->is.feature : o->stream->feature;

    return id ? city_find(reader->graph, STA_FEATURE_OF_INTEREST, id) : NULL;
}

/* --- When a Datastream's Observations are ------------------------------------------------------
 */

static void span(StaTime *all, bool *any, int64_t start, int64_t end)
{
    if (!*any || start < all->start)
        all->start = start;
    if (!*any || end > all->end)
        all->end = end;
    *any = true;
}

static bool is_small(const CityReader *reader, const CityEntity *stream, bool *out, Err *err)
{
    uint64_t count;

    if (!obs_count(reader->store, stream->series, INT64_MIN, INT64_MAX, &count, err))
        return false;
    *out = count <= CITY_SMALL_STREAM;
    return true;
}

static bool small_stream_times(const CityReader *reader, const CityEntity *stream, CityTimes *out,
                               Err *err)
{
    ObsRange all = {.order = OBS_BY_ORDINAL, .from = 0, .to = INT64_MAX};
    ObsCursor *cursor = obs_read(reader->store, stream->series, all);
    Observation o;

    while (obs_next(cursor, &o, err)) {
        span(&out->phenomenon, &out->any, o.time, o.end != OBS_NONE ? o.end : o.time);
        if (o.result_time != OBS_NONE)
            span(&out->result, &out->any_result, o.result_time, o.result_time);
    }
    obs_done(cursor);
    return err->kind == ERR_NONE;
}

bool city_stream_times(const CityReader *reader, const CityEntity *stream, CityTimes *out, Err *err)
{
    bool small;

    *out = (CityTimes){0};
    if (!is_small(reader, stream, &small, err))
        return false;
    if (small)
        return small_stream_times(reader, stream, out, err);
    out->any = city_stream_time(reader, stream, &out->phenomenon, err);
    return err->kind == ERR_NONE;
}

bool city_stream_time(const CityReader *reader, const CityEntity *stream, StaTime *out, Err *err)
{
    ObsRange all = {.order = OBS_BY_TIME, .from = INT64_MIN, .to = INT64_MAX};
    ObsCursor *cursor = obs_read(reader->store, stream->series, all);
    Observation first, last;
    bool there = obs_next(cursor, &first, err), found = false;

    *out = (StaTime){.start = first.time};
    obs_done(cursor);
    if (!there || !obs_latest(reader->store, &stream->series, 1, reader->arena, &last, &found, err))
        return false;
    out->end = !found ? out->start : last.end != OBS_NONE ? last.end : last.time;
    return true;
}
