/* SPDX-License-Identifier: EUPL-1.2 */
/* Subscriptions as wants.c keeps, match.c compares and tell.c tells them. */
#pragma once

#include "city/mqtt/quota.h"
#include "city/mqtt/wants.h"

#include <pthread.h>

typedef struct MqttWanter {
    uint32_t caller;
    MqttAccount *account; /* that it is counted for */
    int times;            /* clients of it that subscribed */
} MqttWanter;

typedef struct MqttWant {
    struct MqttWant *next;
    Arena *arena;
    Str text;
    MqttWanted is;
    struct {
        MqttWanter *items;
        size_t count, capacity;
    } by;
} MqttWant;

/* What is wanted of one town. */
typedef struct MqttTown {
    struct MqttTown *next;
    Str name;
    MqttWant *first[STA_ENTITIES]; /* by what they lead to */
} MqttTown;

struct MqttWants {
    MqttWantOptions is;
    MqttQuota *quota;
    pthread_mutex_t lock;
    Arena *arena; /* of the towns */
    MqttTown *towns;
    _Atomic size_t counts[STA_ENTITIES];
};

/* Under the lock; NULL: nobody wants anything of it. */
MqttTown *mqtt_wants_town(const MqttWants *wants, Str name);
/* Read in the town, as nobody at first (tell.c). */
bool mqtt_wants_begin(const MqttWants *wants, Tenant *tenant, const Session *session, Arena *arena,
                      CityReader *reader, Err *err);
/* What a caller may see of the reader's town: as somebody of another town, nothing but what is
 * public. */
CityRights mqtt_rights_of(const MqttWho *who, Tenant *tenant, const CityDatasets *datasets,
                          Arena *arena);

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
