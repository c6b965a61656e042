/* SPDX-License-Identifier: EUPL-1.2 */
/* MQTT: devices create Observations, and whoever subscribes is told of what changes (SensorThings
 * 1.1, sections 14.1 and 14.2). docs/mqtt.md
 *
 *     client -- relay -- mosquitto with our plugin -- ring -- taker -- store
 *
 * mosquitto is a child of this process. What clients publish comes through the ring, and what
 * mosquitto answers goes through the relay, which holds an acknowledgement back until the store has
 * on disk what it acknowledges. */
#pragma once

#include "city/mqtt/refusals.h"
#include "core/engine.h"

/* Engine.serve_begin and serve_end. */
bool mqtt_begin(const Serving *serving, Err *err);
void mqtt_end(void);
/* Engine.metrics. */
void mqtt_metrics(Buf *out);
/* Does this server speak MQTT? */
bool mqtt_is_served(void);
/* mqtt_refusals_list() of this server. */
size_t mqtt_refused(Str town, Arena *arena, MqttRefusal **out);
