/* SPDX-License-Identifier: EUPL-1.2 */
/* The entities of a town's SensorThings but its Observations, in memory: what they say and how they
 * are linked. Nobody reads it without holding the hub's lock (hub.h). */
#pragma once

#include "base/node.h"
#include "city/hub/index.h"
#include "city/sta/box.h"
#include "city/sta/model.h"

/* Relations of one entity type; none has more. */
enum { CITY_RELATIONS = 4 };
/* Ids of Observations hold the series in 20 bits (observation.h). */
enum { CITY_SERIES_MAX = (1 << 20) - 1 };

typedef struct CityLinks {
    CityEntity **items;
    size_t count, capacity;
} CityLinks;

struct CityEntity {
    StaEntity type;
    int64_t id; /* one counter for all types */
    int64_t dataset;
    uint32_t series; /* of Datastreams: where their Observations are, from 1; 0 of all others */
    /* The series that an import looked for next when it last looked for this one: a guess. */
    _Atomic uint32_t follower;
    /* A FeatureOfInterest, 0: none. Of a Datastream that of its Observations which name none, of a
     * Location the one that was made of it. */
    int64_t feature;
    const Node *body;                /* its properties, as SensorThings writes them */
    Str key;                         /* properties/key of the body; or absent */
    StaBox box;                      /* of Locations and features: around where they are */
    Arena *memory;                   /* of the body */
    CityLinks links[CITY_RELATIONS]; /* by the relation's place in the type's table */
};

/* Entities of one type, by id ascending. */
typedef struct CitySet {
    CityEntity **items;
    size_t count, capacity;
} CitySet;

typedef struct CityGraph {
    CitySet sets[STA_ENTITIES];
    CityEntity **by_series; /* by number; NULL: no Datastream has it */
    size_t series_capacity;
    CityIndex keys; /* Datastreams and Things */
} CityGraph;

void city_graph_clear(CityGraph *graph);

/* A new entity with a copy of the body, in no graph yet. */
CityEntity *city_entity_create(StaEntity type, const Node *body);
/* Not of one that is in a graph. NULL is accepted. */
void city_entity_destroy(CityEntity *entity);

/* NULL when there is none. */
CityEntity *city_find(const CityGraph *graph, StaEntity type, int64_t id);
CityEntity *city_of_series(const CityGraph *graph, uint32_t series);
/* The graph owns it from now on; its id and series are set. */
void city_insert(CityGraph *graph, CityEntity *entity);
/* What an entity of the graph says from now on; the body is copied. */
void city_set_body(CityGraph *graph, CityEntity *entity, const Node *body);
/* Unlinks and destroys it. */
void city_remove(CityGraph *graph, CityEntity *entity);

/* Those that a relation of the entity leads to. Relations to Observations lead to none here. */
const CityLinks *city_links(const CityEntity *entity, const StaRelation *relation);
/* The one of a relation to one, or NULL. */
CityEntity *city_linked(const CityEntity *entity, const char *relation);
/* In both directions; nothing when they are linked already. */
void city_link(CityEntity *from, const StaRelation *relation, CityEntity *to);
void city_unlink(CityEntity *from, const StaRelation *relation, CityEntity *to);
/* The relation that leads back, or NULL (from Observations). */
const StaRelation *city_inverse(StaEntity from, const StaRelation *relation);
/* Of a relation and its inverse one is the owner's, which the database holds. */
bool city_owns(StaEntity from, const StaRelation *relation);
