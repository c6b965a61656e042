/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/mvt.h"

#include "base/vec.h"
#include "city/sta/value.h"

enum { MOVE = 1, LINE = 2, CLOSE = 7 };
enum { KIND_NONE, KIND_POINT, KIND_LINE, KIND_AREA };

/* --- Protocol buffers ------------------------------------------------------------------------- */

static void varint(Buf *out, uint64_t value)
{
    for (; value > 127; value >>= 7)
        buf_add_char(out, (char)((value & 127) | 128));
    buf_add_char(out, (char)value);
}

static void put_number(Buf *out, unsigned field, uint64_t value)
{
    varint(out, field << 3);
    varint(out, value);
}

static void put_bytes(Buf *out, unsigned field, Str bytes)
{
    varint(out, (field << 3) | 2);
    varint(out, bytes.len);
    buf_add(out, bytes);
}

static uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

/* --- Geometry --------------------------------------------------------------------------------- */

typedef struct Spot {
    int64_t x, y;
} Spot;

typedef struct Spots {
    Spot *items;
    size_t count, capacity;
} Spots;

typedef struct Pen {
    const MvtLayer *layer;
    Arena *arena;
    Buf out;
    Spot at;
} Pen;

static double number_at(const Node *position, size_t at)
{
    StaValue value = sta_number_of_text(node_text(node_at(position, at)));

    return sta_is_number(value) ? sta_as_double(value) : 0;
}

/* In the tile's units, from its upper left corner. */
static Spot spot_of(const Pen *pen, const Node *position)
{
    Bounds tile = tile_bounds(pen->layer->tile);
    double unit = MVT_EXTENT / tile_edge(pen->layer->tile.z);
    double longitude = fmax(-180, fmin(180, number_at(position, 0)));
    double latitude = fmax(-85.06, fmin(85.06, number_at(position, 1)));

    return (Spot){llround((mercator_x(longitude) - tile.west) * unit),
                  llround((tile.north - mercator_y(latitude)) * unit)};
}

/* Of a list of positions, without those that say the same twice. */
static Spots spots_of(const Pen *pen, const Node *positions)
{
    Spots spots = {0};

    for (size_t i = 0; positions && i < positions->count; i++) {
        Spot spot = spot_of(pen, positions->items[i]);
        const Spot *last = spots.count ? &spots.items[spots.count - 1] : NULL;
        if (!last || last->x != spot.x || last->y != spot.y)
            VEC_PUSH(pen->arena, &spots, spot);
    }
    return spots;
}

static void command(Pen *pen, unsigned id, size_t count)
{
    varint(&pen->out, ((uint64_t)count << 3) | id);
}

static void step(Pen *pen, Spot to)
{
    varint(&pen->out, zigzag(to.x - pen->at.x));
    varint(&pen->out, zigzag(to.y - pen->at.y));
    pen->at = to;
}

static void draw_points(Pen *pen, const Node *positions)
{
    if (!positions->count)
        return;
    command(pen, MOVE, positions->count);
    for (size_t i = 0; i < positions->count; i++)
        step(pen, spot_of(pen, positions->items[i]));
}

static void draw_path(Pen *pen, const Spots *spots)
{
    command(pen, MOVE, 1);
    step(pen, spots->items[0]);
    command(pen, LINE, spots->count - 1);
    for (size_t i = 1; i < spots->count; i++)
        step(pen, spots->items[i]);
}

static void draw_line(Pen *pen, const Node *positions)
{
    Spots spots = spots_of(pen, positions);

    if (spots.count > 1)
        draw_path(pen, &spots);
}

/* Twice the area; positive for an outer ring as tiles have it. */
static double area_of(const Spots *ring)
{
    double area = 0;

    for (size_t i = 0; i < ring->count; i++) {
        Spot a = ring->items[i], b = ring->items[(i + 1) % ring->count];
        area += (double)a.x * (double)b.y - (double)b.x * (double)a.y;
    }
    return area;
}

static void turn_round(Spots *ring)
{
    for (size_t i = 0, k = ring->count - 1; i < k; i++, k--) {
        Spot kept = ring->items[i];
        ring->items[i] = ring->items[k];
        ring->items[k] = kept;
    }
}

/* False: it is too small to be seen. */
static bool draw_ring(Pen *pen, const Node *positions, bool outer)
{
    Spots ring = spots_of(pen, positions);

    if (ring.count > 1 && ring.items[0].x == ring.items[ring.count - 1].x &&
        ring.items[0].y == ring.items[ring.count - 1].y)
        ring.count--; /* GeoJSON closes rings by their first position */
    double area = ring.count > 2 ? area_of(&ring) : 0;
    if (area == 0)
        return false;
    if ((area > 0) != outer)
        turn_round(&ring);
    draw_path(pen, &ring);
    command(pen, CLOSE, 1);
    return true;
}

static void draw_area(Pen *pen, const Node *rings)
{
    for (size_t i = 0; i < rings->count; i++)
        if (!draw_ring(pen, rings->items[i], i == 0) && i == 0)
            return;
}

static int draw(Pen *pen, const Node *geometry)
{
    static const struct {
        const char *type;
        void (*draw)(Pen *pen, const Node *part);
        bool many;
        int kind;
    } KINDS[] = {{"MultiPoint", draw_points, false, KIND_POINT},
                 {"LineString", draw_line, false, KIND_LINE},
                 {"MultiLineString", draw_line, true, KIND_LINE},
                 {"Polygon", draw_area, false, KIND_AREA},
                 {"MultiPolygon", draw_area, true, KIND_AREA}};
    Str type = node_get_text(geometry, "type");
    const Node *coordinates = node_get(geometry, "coordinates");

    if (str_is(type, "Point")) {
        command(pen, MOVE, 1);
        step(pen, spot_of(pen, coordinates));
        return KIND_POINT;
    }
    for (size_t k = 0; coordinates && k < sizeof KINDS / sizeof *KINDS; k++) {
        if (!str_is(type, KINDS[k].type))
            continue;
        for (size_t i = 0; KINDS[k].many && i < coordinates->count; i++)
            KINDS[k].draw(pen, coordinates->items[i]);
        if (!KINDS[k].many)
            KINDS[k].draw(pen, coordinates);
        return KINDS[k].kind;
    }
    return KIND_NONE;
}

/* --- The layer -------------------------------------------------------------------------------- */

MvtLayer mvt_layer(TileId tile, Arena *arena)
{
    return (MvtLayer){.tile = tile, .features = buf_in(arena), .values = buf_in(arena)};
}

static void put_value(MvtLayer *layer, const MvtValue *value)
{
    Buf out = buf_in(layer->values.arena);

    if (value->text.ptr) {
        put_bytes(&out, 1, value->text);
    } else {
        varint(&out, (3 << 3) | 1);
        buf_add(&out, (Str){(const char *)&value->number, sizeof value->number});
    }
    put_bytes(&layer->values, 4, buf_str(&out));
}

void mvt_add(MvtLayer *layer, int64_t id, const Node *geometry, const MvtValue *values,
             size_t count)
{
    Arena *arena = layer->features.arena;
    Pen pen = {.layer = layer, .arena = arena, .out = buf_in(arena)};
    Buf feature = buf_in(arena), tags = buf_in(arena);
    int kind = draw(&pen, geometry);

    if (!pen.out.len)
        return;
    for (size_t i = 0; i < count; i++) {
        varint(&tags, values[i].key);
        varint(&tags, layer->value_count++);
        put_value(layer, &values[i]);
    }
    put_number(&feature, 1, (uint64_t)id);
    put_bytes(&feature, 2, buf_str(&tags));
    put_number(&feature, 3, (uint64_t)kind);
    put_bytes(&feature, 4, buf_str(&pen.out));
    put_bytes(&layer->features, 2, buf_str(&feature));
    layer->count++;
}

Str mvt_finish(MvtLayer *layer, Str name, const char *const *keys, size_t key_count)
{
    Arena *arena = layer->features.arena;
    Buf out = buf_in(arena), tile = buf_in(arena);

    put_number(&out, 15, 2);
    put_bytes(&out, 1, name);
    buf_add(&out, buf_str(&layer->features));
    for (size_t i = 0; i < key_count; i++)
        put_bytes(&out, 3, str_c(keys[i]));
    buf_add(&out, buf_str(&layer->values));
    put_number(&out, 5, MVT_EXTENT);
    put_bytes(&tile, 3, buf_str(&out));
    return buf_str(&tile);
}
