/* SPDX-License-Identifier: EUPL-1.2 */
/* Roads as the town's data has them: a Thing with the property `strasse` whose place is a line is a
 * segment of a road. What its Datastreams measure, and what counters within 25 m of it do, says how
 * fast one goes there. docs/traffic.md has the properties. */
#pragma once

#include "city/query/reader.h"
#include "city/traffic/level.h"
#include "city/traffic/way.h"

/* Names of ObservedProperties. */
#define TRAFFIC_SPEED "Geschwindigkeit" /* km/h */
#define TRAFFIC_FLOW "Verkehrsstärke"   /* vehicles an hour */
/* Of a Thing. */
#define TRAFFIC_ROAD "strasse"

enum { TRAFFIC_NEAR_M = 25, TRAFFIC_KMH_MAX = 300, TRAFFIC_FLOW_MAX = 20000 };

typedef struct RoadSegment {
    const CityEntity *thing;
    Str road, class; /* borrowed from the graph */
    double free_kmh;
    double capacity; /* vehicles an hour */
    double length;   /* m */
    bool oneway;     /* only along the line */
    Way way;
    WayPoint low, high; /* the box around it */
    /* Now (live.c, closing.c). */
    double kmh; /* NAN: not known */
    Timestamp at;
    bool closed;
    TrafficLevel level;
} RoadSegment;

typedef struct RoadSegments {
    RoadSegment *items; /* by the Thing's id */
    size_t count, capacity;
} RoadSegments;

/* Those that the reader sees, in its arena; nothing is known of now. */
void road_segments(const CityReader *reader, RoadSegments *out);
/* NULL when it is none. */
RoadSegment *road_segment_of(const RoadSegments *all, int64_t thing);

/* The nearest one to a point that is at most so far away; with a heading (NAN: any) only those that
 * one may drive along in this direction, give or take 60 degrees. NULL: there is none. */
RoadSegment *road_match(const RoadSegments *all, WayPoint point, double heading, double most_m,
                        WayFoot *foot);

/* Add one to the count of each segment that is as near to the point as the nearest, give or take
 * 3 m: both directions of a road may be segments of their own on one line. */
void road_count_near(const RoadSegments *all, WayPoint point, size_t *counts);

/* What the latest values say of each (live.c). */
bool road_live(CityReader *reader, RoadSegments *all, Err *err);
/* The level that follows from speed and closing. */
void road_set_level(RoadSegment *segment);
