/* SPDX-License-Identifier: EUPL-1.2 */
/* Entities as programs write them, into the graph: what is given is checked against the model, what
 * is nested is made as well, all or nothing (SensorThings 1.1, sections 10.2 and 10.3). */
#pragma once

#include "city/hub/hub.h"
#include "city/query/reader.h"

/* An Observation that waits for its entities to be written. */
typedef struct CityArrival {
    CityEntity *stream;
    CityEntity *feature; /* NULL: the stream's */
    Observation is;
} CityArrival;

typedef struct CityArrivals {
    CityArrival *items;
    size_t count, capacity;
} CityArrivals;

typedef struct CityInsert {
    const CityGraph *graph;
    CityRights rights;
    Arena *arena;
    Timestamp now;
    int64_t dataset; /* of what is made and hangs on nothing */
    CityChange change;
    int64_t made; /* after the commit: id of the first entity that was added */
    CityArrivals arrivals;
} CityInsert;

/* Where the path of a POST leads to: the new entity is one of those of a relation. */
typedef struct CityPlace {
    CityEntity *parent; /* NULL: a set of its own */
    const StaRelation *relation;
} CityPlace;

/* Plan an entity other than an Observation. ERR_INPUT with the field that is missing or wrong. */
bool city_insert_entity(CityInsert *insert, StaEntity type, const Node *json, CityPlace place,
                        CityEntity **out, Err *err);
/* Plan an Observation. */
bool city_insert_observation(CityInsert *insert, const Node *json, CityPlace place, Err *err);
/* Give an Observation that names none the feature of where its Thing is, if that is known. */
void city_default_feature(CityInsert *insert, CityArrival *arrival);
/* What a relation of its owner leads to, once the change is done: the last that was linked. */
CityEntity *city_will_be_linked(const CityInsert *insert, const CityEntity *from,
                                const StaRelation *relation);
/* Note that the Thing is at its Locations from now on. */
void city_insert_history(CityInsert *insert, CityEntity *thing, CityEntity *const *locations,
                         size_t count);
/* A Thing is where it was put last: at the Location, which is linked, and no longer elsewhere. */
void city_move_thing(CityInsert *insert, CityEntity *thing, CityEntity *location);
/* Note it when the entity's relation, to what was just linked, is that of a Thing and its
 * Locations, seen from either side. */
void city_note_history(CityInsert *insert, CityEntity *entity, const StaRelation *relation,
                       CityEntity *const *targets, size_t count);
/* A HistoricalLocation that is later than all of its Thing says where the Thing is. */
void city_follow_history(CityInsert *insert, const CityEntity *history);

/* The planned Observations as the store takes them; those of entities that are yet to be written
 * get their numbers with hub_write(). */
ObsEntry *city_entries(const CityInsert *insert);
/* Write what is planned, entities first, and end what hub_begin() began. Ids of the Observations go
 * to `ids`, which has room for all, or is NULL. False: nothing is there. */
bool city_insert_commit(CityInsert *insert, Hub *hub, int64_t *ids, Err *err);
/* The same for Observations alone that need no change of the graph, which is held for reading
 * until here. */
bool city_append_arrivals(CityInsert *insert, Hub *hub, int64_t *ids, Err *err);

/* The properties of an entity, checked, in the model's order. NULL with ERR_INPUT. */
Node *city_read_body(Arena *arena, StaEntity type, const Node *json, Err *err);
/* Is the Location or FeatureOfInterest GeoJSON, as its encodingType says? */
bool city_is_shape(const Node *json);
/* What an Observation says but for its stream and feature. */
bool city_read_observation(Arena *arena, const Node *json, Timestamp now, Observation *out,
                           Err *err);
/* A MultiDatastream says of each part of its results what it is: the lists of its body have as many
 * items as it has parts. */
size_t city_parts(const Node *body);
bool city_check_parts(const Node *body, size_t parts, Err *err);
bool city_check_new_multi(const CityEntity *entity, const Node *json, CityPlace place, Err *err);
/* The result of an Observation of a MultiDatastream has them all; others are as they like. */
bool city_check_result(const CityEntity *stream, const Node *json, Err *err);
/* The entity that {"@iot.id": 1} names; ERR_INPUT when there is none. */
bool city_read_link(const CityInsert *insert, StaEntity type, const Node *json, CityEntity **out,
                    Err *err);
/* The address says which one of a type it is: the body may say the same, and nothing else. */
bool city_says_the_same(const CityInsert *insert, const Node *json, CityPlace place, StaEntity type,
                        Err *err);
/* Is it a link, and not an entity? */
bool city_is_link(const Node *json);
