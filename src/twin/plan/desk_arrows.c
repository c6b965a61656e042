/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the water flows in a part of the map: arrows, read from the tiles. */
#include "twin/plan/measure.h"
#include "twin/plan/spot.h"
#include "twin/show/arrow.h"

enum {
    SQUARE = 32,    /* pixels on the screen with one arrow at most */
    TILES_MAX = 48, /* that are looked through at once */
};

/* A part of the map, in tiles of one zoom. */
typedef struct Part {
    int zoom, west, east, north, south;
} Part;

static int clamp(double value, int zoom)
{
    return (int)fmax(0, fmin(floor(value), (1 << zoom) - 1));
}

static Part part_of(Bounds box, int zoom)
{
    double edge = tile_edge(zoom);

    return (Part){zoom, clamp((mercator_x(box.west) + MERCATOR_HALF) / edge, zoom),
                  clamp((mercator_x(box.east) + MERCATOR_HALF) / edge, zoom),
                  clamp((MERCATOR_HALF - mercator_y(box.north)) / edge, zoom),
                  clamp((MERCATOR_HALF - mercator_y(box.south)) / edge, zoom)};
}

static int64_t tile_count(const Part *part)
{
    return (int64_t)(part->east - part->west + 1) * (part->south - part->north + 1);
}

static void add_arrow(Buf *out, TileId id, int x, int y, unsigned char step)
{
    Arrow arrow = arrow_of(step);
    Bounds box = tile_bounds(id);
    double pixel = tile_edge(id.z) / TILE_PIXELS;

    buf_addf(out,
             "%s{\"type\":\"Feature\",\"properties\":{\"d\":%.0f,\"v\":%d},"
             "\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}}",
             buf_str(out).ptr[out->len - 1] == '[' ? "" : ",", arrow.degrees, arrow.speed_class,
             mercator_longitude(box.west + (x + 0.5) * pixel),
             mercator_latitude(box.north - (y + 0.5) * pixel));
}

/* The fastest pixel of each square. */
static void add_squares(Buf *out, TileId id, const unsigned char *steps, int square)
{
    for (int top = 0; top < TILE_PIXELS; top += square)
        for (int left = 0; left < TILE_PIXELS; left += square) {
            int best = top * TILE_PIXELS + left;
            for (int y = top; y < top + square; y++)
                for (int x = left; x < left + square; x++)
                    if (steps[y * TILE_PIXELS + x] > steps[best])
                        best = y * TILE_PIXELS + x;
            if (steps[best])
                add_arrow(out, id, best % TILE_PIXELS, best / TILE_PIXELS, steps[best]);
        }
}

static bool add_part(TileSet *set, const Part *part, int square, Arena *arena, Buf *out, Err *err)
{
    for (int y = part->north; y <= part->south; y++)
        for (int x = part->west; x <= part->east; x++) {
            TileId id = {part->zoom, x, y};
            const unsigned char *steps;
            if (!spot_tile(set, id, arena, &steps, err))
                return false;
            if (steps)
                add_squares(out, id, steps, square);
        }
    return true;
}

/* At the map's zoom a tile's pixel is one of the screen's; further in it is several of them. */
static bool add_arrows(TileSet *set, Bounds box, int zoom, Arena *arena, Buf *out, Err *err)
{
    const TileInfo *info = tileset_info(set);
    int square = SQUARE;

    for (; zoom > info->zoom_max; zoom--)
        square = square > 2 ? square / 2 : 2;
    Part part = part_of(box, zoom);
    while (zoom > info->zoom_min && tile_count(&part) > TILES_MAX)
        part = part_of(box, --zoom);
    return zoom < info->zoom_min || tile_count(&part) > TILES_MAX ||
           add_part(set, &part, square, arena, out, err);
}

/* GET /desk/zwilling/:id/pfeile?west=9.9&sued=51.5&ost=10&nord=51.6&zoom=15: of tiles of 256
 * pixels */
bool desk_sim_arrows(Request *req, Response *res, Err *err)
{
    Buf out = buf_in(req->arena);
    int64_t zoom;
    Bounds box;
    Sim sim;

    if (!spot_degrees(req, "west", 180, &box.west) || !spot_degrees(req, "ost", 180, &box.east) ||
        !spot_degrees(req, "sued", 85, &box.south) || !spot_degrees(req, "nord", 85, &box.north) ||
        !str_to_i64(request_query(req, "zoom"), &zoom) || zoom < 0 || zoom > TILE_ZOOM_MAX ||
        box.west > box.east || box.south > box.north)
        return err_set(err, ERR_INPUT, "Ein Ausschnitt hat vier Ränder in Grad und einen Zoom.");
    if (!desk_sim_asked(req, &sim, err))
        return false;
    buf_add_c(&out, "{\"type\":\"FeatureCollection\",\"features\":[");
    TileSet *set = spot_layer(req, sim.id, STR("pfeile"), err);
    bool good = set && add_arrows(set, box, (int)zoom, req->arena, &out, err);
    tileset_release(set);
    buf_add_c(&out, "]}");
    return good &&
           respond_bytes(res, req->arena, STR("application/geo+json"), buf_str(&out), STR_NONE);
}
