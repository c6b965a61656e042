/* SPDX-License-Identifier: EUPL-1.2 */
/* Our end of the ring that the plugin fills (wire.h). What is in it is mosquitto's word and not
 * trusted. */
#pragma once

#include "base/err.h"
#include "city/mqtt/wire.h"

typedef struct MqttMessage {
    uint32_t caller;
    Str topic, payload; /* in the arena */
} MqttMessage;

/* Memory that another process can be given; -1 with `err`. */
int mqtt_ring_make(MqttRing **out, Err *err);
void mqtt_ring_unmap(MqttRing *ring);
/* Wait until there is a message; at most `ms`. */
bool mqtt_ring_wait(MqttRing *ring, int ms);
/* The next behind `*at` (bytes since the beginning), which goes on; false: there is none. What is
 * no message ends the ring: everything up to its head is passed over. */
bool mqtt_ring_next(MqttRing *ring, uint64_t *at, Arena *arena, MqttMessage *out);
/* Is all of it taken? */
bool mqtt_ring_is_read(const MqttRing *ring);
/* Nobody writes any more, all is read, and `done` messages were: a writer that was killed between
 * the message and its count is put right. */
void mqtt_ring_settle(MqttRing *ring, uint64_t done);
/* The room of all before `at` is free. */
void mqtt_ring_free(MqttRing *ring, uint64_t at);
