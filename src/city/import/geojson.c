/* SPDX-License-Identifier: EUPL-1.2 */
/* Places as GeoJSON (RFC 7946): each Feature becomes a Thing with a Location. */
#include "city/import/import.h"

#include "city/edit/update.h"

static const NodeLimits LIMITS = {256u << 20, 32, 20000000};

/* What a Feature is known by, so that it is found when it is read again. */
static Str key_of(const Node *feature, size_t place, Arena *arena)
{
    Str id = node_text(node_get(feature, "id"));

    if (!id.ptr)
        id = node_get_text(node_get(feature, "properties"), "id");
    return id.ptr ? id : str_printf(arena, "%zu", place + 1);
}

static Str name_of(const Node *feature, Str key)
{
    static const char *const NAMES[] = {"name", "Name", "NAME", "title", "titel", "bezeichnung"};
    const Node *properties = node_get(feature, "properties");

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        Str name = node_get_text(properties, NAMES[i]);
        if (name.len)
            return name;
    }
    return key;
}

static Node *thing_json(const Node *feature, Str key, Arena *arena)
{
    Node *thing = node_map(arena);
    const Node *given = node_get(feature, "properties");
    Node *properties =
        given && given->kind == NODE_MAP ? node_clone(arena, given) : node_map(arena);
    Str description = node_get_text(properties, "description");

    node_set(arena, properties, STR("key"), node_string(arena, key));
    node_set(arena, thing, STR("name"), node_string(arena, name_of(feature, key)));
    node_set(arena, thing, STR("description"),
             node_string(arena, description.ptr ? description : STR("")));
    node_set(arena, thing, STR("properties"), properties);
    return thing;
}

static Node *location_json(const Node *feature, Str key, Arena *arena)
{
    Node *location = node_map(arena);

    node_set(arena, location, STR("name"), node_string(arena, name_of(feature, key)));
    node_set(arena, location, STR("description"), node_string(arena, STR("")));
    node_set(arena, location, STR("encodingType"), node_string(arena, STR("application/geo+json")));
    node_set(arena, location, STR("location"), node_clone(arena, node_get(feature, "geometry")));
    return location;
}

/* The dataset's Things by their keys. */
static CityKeys known_things(const CityGraph *graph, int64_t dataset, Arena *arena)
{
    const CitySet *set = &graph->sets[STA_THING];
    CityKeys known = city_keys(arena);

    for (size_t i = 0; i < set->count; i++) {
        Str key = node_get_text(node_get(set->items[i]->body, "properties"), "key");
        if (set->items[i]->dataset == dataset && key.ptr)
            city_keys_set(&known, str_copy(arena, key), set->items[i]->id);
    }
    return known;
}

static bool plan_new(CityInsert *insert, const Node *feature, Str key, Err *err)
{
    Arena *arena = insert->arena;
    Node *thing = thing_json(feature, key, arena), *locations = node_list(arena);
    CityEntity *made;

    node_append(arena, locations, location_json(feature, key, arena));
    node_set(arena, thing, STR("Locations"), locations);
    return city_insert_entity(insert, STA_THING, thing, (CityPlace){0}, &made, err);
}

static bool plan_known(CityInsert *insert, CityEntity *thing, const Node *feature, Str key,
                       Err *err)
{
    Arena *arena = insert->arena;
    CityEntity *location = NULL;
    const CityLinks *links = city_links(thing, sta_relation(STA_THING, STR("Locations")));

    if (links->count)
        location = links->items[0];
    return city_update_entity(insert, thing, CITY_PUT, thing_json(feature, key, arena), err) &&
           (!location || city_update_entity(insert, location, CITY_PUT,
                                            location_json(feature, key, arena), err));
}

typedef struct Reading {
    const CityImport *import;
    CityImportReport *report;
    CityKeys known;
    Arena *arena;
} Reading;

/* Plan all features; those that are wrong are told and left out. */
static void plan(Reading *reading, CityInsert *insert, const Node *features)
{
    for (size_t i = 0; i < features->count; i++) {
        const Node *feature = features->items[i];
        Str key = key_of(feature, i, reading->arena);
        int64_t id;
        CityEntity *known = city_keys_get(&reading->known, key, &id)
                                ? city_find(insert->graph, STA_THING, id)
                                : NULL;
        size_t steps = insert->change.count;
        Err why = {0};
        bool ok = node_get(feature, "geometry")
                      ? known ? plan_known(insert, known, feature, key, &why)
                              : plan_new(insert, feature, key, &why)
                      : err_set(&why, ERR_INPUT, "it has no geometry");
        reading->report->lines++;
        reading->report->things += ok && !known;
        if (ok)
            continue;
        CityChange failed = {.items = insert->change.items + steps,
                             .count = insert->change.count - steps};
        city_change_drop(&failed);
        insert->change.count = steps;
        city_import_wrong(reading->import, reading->report, feature->line, "feature %zu: %s", i + 1,
                          why.message);
    }
}

bool city_import_geojson(const CityImport *import, Arena *arena, CityImportReport *out, Err *err)
{
    const Node *json = node_parse_json(arena, import->text, NULL, &LIMITS, err);
    const Node *features = node_get(json, "features");

    out->kind = "GeoJSON";
    if (!json)
        return false;
    if (!features || features->kind != NODE_LIST)
        return err_set(err, ERR_INPUT,
                       "it is no GeoJSON FeatureCollection: it has no \"features\"");
    const CityGraph *graph = hub_begin(import->hub);
    const CityDataset *dataset = city_dataset_named(hub_datasets(import->hub), import->dataset);
    bool ok = dataset != NULL ||
              err_set(err, ERR_NOT_FOUND, "there is no dataset \"%.*s\"", STR_ARG(import->dataset));
    if (ok) {
        CityInsert insert = {
            .graph = graph,
            .rights = {.all = hub_datasets(import->hub), .internal = true, .write = true},
            .arena = arena,
            .now = import->now,
            .dataset = dataset->id,
            .change = {.arena = arena}};
        Reading reading = {import, out, known_things(graph, dataset->id, arena), arena};
        plan(&reading, &insert, features);
        ok = hub_write(import->hub, &insert.change, err);
    }
    hub_end(import->hub);
    return ok;
}
