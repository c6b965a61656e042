/* SPDX-License-Identifier: EUPL-1.2 */
/* A small town of Things, Datastreams and Observations in memory, for tests. */
#pragma once

#include "base/test.h"

#include "city/sta/evaluate.h"

/* Relations are lists of ids; what is missing is null. */
static const char TOWN[] =
    "{\"Things\": ["
    " {\"id\": 1, \"name\": \"Brücke Nord\", \"description\": \"Zählstelle für Räder\","
    "  \"Locations\": [1, 2], \"HistoricalLocations\": [1, 2], \"Datastreams\": [1, 2]},"
    " {\"id\": 2, \"name\": \"Pegel Mühlbach\", \"description\": \"Wasserstand\","
    "  \"properties\": {\"level\": 2, \"label\": \"one\", \"open\": true, \"count\": 8,"
    "   \"list\": [8, 9, 10], \"tags\": [\"s8\", \"s9\"], \"nested\": [[1, 2], [3, 4]],"
    "   \"objects\": [{\"word\": \"ab\", \"open\": false}, {\"word\": \"cd\", \"open\": true}]},"
    "  \"Locations\": [3], \"HistoricalLocations\": [3], \"Datastreams\": [3, 4]},"
    " {\"id\": 3, \"name\": \"Wetter Rathaus\", \"description\": \"Dach\","
    "  \"properties\": {\"level\": 3, \"label\": \"two\", \"open\": false, \"count\": 9,"
    "   \"list\": [9, 10, 11], \"tags\": [\"s9\"], \"nested\": [[5, 6], [7, 8]],"
    "   \"objects\": [{\"word\": \"cd\", \"open\": true}, {\"word\": \"ef\", \"open\": false}]},"
    "  \"Locations\": [4], \"HistoricalLocations\": [4], \"Datastreams\": [5]},"
    " {\"id\": 4, \"name\": \"Lager O'Neill\", \"description\": \"leer\","
    "  \"Locations\": [5]}],"
    "\"Locations\": ["
    " {\"id\": 1, \"name\": \"Brücke, Westseite\", \"Things\": [1],"
    "  \"properties\": {\"level\": 1},"
    "  \"location\": {\"type\": \"Point\", \"coordinates\": [7, 51]}},"
    " {\"id\": 2, \"name\": \"Brücke, Ostseite\", \"Things\": [1],"
    "  \"properties\": {\"level\": 1.5},"
    "  \"location\": {\"type\": \"Point\", \"coordinates\": [7, 52]}},"
    " {\"id\": 3, \"name\": \"Mühlbach\", \"Things\": [2], \"properties\": {\"level\": 2},"
    "  \"location\": {\"type\": \"Point\", \"coordinates\": [7, 53]}},"
    " {\"id\": 4, \"name\": \"Rathaus\", \"Things\": [3], \"properties\": {\"level\": 3},"
    "  \"location\": {\"type\": \"Feature\", \"properties\": {},"
    "   \"geometry\": {\"type\": \"Point\", \"coordinates\": [7, 54]}}},"
    " {\"id\": 5, \"name\": \"Lagerhof\", \"Things\": [4], \"properties\": {\"level\": 4},"
    "  \"location\": {\"type\": \"Polygon\","
    "   \"coordinates\": [[[7, 53], [6, 52], [6, 53], [7, 53]]]}},"
    " {\"id\": 6, \"name\": \"kurze Linie\","
    "  \"location\": {\"type\": \"LineString\", \"coordinates\": [[4, 52], [4, 53]]}},"
    " {\"id\": 7, \"name\": \"schräge Linie\","
    "  \"location\": {\"type\": \"LineString\", \"coordinates\": [[4, 52], [5, 53]]}},"
    " {\"id\": 8, \"name\": \"lange Linie\","
    "  \"location\": {\"type\": \"LineString\", \"coordinates\": [[3, 52], [7, 52]]}}],"
    "\"HistoricalLocations\": ["
    " {\"id\": 1, \"time\": \"2027-01-01T00:00:00Z\", \"Thing\": [1], \"Locations\": [1]},"
    " {\"id\": 2, \"time\": \"2027-02-01T00:00:00Z\", \"Thing\": [1], \"Locations\": [2]},"
    " {\"id\": 3, \"time\": \"2027-01-01T00:00:00Z\", \"Thing\": [2], \"Locations\": [3]},"
    " {\"id\": 4, \"time\": \"2027-01-01T00:00:00Z\", \"Thing\": [3], \"Locations\": [4]}],"
    "\"ObservedProperties\": ["
    " {\"id\": 1, \"name\": \"Fahrräder\", \"Datastreams\": [1, 3]},"
    " {\"id\": 2, \"name\": \"Temperatur\", \"Datastreams\": [2, 5]},"
    " {\"id\": 3, \"name\": \"Wasserstand\", \"Datastreams\": [4]},"
    " {\"id\": 4, \"name\": \"Lärm\"}],"
    "\"Sensors\": [{\"id\": 1, \"name\": \"Schleife\", \"metadata\": \"PDF\"},"
    " {\"id\": 2, \"name\": \"Fühler\", \"metadata\": {\"range\": [0, 50]}}],"
    "\"Datastreams\": ["
    " {\"id\": 1, \"name\": \"Räder stadtein\", \"Thing\": [1], \"ObservedProperty\": [1],"
    "  \"Sensor\": [1], \"Observations\": [1, 2, 3, 4, 5],"
    "  \"phenomenonTime\": \"2027-05-04T07:00:00Z/2027-05-04T13:00:00Z\","
    "  \"unitOfMeasurement\": {\"name\": \"Stück\", \"symbol\": \"1\", \"definition\": null}},"
    " {\"id\": 2, \"name\": \"Luft\", \"Thing\": [1], \"ObservedProperty\": [2],"
    "  \"Sensor\": [2], \"unitOfMeasurement\": {\"name\": \"Grad\", \"symbol\": \"°C\"},"
    "  \"properties\": {\"limit\": 30}},"
    " {\"id\": 3, \"name\": \"Räder am Bach\", \"Thing\": [2], \"ObservedProperty\": [1],"
    "  \"Sensor\": [2]},"
    " {\"id\": 4, \"name\": \"Pegel\", \"Thing\": [2], \"ObservedProperty\": [3],"
    "  \"Sensor\": [2]},"
    " {\"id\": 5, \"name\": \"Dach\", \"Thing\": [3], \"ObservedProperty\": [2],"
    "  \"Sensor\": [1], \"Observations\": [11]}],"
    "\"Observations\": ["
    " {\"id\": 1, \"result\": 5, \"phenomenonTime\": \"2027-05-04T07:00:00Z\","
    "  \"resultTime\": \"2027-05-04T07:00:00Z\", \"Datastream\": [1], \"FeatureOfInterest\": [1],"
    "  \"resultQuality\": \"gut\", \"parameters\": {\"n\": 5, \"flag\": true}},"
    " {\"id\": 2, \"result\": 3.5, \"phenomenonTime\": \"2027-05-04T08:00:00Z\","
    "  \"resultTime\": \"2027-05-04T08:00:00Z\", \"Datastream\": [1], \"FeatureOfInterest\": [1],"
    "  \"resultQuality\": 2, \"parameters\": {\"n\": 8, \"flag\": false}},"
    " {\"id\": 3, \"result\": \"7\", \"phenomenonTime\": \"2027-05-04T10:00:00Z\","
    "  \"resultTime\": \"2027-05-04T10:00:00Z\", \"Datastream\": [1],"
    "  \"resultQuality\": {\"status\": {\"code\": 2}}, \"parameters\": {\"n\": \"5\"}},"
    " {\"id\": 4, \"result\": \"laut\", \"phenomenonTime\": \"2027-05-04T12:00:00Z\","
    "  \"resultTime\": \"2027-05-04T12:00:00Z\", \"Datastream\": [1],"
    "  \"resultQuality\": [{\"code\": 2}, {\"code\": 1}],"
    "  \"parameters\": {\"flag\": \"true\"}},"
    " {\"id\": 5, \"result\": 12, \"phenomenonTime\": \"2027-05-04T13:00:00Z\","
    "  \"resultTime\": \"2027-05-04T14:00:00+01:00\", \"Datastream\": [1]},"
    " {\"id\": 11, \"result\": 25, \"phenomenonTime\": "
    "\"2027-05-04T05:00:00Z/2027-05-04T07:00:00Z\","
    "  \"Datastream\": [5], \"parameters\": {\"n\": 9}},"
    " {\"id\": 12, \"phenomenonTime\": \"2027-05-04T06:00:00Z/2027-05-04T08:00:00Z\"},"
    " {\"id\": 13, \"phenomenonTime\": \"2027-05-04T07:00:00Z/2027-05-04T09:00:00Z\"},"
    " {\"id\": 14, \"phenomenonTime\": \"2027-05-04T08:00:00Z/2027-05-04T10:00:00Z\"},"
    " {\"id\": 15, \"phenomenonTime\": \"2027-05-04T09:00:00Z/2027-05-04T11:00:00Z\"},"
    " {\"id\": 16, \"phenomenonTime\": \"2027-05-04T10:00:00Z/2027-05-04T12:00:00Z\"},"
    " {\"id\": 17, \"phenomenonTime\": \"2027-05-04T08:00:00Z/2027-05-04T12:00:00Z\"},"
    " {\"id\": 18, \"phenomenonTime\": \"2027-05-04T07:00:00Z/2027-05-04T12:00:00Z\"},"
    " {\"id\": 19, \"phenomenonTime\": \"2027-05-04T08:00:00Z/2027-05-04T13:00:00Z\"},"
    " {\"id\": 20, \"phenomenonTime\": \"2027-05-04T07:00:00Z/2027-05-04T13:00:00Z\"},"
    " {\"id\": 21, \"phenomenonTime\": \"2027-05-04T10:00:00Z/2027-05-04T13:00:00Z\"},"
    " {\"id\": 22, \"phenomenonTime\": \"2027-05-04T12:00:00Z/2027-05-04T14:00:00Z\"},"
    " {\"id\": 23, \"phenomenonTime\": \"2027-05-04T13:00:00Z/2027-05-04T14:00:00Z\"}],"
    "\"FeaturesOfInterest\": [{\"id\": 1, \"name\": \"Brücke\","
    "  \"feature\": {\"type\": \"Point\", \"coordinates\": [7, 51]}}]}";

/* 2027-05-04T13:30:00Z */
static const Timestamp TOWN_NOW = 1809437400000;

typedef struct Town {
    Arena *arena;
    const Node *root;
    StaSource source;
    int reads; /* of values */
    bool broken;
} Town;

static bool town_value(void *context, StaEntity type, const void *entity,
                       const StaProperty *property, Arena *arena, StaValue *out, Err *err)
{
    Town *town = context;
    const Node *node = node_get(entity, property->name);
    StaTime time;

    (void)type;
    (void)arena;
    town->reads++;
    if (town->broken)
        return err_set(err, ERR_INTERNAL, "the store is away");
    *out = sta_value_of_node(node);
    if ((property->type == STA_TIME || property->type == STA_INSTANT ||
         property->type == STA_INTERVAL) &&
        node) {
        assert_true(sta_time_parse(node->text, &time));
        *out = sta_time(time);
    }
    /* validTime of those that have an interval, so as to ask for it by another name. */
    if (strcmp(property->name, "validTime") == 0) {
        const Node *when = node_get(entity, "phenomenonTime");
        assert_true(when && sta_time_parse(when->text, &time));
        *out = sta_time_is_instant(time) ? sta_null() : sta_time(time);
    }
    return true;
}

static bool town_related(void *context, StaEntity type, const void *entity,
                         const StaRelation *relation, Arena *arena, const void ***out,
                         size_t *count, Err *err)
{
    Town *town = context;
    const Node *ids = node_get(entity, relation->name);
    const Node *set = node_get(town->root, sta_entity(relation->target)->set);

    (void)type;
    if (town->broken)
        return err_set(err, ERR_INTERNAL, "the store is away");
    *count = 0;
    if (!ids)
        return true;
    *out = arena_array(arena, const void *, ids->count);
    for (size_t i = 0; i < ids->count; i++)
        for (size_t k = 0; k < set->count; k++)
            if (node_equal(node_get(set->items[k], "id"), ids->items[i]))
                (*out)[(*count)++] = set->items[k];
    return true;
}

static void town_begin(Town *town)
{
    Err err = {0};

    *town = (Town){.arena = arena_create(0)};
    town->root = node_parse_json(town->arena, str_c(TOWN), NULL, &NODE_LIMITS_PACKAGE, &err);
    if (!town->root)
        fail_msg("the town: %d:%d: %s", err.line, err.column, err.message);
    town->source = (StaSource){.context = town, .value = town_value, .related = town_related};
}

static void town_end(Town *town)
{
    arena_destroy(town->arena);
}
