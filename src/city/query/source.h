/* SPDX-License-Identifier: EUPL-1.2 */
/* The hub's entities as filters ask for them. */
#pragma once

#include "city/query/reader.h"

StaSource city_source(CityReader *reader);
/* Of an Observation that its relations lead to: one at most. */
const CityEntity *city_of_observation(const CityReader *reader, const CityObservation *o,
                                      StaEntity target);
/* The time of an Observation's property, or null. */
StaValue city_observation_value(const CityObservation *o, const StaProperty *property,
                                Arena *arena);
/* A part of what an Observation rarely has: "parameters", "validTime", "resultQuality"; or NULL. */
const Node *city_observation_rare(const CityObservation *o, const char *name, Arena *arena);
