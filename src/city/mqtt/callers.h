/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is connected: a key of a town, or nobody in particular. Clients that show the same key are
 * one caller. Keys are asked again, so that one that was revoked ends. */
#pragma once

#include "city/mqtt/log_share.h"
#include "city/mqtt/opener.h"
#include "city/mqtt/wire.h"
#include "core/http/request.h"
#include "core/tenant.h"

#include <stdatomic.h>

typedef struct MqttCallers MqttCallers;

enum { MQTT_KEY_SHOWN = 9 }; /* characters, as the page of staff shows them */

/* As it was when it was last asked; held while it is used. */
typedef struct MqttWho {
    _Atomic int holders;
    Arena *arena;
    Str tenant;      /* whose; STR_NONE: no town's */
    Session session; /* nobody, or what the key brings */
    Str key_begins;  /* its first characters, to tell it by */
    bool shows_key, writes, reads_internal;
} MqttWho;

/* `root`: the town of those who name none; or STR_NONE. */
MqttCallers *mqtt_callers_create(App *app, Str root, const MqttRing *ring, MqttOpener *opener);
/* NULL is accepted. */
void mqtt_callers_destroy(MqttCallers *callers);

/* A client comes. The user name says of which town the key is, where there are several. False when
 * there is no such key (ERR_FORBIDDEN), when there are too many (ERR_TOO_LARGE), and when the town
 * is not open and nobody is connected who is the same (ERR_TEMPORARY): it is opened meanwhile, and
 * nobody waits for it here. */
bool mqtt_callers_come(MqttCallers *callers, Str user, Str key, uint32_t *id, bool *writes,
                       Err *err);
/* A client of it goes; the caller stays while the ring holds what it may have sent. */
void mqtt_callers_leave(MqttCallers *callers, uint32_t id);
/* The town that a user name names, or that of those who name none; STR_NONE: there is none. */
Str mqtt_callers_town(const MqttCallers *callers, Str user);
/* May the operator's log take one more line of the town's refused clients (log_share.h)? */
bool mqtt_callers_may_log(MqttCallers *callers, Str town, bool *last);
/* It has one subscription more or less, for which it is kept. */
void mqtt_callers_want(MqttCallers *callers, uint32_t id, int more);
/* NULL when there is none (any more); mqtt_who_release() is the caller's. */
MqttWho *mqtt_callers_take(MqttCallers *callers, uint32_t id);
void mqtt_who_release(MqttWho *who);

/* Ask for all keys again; `ended` is called for each caller who may other things than before, and
 * who is nobody any more. */
void mqtt_callers_ask_again(MqttCallers *callers, void (*ended)(void *context, uint32_t id),
                            void *context);
/* The broker is a new one: nobody is connected. */
void mqtt_callers_forget(MqttCallers *callers);
