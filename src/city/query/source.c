/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/source.h"

#include "city/query/area.h"

#include <math.h>

/* --- Observations ---------------------------------------------------------------------------- */

/* What the store keeps as JSON was read before it was stored. */
static const Node *stored_json(Str text, Arena *arena)
{
    Err err = {0};

    return node_parse_json(arena, text, NULL, &NODE_LIMITS_PACKAGE, &err);
}

const Node *city_observation_rare(const CityObservation *o, const char *name, Arena *arena)
{
    return o->is.extra.ptr ? node_get(stored_json(o->is.extra, arena), name) : NULL;
}

static StaValue quality(const CityObservation *o, Arena *arena)
{
    if (o->is.status)
        return sta_whole(o->is.status);
    return sta_value_of_node(city_observation_rare(o, "resultQuality", arena));
}

static StaValue result(const CityObservation *o, Arena *arena)
{
    switch ((ObsKind)o->is.kind) {
    case OBS_NOTHING: return sta_null();
    case OBS_TEXT: return sta_value_of_node(stored_json(o->is.text, arena));
    case OBS_NUMBER: break;
    }
    double number = o->is.number;
    if (fabs(number) < 0x1p53 && number == (double)(int64_t)number)
        return sta_whole((int64_t)number);
    return sta_number(number);
}

static StaValue interval_of(const Node *node)
{
    StaTime time;

    return node && sta_time_parse(node_text(node), &time) ? sta_time(time) : sta_null();
}

/* An instant when there is no end. */
static StaValue interval(int64_t start, int64_t end)
{
    if (start == OBS_NONE)
        return sta_null();
    return sta_time((StaTime){.start = start, .end = end == OBS_NONE ? start : end});
}

StaValue city_observation_value(const CityObservation *o, const StaProperty *property, Arena *arena)
{
    if (property == &STA_ID)
        return sta_whole(city_observation_id(o->stream->series, o->is.ordinal));
    switch (sta_observation_property(property)) {
    case STA_PHENOMENON_TIME: return interval(o->is.time, o->is.end);
    case STA_RESULT_TIME: return interval(o->is.result_time, OBS_NONE);
    case STA_RESULT: return result(o, arena);
    case STA_RESULT_QUALITY: return quality(o, arena);
    case STA_VALID_TIME: return interval_of(city_observation_rare(o, property->name, arena));
    case STA_PARAMETERS: break;
    }
    return sta_value_of_node(city_observation_rare(o, property->name, arena));
}

const CityEntity *city_of_observation(const CityReader *reader, const CityObservation *o,
                                      StaEntity target)
{
    const CityEntity *found = target == STA_FEATURE_OF_INTEREST
                                  ? city_observation_feature(reader, o)
                              : o->stream->type == target ? o->stream
                                                          : NULL;

    return found && city_sees(reader, found) ? found : NULL;
}

/* --- The others ------------------------------------------------------------------------------ */

static bool is_stream(StaEntity type)
{
    return type == STA_DATASTREAM || type == STA_MULTI_DATASTREAM;
}

static StaValue stream_time(const CityReader *reader, const CityEntity *stream, bool of_results,
                            Err *err)
{
    CityTimes times;

    if (!city_stream_times(reader, stream, &times, err))
        return sta_null();
    if (of_results)
        return times.any_result ? sta_time(times.result) : sta_null();
    return times.any ? sta_time(times.phenomenon) : sta_null();
}

static StaValue stream_area(const CityReader *reader, const CityEntity *stream, Arena *arena,
                            Err *err)
{
    const Node *area;

    return city_stream_area(reader, stream, arena, &area, err) && area ? sta_value_of_node(area)
                                                                       : sta_null();
}

static bool entity_value(const CityReader *reader, const CityEntity *entity,
                         const StaProperty *property, Arena *arena, StaValue *out, Err *err)
{
    if (property == &STA_ID)
        *out = sta_whole(entity->id);
    else if (is_stream(entity->type) && property->type == STA_INTERVAL)
        *out = stream_time(reader, entity, strcmp(property->name, "resultTime") == 0, err);
    else if (is_stream(entity->type) && property->type == STA_GEOMETRY)
        *out = stream_area(reader, entity, arena, err);
    else if (property->type == STA_INSTANT || property->type == STA_INTERVAL)
        *out = interval_of(node_get(entity->body, property->name));
    else
        *out = sta_value_of_node(node_get(entity->body, property->name));
    return err->kind == ERR_NONE;
}

static bool source_value(void *context, StaEntity type, const void *entity,
                         const StaProperty *property, Arena *arena, StaValue *out, Err *err)
{
    if (type != STA_OBSERVATION)
        return entity_value(context, entity, property, arena, out, err);
    *out = city_observation_value(entity, property, arena);
    return true;
}

/* --- Relations ------------------------------------------------------------------------------- */

typedef struct Related {
    const void **items;
    size_t count, capacity;
} Related;

static void related_entities(const CityReader *reader, const CityEntity *entity,
                             const StaRelation *relation, Arena *arena, Related *out)
{
    const CityLinks *links = city_links(entity, relation);
    size_t seen = 0;

    while (seen < links->count && city_sees(reader, links->items[seen]))
        seen++;
    if (seen == links->count) { /* as it nearly always is: as they are kept */
        *out = (Related){.items = (const void **)links->items, .count = links->count};
        return;
    }
    for (size_t i = 0; i < links->count; i++)
        if (city_sees(reader, links->items[i]))
            VEC_PUSH(arena, out, links->items[i]);
}

static const void *kept(const CityObservation *o, Arena *arena)
{
    CityObservation *copy = arena_copy(arena, o, sizeof *o);

    copy->is.text = o->is.text.ptr ? str_copy(arena, o->is.text) : STR_NONE;
    copy->is.extra = o->is.extra.ptr ? str_copy(arena, o->is.extra) : STR_NONE;
    return copy;
}

/* Of a stream those of a feature, or all: bounded by the reader's time. */
static bool take_observations(const CityReader *reader, const CityEntity *stream,
                              const CityEntity *feature, Arena *arena, Related *out, Err *err)
{
    ObsRange all = {.order = OBS_BY_ORDINAL, .from = 0, .to = INT64_MAX};
    ObsCursor *cursor = obs_read(reader->store, stream->series, all);
    CityObservation one = {.stream = stream};
    size_t seen = 0;

    while (obs_next(cursor, &one.is, err)) {
        if (!feature || (one.is.feature ? one.is.feature : stream->feature) == feature->id)
            VEC_PUSH(arena, out, kept(&one, arena));
        if (++seen % 1024 == 0 && !city_reader_goes_on(reader, err))
            break;
    }
    obs_done(cursor);
    return err->kind == ERR_NONE;
}

/* A feature's may be of any Datastream. */
static bool related_observations(const CityReader *reader, const CityEntity *entity, Arena *arena,
                                 Related *out, Err *err)
{
    if (is_stream(entity->type))
        return take_observations(reader, entity, NULL, arena, out, err);
    for (uint32_t series = 1; series < reader->graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(reader->graph, series);
        if (stream && city_sees(reader, stream) &&
            (!take_observations(reader, stream, entity, arena, out, err) ||
             !city_reader_goes_on(reader, err)))
            return false;
    }
    return true;
}

static bool source_related(void *context, StaEntity type, const void *entity,
                           const StaRelation *relation, Arena *arena, const void ***out,
                           size_t *count, Err *err)
{
    const CityReader *reader = context;
    Related related = {0};

    if (type == STA_OBSERVATION) {
        const CityEntity *found = city_of_observation(reader, entity, relation->target);
        if (found)
            VEC_PUSH(arena, &related, (const void *)found);
    } else if (relation->target != STA_OBSERVATION) {
        related_entities(reader, entity, relation, arena, &related);
    } else if (!related_observations(reader, entity, arena, &related, err)) {
        return false;
    }
    *out = related.items;
    *count = related.count;
    return true;
}

StaSource city_source(CityReader *reader)
{
    return (StaSource){.context = reader, .value = source_value, .related = source_related};
}
