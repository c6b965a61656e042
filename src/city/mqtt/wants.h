/* SPDX-License-Identifier: EUPL-1.2 */
/* What callers have subscribed to, and what of it an entity that changed is. */
#pragma once

#include "city/hub/watch.h"
#include "city/mqtt/callers.h"
#include "city/mqtt/topic.h"
#include "city/query/reader.h"

typedef struct MqttWants MqttWants;

typedef struct MqttWantOptions {
    App *app;
    MqttCallers *callers;
    MqttOpener *opener;
    /* Publish to the callers of the list "3,17". */
    void (*publish)(void *context, Str callers, Str topic, Str payload);
    void *context;
    Str address; /* of this server: "http://127.0.0.1:8080" */
    Str root;    /* the town whose addresses have no /t/NAME; or STR_NONE */
} MqttWantOptions;

MqttWants *mqtt_wants_create(const MqttWantOptions *options);
/* NULL is accepted. */
void mqtt_wants_destroy(MqttWants *wants);

/* One more caller wants the topic. Fails when it is none, or leads to what the caller may not see,
 * which looks the same as what is not there; or when there are too many. Does not wait for a town
 * that is not open: it is asked to be opened, and the topic taken without a look at where it leads
 * (whoever may not see what it leads to is told nothing of it). */
bool mqtt_wants_add(MqttWants *wants, uint32_t caller, Str topic, Err *err);
void mqtt_wants_remove(MqttWants *wants, uint32_t caller, Str topic);
/* The broker is a new one: nobody wants anything. */
void mqtt_wants_forget(MqttWants *wants);
/* How many there are. */
size_t mqtt_wants_count(const MqttWants *wants);
/* Is one of these wanted by anybody? Cheap. */
bool mqtt_wants_any(const MqttWants *wants, StaEntity type);
/* Publish what is wanted of these. */
void mqtt_wants_tell(MqttWants *wants, Tenant *tenant, const HubNews *news, size_t count,
                     Arena *arena);
