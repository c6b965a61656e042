/* SPDX-License-Identifier: EUPL-1.2 */
/* Who is refused asks again and again. In the operator's log each town has its share of a minute,
 * so that one town's devices do not hide what happens to another's. */
#pragma once

#include "base/str.h"

enum { MQTT_LOG_SHARE = 20 /* lines of a town in a minute */ };

typedef struct MqttLogShares MqttLogShares;

MqttLogShares *mqtt_log_shares_create(void);
/* NULL is accepted. */
void mqtt_log_shares_destroy(MqttLogShares *shares);
/* May one more line of this town be written in this minute? From any thread. The town is one of the
 * server's, or STR_NONE: of none that is known. `last`: it is the last one. */
bool mqtt_log_share_take(MqttLogShares *shares, Str town, int64_t minute, bool *last);
