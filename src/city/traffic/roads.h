/* SPDX-License-Identifier: EUPL-1.2 */
/* The state of the roads at this moment, as a reader sees it. */
#pragma once

#include "city/traffic/graph.h"
#include "city/traffic/work.h"

typedef struct RoadState {
    RoadSegments segments; /* with speeds, closings and levels */
    RoadWorks works;       /* also those that are over */
} RoadState;

bool road_state(CityReader *reader, RoadState *out, Err *err);
/* Without what is closed. `skip`: a segment to leave out as well (id of its Thing), or 0. */
RoadGraph *road_graph_of(const RoadSegments *segments, int64_t skip, Arena *arena);
