/* SPDX-License-Identifier: EUPL-1.2 */
/* The relay: clients' connections, passed on to mosquitto's socket and back. It reads no MQTT. What
 * mosquitto answers waits until every message that it may acknowledge is on disk. */
#pragma once

#include "base/err.h"
#include "city/mqtt/wire.h"

typedef struct MqttRelay MqttRelay;

/* `listening` is a listening socket, which the relay closes at its end; `socket` the path of
 * mosquitto's. */
MqttRelay *mqtt_relay_start(int listening, const char *socket, MqttRing *ring, Err *err);
/* NULL is accepted. */
void mqtt_relay_stop(MqttRelay *relay);
/* Messages that are neither on disk nor refused: who published them may hear no acknowledgement,
 * and is disconnected to send again. */
typedef enum MqttLoss {
    MQTT_LOST_NONE,
    MQTT_LOST_ENDED, /* mosquitto has ended their connections: those are closed */
    MQTT_LOST_ALL,   /* all connections are closed */
} MqttLoss;

/* Messages up to this number are on disk, refused or lost. From any thread. */
void mqtt_relay_done(MqttRelay *relay, uint64_t number, MqttLoss loss);
uint64_t mqtt_relay_connections(const MqttRelay *relay);
