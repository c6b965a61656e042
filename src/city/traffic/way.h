/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines on the ground: points in degrees, distances in metres. Within a town the earth is taken as
 * flat: a degree of latitude is 111,195 m, one of longitude that times the cosine of the latitude
 * (a sphere of 6,371,000 m; off by 0.3 % at most against the ellipsoid). */
#pragma once

#include "base/node.h"

typedef struct WayPoint {
    double x, y; /* longitude, latitude */
} WayPoint;

typedef struct Way {
    WayPoint *points;
    size_t count;
} Way;

/* Of a GeoJSON LineString, or of a Point (a way of one point). False when it is neither, has
 * coordinates that are none, or more than WAY_POINTS_MAX. */
enum { WAY_POINTS_MAX = 20000 };
bool way_of_json(const Node *geometry, Arena *arena, Way *out);
/* A LineString, or a Point of one point. */
Node *way_json(const Way *way, Arena *arena);
/* "[[9.96,51.56],…]", with six decimals. */
void way_write(const Way *way, Buf *out);

bool way_point_valid(WayPoint point);
/* "9.9601,51.5602"; false when it is no place in degrees. */
bool way_point_parse(Str text, WayPoint *out);
double way_distance(WayPoint a, WayPoint b);
double way_length(const Way *way);

/* Where a way is nearest to a point. */
typedef struct WayFoot {
    double distance; /* m from the point */
    double along;    /* m from the way's beginning */
    double heading;  /* of the way there: degrees from north, clockwise */
    WayPoint at;
} WayFoot;

/* The way has a point at least. */
WayFoot way_nearest(const Way *way, WayPoint point);
/* Places along a way, one behind the other: the whole walk goes over each of its points once. */
typedef struct WayWalk {
    const Way *way;
    size_t leg;   /* point at which the leg ends that one is on */
    double along; /* m from the way's beginning to that of the leg */
} WayWalk;

/* The way has a point at least. */
WayWalk way_walk(const Way *way);
/* Where one is so many metres from the beginning: never fewer than the time before. */
WayPoint way_walk_to(WayWalk *walk, double metres);

/* The part from `from` to `to` metres along; turned round when from > to. */
Way way_part(const Way *way, double from, double to, Arena *arena);
