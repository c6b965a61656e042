/* SPDX-License-Identifier: EUPL-1.2 */
/* What became true, on its way to those who want it: the thread that tells. */
#pragma once

#include "city/mqtt/teller.h"
#include "city/mqtt/wants.h"

typedef struct MqttNews MqttNews;

MqttNews *mqtt_news_create(void);
/* NULL is accepted. */
void mqtt_news_destroy(MqttNews *news);
/* Begin and end telling. `teller` is the thread's own. */
bool mqtt_news_start(MqttNews *news, MqttWants *wants, const MqttTeller *teller, Err *err);
void mqtt_news_stop(MqttNews *news);
/* From any thread, without waiting: of a town of which 50,000 wait (queue.h), more are left out and
 * counted. */
void mqtt_news_add(MqttNews *news, Tenant *tenant, const HubNews *items, size_t count);
/* For MqttWantOptions.publish, from the telling thread alone. */
void mqtt_news_publish(MqttNews *news, Str callers, Str topic, Str payload);

typedef struct MqttNewsCounts {
    uint64_t told, left_out;
} MqttNewsCounts;
MqttNewsCounts mqtt_news_counts(const MqttNews *news);
