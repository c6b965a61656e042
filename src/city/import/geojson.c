/* SPDX-License-Identifier: EUPL-1.2 */
/* Places as GeoJSON (RFC 7946): each Feature becomes a Thing with a Location. */
#include "city/import/import.h"

#include "city/import/keys.h"
#include "city/import/place.h"

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

static bool plan_one(CityInsert *insert, CityEntity *known, const Node *feature, Str key,
                     bool twice, Err *err)
{
    Arena *arena = insert->arena;
    const Node *geometry = node_get(feature, "geometry");

    if (twice)
        return err_set(err, ERR_INPUT, "the id \"%.*s\" is there twice",
                       STR_ARG(str_slice(key, 0, 60)));
    return geometry ? city_place_put(insert, known, thing_json(feature, key, arena),
                                     city_place_location(arena, name_of(feature, key), geometry),
                                     NULL, err)
                    : err_set(err, ERR_INPUT, "it has no geometry");
}

typedef struct Reading {
    const CityImport *import;
    CityImportReport *report;
    Arena *arena;
} Reading;

/* Plan all features; those that are wrong are told and left out. */
static void plan(Reading *reading, CityInsert *insert, const Node *features)
{
    CityKeys seen = city_keys(reading->arena);

    for (size_t i = 0; i < features->count; i++) {
        const Node *feature = features->items[i];
        Str key = key_of(feature, i, reading->arena);
        CityEntity *known = city_index_find(&insert->graph->keys, STA_THING, insert->dataset, key);
        size_t steps = insert->change.count;
        int64_t before;
        bool twice = city_keys_get(&seen, key, &before);
        Err why = {0};
        bool ok = plan_one(insert, known, feature, key, twice, &why);
        city_keys_set(&seen, key, 1);
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
    CityInsert insert;
    bool ok = city_place_begin(&insert, import->hub, import->dataset, import->now, arena, err);
    if (ok) {
        Reading reading = {import, out, arena};
        plan(&reading, &insert, features);
        ok = hub_write(import->hub, &insert.change, err);
    }
    hub_end(import->hub);
    return ok;
}
