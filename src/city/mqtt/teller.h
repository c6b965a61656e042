/* SPDX-License-Identifier: EUPL-1.2 */
/* Our own connection to mosquitto, by which updates are published: so much of MQTT 3.1.1 as that
 * takes. One thread has it. */
#pragma once

#include "base/buf.h"

typedef struct MqttTeller {
    const char *socket; /* mosquitto's */
    char name[32];      /* our client id, which nobody can guess */
    char password[64];
    int fd; /* -1: not connected */
    uint16_t number;
} MqttTeller;

/* Is it still there? Closes it when it is not. */
bool mqtt_teller_lives(MqttTeller *teller);
/* Connect; false when mosquitto does not let us in (yet). */
bool mqtt_teller_connect(MqttTeller *teller);
/* Publish with QoS 1, without waiting for the acknowledgement; false: the connection is gone. */
bool mqtt_teller_publish(MqttTeller *teller, Str callers, Str topic, Str payload);
void mqtt_teller_close(MqttTeller *teller);
