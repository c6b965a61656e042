/* SPDX-License-Identifier: EUPL-1.2 */
/* Towns are opened here, by a thread of their own: mosquitto waits for answers, and must not wait
 * for a town's files. */
#pragma once

#include "core/tenant.h"

typedef struct MqttOpener MqttOpener;

MqttOpener *mqtt_opener_start(App *app, Err *err);
/* NULL is accepted. */
void mqtt_opener_stop(MqttOpener *opener);
/* Let the town be opened soon, with what it measures. From any thread, without waiting; while many
 * are to be opened, more are forgotten, and whoever needs one asks again. */
void mqtt_opener_ask(MqttOpener *opener, Str town);
