/* SPDX-License-Identifier: EUPL-1.2 */
/* What the first page of the town's data says of the roads (GET /stadtdaten). */
#pragma once

#include "city/query/reader.h"

typedef struct TrafficGroup {
    bool any, works; /* there are roads; there are road works now or soon */
    Str summary, works_summary;
} TrafficGroup;

/* Is it a part of a road? What is measured there is the traffic of it. */
bool traffic_is_road(const CityEntity *thing);
bool traffic_group(CityReader *reader, Str lang, TrafficGroup *out, Err *err);
