/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/show/show.h"

#include "base/flags.h"
#include "core/folder.h"
#include "geo/tile/raster_tiles.h"
#include "twin/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SUMMARY_MAX_BYTES = 16 << 20 };

static const char HELP[] =
    "Usage: rathaus twin tiles RESULT --out DIR [options]\n"
    "\n"
    "Makes maps for browsers from what `rathaus twin run` wrote to the folder RESULT.\n"
    "\n"
    "  --out DIR        where they go\n"
    "  --before RESULT  also the difference of the largest depths to another result\n"
    "  --scenario FILE  whose terrain lies below the printed map\n"
    "  --streets FILE   and its streets, lines or areas\n"
    "  --street FIELD   field of the buildings' file with the street of an address\n"
    "  --number FIELD   and with the number of the house\n"
    "  --json           print what there is: layers, bounds, zooms, seconds of the pictures\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 made, 1 not, 2 called wrongly.\n";

char *show_result(const Show *show, const char *name)
{
    return arena_printf(show->arena, "%s/%s", show->order->result, name);
}

char *show_out(const Show *show, const char *name)
{
    return arena_printf(show->arena, "%s/%s", show->order->out, name);
}

double *show_field(const Show *show, const char *path, Err *err)
{
    double *values = malloc(geo_grid_cells(&show->grid) * sizeof *values);

    if (!values)
        abort();
    if (geo_raster_read_onto(path, &show->grid, GEO_ALIGNED, values, err))
        return values;
    free(values);
    return NULL;
}

/* --- Tiles --------------------------------------------------------------------------------------
 */

static bool tile_field(const Show *show, const char *file, const PaintScale *scale,
                       const char *name, Err *err)
{
    double *values = show_field(show, file, err);
    bool good = values && raster_tiles_write(
                              &show->grid, values, scale, str_c(name),
                              show_out(show, arena_printf(show->arena, "%s.mbtiles", name)), err);
    free(values);
    return good;
}

double *show_difference(const Show *show, Err *err)
{
    double *now = show_field(show, show_result(show, "max_depth.tif"), err);
    double *before =
        now ? show_field(show, arena_printf(show->arena, "%s/max_depth.tif", show->order->before),
                         err)
            : NULL;

    for (size_t i = 0; before && i < geo_grid_cells(&show->grid); i++)
        now[i] -= before[i];
    if (!before)
        free(now);
    free(before);
    return before ? now : NULL;
}

static bool tile_difference(const Show *show, Err *err)
{
    double *difference = show_difference(show, err);
    bool good = difference &&
                raster_tiles_write(&show->grid, difference, &PAINT_DIFFERENCE, STR("unterschied"),
                                   show_out(show, "unterschied.mbtiles"), err);
    free(difference);
    return good;
}

static bool tile_all(const Show *show, Err *err)
{
    bool good = tile_field(show, show_result(show, "max_depth.tif"), &PAINT_DEPTH, "tiefe", err) &&
                tile_field(show, show_result(show, "max_speed.tif"), &PAINT_SPEED, "tempo", err);

    for (size_t i = 0; good && i < show->frame_count; i++)
        good = tile_field(
            show, show->frames[i].file, &PAINT_DEPTH,
            arena_printf(show->arena, "zeit-%lld", (long long)show->frames[i].seconds), err);
    return good && (!show->order->before || tile_difference(show, err));
}

/* --- What there is
 * -------------------------------------------------------------------------------- */

bool show_read_result(Show *show, Err *err)
{
    const char *depth = show_result(show, "max_depth.tif");
    GeoRaster raster = {0};
    Str text;

    if (!geo_raster_read(&(GeoRasterOrder){.paths = &depth, .path_count = 1}, show->arena, &raster,
                         err))
        return false;
    show->grid = raster.grid;
    geo_raster_free(&raster);
    if (!folder_read_file(show_result(show, "summary.json"), SUMMARY_MAX_BYTES, show->arena, &text,
                          err))
        return false;
    Node *summary = node_parse_json(show->arena, text, "summary.json", &NODE_LIMITS_PACKAGE, err);
    if (!summary)
        return false;
    const Node *list = node_get(summary, "snapshots");
    show->frames = arena_array(show->arena, Frame, list ? list->count : 0);
    for (size_t i = 0; list && i < list->count; i++) {
        Str file = node_get_text(list->items[i], "depth");
        Str time = node_get_text(list->items[i], "time_s");
        if (file.ptr && time.ptr)
            show->frames[show->frame_count++] =
                (Frame){(int64_t)strtod(str_cstr(show->arena, time), NULL),
                        show_result(show, str_cstr(show->arena, file))};
    }
    return true;
}

static Node *layers_of(const Show *show)
{
    Arena *arena = show->arena;
    Node *out = node_list(arena);

    node_append(arena, out, node_string(arena, STR("tiefe")));
    node_append(arena, out, node_string(arena, STR("tempo")));
    for (size_t i = 0; i < show->frame_count; i++)
        node_append(
            arena, out,
            node_string(arena, str_printf(arena, "zeit-%lld", (long long)show->frames[i].seconds)));
    if (show->order->before)
        node_append(arena, out, node_string(arena, STR("unterschied")));
    return out;
}

/* Written last: where it is, all is. */
static bool write_info(const Show *show, Err *err)
{
    Arena *arena = show->arena;
    Node *info = node_map(arena);
    Buf frames = buf_in(arena);
    Bounds bounds;

    if (!raster_bounds(&show->grid, &bounds, err))
        return false;
    buf_add_c(&frames, "");
    for (size_t i = 0; i < show->frame_count; i++)
        buf_addf(&frames, "%s%lld", i ? " " : "", (long long)show->frames[i].seconds);
    TileSet *set = tileset_acquire(show_out(show, "tiefe.mbtiles"), err);
    if (!set)
        return false;
    node_add(arena, info, STR("bounds"),
             node_string(arena, str_printf(arena, "%.7f,%.7f,%.7f,%.7f", bounds.west, bounds.south,
                                           bounds.east, bounds.north)));
    node_add(arena, info, STR("zooms"),
             node_string(arena, str_printf(arena, "%d %d", tileset_info(set)->zoom_min,
                                           tileset_info(set)->zoom_max)));
    node_add(arena, info, STR("version"), node_string(arena, tileset_info(set)->version));
    node_add(arena, info, STR("frames"), node_string(arena, buf_str(&frames)));
    node_add(arena, info, STR("houses"), node_bool(arena, show->houses));
    node_add(arena, info, STR("arrows"), node_bool(arena, true));
    node_add(arena, info, STR("layers"), layers_of(show));
    tileset_release(set);
    if (!folder_write_file(show_out(show, "tiles.json"), node_json(info, arena), 0600, err))
        return false;
    if (show->order->json)
        printf("%s\n", str_cstr(arena, node_json(info, arena)));
    return true;
}

static bool show_all(Show *show, Err *err)
{
    return show_read_result(show, err) && folder_make(show->order->out, err) &&
           tile_all(show, err) && show_arrows(show, err) && show_houses(show, err) &&
           show_picture(show, err) && show_ground(show, err) &&
           (!show->order->before || show_picture_difference(show, err)) && write_info(show, err);
}

/* --- The command
 * ------------------------------------------------------------------------------------ */

int twin_tiles_command(int argc, char **argv)
{
    ShowOrder order = {0};
    const Flag flags[] = {{"RESULT", .text = &order.result},
                          {"--out", .text = &order.out, .needed = "DIR"},
                          {"--before", .text = &order.before},
                          {"--street", .text = &order.street},
                          {"--number", .text = &order.number},
                          {"--scenario", .text = &order.scenario},
                          {"--streets", .text = &order.streets},
                          {"--json", .set = &order.json},
                          {0}};
    Err err = {0};
    int status = flags_read("twin tiles", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Show show = {.order = &order, .arena = arena_create(0)};

    status = show_all(&show, &err) ? 0 : twin_failed("tiles", &err, show.arena);
    arena_destroy(show.arena);
    return status;
}
