/* SPDX-License-Identifier: EUPL-1.2 */
/* The water at a point of the map, in words, and where it flows in a part of it. Both are read from
 * the tiles, which keep depths to a centimetre. */
#include "twin/plan/desk.h"

#include "geo/tile/tileset.h"
#include "twin/plan/measure.h"
#include "twin/show/arrow.h"

#include <stdlib.h>

enum {
    PIXELS_MAX = TILE_PIXELS * TILE_PIXELS,
    SQUARE = 32,    /* pixels on the screen with one arrow at most */
    TILES_MAX = 48, /* that are looked through at once */
};

typedef struct Spot {
    double longitude, latitude;
} Spot;

static bool degrees_of(Request *req, const char *name, double most, double *out)
{
    char *text = str_cstr(req->arena, request_query(req, name)), *end;

    *out = strtod(text, &end);
    return *text && *end == '\0' && fabs(*out) <= most;
}

/* The steps of a tile; NULL where nothing is. */
static bool tile_steps(TileSet *set, TileId id, Arena *arena, const unsigned char **steps, Err *err)
{
    int width, height;
    Str png;

    *steps = NULL;
    if (!tileset_tile(set, id, arena, &png, err))
        return false;
    if (!png.ptr)
        return true;
    return paint_read(arena, png, PIXELS_MAX, steps, &width, &height, err) &&
           ((width == TILE_PIXELS && height == TILE_PIXELS) ||
            err_set(err, ERR_INTERNAL, "a tile has %d by %d pixels", width, height));
}

static TileSet *layer_open(Request *req, int64_t sim, Str layer, Err *err)
{
    return tileset_acquire(sim_file(req->arena, req->tenant, sim,
                                    arena_printf(req->arena, "tiles/%.*s.mbtiles", STR_ARG(layer))),
                           err);
}

/* The step of a layer at a spot; 0: nothing there. */
static bool step_at(Request *req, int64_t sim, Str layer, Spot at, unsigned char *step, Err *err)
{
    TileSet *set = layer_open(req, sim, layer, err);
    const unsigned char *steps;

    *step = 0;
    if (!set)
        return false;
    int zoom = tileset_info(set)->zoom_max;
    double x = (mercator_x(at.longitude) + MERCATOR_HALF) / tile_edge(zoom);
    double y = (MERCATOR_HALF - mercator_y(at.latitude)) / tile_edge(zoom);
    TileId id = {zoom, (int)floor(x), (int)floor(y)};
    bool good = tile_steps(set, id, req->arena, &steps, err);
    tileset_release(set);
    if (good && steps)
        *step = steps[(size_t)((y - id.y) * TILE_PIXELS) * TILE_PIXELS +
                      (size_t)((x - id.x) * TILE_PIXELS)];
    return good;
}

/* --- In words ----------------------------------------------------------------------------------
 */

static const char *compass(double degrees)
{
    static const char *const WORDS[] = {"Norden", "Nordosten", "Osten",  "Südosten",
                                        "Süden",  "Südwesten", "Westen", "Nordwesten"};
    return WORDS[(int)floor(fmod(degrees + 22.5, 360) / 45) % 8];
}

static Str depth_words(Arena *arena, unsigned char step)
{
    if (step == 0)
        return STR("kein Wasser");
    return step == 1 ? STR("weniger als 1 cm Wasser")
                     : str_printf(arena, "%.*s tief",
                                  STR_ARG(depth_text(arena, paint_middle(&PAINT_DEPTH, step))));
}

/* The largest of all: depth, speed, and where it flowed then. */
static bool greatest_words(Request *req, int64_t sim, Spot at, Str *out, Err *err)
{
    Arena *arena = req->arena;
    unsigned char depth, speed, arrow = 0;
    Err gone = {0};

    if (!step_at(req, sim, STR("tiefe"), at, &depth, err) ||
        !step_at(req, sim, STR("tempo"), at, &speed, err))
        return false;
    step_at(req, sim, STR("pfeile"), at, &arrow, &gone); /* earlier simulations have none */
    *out = depth > 1 ? str_printf(arena, "höchstens %.*s", STR_ARG(depth_words(arena, depth)))
                     : depth_words(arena, depth);
    if (depth > 0 && speed > 0)
        *out = str_printf(arena, "%.*s, %.*s m/s%s%s", STR_ARG(*out),
                          STR_ARG(german_fixed(arena, paint_middle(&PAINT_SPEED, speed), 1)),
                          arrow ? " nach " : "", arrow ? compass(arrow_of(arrow).degrees) : "");
    return true;
}

static Str difference_words(Arena *arena, unsigned char step)
{
    double metres = step ? paint_middle(&PAINT_DIFFERENCE, step) : 0;

    if (fabs(metres) < 0.01)
        return STR("kein Unterschied");
    return str_printf(arena, "%.*s %s als vorher", STR_ARG(depth_text(arena, fabs(metres))),
                      metres > 0 ? "mehr" : "weniger");
}

static bool words_at(Request *req, int64_t sim, Str layer, Spot at, Str *out, Err *err)
{
    unsigned char step;

    if (str_is(layer, "tiefe") || str_is(layer, "tempo"))
        return greatest_words(req, sim, at, out, err);
    if (!step_at(req, sim, layer, at, &step, err))
        return false;
    *out = str_is(layer, "unterschied") ? difference_words(req->arena, step)
                                        : depth_words(req->arena, step);
    return true;
}

/* GET /desk/zwilling/:id/punkt?laenge=9.95&breite=51.55&ebene=tiefe */
bool desk_sim_point(Request *req, Response *res, Err *err)
{
    Str layer = request_query(req, "ebene"), words;
    Node *answer = node_map(req->arena);
    Spot at;
    Sim sim;

    if (!degrees_of(req, "laenge", 180, &at.longitude) ||
        !degrees_of(req, "breite", 85, &at.latitude) || !sim_layer_valid(layer))
        return err_set(err, ERR_INPUT,
                       "Ein Punkt hat eine Länge und eine Breite in Grad und eine Ebene.");
    if (!desk_sim_asked(req, &sim, err) || !words_at(req, sim.id, layer, at, &words, err))
        return false;
    node_add(req->arena, answer, STR("text"), node_string(req->arena, words));
    return respond_json(res, 200, answer, req->arena);
}

/* --- Arrows --------------------------------------------------------------------------------------
 */

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
            if (!tile_steps(set, id, arena, &steps, err))
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

    if (!degrees_of(req, "west", 180, &box.west) || !degrees_of(req, "ost", 180, &box.east) ||
        !degrees_of(req, "sued", 85, &box.south) || !degrees_of(req, "nord", 85, &box.north) ||
        !str_to_i64(request_query(req, "zoom"), &zoom) || zoom < 0 || zoom > TILE_ZOOM_MAX ||
        box.west > box.east || box.south > box.north)
        return err_set(err, ERR_INPUT, "Ein Ausschnitt hat vier Ränder in Grad und einen Zoom.");
    if (!desk_sim_asked(req, &sim, err))
        return false;
    buf_add_c(&out, "{\"type\":\"FeatureCollection\",\"features\":[");
    TileSet *set = layer_open(req, sim.id, STR("pfeile"), err);
    bool good = set && add_arrows(set, box, (int)zoom, req->arena, &out, err);
    tileset_release(set);
    buf_add_c(&out, "]}");
    return good &&
           respond_bytes(res, req->arena, STR("application/geo+json"), buf_str(&out), STR_NONE);
}
