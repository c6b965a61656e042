/* SPDX-License-Identifier: EUPL-1.2 */
/* What clients publish becomes Observations: all that waits is written together, with one sync. */
#pragma once

#include "city/mqtt/callers.h"
#include "city/mqtt/refusals.h"
#include "city/mqtt/ring.h"

typedef struct MqttTaker MqttTaker;

typedef struct MqttTakerOptions {
    App *app;
    MqttCallers *callers;
    MqttRefusals *refusals;
    MqttRing *ring;
    /* Messages up to this number, counted as the ring counts them, are on disk or refused, but some
     * of these callers, for the disk is full or broken. */
    void (*done)(void *context, uint64_t number, const uint32_t *lost, size_t lost_count);
    void *context;
} MqttTakerOptions;

typedef struct MqttCounts {
    uint64_t taken, refused, lost;
} MqttCounts;

MqttTaker *mqtt_taker_start(const MqttTakerOptions *options, Err *err);
/* mosquitto has ended: wait until what it left in the ring is taken, so that the next one begins
 * with a true count. */
void mqtt_taker_settle(MqttTaker *taker);
/* Takes what is in the ring and ends; nobody writes to it any more. NULL is accepted. */
void mqtt_taker_stop(MqttTaker *taker);
MqttCounts mqtt_taker_counts(MqttTaker *taker);
