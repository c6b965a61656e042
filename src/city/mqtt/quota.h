/* SPDX-License-Identifier: EUPL-1.2 */
/* How much each town may have of what all towns share: connections, subscriptions.
 *
 * Of each town there are two accounts: of those who show its key, and of those who show none, who
 * get half as much. When three quarters of all are taken, only an account that has less than its
 * even share gets more: what a greedy town has taken hurts no other. */
#pragma once

#include "base/err.h"
#include "base/str.h"

typedef struct MqttQuota MqttQuota;
typedef struct MqttAccount MqttAccount;

typedef struct MqttLimits {
    const char *what; /* "subscriptions" */
    size_t all, town; /* of a town: with its keys; half of it without */
    Str root;         /* the town that may have as much as there is; or STR_NONE */
} MqttLimits;

MqttQuota *mqtt_quota_create(const MqttLimits *limits);
/* NULL is accepted. */
void mqtt_quota_destroy(MqttQuota *quota);
/* One more, from any thread. The account is there as long as the quota. NULL with ERR_TOO_LARGE
 * that says whose limit is reached. */
MqttAccount *mqtt_quota_take(MqttQuota *quota, Str town, bool with_key, Err *err);
/* So many less. */
void mqtt_quota_give(MqttQuota *quota, MqttAccount *account, size_t count);
/* Of all accounts. */
size_t mqtt_quota_taken(MqttQuota *quota);
