/* SPDX-License-Identifier: EUPL-1.2 */
/* Topics: [t/TOWN/][datasets/NAME/]v1.1/PATH[?OPTIONS], where PATH is what the address of an entity
 * has behind "/v1.1". */
#pragma once

#include "city/sta/options.h"
#include "city/sta/path.h"

typedef struct MqttTopic {
    Str tenant;  /* or STR_NONE: that of the connection */
    Str dataset; /* or STR_NONE: all */
    Str rest;    /* "/Datastreams(1)/Observations" */
    Str options; /* behind "?"; or STR_NONE */
} MqttTopic;

/* Parts of the text. ERR_INPUT when it is none of ours. */
bool mqtt_topic_parse(Str text, MqttTopic *out, Err *err);

/* What somebody subscribes to: a set, of which $filter may choose, an entity or a property. $select
 * and $expand say what is told of it. */
typedef struct MqttWanted {
    MqttTopic topic;
    StaPath path;
    const StaOptions *options; /* of an entity of the path's type */
} MqttWanted;

/* ERR_INPUT, ERR_NOT_FOUND, ERR_UNSUPPORTED say what is wrong. */
bool mqtt_wanted_parse(Arena *arena, Str text, MqttWanted *out, Err *err);
