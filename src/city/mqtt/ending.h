/* SPDX-License-Identifier: EUPL-1.2 */
/* Callers whose clients mosquitto is to disconnect, and the knowledge that it has. */
#pragma once

#include "city/mqtt/broker.h"
#include "city/mqtt/wire.h"

typedef struct MqttEnding MqttEnding;

MqttEnding *mqtt_ending_create(MqttBroker *broker, MqttRing *ring);
/* NULL is accepted. */
void mqtt_ending_destroy(MqttEnding *ending);
/* Returns when mosquitto has disconnected them, or runs no more. False: it lives and did not answer
 * for 30 s. From any thread. */
bool mqtt_ending_end(MqttEnding *ending, const uint32_t *callers, size_t count);
