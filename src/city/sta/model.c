/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/model.h"

#include "base/buf.h"

#include <assert.h>

const StaProperty STA_ID = {"id", STA_ANY, .computed = true};
const StaProperty STA_SELF_LINK = {"@iot.selfLink", STA_TEXT, .computed = true};

/* What most entities have. */
#define NAME "name", STA_TEXT, .mandatory = true
#define DESCRIPTION "description", STA_TEXT, .mandatory = true
#define PROPERTIES "properties", .type = STA_JSON
#define ENCODING "encodingType", STA_TEXT, .mandatory = true

/* What the server sums up of the Observations of a Datastream. */
#define AREA "observedArea", STA_GEOMETRY, .computed = true
#define PHENOMENON_TIME "phenomenonTime", STA_INTERVAL, .computed = true
#define RESULT_TIME "resultTime", STA_INTERVAL, .computed = true, .nullable = true

static const StaProperty THING[] = {{NAME}, {DESCRIPTION}, {PROPERTIES}};
static const StaProperty LOCATION[] = {
    {NAME}, {DESCRIPTION}, {ENCODING}, {"location", STA_GEOMETRY, .mandatory = true}, {PROPERTIES}};
static const StaProperty HISTORICAL_LOCATION[] = {{"time", STA_INSTANT, .mandatory = true}};
static const StaProperty DATASTREAM[] = {{NAME},
                                         {DESCRIPTION},
                                         {"observationType", STA_TEXT, .mandatory = true},
                                         {"unitOfMeasurement", STA_JSON, .mandatory = true},
                                         {AREA},
                                         {PHENOMENON_TIME},
                                         {RESULT_TIME},
                                         {PROPERTIES}};
static const StaProperty MULTI_DATASTREAM[] = {
    {NAME},
    {DESCRIPTION},
    {"observationType", STA_TEXT, .mandatory = true},
    {"multiObservationDataTypes", STA_JSON, .mandatory = true},
    {"unitOfMeasurements", STA_JSON, .mandatory = true},
    {AREA},
    {PHENOMENON_TIME},
    {RESULT_TIME},
    {PROPERTIES}};
static const StaProperty SENSOR[] = {
    {NAME}, {DESCRIPTION}, {ENCODING}, {"metadata", STA_ANY, .mandatory = true}, {PROPERTIES}};
static const StaProperty OBSERVED_PROPERTY[] = {
    {NAME}, {"definition", STA_TEXT, .mandatory = true}, {DESCRIPTION}, {PROPERTIES}};
/* phenomenonTime is "now" where it is missing. */
static const StaProperty OBSERVATION[] = {
    [STA_PHENOMENON_TIME] = {"phenomenonTime", .type = STA_TIME},
    [STA_RESULT_TIME] = {"resultTime", .type = STA_INSTANT, .nullable = true},
    [STA_RESULT] = {"result", STA_ANY, .mandatory = true, .nullable = true},
    [STA_RESULT_QUALITY] = {"resultQuality", .type = STA_ANY},
    [STA_VALID_TIME] = {"validTime", .type = STA_INTERVAL},
    [STA_PARAMETERS] = {"parameters", .type = STA_JSON}};
static const StaProperty FEATURE_OF_INTEREST[] = {
    {NAME}, {DESCRIPTION}, {ENCODING}, {"feature", STA_GEOMETRY, .mandatory = true}, {PROPERTIES}};

static const StaRelation OF_THING[] = {
    {"Locations", STA_LOCATION, .many = true},
    {"HistoricalLocations", STA_HISTORICAL_LOCATION, .many = true},
    {"Datastreams", STA_DATASTREAM, .many = true},
    {"MultiDatastreams", STA_MULTI_DATASTREAM, .many = true},
};
static const StaRelation OF_LOCATION[] = {
    {"Things", STA_THING, .many = true},
    {"HistoricalLocations", STA_HISTORICAL_LOCATION, .many = true},
};
static const StaRelation OF_HISTORICAL_LOCATION[] = {
    {"Thing", STA_THING, .mandatory = true},
    {"Locations", STA_LOCATION, .many = true, .mandatory = true},
};
static const StaRelation OF_DATASTREAM[] = {
    {"Thing", STA_THING, .mandatory = true},
    {"Sensor", STA_SENSOR, .mandatory = true},
    {"ObservedProperty", STA_OBSERVED_PROPERTY, .mandatory = true},
    {"Observations", STA_OBSERVATION, .many = true},
};
static const StaRelation OF_MULTI_DATASTREAM[] = {
    {"Thing", STA_THING, .mandatory = true},
    {"Sensor", STA_SENSOR, .mandatory = true},
    {"ObservedProperties", STA_OBSERVED_PROPERTY, .many = true, .mandatory = true},
    {"Observations", STA_OBSERVATION, .many = true},
};
/* Of a Sensor and of an ObservedProperty. */
static const StaRelation OF_WHAT_MEASURES[] = {
    {"Datastreams", STA_DATASTREAM, .many = true},
    {"MultiDatastreams", STA_MULTI_DATASTREAM, .many = true},
};
/* One of the two streams; the feature comes from the Thing's Location where it is missing. */
static const StaRelation OF_OBSERVATION[] = {
    {"Datastream", .target = STA_DATASTREAM},
    {"MultiDatastream", .target = STA_MULTI_DATASTREAM},
    {"FeatureOfInterest", .target = STA_FEATURE_OF_INTEREST},
};
static const StaRelation OF_FEATURE[] = {{"Observations", STA_OBSERVATION, .many = true}};

#define COUNTED(array) array, sizeof(array) / sizeof((array)[0])

static const StaEntityType TYPES[STA_ENTITIES] = {
    [STA_THING] = {"Thing", "Things", COUNTED(THING), COUNTED(OF_THING)},
    [STA_LOCATION] = {"Location", "Locations", COUNTED(LOCATION), COUNTED(OF_LOCATION)},
    [STA_HISTORICAL_LOCATION] = {"HistoricalLocation", "HistoricalLocations",
                                 COUNTED(HISTORICAL_LOCATION), COUNTED(OF_HISTORICAL_LOCATION)},
    [STA_DATASTREAM] = {"Datastream", "Datastreams", COUNTED(DATASTREAM), COUNTED(OF_DATASTREAM)},
    [STA_MULTI_DATASTREAM] = {"MultiDatastream", "MultiDatastreams", COUNTED(MULTI_DATASTREAM),
                              COUNTED(OF_MULTI_DATASTREAM)},
    [STA_SENSOR] = {"Sensor", "Sensors", COUNTED(SENSOR), COUNTED(OF_WHAT_MEASURES)},
    [STA_OBSERVED_PROPERTY] = {"ObservedProperty", "ObservedProperties", COUNTED(OBSERVED_PROPERTY),
                               COUNTED(OF_WHAT_MEASURES)},
    [STA_OBSERVATION] = {"Observation", "Observations", COUNTED(OBSERVATION),
                         COUNTED(OF_OBSERVATION)},
    [STA_FEATURE_OF_INTEREST] = {"FeatureOfInterest", "FeaturesOfInterest",
                                 COUNTED(FEATURE_OF_INTEREST), COUNTED(OF_FEATURE)},
};

const StaEntityType *sta_entity(StaEntity entity)
{
    assert(entity < STA_ENTITIES);
    return &TYPES[entity];
}

bool sta_entity_of_set(Str set, StaEntity *out)
{
    for (int i = 0; i < STA_ENTITIES; i++) {
        if (str_is(set, TYPES[i].set)) {
            *out = (StaEntity)i;
            return true;
        }
    }
    return false;
}

const StaProperty *sta_property(StaEntity entity, Str name)
{
    const StaEntityType *type = sta_entity(entity);

    if (str_is(name, "id") || str_is(name, "@iot.id"))
        return &STA_ID;
    for (size_t i = 0; i < type->property_count; i++)
        if (str_is(name, type->properties[i].name))
            return &type->properties[i];
    return NULL;
}

StaObservationProperty sta_observation_property(const StaProperty *property)
{
    assert(property >= OBSERVATION && property <= &OBSERVATION[STA_PARAMETERS]);
    return (StaObservationProperty)(property - OBSERVATION);
}

const StaRelation *sta_relation(StaEntity entity, Str name)
{
    const StaEntityType *type = sta_entity(entity);

    for (size_t i = 0; i < type->relation_count; i++)
        if (str_is(name, type->relations[i].name))
            return &type->relations[i];
    return NULL;
}

bool sta_property_has_parts(const StaProperty *property)
{
    StaType type = property->type;

    return property != &STA_ID && (type == STA_JSON || type == STA_ANY || type == STA_GEOMETRY);
}

const char *sta_type_name(StaType type)
{
    switch (type) {
    case STA_NULL: return "null";
    case STA_ANY: return "any value";
    case STA_BOOL: return "true or false";
    case STA_WHOLE: return "a whole number";
    case STA_NUMBER: return "a number";
    case STA_TEXT: return "a text";
    case STA_INSTANT: return "an instant";
    case STA_INTERVAL: return "an interval";
    case STA_TIME: return "an instant or interval";
    case STA_DATE: return "a date";
    case STA_CLOCK: return "a time of day";
    case STA_DURATION: return "a duration";
    case STA_GEOMETRY: return "a geometry";
    case STA_JSON: return "an object or list";
    }
    return "";
}

Str sta_members(Arena *arena, StaEntity entity)
{
    const StaEntityType *type = sta_entity(entity);
    Buf out = buf_in(arena);

    buf_addf(&out, "%s has id", type->name);
    for (size_t i = 0; i < type->property_count; i++)
        buf_addf(&out, ", %s", type->properties[i].name);
    for (size_t i = 0; i < type->relation_count; i++)
        buf_addf(&out, ", %s", type->relations[i].name);
    return buf_str(&out);
}

Str sta_sets(Arena *arena)
{
    Buf out = buf_in(arena);

    for (int i = 0; i < STA_ENTITIES; i++)
        buf_addf(&out, "%s%s", i ? ", " : "", TYPES[i].set);
    return buf_str(&out);
}

int sta_http_status(ErrKind kind)
{
    return kind == ERR_INPUT ? 400 : err_http_status(kind);
}
