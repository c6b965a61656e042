/* SPDX-License-Identifier: EUPL-1.2 */
/* Geometries from outside, any bytes, as GeoJSON or WKT: GEOS is asked of what we let through. */
#include "city/sta/geometry.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static StaShapes *shapes;

static StaShapes *the_shapes(void)
{
    Err err = {0};

    if (!shapes && !(shapes = sta_shapes_create(&err)))
        abort();
    return shapes;
}

static void ask(const StaShape *shape, const StaShape *area)
{
    StaBox box;

    for (int predicate = STA_EQUALS; predicate <= STA_CONTAINS; predicate++) {
        sta_shape_is(shapes, (StaPredicate)predicate, shape, area);
        sta_shape_is(shapes, (StaPredicate)predicate, area, shape);
    }
    sta_shape_relates(shapes, shape, area, STR("T*F**F***"));
    sta_shape_distance(shapes, shape, area);
    sta_shape_length(shapes, shape);
    if (sta_shape_box(shape, &box) && !(box.west <= box.east && box.south <= box.north))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_create(0);
    Str text = {(const char *)data, size};
    Err err = {0};
    const StaShape *shape;

    const StaShape *area =
        sta_shape_of_wkt(the_shapes(), STR("POLYGON ((9 51, 10 51, 10 52, 9 52, 9 51))"));
    if (size && data[0] == '{') {
        const Node *json = node_parse_json(arena, text, NULL, &NODE_LIMITS_REQUEST, &err);
        shape = json ? sta_shape_of_json(shapes, json) : NULL;
    } else {
        shape = sta_shape_of_wkt(shapes, text);
    }
    if (shape)
        ask(shape, area);
    sta_shapes_release(shapes);
    arena_destroy(arena);
    return 0;
}
