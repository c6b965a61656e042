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
/* Messages up to this number are on disk or refused. `lost`: some are not, and nobody's
 * acknowledgement can be trusted: all connections are closed, and who published sends again. From
 * any thread. */
void mqtt_relay_done(MqttRelay *relay, uint64_t number, bool lost);
uint64_t mqtt_relay_connections(const MqttRelay *relay);
