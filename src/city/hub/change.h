/* SPDX-License-Identifier: EUPL-1.2 */
/* A change of the graph: steps that are written to the database in one transaction and then done in
 * memory, all or none. Who plans one holds the hub's lock for changing (hub.h), so that what the
 * steps name is there when they are done. */
#pragma once

#include "base/vec.h"
#include "city/hub/graph.h"
#include "core/store/db.h"

typedef enum CityStepKind {
    CITY_ADD,  /* entity: made by city_entity_create(); gets its id, a stream its series */
    CITY_BODY, /* entity says `body` from now on */
    CITY_LINK, /* entity -relation-> other; the relation is the owner's */
    CITY_UNLINK,
    CITY_REMOVE,
    CITY_FEATURE, /* the feature of a Datastream or Location is `other`, or none */
} CityStepKind;

typedef struct CityStep {
    CityStepKind kind;
    CityEntity *entity;
    const StaRelation *relation;
    CityEntity *other;
    const Node *body;
} CityStep;

typedef struct CityChange {
    Arena *arena;
    CityStep *items;
    size_t count, capacity;
    /* What else is written in the same transaction, behind the steps, when new entities have their
     * ids; NULL: nothing. */
    WriteFn also;
    void *context;
} CityChange;

void city_change_add(CityChange *change, CityEntity *entity);
void city_change_body(CityChange *change, CityEntity *entity, const Node *body);
/* In whichever direction; the owner is found. */
void city_change_link(CityChange *change, CityEntity *from, const StaRelation *relation,
                      CityEntity *to);
void city_change_unlink(CityChange *change, CityEntity *from, const StaRelation *relation,
                        CityEntity *to);
/* The entity and what cannot be without it (SensorThings 1.1, table 24: a Thing's Datastreams, a
 * Location's HistoricalLocations …). */
void city_change_remove(CityChange *change, CityEntity *entity);

/* In the database; new entities get their ids. A WriteFn whose context is the change. */
bool city_change_write(Tx *tx, void *context, Err *err);
/* In memory, once it is on disk. */
void city_change_apply(const CityChange *change, CityGraph *graph);
/* When it was not written: forgets the new entities. */
void city_change_drop(const CityChange *change);
