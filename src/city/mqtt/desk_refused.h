/* SPDX-License-Identifier: EUPL-1.2 */
/* What devices sent by MQTT and the town refused, at the desk: for who may write the town's data,
 * and of no dataset that they may not see. */
#pragma once

#include "city/mqtt/refusals.h"
#include "core/http/route.h"

#define MQTT_REFUSED_PATH "/desk/abgelehnte-messwerte"

typedef struct RefusedLine {
    Str when, why, key, topic;
    Str dataset; /* title; STR_NONE: of none that is known */
    int64_t times;
} RefusedLine;

typedef struct RefusedPage {
    RefusedLine *lines;
    size_t count;
} RefusedPage;

bool desk_refused(Request *req, Response *res, Err *err);

#define MQTT_ROUTES                                                           \
    {                                                                         \
        "GET", MQTT_REFUSED_PATH, desk_refused, ACCESS_STAFF, "city.write", 0 \
    }
