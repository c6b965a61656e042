/* SPDX-License-Identifier: EUPL-1.2 */
/* Points, lines and polygons from GeoJSON, GeoPackage, Shape and FlatGeobuf, and buildings from
 * CityGML, brought into the reference system of a grid. */
#pragma once

#include "base/node.h"
#include "geo/raster.h"

typedef struct GeoPoint {
    double x, y;
} GeoPoint;

typedef struct GeoLine {
    GeoPoint *points; /* a ring repeats its first point at the end */
    size_t count;
} GeoLine;

/* A polygon: its outer ring and its holes, which the even-odd rule tells apart. A line or a point:
 * one line. */
typedef struct GeoPart {
    GeoLine *lines;
    size_t count;
} GeoPart;

typedef enum GeoKind { GEO_POINT, GEO_LINE, GEO_POLYGON } GeoKind;

typedef struct GeoFeature {
    GeoKind kind;
    GeoPart *parts;
    size_t part_count;
    Node *properties; /* a map */
    int64_t id;
} GeoFeature;

typedef struct GeoLayer {
    GeoFeature *items;
    size_t count, capacity;
    size_t empty;     /* features without a shape, or with one that cannot be brought over */
    const char *note; /* what was decided about the reference system, for the reader; or NULL */
    bool guessed;     /* the note tells a guess, not what the file says */
} GeoLayer;

typedef struct GeoVectorOrder {
    const char *path;  /* .geojson, .json, .gpkg, .shp, .fgb, or a .zip with one; .gml */
    const char *layer; /* NULL: the only one; with several, a name is needed */
    const char *crs;   /* what the file does not say, or says wrongly; NULL: as it says */
    /* Shapes are brought into its reference system. Where it has none they stay as they are.
     * GeoJSON that names no system is WGS 84 by RFC 7946, but many files hold plane coordinates all
     * the same: those that cannot be degrees, or that would miss the grid as degrees and meet it as
     * they stand, are taken as the grid's, with a note. */
    const GeoGrid *grid;
} GeoVectorOrder;

bool geo_vector_read(const GeoVectorOrder *order, Arena *arena, GeoLayer *out, Err *err);

/* Area of all parts, without their holes, in square units of the reference system. */
double geo_feature_area(const GeoFeature *feature);

/* One feature of a collection: {"type": "Feature", …} with all parts. Coordinates with
 * millimetres, or with eight digits behind the point where they are degrees. */
void geo_feature_write_json(const GeoFeature *feature, const Node *properties, bool degrees,
                            Buf *out);
