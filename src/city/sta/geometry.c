/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/geometry.h"

#include "base/vec.h"
#include "city/sta/geojson.h"
#include "city/sta/geos.h"

#include <math.h>
#include <stdlib.h>

/* A shape that GEOS holds, and the node that it was read from. Of a point GEOS hears only when its
 * coordinates do not settle what is asked: most places are points, and most lie elsewhere. */
struct StaShape {
    GEOSGeometry *geometry; /* NULL: a point of which it has not heard */
    const Node *json;
    StaBox box; /* of a point: the point */
};

struct StaShapes {
    const Geos *geos;
    GEOSContextHandle_t context;
    GEOSWKTReader *wkt;
    GEOSGeoJSONReader *json;
    Arena *arena; /* of the texts that are read, and of the shapes */
    StaShape **items;
    size_t count, capacity;
    size_t kept;
    Arena *scratch;
};

static void quiet(const char *message, void *context)
{
    (void)message;
    (void)context;
}

StaShapes *sta_shapes_create(Err *err)
{
    const Geos *geos = geos_load(err);

    if (!geos)
        return NULL;
    Arena *arena = arena_create(0);
    StaShapes *shapes = arena_new(arena, StaShapes);
    *shapes = (StaShapes){.geos = geos, .arena = arena, .scratch = arena_create(0)};
    shapes->context = geos->GEOS_init_r();
    geos->GEOSContext_setErrorMessageHandler_r(shapes->context, quiet, NULL);
    geos->GEOSContext_setNoticeMessageHandler_r(shapes->context, quiet, NULL);
    shapes->wkt = geos->GEOSWKTReader_create_r(shapes->context);
    shapes->json = geos->GEOSGeoJSONReader_create_r(shapes->context);
    return shapes;
}

void sta_shapes_destroy(StaShapes *shapes)
{
    if (!shapes)
        return;
    shapes->kept = 0;
    sta_shapes_release(shapes);
    shapes->geos->GEOSWKTReader_destroy_r(shapes->context, shapes->wkt);
    shapes->geos->GEOSGeoJSONReader_destroy_r(shapes->context, shapes->json);
    shapes->geos->GEOS_finish_r(shapes->context);
    arena_destroy(shapes->scratch);
    arena_destroy(shapes->arena);
}

void sta_shapes_keep(StaShapes *shapes)
{
    shapes->kept = shapes->count;
}

void sta_shapes_release(StaShapes *shapes)
{
    for (size_t i = shapes->kept; i < shapes->count; i++)
        if (shapes->items[i]->geometry)
            shapes->geos->GEOSGeom_destroy_r(shapes->context, shapes->items[i]->geometry);
    shapes->count = shapes->kept;
}

/* The places behind `count` hold shapes that were released: taken again. */
static StaShape *add(StaShapes *shapes, const Node *json)
{
    if (shapes->count == shapes->capacity) {
        size_t before = shapes->capacity;
        shapes->items =
            vec_grow(shapes->arena, shapes->items, before, &shapes->capacity, sizeof(StaShape *));
        for (size_t i = before; i < shapes->capacity; i++)
            shapes->items[i] = arena_new(shapes->arena, StaShape);
    }
    StaShape *shape = shapes->items[shapes->count++];
    *shape = (StaShape){.json = json};
    return shape;
}

/* GEOS 3.11 falls over points of a collection that are nowhere. */
static bool has_empty_part(const StaShapes *shapes, const GEOSGeometry *geometry)
{
    const Geos *geos = shapes->geos;

    if (geos->GEOSGeomTypeId_r(shapes->context, geometry) < GEOS_MULTIPOINT)
        return false;
    int count = geos->GEOSGetNumGeometries_r(shapes->context, geometry);
    for (int i = 0; i < count; i++) {
        const GEOSGeometry *part = geos->GEOSGetGeometryN_r(shapes->context, geometry, i);
        if (geos->GEOSisEmpty_r(shapes->context, part) || has_empty_part(shapes, part))
            return true;
    }
    return false;
}

static const StaShape *add_geometry(StaShapes *shapes, GEOSGeometry *geometry, const Node *json)
{
    const Geos *geos = shapes->geos;
    GEOSContextHandle_t context = shapes->context;

    if (!geometry)
        return NULL;
    if (has_empty_part(shapes, geometry)) {
        geos->GEOSGeom_destroy_r(context, geometry);
        return NULL;
    }
    StaShape *shape = add(shapes, json);
    shape->geometry = geometry;
    shape->box.any = geos->GEOSGeom_getXMin_r(context, geometry, &shape->box.west) &&
                     geos->GEOSGeom_getYMin_r(context, geometry, &shape->box.south) &&
                     geos->GEOSGeom_getXMax_r(context, geometry, &shape->box.east) &&
                     geos->GEOSGeom_getYMax_r(context, geometry, &shape->box.north);
    return shape;
}

/* {"type": "Point", "coordinates": [9.9, 51.5]}, with or without a height. */
static const StaShape *add_point(StaShapes *shapes, const Node *json)
{
    const Node *at = node_get(json, "coordinates");
    double x, y;

    if (!str_is(node_get_text(json, "type"), "Point") || !at || at->kind != NODE_LIST ||
        (at->count != 2 && at->count != 3) || !sta_double_of_node(at->items[0], &x) ||
        !sta_double_of_node(at->items[1], &y))
        return NULL;
    StaShape *shape = add(shapes, json);
    shape->box = (StaBox){x, y, x, y, true};
    return shape;
}

static const GEOSGeometry *geometry_of(StaShapes *shapes, const StaShape *shape)
{
    if (!shape->geometry) /* ours, in a place of ours */
        ((StaShape *)shape)->geometry = shapes->geos->GEOSGeom_createPointFromXY_r(
            shapes->context, shape->box.west, shape->box.south);
    return shape->geometry;
}

bool sta_shape_box(const StaShape *shape, StaBox *out)
{
    *out = shape->box;
    return out->any;
}

/* Nothing of them meets. */
static bool apart(const StaShape *a, const StaShape *b)
{
    return a->box.any && b->box.any && !sta_boxes_meet(&a->box, &b->box);
}

bool sta_is_on_earth(double longitude, double latitude)
{
    return fabs(longitude) <= 180 && fabs(latitude) <= 90;
}

bool sta_shape_is_on_earth(const StaShape *shape)
{
    return !shape->box.any || (sta_is_on_earth(shape->box.west, shape->box.south) &&
                               sta_is_on_earth(shape->box.east, shape->box.north));
}

const StaShape *sta_shape_of_wkt(StaShapes *shapes, Str wkt)
{
    const Str srid = STR("SRID=4326;");

    if (wkt.len > srid.len && str_eq_nocase(str_slice(wkt, 0, srid.len), srid))
        wkt = str_slice(wkt, srid.len, wkt.len);
    if (wkt.len == 0 || memchr(wkt.ptr, '\0', wkt.len))
        return NULL;
    arena_reset(shapes->scratch);
    const char *text = str_cstr(shapes->scratch, wkt);
    return add_geometry(
        shapes, shapes->geos->GEOSWKTReader_read_r(shapes->context, shapes->wkt, text), NULL);
}

/* Positions lose their height: shapes are plane, and GEOS reads no others. */
static void drop_heights(Node *json)
{
    for (size_t i = 0; i < json->count; i++)
        drop_heights(json->items[i]);
    if (json->kind == NODE_LIST && json->count == 3 && json->items[2]->kind == NODE_NUMBER)
        json->count = 2;
}

const StaShape *sta_shape_of_json(StaShapes *shapes, const Node *json)
{
    for (size_t i = 0; i < shapes->count; i++)
        if (shapes->items[i]->json == json)
            return shapes->items[i];
    const StaShape *point = add_point(shapes, json);
    if (point)
        return point;
    if (!sta_geojson_is_sound(json)) /* GEOS 3.11 falls over positions without numbers */
        return NULL;
    arena_reset(shapes->scratch);
    Node *plane = node_clone(shapes->scratch, json);
    drop_heights(plane);
    const char *text = str_cstr(shapes->scratch, node_json(plane, shapes->scratch));
    return add_geometry(
        shapes, shapes->geos->GEOSGeoJSONReader_readGeometry_r(shapes->context, shapes->json, text),
        json);
}

/* 0 and 1; 2 is an exception. */
static StaValue truth(char answer)
{
    return answer == 0 || answer == 1 ? sta_bool(answer == 1) : sta_null();
}

StaValue sta_shape_is(StaShapes *shapes, StaPredicate predicate, const StaShape *a,
                      const StaShape *b)
{
    const Geos *geos = shapes->geos;
    char (*const ask[])(GEOSContextHandle_t, const GEOSGeometry *, const GEOSGeometry *) = {
        [STA_EQUALS] = geos->GEOSEquals_r,         [STA_DISJOINT] = geos->GEOSDisjoint_r,
        [STA_TOUCHES] = geos->GEOSTouches_r,       [STA_WITHIN] = geos->GEOSWithin_r,
        [STA_OVERLAPS] = geos->GEOSOverlaps_r,     [STA_CROSSES] = geos->GEOSCrosses_r,
        [STA_INTERSECTS] = geos->GEOSIntersects_r, [STA_CONTAINS] = geos->GEOSContains_r,
    };

    if (apart(a, b))
        return sta_bool(predicate == STA_DISJOINT);
    return truth(ask[predicate](shapes->context, geometry_of(shapes, a), geometry_of(shapes, b)));
}

StaValue sta_shape_relates(StaShapes *shapes, const StaShape *a, const StaShape *b, Str pattern)
{
    char text[10] = "";

    if (pattern.len != 9)
        return sta_null();
    for (size_t i = 0; i < 9; i++) {
        if (!pattern.ptr[i] || !strchr("TF*012tf", pattern.ptr[i]))
            return sta_null();
        text[i] = pattern.ptr[i];
    }
    return truth(shapes->geos->GEOSRelatePattern_r(shapes->context, geometry_of(shapes, a),
                                                   geometry_of(shapes, b), text));
}

StaValue sta_shape_distance(StaShapes *shapes, const StaShape *a, const StaShape *b)
{
    double distance;

    if (!shapes->geos->GEOSDistance_r(shapes->context, geometry_of(shapes, a),
                                      geometry_of(shapes, b), &distance))
        return sta_null();
    return sta_number(distance);
}

StaValue sta_shape_length(StaShapes *shapes, const StaShape *shape)
{
    double length;

    if (shapes->geos->GEOSGeom_getDimensions_r(shapes->context, geometry_of(shapes, shape)) != 1)
        return sta_number(0);
    if (!shapes->geos->GEOSLength_r(shapes->context, geometry_of(shapes, shape), &length))
        return sta_null();
    return sta_number(length);
}
