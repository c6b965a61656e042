/* SPDX-License-Identifier: EUPL-1.2 */
/* Which cells of a grid a shape covers. */
#pragma once

#include "geo/vector.h"

typedef struct GeoCells {
    uint32_t *items; /* row * columns + column, ascending within a part */
    size_t count, capacity;
} GeoCells;

/* Every cell whose centre lies inside a polygon, by the even-odd rule of each part, once. A centre
 * exactly on an edge belongs to the polygon east or south of it, so that neighbours share none. */
void geo_cover_polygon(const GeoGrid *grid, const GeoFeature *polygon, Arena *arena, GeoCells *out);
/* Every cell that a line enters, in its order, neighbours in the list never the same. */
void geo_cover_line(const GeoGrid *grid, const GeoLine *line, Arena *arena, GeoCells *out);
/* Every cell whose centre is within `radius` of a point; the point's own if there is none. */
void geo_cover_disc(const GeoGrid *grid, GeoPoint centre, double radius, Arena *arena,
                    GeoCells *out);
/* Every cell that a feature of any kind covers: polygons as above, or where that gives none the
 * cells their outline enters; lines; the cells of points. */
void geo_cover_feature(const GeoGrid *grid, const GeoFeature *feature, Arena *arena, GeoCells *out);
