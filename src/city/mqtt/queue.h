/* SPDX-License-Identifier: EUPL-1.2 */
/* What waits to be told: a line for each town, and the towns take turns. A town of which much waits
 * makes no other wait for all of it. */
#pragma once

#include "city/hub/watch.h"

typedef struct MqttQueue MqttQueue;

enum { MQTT_QUEUE_TOWN_MAX = 50000 };

MqttQueue *mqtt_queue_create(void);
/* NULL is accepted. */
void mqtt_queue_destroy(MqttQueue *queue);
/* From any thread, without waiting. How many found no room, because so many of the town wait. */
size_t mqtt_queue_add(MqttQueue *queue, Tenant *tenant, const HubNews *items, size_t count);
/* Wait for some, all of one town, at most `room`. The tenant is held for the caller, who releases
 * it. 0: mqtt_queue_stop() was called. */
size_t mqtt_queue_take(MqttQueue *queue, Tenant **tenant, HubNews *out, size_t room);
void mqtt_queue_stop(MqttQueue *queue);
