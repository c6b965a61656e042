/* SPDX-License-Identifier: EUPL-1.2 */
/* Messages that were refused: the last ones of each town, in memory, for its staff to see. What was
 * in them is not kept. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "city/mqtt/callers.h"

enum { MQTT_REFUSALS_MAX = 50 /* of a town */ };

typedef enum MqttRefusedWhy {
    MQTT_REFUSED_TOPIC,   /* nothing is taken there */
    MQTT_REFUSED_BODY,    /* it is no Observation */
    MQTT_REFUSED_MISSING, /* of something that there is not */
    MQTT_REFUSED_RIGHT,   /* the key may not write there */
    MQTT_REFUSED_OTHER,
} MqttRefusedWhy;

/* Messages of one key to one topic that were refused for one reason. */
typedef struct MqttRefusal {
    Timestamp first, last;
    uint64_t times;
    MqttRefusedWhy why;
    int64_t series_of; /* the Datastream that the topic names; or 0 */
    Str topic;         /* its beginning */
    Str dataset;       /* that the topic names or that the key is for; or STR_NONE */
    Str key;           /* its first characters */
} MqttRefusal;

typedef struct MqttRefusals MqttRefusals;

MqttRefusals *mqtt_refusals_create(void);
/* NULL is accepted. */
void mqtt_refusals_destroy(MqttRefusals *refusals);
/* From any thread. */
void mqtt_refusals_note(MqttRefusals *refusals, const MqttWho *who, Str topic, const Err *err);
/* Those of a town, the latest first. */
size_t mqtt_refusals_list(MqttRefusals *refusals, Str town, Arena *arena, MqttRefusal **out);
