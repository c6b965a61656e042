/* SPDX-License-Identifier: EUPL-1.2 */
/* Coordinate reference systems, as WKT in an arena; NULL means: not known. Coordinates are always
 * east (or longitude) before north (or latitude). */
#pragma once

#include "base/err.h"

/* "EPSG:25832", WKT, the text of a .prj file (old ones of ESRI too). */
const char *geo_crs_parse(Str text, Arena *arena, Err *err);
/* False when one is not known. */
bool geo_crs_same(const char *a, const char *b);
/* For messages: "EPSG:25832 (ETRS89 / UTM zone 32N)". */
const char *geo_crs_name(const char *wkt, Arena *arena);
/* Plane coordinates in metres? What is not known counts as such. */
bool geo_crs_metric(const char *wkt);

/* Longitude and latitude on WGS 84, as RFC 7946 has them. */
extern const char GEO_WGS84[];

typedef struct GeoTransform GeoTransform;
GeoTransform *geo_transform_create(const char *from, const char *to, Err *err);
void geo_transform_destroy(GeoTransform *transform);
/* In place. A point that cannot be brought over becomes NaN; false when none could. */
bool geo_transform_points(const GeoTransform *transform, double *x, double *y, size_t count);
