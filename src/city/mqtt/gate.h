/* SPDX-License-Identifier: EUPL-1.2 */
/* Our end of the line to the plugin (wire.h): who is who, and who may subscribe to what. */
#pragma once

#include "city/mqtt/callers.h"
#include "city/mqtt/wants.h"
#include "city/mqtt/wire.h"

/* Parts of what came: it is mosquitto's word, and not trusted. False: it is no frame. */
bool mqtt_frame_read(Str bytes, MqttFrame *frame, Str *first, Str *second);
/* Do what a frame asks; true: `answer` is to be sent. What is no frame is passed over. */
bool mqtt_gate_answer(MqttCallers *callers, MqttWants *wants, Str bytes, MqttFrame *answer);
/* Answer at this end of the line until the other one is closed or it is shut down. */
void mqtt_gate_serve(int line, MqttCallers *callers, MqttWants *wants);
/* The first frame. */
bool mqtt_gate_begin(int line, Str secret);
/* Disconnect the caller's clients. */
void mqtt_gate_end(int line, uint32_t caller);
