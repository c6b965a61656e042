/* SPDX-License-Identifier: EUPL-1.2 */
/* mosquitto as a child of this process: configured, started, and started again when it ends. */
#pragma once

#include "city/mqtt/callers.h"
#include "city/mqtt/wants.h"

typedef struct MqttBroker MqttBroker;

typedef struct MqttBrokerOptions {
    const char *folder; /* of its configuration and socket; made when missing */
    int ring;           /* descriptor of the ring */
    Str secret;         /* the teller's password */
    MqttCallers *callers;
    MqttWants *wants;
    /* mosquitto has ended. What it left behind is taken before this returns: who sent it is then
     * forgotten. */
    void (*ended)(void *context);
    void *context;
} MqttBrokerOptions;

/* Fails when mosquitto or the plugin is not installed. */
MqttBroker *mqtt_broker_start(const MqttBrokerOptions *options, Err *err);
/* mosquitto ends, and is not started again. NULL is accepted, here and below. */
void mqtt_broker_stop(MqttBroker *broker);
void mqtt_broker_destroy(MqttBroker *broker);
/* Its socket: a short path, good for this process alone. */
const char *mqtt_broker_socket(const MqttBroker *broker);
/* What it said last, for who waits for it in vain. */
void mqtt_broker_said(MqttBroker *broker, char *out, size_t size);
/* Is there a mosquitto, as far as is known? */
bool mqtt_broker_runs(MqttBroker *broker);
/* Disconnect the caller's clients; the number of such orders so far, which the ring counts when
 * they were obeyed. */
uint32_t mqtt_broker_end_caller(MqttBroker *broker, uint32_t caller);
uint32_t mqtt_broker_ends(MqttBroker *broker);
uint64_t mqtt_broker_starts(const MqttBroker *broker);
