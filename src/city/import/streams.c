/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/import.h"

#include "city/edit/insert.h"

#include <math.h>

/* --- What is known -----------------------------------------------------------------------------
 */

/* Where in the set those begin that came after the one of this id. */
static size_t behind(const CitySet *set, int64_t last)
{
    size_t at = set->count;

    while (at > 0 && set->items[at - 1]->id > last)
        at--;
    return at;
}

/* Others may have made some since the last time. */
static void learn_streams(CityStreams *streams, const CityGraph *graph)
{
    const CitySet *set = &graph->sets[STA_DATASTREAM];

    for (size_t i = behind(set, streams->last_stream); i < set->count; i++) {
        const CityEntity *stream = set->items[i];
        Str key = node_get_text(node_get(stream->body, "properties"), "key");
        if (stream->dataset == streams->dataset && key.ptr)
            city_keys_set(&streams->known, str_copy(streams->arena, key), stream->series);
        streams->last_stream = stream->id;
    }
}

/* Of a name the first. */
static void learn_things(CityStreams *streams, const CityGraph *graph)
{
    const CitySet *set = &graph->sets[STA_THING];
    int64_t known;

    for (size_t i = behind(set, streams->last_thing); i < set->count; i++) {
        const CityEntity *thing = set->items[i];
        Str name = node_get_text(thing->body, "name");
        if (thing->dataset == streams->dataset && !city_keys_get(&streams->things, name, &known))
            city_keys_set(&streams->things, str_copy(streams->arena, name), thing->id);
        streams->last_thing = thing->id;
    }
}

bool city_streams_begin(CityStreams *streams, const CityImport *import, Arena *arena, Err *err)
{
    *streams = (CityStreams){
        .import = import, .arena = arena, .known = city_keys(arena), .things = city_keys(arena)};
    const CityGraph *graph = hub_hold(import->hub);
    const CityDataset *dataset = city_dataset_named(hub_datasets(import->hub), import->dataset);
    streams->dataset = dataset ? dataset->id : 0;
    if (dataset)
        learn_streams(streams, graph);
    hub_release(import->hub);
    return dataset ||
           err_set(err, ERR_NOT_FOUND, "there is no dataset \"%.*s\"", STR_ARG(import->dataset));
}

/* --- Making ------------------------------------------------------------------------------------
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

/* One of the dataset by its name, or as it is to be made. */
static Node *known_or(const CityStreams *streams, const CityGraph *graph, StaEntity type, Str name,
                      Node *made)
{
    const CitySet *set = &graph->sets[type];

    for (size_t i = 0; i < set->count; i++)
        if (set->items[i]->dataset == streams->dataset &&
            str_eq(node_get_text(set->items[i]->body, "name"), name))
            return link_to(streams->arena, set->items[i]->id);
    return made;
}

/* The Thing of this name, or as it is to be made. */
static Node *thing_or(CityStreams *streams, const CityGraph *graph, Str name, Node *made)
{
    int64_t known;

    learn_things(streams, graph);
    return city_keys_get(&streams->things, name, &known) && city_find(graph, STA_THING, known)
               ? link_to(streams->arena, known)
               : made;
}

static Node *thing_json(CityStreams *streams, const CityStreamKey *key)
{
    Arena *arena = streams->arena;
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

static Node *stream_json(CityStreams *streams, const CityGraph *graph, const CityStreamKey *key,
                         CityImportReport *report)
{
    static const char MEASUREMENT[] =
        "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";
    Arena *arena = streams->arena;
    Node *out = named(arena, key->name, "observationType", str_c(MEASUREMENT));
    Node *unit = node_map(arena), *properties = node_map(arena);
    Node *sensor = named(arena, STR("Import"), "encodingType", STR("text/plain"));
    Node *made = thing_json(streams, key);

    node_set(arena, unit, STR("name"), node_string(arena, key->unit));
    node_set(arena, unit, STR("symbol"), node_string(arena, key->unit));
    node_set(arena, unit, STR("definition"), node_string(arena, STR("")));
    node_set(arena, out, STR("unitOfMeasurement"), unit);
    node_set(arena, properties, STR("key"), node_string(arena, key->key));
    node_set(arena, out, STR("properties"), properties);
    node_set(arena, sensor, STR("metadata"), node_string(arena, streams->import->source));
    node_set(arena, out, STR("Sensor"),
             known_or(streams, graph, STA_SENSOR, STR("Import"), sensor));
    node_set(arena, out, STR("ObservedProperty"),
             known_or(streams, graph, STA_OBSERVED_PROPERTY, key->property,
                      named(arena, key->property, "definition", STR(""))));
    Node *thing =
        key->thing_id ? link_to(arena, key->thing_id) : thing_or(streams, graph, key->thing, made);
    report->things += thing == made;
    node_set(arena, out, STR("Thing"), thing);
    return out;
}

/* Who holds the right to change. */
static bool make_stream(CityStreams *streams, const CityGraph *graph, const CityStreamKey *key,
                        CityImportReport *report, uint32_t *out, Err *err)
{
    Hub *hub = streams->import->hub;
    CityInsert insert = {.graph = graph,
                         .rights = {.all = hub_datasets(hub), .internal = true, .write = true},
                         .arena = streams->arena,
                         .now = streams->import->now,
                         .dataset = streams->dataset,
                         .change = {.arena = streams->arena}};
    CityEntity *made;
    const Node *json = stream_json(streams, graph, key, report);

    if (!city_insert_entity(&insert, STA_DATASTREAM, json, (CityPlace){0}, &made, err)) {
        city_change_drop(&insert.change);
        return false;
    }
    /* Observations are of where the Thing is from the first one on. */
    CityArrival first = {.stream = made};
    city_default_feature(&insert, &first);
    bool ok = hub_write(hub, &insert.change, err);
    *out = ok ? made->series : 0;
    report->streams += ok;
    return ok;
}

bool city_stream_series(CityStreams *streams, const CityStreamKey *key, CityImportReport *report,
                        uint32_t *out, Err *err)
{
    Hub *hub = streams->import->hub;
    int64_t known;

    if (city_keys_get(&streams->known, key->key, &known)) {
        *out = (uint32_t)known;
        return true;
    }
    const CityGraph *graph = hub_begin(hub);
    learn_streams(streams, graph);
    bool there = city_keys_get(&streams->known, key->key, &known);
    if (there)
        *out = (uint32_t)known;
    bool ok = there || make_stream(streams, graph, key, report, out, err);
    hub_end(hub);
    if (ok && !there)
        city_keys_set(&streams->known, str_copy(streams->arena, key->key), *out);
    return ok;
}
