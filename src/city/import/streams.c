/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/streams.h"

#include <math.h>
#include <stdatomic.h>

enum { PLANNED = 1u << 31, PLANNED_MAX = 1000 };

/* --- What is known -----------------------------------------------------------------------------
 */

/* What was planned is in the graph, or nowhere. */
static void forget_planned(CityStreams *streams)
{
    streams->planned = city_keys(streams->arena);
    streams->things = (CityNames){.type = STA_THING, .ids = city_keys(streams->arena)};
    streams->made.count = streams->written;
    streams->new_things.count = 0;
    streams->shared = false;
    streams->planning = false;
}

bool city_streams_begin(CityStreams *streams, const CityImport *import, CityImportReport *report,
                        Arena *arena, Err *err)
{
    *streams = (CityStreams){
        .import = import,
        .report = report,
        .arena = arena,
        .sensors = {.type = STA_SENSOR, .ids = city_keys(arena)},
        .properties = {.type = STA_OBSERVED_PROPERTY, .ids = city_keys(arena)},
    };
    forget_planned(streams);
    hub_hold(import->hub);
    const CityDataset *dataset = city_dataset_named(hub_datasets(import->hub), import->dataset);
    streams->dataset = dataset ? dataset->id : 0;
    hub_release(import->hub);
    return dataset ||
           err_set(err, ERR_NOT_FOUND, "there is no dataset \"%.*s\"", STR_ARG(import->dataset));
}

static CityEntity *follower_of(const CityStreams *streams, const CityEntity *stream)
{
    return stream ? city_of_series(streams->held,
                                   atomic_load_explicit(&stream->follower, memory_order_relaxed))
                  : NULL;
}

/* Who sends values again and again sends them in the same order: the one that followed the one
 * before, if it is the one. What is likely to be asked for next is brought near meanwhile. */
static CityEntity *guess(const CityStreams *streams, Str key)
{
    CityEntity *next = follower_of(streams, streams->before);

    if (!next || next->type != STA_DATASTREAM || next->dataset != streams->dataset ||
        !str_eq(next->key, key))
        return NULL;
    const CityEntity *after = follower_of(streams, next);
    if (after) {
        __builtin_prefetch(after->key.ptr);
        __builtin_prefetch(follower_of(streams, after));
    }
    return next;
}

static CityEntity *find(CityStreams *streams, Str key)
{
    CityEntity *found = guess(streams, key);

    if (!found) {
        found = city_index_find(&streams->held->keys, STA_DATASTREAM, streams->dataset, key);
        if (found && streams->before)
            atomic_store_explicit(&streams->before->follower, found->series, memory_order_relaxed);
    }
    streams->before = found;
    return found;
}

bool city_streams_find(CityStreams *streams, Str key, uint32_t *out)
{
    int64_t planned;

    if (!streams->held)
        streams->held = hub_hold(streams->import->hub);
    const CityEntity *stream = find(streams, key);
    if (!stream && !city_keys_get(&streams->planned, key, &planned))
        return false;
    *out = stream ? stream->series : (uint32_t)planned;
    return true;
}

void city_streams_let_go(CityStreams *streams)
{
    if (streams->held)
        hub_release(streams->import->hub);
    streams->held = NULL;
    streams->before = NULL;
}

/* Others may have made some since the last time. */
static void learn(CityStreams *streams, CityNames *names)
{
    const CitySet *set = &streams->insert.graph->sets[names->type];
    size_t at = set->count;
    int64_t known;

    while (at > 0 && set->items[at - 1]->id > names->last)
        at--;
    for (; at < set->count; at++) {
        const CityEntity *entity = set->items[at];
        Str name = node_get_text(entity->body, "name");
        if (entity->dataset == streams->dataset && !city_keys_get(&names->ids, name, &known))
            city_keys_set(&names->ids, str_copy(streams->arena, name), entity->id);
        names->last = entity->id;
    }
}

/* NULL: there is none of the name. */
static CityEntity *named_one(CityStreams *streams, CityNames *names, Str name)
{
    int64_t id;

    learn(streams, names);
    return city_keys_get(&names->ids, name, &id) && id > 0
               ? city_find(streams->insert.graph, names->type, id)
               : NULL;
}

/* --- As they are to be made --------------------------------------------------------------------
 */

static Node *named(Arena *arena, Str name, const char *field, Str value)
{
    Node *out = node_map(arena);

    node_set(arena, out, STR("name"), node_string(arena, name));
    node_set(arena, out, STR("description"), node_string(arena, STR("")));
    node_set_text(arena, out, field, value);
    return out;
}

static Node *link_to(Arena *arena, int64_t id)
{
    Node *out = node_map(arena);

    node_set(arena, out, STR("@iot.id"), node_int(arena, id));
    return out;
}

static Node *thing_json(Arena *arena, const CityStreamKey *key)
{
    Node *thing = named(arena, key->thing, "", STR_NONE);

    if (isnan(key->x) || isnan(key->y))
        return thing;
    Node *location = named(arena, key->thing, "encodingType", STR("application/geo+json"));
    Node *point = node_map(arena), *at = node_list(arena), *list = node_list(arena);
    node_set(arena, point, STR("type"), node_string(arena, STR("Point")));
    node_append(arena, at, node_number(arena, str_printf(arena, "%.7f", key->x)));
    node_append(arena, at, node_number(arena, str_printf(arena, "%.7f", key->y)));
    node_set(arena, point, STR("coordinates"), at);
    node_set(arena, location, STR("location"), point);
    node_append(arena, list, location);
    node_set(arena, thing, STR("Locations"), list);
    return thing;
}

/* A link to the one of the name, or what is to be made. */
static Node *shared_json(CityStreams *streams, CityNames *names, Str name, const char *field,
                         Str value)
{
    const CityEntity *known = named_one(streams, names, name);

    streams->shared |= !known;
    return known ? link_to(streams->arena, known->id) : named(streams->arena, name, field, value);
}

static Node *stream_json(CityStreams *streams, const CityStreamKey *key)
{
    static const char MEASUREMENT[] =
        "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";
    Arena *arena = streams->arena;
    Node *out = named(arena, key->name, "observationType", str_c(MEASUREMENT));
    Node *unit = node_map(arena), *properties = node_map(arena);
    Node *sensor =
        shared_json(streams, &streams->sensors, STR("Import"), "encodingType", STR("text/plain"));

    node_set(arena, unit, STR("name"), node_string(arena, key->unit));
    node_set(arena, unit, STR("symbol"), node_string(arena, key->unit));
    node_set(arena, unit, STR("definition"), node_string(arena, STR("")));
    node_set(arena, out, STR("unitOfMeasurement"), unit);
    node_set(arena, properties, STR("key"), node_string(arena, key->key));
    node_set(arena, out, STR("properties"), properties);
    if (!city_is_link(sensor))
        node_set(arena, sensor, STR("metadata"), node_string(arena, streams->import->source));
    node_set(arena, out, STR("Sensor"), sensor);
    node_set(arena, out, STR("ObservedProperty"),
             shared_json(streams, &streams->properties, key->property, "definition", STR("")));
    return out;
}

/* --- Planning ----------------------------------------------------------------------------------
 */

static void begin_planning(CityStreams *streams)
{
    Hub *hub = streams->import->hub;

    city_streams_let_go(streams);
    if (streams->planning)
        return;
    const CityGraph *graph = hub_begin(hub);
    streams->insert =
        (CityInsert){.graph = graph,
                     .rights = {.all = hub_datasets(hub), .internal = true, .write = true},
                     .arena = streams->arena,
                     .now = streams->import->now,
                     .dataset = streams->dataset,
                     .change = {.arena = streams->arena}};
    streams->planning = true;
}

static bool plan_thing(CityStreams *streams, const CityStreamKey *key, CityEntity **out, Err *err)
{
    CityNames *things = &streams->things;
    int64_t known;

    *out = key->thing_id ? city_find(streams->insert.graph, STA_THING, key->thing_id)
                         : named_one(streams, things, key->thing);
    if (*out)
        return true;
    if (key->thing_id)
        return err_set(err, ERR_INPUT, "the Thing of \"%.*s\" is not there any more",
                       STR_ARG(key->name));
    if (city_keys_get(&things->ids, key->thing, &known) && known < 0) {
        *out = streams->new_things.items[-known - 1];
        return true;
    }
    if (!city_insert_entity(&streams->insert, STA_THING, thing_json(streams->arena, key),
                            (CityPlace){0}, out, err))
        return false;
    VEC_PUSH(streams->arena, &streams->new_things, *out);
    city_keys_set(&things->ids, str_copy(streams->arena, key->thing),
                  -(int64_t)streams->new_things.count);
    streams->report->things++;
    return true;
}

static bool plan(CityStreams *streams, const CityStreamKey *key, uint32_t *out, Err *err)
{
    CityInsert *insert = &streams->insert;
    CityEntity *thing, *made;

    if (!plan_thing(streams, key, &thing, err))
        return false;
    CityPlace place = {thing, sta_relation(STA_THING, STR("Datastreams"))};
    if (!city_insert_entity(insert, STA_DATASTREAM, stream_json(streams, key), place, &made, err))
        return false;
    /* Observations are of where the Thing is from the first one on. */
    CityArrival first = {.stream = made};
    city_default_feature(insert, &first);
    *out = PLANNED | (uint32_t)streams->made.count;
    VEC_PUSH(streams->arena, &streams->made, made);
    city_keys_set(&streams->planned, str_copy(streams->arena, key->key), *out);
    streams->report->streams++;
    return true;
}

bool city_streams_plan(CityStreams *streams, const CityStreamKey *key, uint32_t *out, Err *err)
{
    if (city_streams_find(streams, key->key, out))
        return true;
    bool full = streams->shared || streams->made.count - streams->written == PLANNED_MAX;
    if (full && !city_streams_write(streams, err))
        return false;
    begin_planning(streams);
    /* Somebody may have made it before we were alone. */
    if (city_streams_find(streams, key->key, out))
        return true;
    city_streams_let_go(streams);
    return plan(streams, key, out, err);
}

/* --- Writing -----------------------------------------------------------------------------------
 */

static void keep_series(CityStreams *streams)
{
    size_t count = streams->made.count;

    if (count > streams->room) {
        uint32_t *before = streams->series;
        streams->room = count * 2;
        streams->series = arena_array(streams->arena, uint32_t, streams->room);
        if (before)
            memcpy(streams->series, before, streams->written * sizeof *before);
    }
    for (; streams->written < count; streams->written++)
        streams->series[streams->written] = streams->made.items[streams->written]->series;
}

bool city_streams_write(CityStreams *streams, Err *err)
{
    Hub *hub = streams->import->hub;

    city_streams_let_go(streams);
    if (!streams->planning)
        return true;
    bool ok = hub_write(hub, &streams->insert.change, err);
    if (ok)
        keep_series(streams);
    hub_end(hub);
    forget_planned(streams);
    return ok;
}

uint32_t city_streams_number(const CityStreams *streams, uint32_t number)
{
    return number & PLANNED ? streams->series[number & ~PLANNED] : number;
}

void city_streams_end(CityStreams *streams)
{
    city_streams_let_go(streams);
    if (!streams->planning)
        return;
    city_change_drop(&streams->insert.change);
    hub_end(streams->import->hub);
    forget_planned(streams);
}

bool city_stream_series(CityStreams *streams, const CityStreamKey *key, uint32_t *out, Err *err)
{
    uint32_t number = 0;
    bool ok = city_streams_plan(streams, key, &number, err) && city_streams_write(streams, err);

    city_streams_end(streams);
    *out = ok ? city_streams_number(streams, number) : 0;
    return ok;
}
