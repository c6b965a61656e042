/* SPDX-License-Identifier: EUPL-1.2 */
/* Entities that are there, changed (SensorThings 1.1, sections 10.3 and 10.4). */
#pragma once

#include "city/edit/insert.h"

typedef enum CityUpdateKind {
    CITY_PATCH, /* what is given, the rest stays */
    CITY_PUT,   /* the whole */
    CITY_JSON_PATCH,
} CityUpdateKind;

/* Plan it. ERR_INPUT when what comes of it is none. */
bool city_update_entity(CityInsert *insert, CityEntity *entity, CityUpdateKind kind,
                        const Node *json, Err *err);
/* Plan that a relation to one leads there from now on. */
void city_relink(CityInsert *insert, CityEntity *entity, const StaRelation *relation,
                 CityEntity *other);
/* What an Observation says afterwards; its Datastream and feature stay. */
bool city_update_observation(CityReader *reader, CityObservation *o, CityUpdateKind kind,
                             const Node *json, Err *err);
