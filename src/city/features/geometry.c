/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/geometry.h"

#include <math.h>

bool ogc_is_geometry(const Node *geometry)
{
    static const char *const KINDS[] = {"Point",           "MultiPoint", "LineString",
                                        "MultiLineString", "Polygon",    "MultiPolygon"};
    Str type = node_get_text(geometry, "type");

    if (str_is(type, "GeometryCollection"))
        return node_get(geometry, "geometries") != NULL;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_is(type, KINDS[i]))
            return node_get(geometry, "coordinates") != NULL;
    return false;
}

static double number_at(const Node *list, size_t at)
{
    const Node *item = node_at(list, at);
    StaValue value =
        item && item->kind == NODE_NUMBER ? sta_number_of_text(item->text) : sta_null();

    return sta_is_number(value) ? sta_as_double(value) : NAN;
}

static bool is_position(const Node *node)
{
    return node && node->kind == NODE_LIST && node->count >= 2 && node->items[0] &&
           node->items[0]->kind == NODE_NUMBER;
}

/* East and north of a position in the frame; NaN where there is no way. */
static void place(const Node *position, const OgcFrame *frame, double *x, double *y)
{
    *x = number_at(position, 0);
    *y = number_at(position, 1);
    if (frame->way)
        geo_transform_points(frame->way, x, y, 1);
}

/* --- Rectangles ------------------------------------------------------------------------------- */

static void widen(const Node *node, const OgcFrame *frame, OgcBox *box)
{
    double x, y, z;

    if (!is_position(node)) {
        for (size_t i = 0; node && node->kind == NODE_LIST && i < node->count; i++)
            widen(node->items[i], frame, box);
        return;
    }
    place(node, frame, &x, &y);
    z = number_at(node, 2);
    if (!isfinite(x) || !isfinite(y))
        return;
    box->west = fmin(box->west, x);
    box->east = fmax(box->east, x);
    box->south = fmin(box->south, y);
    box->north = fmax(box->north, y);
    if (isfinite(z)) {
        box->heights = true;
        box->low = fmin(box->low, z);
        box->high = fmax(box->high, z);
    }
}

static void widen_by(const Node *geometry, const OgcFrame *frame, OgcBox *box)
{
    const Node *parts = node_get(geometry, "geometries");

    widen(node_get(geometry, "coordinates"), frame, box);
    for (size_t i = 0; parts && i < parts->count; i++)
        widen_by(node_at(parts, i), frame, box);
}

bool ogc_bounds(const Node *geometry, const OgcFrame *frame, OgcBox *out)
{
    *out = (OgcBox){.west = INFINITY,
                    .south = INFINITY,
                    .east = -INFINITY,
                    .north = -INFINITY,
                    .low = INFINITY,
                    .high = -INFINITY};
    widen_by(geometry, frame, out);
    return out->west <= out->east;
}

/* --- Other reference systems ------------------------------------------------------------------ */

typedef struct Bringing {
    const OgcFrame *frame;
    bool swapped;
    bool lost; /* a point could not be brought over */
    Arena *arena;
} Bringing;

static Node *metres(Arena *arena, double value)
{
    return node_number(arena, str_printf(arena, "%.3f", value));
}

static Node *bring_position(Bringing *b, const Node *position)
{
    Node *out = node_list(b->arena);
    Node *x = position->items[0], *y = position->items[1];

    if (b->frame->way) {
        double east, north;
        place(position, b->frame, &east, &north);
        b->lost = b->lost || !isfinite(east) || !isfinite(north);
        x = metres(b->arena, b->lost ? 0 : east);
        y = metres(b->arena, b->lost ? 0 : north);
    }
    node_append(b->arena, out, b->swapped ? y : x);
    node_append(b->arena, out, b->swapped ? x : y);
    for (size_t i = 2; i < position->count; i++)
        node_append(b->arena, out, position->items[i]);
    return out;
}

static Node *bring_list(Bringing *b, const Node *list)
{
    Node *out = node_list(b->arena);

    if (is_position(list))
        return bring_position(b, list);
    for (size_t i = 0; list->kind == NODE_LIST && i < list->count; i++)
        node_append(b->arena, out, bring_list(b, list->items[i]));
    return out;
}

static Node *bring(Bringing *b, const Node *geometry)
{
    Node *out = node_map(b->arena);
    const Node *coordinates = node_get(geometry, "coordinates");
    const Node *parts = node_get(geometry, "geometries");

    node_set_text(b->arena, out, "type", node_get_text(geometry, "type"));
    if (coordinates)
        node_set(b->arena, out, STR("coordinates"), bring_list(b, coordinates));
    if (parts) {
        Node *list = node_list(b->arena);
        for (size_t i = 0; i < parts->count; i++)
            node_append(b->arena, list, bring(b, node_at(parts, i)));
        node_set(b->arena, out, STR("geometries"), list);
    }
    return out;
}

const Node *ogc_geometry_in(const Node *geometry, const OgcFrame *frame, bool ordered, Arena *arena)
{
    Bringing b = {.frame = frame, .swapped = ordered && frame->crs->north_first, .arena = arena};

    if (!frame->way && !b.swapped)
        return geometry;
    const Node *out = bring(&b, geometry);
    return b.lost ? NULL : out;
}

/* --- Windows ---------------------------------------------------------------------------------- */

void ogc_window_open(const OgcBox *box, const OgcFrame *frame, OgcWindow *out)
{
    *out = (OgcWindow){.parts = {*box, *box}, .count = 1, .frame = frame};
    if (box->west > box->east) {
        out->count = 2;
        out->parts[0].east = 180;
        out->parts[1].west = -180;
    }
}

void ogc_window_close(OgcWindow *window)
{
    sta_shapes_destroy(window->shapes);
}

/* WKT has no areas without an extent: a point or a line is meant then. */
static Str window_wkt(const OgcBox *b, Arena *arena)
{
    if (b->west == b->east && b->south == b->north)
        return str_printf(arena, "POINT(%.17g %.17g)", b->west, b->south);
    if (b->west == b->east || b->south == b->north)
        return str_printf(arena, "LINESTRING(%.17g %.17g,%.17g %.17g)", b->west, b->south, b->east,
                          b->north);
    return str_printf(
        arena, "POLYGON((%.17g %.17g,%.17g %.17g,%.17g %.17g,%.17g %.17g,%.17g %.17g))", b->west,
        b->south, b->east, b->south, b->east, b->north, b->west, b->north, b->west, b->south);
}

static bool shapes_open(OgcWindow *window, Arena *arena, Err *err)
{
    if (window->shapes)
        return true;
    window->shapes = sta_shapes_create(err);
    if (!window->shapes)
        return false;
    for (size_t i = 0; i < window->count; i++)
        window->areas[i] = sta_shape_of_wkt(window->shapes, window_wkt(&window->parts[i], arena));
    sta_shapes_keep(window->shapes);
    return true;
}

/* Exactly, where the rectangles alone do not say it; theirs is the answer where GEOS has none. */
static bool shape_meets(OgcWindow *window, size_t part, const Node *geometry, Arena *arena,
                        bool *meets, Err *err)
{
    if (!shapes_open(window, arena, err))
        return false;
    const Node *there = ogc_geometry_in(geometry, window->frame, false, arena);
    const StaShape *shape = there ? sta_shape_of_json(window->shapes, there) : NULL;
    StaValue answer = shape && window->areas[part]
                          ? sta_shape_is(window->shapes, STA_INTERSECTS, window->areas[part], shape)
                          : sta_null();
    *meets = answer.type == STA_NULL || answer.boolean;
    sta_shapes_release(window->shapes);
    return true;
}

static bool apart(const OgcBox *a, const OgcBox *b)
{
    return a->west > b->east || a->east < b->west || a->south > b->north || a->north < b->south ||
           (a->heights && b->heights && (a->low > b->high || a->high < b->low));
}

static bool inside(const OgcBox *inner, const OgcBox *outer)
{
    return inner->west >= outer->west && inner->east <= outer->east &&
           inner->south >= outer->south && inner->north <= outer->north;
}

bool ogc_window_meets(OgcWindow *window, const Node *geometry, Arena *arena, bool *meets, Err *err)
{
    OgcBox around;

    *meets = false;
    if (!ogc_bounds(geometry, window->frame, &around))
        return true;
    for (size_t i = 0; i < window->count && !*meets; i++) {
        const OgcBox *part = &window->parts[i];
        if (apart(&around, part))
            continue;
        *meets = inside(&around, part);
        if (!*meets && !shape_meets(window, i, geometry, arena, meets, err))
            return false;
    }
    return true;
}
