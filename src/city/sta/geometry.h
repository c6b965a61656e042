/* SPDX-License-Identifier: EUPL-1.2 */
/* Shapes and how they lie to each other, by GEOS, which is loaded when the first one is read
 * (docs/decisions/0010 says why for GDAL). Coordinates are taken as plane ones, in degrees. */
#pragma once

#include "city/sta/box.h"
#include "city/sta/value.h"

typedef struct StaShapes StaShapes;

/* A holder of shapes for one thread; NULL where GEOS is missing. The caller destroys it. */
StaShapes *sta_shapes_create(Err *err);
/* NULL is accepted. */
void sta_shapes_destroy(StaShapes *shapes);
/* What was read so far stays until the end. */
void sta_shapes_keep(StaShapes *shapes);
/* Forget what was read since then. */
void sta_shapes_release(StaShapes *shapes);

/* WKT ("SRID=4326;" may stand before it), NULL when it is none. Lives until it is released. */
const StaShape *sta_shape_of_wkt(StaShapes *shapes, Str wkt);
/* Is this a place in degrees, longitude first (RFC 7946: WGS 84)? */
bool sta_is_on_earth(double longitude, double latitude);
/* Are all its points? One without a point is. */
bool sta_shape_is_on_earth(const StaShape *shape);
/* A GeoJSON geometry or Feature; the same node gives the same shape. */
const StaShape *sta_shape_of_json(StaShapes *shapes, const Node *json);

/* False when nothing is around it: it is empty. */
bool sta_shape_box(const StaShape *shape, StaBox *out);

typedef enum StaPredicate {
    STA_EQUALS,
    STA_DISJOINT,
    STA_TOUCHES,
    STA_WITHIN,
    STA_OVERLAPS,
    STA_CROSSES,
    STA_INTERSECTS,
    STA_CONTAINS,
} StaPredicate;

/* Null where GEOS cannot say, as with a polygon that crosses itself. */
StaValue sta_shape_is(StaShapes *shapes, StaPredicate predicate, const StaShape *a,
                      const StaShape *b);
/* Against a DE-9IM pattern such as "T*F**F***". */
StaValue sta_shape_relates(StaShapes *shapes, const StaShape *a, const StaShape *b, Str pattern);
StaValue sta_shape_distance(StaShapes *shapes, const StaShape *a, const StaShape *b);
/* Of lines; 0 for points and, other than in GEOS, for areas. */
StaValue sta_shape_length(StaShapes *shapes, const StaShape *shape);
