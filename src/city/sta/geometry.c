/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/sta/geometry.h"

#include "base/vec.h"
#include "city/sta/geos.h"

#include <stdlib.h>

/* A shape that GEOS holds, and the node that it was read from. */
struct StaShape {
    GEOSGeometry *geometry;
    const Node *json;
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
        shapes->geos->GEOSGeom_destroy_r(shapes->context, shapes->items[i]->geometry);
    shapes->count = shapes->kept;
}

/* The places behind `count` hold shapes that were released: taken again. */
static const StaShape *add(StaShapes *shapes, GEOSGeometry *geometry, const Node *json)
{
    if (!geometry)
        return NULL;
    if (shapes->count == shapes->capacity) {
        size_t before = shapes->capacity;
        shapes->items =
            vec_grow(shapes->arena, shapes->items, before, &shapes->capacity, sizeof(StaShape *));
        for (size_t i = before; i < shapes->capacity; i++)
            shapes->items[i] = arena_new(shapes->arena, StaShape);
    }
    StaShape *shape = shapes->items[shapes->count++];
    *shape = (StaShape){.geometry = geometry, .json = json};
    return shape;
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
    return add(shapes, shapes->geos->GEOSWKTReader_read_r(shapes->context, shapes->wkt, text),
               NULL);
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
    arena_reset(shapes->scratch);
    Node *plane = node_clone(shapes->scratch, json);
    drop_heights(plane);
    const char *text = str_cstr(shapes->scratch, node_json(plane, shapes->scratch));
    return add(shapes,
               shapes->geos->GEOSGeoJSONReader_readGeometry_r(shapes->context, shapes->json, text),
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

    return truth(ask[predicate](shapes->context, a->geometry, b->geometry));
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
    return truth(
        shapes->geos->GEOSRelatePattern_r(shapes->context, a->geometry, b->geometry, text));
}

StaValue sta_shape_distance(StaShapes *shapes, const StaShape *a, const StaShape *b)
{
    double distance;

    if (!shapes->geos->GEOSDistance_r(shapes->context, a->geometry, b->geometry, &distance))
        return sta_null();
    return sta_number(distance);
}

StaValue sta_shape_length(StaShapes *shapes, const StaShape *shape)
{
    double length;

    if (shapes->geos->GEOSGeom_getDimensions_r(shapes->context, shape->geometry) != 1)
        return sta_number(0);
    if (!shapes->geos->GEOSLength_r(shapes->context, shape->geometry, &length))
        return sta_null();
    return sta_number(length);
}
