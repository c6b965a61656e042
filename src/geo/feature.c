/* SPDX-License-Identifier: EUPL-1.2 */
/* What follows from the shape of a feature. */
#include "geo/vector.h"

#include <math.h>

static double ring_area(const GeoLine *ring)
{
    double twice = 0;

    for (size_t i = 0; i + 1 < ring->count; i++) {
        GeoPoint a = ring->points[i], b = ring->points[i + 1], o = ring->points[0];
        twice += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
    }
    return fabs(twice) / 2;
}

double geo_feature_area(const GeoFeature *feature)
{
    double area = 0;

    if (feature->kind != GEO_POLYGON)
        return 0;
    for (size_t p = 0; p < feature->part_count; p++)
        for (size_t l = 0; l < feature->parts[p].count; l++)
            area += (l == 0 ? 1 : -1) * ring_area(&feature->parts[p].lines[l]);
    return area;
}

static void write_line(const GeoLine *line, int digits, bool single, Buf *out)
{
    if (!single)
        buf_add_char(out, '[');
    for (size_t i = 0; i < line->count; i++)
        buf_addf(out, "%s[%.*f, %.*f]", i ? ", " : "", digits, line->points[i].x, digits,
                 line->points[i].y);
    if (!single)
        buf_add_char(out, ']');
}

void geo_feature_write_json(const GeoFeature *feature, const Node *properties, bool degrees,
                            Buf *out)
{
    static const char *const NAMES[] = {"Point", "LineString", "Polygon"};
    bool many = feature->part_count > 1;

    buf_add_c(out, "{\"type\": \"Feature\", \"properties\": ");
    node_write_json(properties, out);
    buf_addf(out, ", \"geometry\": {\"type\": \"%s%s\", \"coordinates\": ", many ? "Multi" : "",
             NAMES[feature->kind]);
    if (many)
        buf_add_char(out, '[');
    for (size_t p = 0; p < feature->part_count; p++) {
        const GeoPart *part = &feature->parts[p];
        buf_add_c(out, p ? ", " : "");
        if (feature->kind == GEO_POLYGON)
            buf_add_char(out, '[');
        for (size_t l = 0; l < part->count; l++) {
            buf_add_c(out, l ? ", " : "");
            write_line(&part->lines[l], degrees ? 8 : 3, feature->kind == GEO_POINT, out);
        }
        if (feature->kind == GEO_POLYGON)
            buf_add_char(out, ']');
    }
    if (many)
        buf_add_char(out, ']');
    buf_add_c(out, "}}");
}
