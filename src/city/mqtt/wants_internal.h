/* SPDX-License-Identifier: EUPL-1.2 */
/* Subscriptions as wants.c keeps and match.c compares them. */
#pragma once

#include "city/mqtt/wants.h"

typedef struct MqttWanter {
    uint32_t caller;
    int times; /* clients of it that subscribed */
} MqttWanter;

typedef struct MqttWant {
    struct MqttWant *next;
    Arena *arena;
    Str text, tenant;
    MqttWanted is;
    struct {
        MqttWanter *items;
        size_t count, capacity;
    } by;
} MqttWant;

/* What changed, found: `entity` is a CityEntity or CityObservation. */
typedef struct MqttChanged {
    StaEntity type;
    int64_t id;
    uint32_t bits;
    const void *entity;
} MqttChanged;

/* Reads with the caller's rights, and of one dataset where the topic says so. False: there is no
 * such dataset for the caller. */
bool mqtt_want_see(const MqttWanted *wanted, CityReader *reader, const CityRights *rights);
/* Is it what was subscribed to, as the reader sees it? */
bool mqtt_want_matches(const MqttWanted *wanted, CityReader *reader, const MqttChanged *changed);
/* What is told of it: the entity, or {"name": …} of a property. */
bool mqtt_want_write(const MqttWanted *wanted, CityReader *reader, const MqttChanged *changed,
                     Buf *out, Err *err);
