/* SPDX-License-Identifier: EUPL-1.2 */
/* Level of service of a road: how fast one goes now against how fast one goes when it is empty. */
#pragma once

#include "base/clock.h"

typedef enum TrafficLevel {
    TRAFFIC_UNKNOWN, /* nothing was measured lately */
    TRAFFIC_FREE,    /* 75 % of the free speed or more */
    TRAFFIC_DENSE,   /* 50 % */
    TRAFFIC_SLOW,    /* 25 % */
    TRAFFIC_JAM,
    TRAFFIC_CLOSED, /* by road works or an incident */
    TRAFFIC_LEVELS,
} TrafficLevel;

/* Speeds in km/h; `kmh` NAN: not known. */
TrafficLevel traffic_level(double kmh, double free_kmh);

/* Speeds of several sources, each with how many vehicles it stands for. */
typedef struct SpeedMean {
    double sum, weight;
    Timestamp latest;
} SpeedMean;

/* How much a value of this age counts: whole for a quarter of an hour (counters tell one so often),
 * then less and less, and nothing after half an hour. Nothing, too, when it is of more than five
 * minutes from now. */
double traffic_fade(int64_t age_ms);
void speed_mean_add(SpeedMean *mean, double kmh, double vehicles, Timestamp at, Timestamp now);
/* NAN when nothing counts. */
double speed_mean(const SpeedMean *mean);

/* The speed at which a flow goes through, where only vehicles are counted: the curve of the Bureau
 * of Public Roads (Traffic Assignment Manual, 1964), travel time = free time · (1 + 0.15 · (flow /
 * capacity)^4); both in vehicles an hour. */
double traffic_flow_speed(double free_kmh, double flow, double capacity);
