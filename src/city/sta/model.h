/* SPDX-License-Identifier: EUPL-1.2 */
/* The data model of SensorThings 1.1 (OGC 18-088, section 8) as one table: entity types, their
 * properties and relations. Paths, options and filters are checked against it. */
#pragma once

#include "base/err.h"

typedef enum StaEntity {
    STA_THING,
    STA_LOCATION,
    STA_HISTORICAL_LOCATION,
    STA_DATASTREAM,
    STA_MULTI_DATASTREAM,
    STA_SENSOR,
    STA_OBSERVED_PROPERTY,
    STA_OBSERVATION,
    STA_FEATURE_OF_INTEREST,
    STA_ENTITIES,
} StaEntity;

/* What a property or an expression may be. STA_ANY is known only with the value. */
typedef enum StaType {
    STA_NULL,
    STA_ANY,
    STA_BOOL,
    STA_WHOLE,
    STA_NUMBER,
    STA_TEXT,
    STA_INSTANT,
    STA_INTERVAL,
    STA_TIME, /* an instant or an interval */
    STA_DATE,
    STA_CLOCK, /* a time of day */
    STA_DURATION,
    STA_GEOMETRY,
    STA_JSON, /* an object or a list */
} StaType;

typedef struct StaProperty {
    const char *name;
    StaType type;
    bool mandatory; /* whoever creates the entity must give it */
    bool computed;  /* the server alone sets it */
    bool nullable;  /* told as null where there is none; others are left out then */
} StaProperty;

/* An Observation's, in their order in its type: there are millions of them, so that whoever has one
 * need not look at its name. */
typedef enum StaObservationProperty {
    STA_PHENOMENON_TIME,
    STA_RESULT_TIME,
    STA_RESULT,
    STA_RESULT_QUALITY,
    STA_VALID_TIME,
    STA_PARAMETERS,
} StaObservationProperty;

typedef struct StaRelation {
    const char *name;
    StaEntity target;
    bool many;
    bool mandatory; /* an entity cannot be without it; it may come with the path of a POST */
} StaRelation;

typedef struct StaEntityType {
    const char *name; /* "Thing" */
    const char *set;  /* "Things" */
    const StaProperty *properties;
    size_t property_count;
    const StaRelation *relations;
    size_t relation_count;
} StaEntityType;

/* "@iot.id", the key of each entity: a whole number or a text. */
extern const StaProperty STA_ID;
/* "@iot.selfLink", which $select may name. */
extern const StaProperty STA_SELF_LINK;

const StaEntityType *sta_entity(StaEntity entity);
/* By the name of the set; false when there is none. */
bool sta_entity_of_set(Str set, StaEntity *out);
/* A property by name ("id" and "@iot.id" are STA_ID), or NULL. */
const StaProperty *sta_property(StaEntity entity, Str name);
const StaRelation *sta_relation(StaEntity entity, Str name);
/* Of one of the Observation's own: STA_ID and STA_SELF_LINK are not. */
StaObservationProperty sta_observation_property(const StaProperty *property);
/* May a path go on inside the value? */
bool sta_property_has_parts(const StaProperty *property);
/* Is it known only with the value? An object or list may be anything further inside. */
static inline bool sta_type_is_open(StaType type)
{
    return type == STA_ANY || type == STA_JSON || type == STA_NULL;
}
/* "a number", for messages. */
const char *sta_type_name(StaType type);
/* "Thing has id, name, …, Locations, …": what may stand behind one entity. */
Str sta_members(Arena *arena, StaEntity entity);
/* "Things, Locations, …" */
Str sta_sets(Arena *arena);
/* The HTTP status of an error of this room: what the standard wants where it differs from
 * err_http_status (400 for what cannot be understood). */
int sta_http_status(ErrKind kind);
