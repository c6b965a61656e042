/* SPDX-License-Identifier: EUPL-1.2 */
/* What the first page of the town's data says of the roads (GET /stadtdaten). */
#pragma once

#include "city/query/reader.h"

typedef struct TrafficGroup {
    bool any, works; /* there are roads; there are road works now or soon */
    Str summary, works_summary;
} TrafficGroup;

bool traffic_group(CityReader *reader, Str lang, TrafficGroup *out, Err *err);
