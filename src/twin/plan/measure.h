/* SPDX-License-Identifier: EUPL-1.2 */
/* Measures: what a planner draws into the city, as GeoJSON in degrees.
 *
 *     {"type": "FeatureCollection", "features": [
 *       {"type": "Feature", "properties": {"kind": "wall", "height": 1.2},
 *        "geometry": {"type": "LineString", "coordinates": [[13.7, 51.0], [13.71, 51.0]]}}]}
 *
 * kind "wall" (a line) and "building" (an area) rise by `height` above the ground, "basin" (an
 * area) lies `depth` below it; all in m. */
#pragma once

#include "base/node.h"
#include "geo/tile/mercator.h"

enum { MEASURES_MAX = 200, MEASURE_POINTS_MAX = 2000 };

/* Check and give back only what is known, in our own order. The text may be empty: no measures, and
 * `*out` is STR_NONE. Errors name the measure ("2. Maßnahme: …"), in German. */
bool measures_check(Str geojson, Bounds bounds, Arena *arena, Str *out, size_t *count, Err *err);
/* "1,2": as Germans write a measured number, with at most three figures behind zeros. */
Str german_number(Arena *arena, double value);
/* "12.345" and "0,12": so many digits behind the comma. */
Str german_fixed(Arena *arena, double value, int digits);
/* "Mauer, 1,2 m hoch" */
Str measure_text(Arena *arena, const Node *feature);
/* All of a collection, "Mauer, 1,2 m hoch; Becken, 2 m tief"; STR_NONE when there are none. */
Str measures_text(Arena *arena, Str geojson);
