/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/scenario_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const KEYS[] = {"file", "fill", "crs", "window", "holes", NULL};

/* One path or a list of them. */
static bool read_paths(const ScenarioReader *reader, const Node *node, GeoRasterOrder *order,
                       Err *err)
{
    size_t count = node && node->kind == NODE_LIST ? node->count : 1;
    const char **paths = arena_array(reader->arena, const char *, count + 1);

    if (count == 0)
        return scenario_wrong(reader, node, err, "terrain: the list of rasters is empty");
    for (size_t i = 0; i < count; i++) {
        Str path = node_text(node && node->kind == NODE_LIST ? node->items[i] : node);
        if (str_empty(path))
            return scenario_wrong(reader, node, err,
                                  "terrain: needs the path of a raster, of a folder of tiles, or "
                                  "a list of them");
        paths[i] = scenario_path(reader, path);
    }
    order->paths = paths;
    order->path_count = count;
    return true;
}

static bool read_window(const ScenarioReader *reader, const Node *node, GeoRasterOrder *order,
                        Err *err)
{
    double *window = arena_array(reader->arena, double, 4);

    if (!node)
        return true;
    if (node->kind != NODE_LIST || node->count != 4)
        return scenario_wrong(reader, node, err, "terrain: window is [west, south, east, north]");
    for (size_t i = 0; i < 4; i++)
        if (!scenario_number(reader, node->items[i], "terrain: window", QUANTITY_NONE, -1e9, 1e9,
                             &window[i], err))
            return false;
    if (window[0] >= window[2] || window[1] >= window[3])
        return scenario_wrong(reader, node, err,
                              "terrain: window is [west, south, east, north], and this one is "
                              "empty");
    order->window = window;
    return true;
}

static bool read_order(const ScenarioReader *reader, const Node *node, GeoRasterOrder *order,
                       Err *err)
{
    if (!node || node->kind != NODE_MAP)
        return read_paths(reader, node, order, err);
    if (!scenario_keys(reader, node, "terrain", KEYS, err) ||
        !read_paths(reader, node_get(node, "file"), order, err) ||
        !read_window(reader, node_get(node, "window"), order, err))
        return false;
    const char *crs = scenario_text(reader, node, "crs");
    if (crs && !(order->crs = geo_crs_parse(str_c(crs), reader->arena, err)))
        return scenario_wrong(reader, node_get(node, "crs"), err, "terrain: crs: %s",
                              err_text(err, reader->arena));
    return true;
}

static const char *place(const ScenarioReader *reader, int64_t cell)
{
    const GeoGrid *grid = &reader->scenario->terrain.grid;

    return arena_printf(reader->arena, "%.3f, %.3f (row %lld, column %lld)",
                        geo_grid_x(grid, (int)(cell % grid->columns)),
                        geo_grid_y(grid, (int)(cell / grid->columns)),
                        (long long)(cell / grid->columns) + 1,
                        (long long)(cell % grid->columns) + 1);
}

/* Holes at the edge are the end of the model, and boundaries tell whether water leaves over their
 * rim; those inside are refused unless they shall be filled or walls. */
static bool settle_holes(ScenarioReader *reader, const Node *node, Err *err)
{
    TwinScenario *scenario = reader->scenario;
    GeoRaster *terrain = &scenario->terrain;
    bool fill = node_get_bool(node, "fill", false), wall = false;
    int64_t first;
    size_t filled = 0;

    if (node_get(node, "holes")) {
        wall = str_is(node_get_text(node, "holes"), "wall");
        if (!wall)
            return scenario_wrong(reader, node_get(node, "holes"), err,
                                  "terrain: holes: can only be \"wall\"");
    }
    if (terrain->holes == 0)
        return true;
    scenario->outside = malloc(geo_grid_cells(&terrain->grid));
    if (!scenario->outside)
        abort();
    size_t inside = geo_raster_enclosed(terrain, scenario->outside, &first);
    if (inside && !fill && !wall)
        return scenario_wrong(reader, node, err,
                              "terrain: %zu cells inside have no height, the first at %s; let "
                              "them be filled from their surroundings (terrain: {file: …, fill: "
                              "true}) or be walls (holes: wall)",
                              inside, place(reader, first));
    if (inside && fill) {
        if (!geo_raster_fill(terrain, scenario->outside, &filled, err))
            return scenario_wrong(reader, node, err, "terrain: %s", err_text(err, reader->arena));
        scenario_remark(reader, node,
                        "terrain: %zu cells inside had no height, the first at %s: filled from "
                        "their surroundings",
                        filled, place(reader, first));
    }
    for (size_t i = 0; i < geo_grid_cells(&terrain->grid); i++) {
        bool enclosed = scenario->outside[i] != 0;
        if (!isnan(terrain->values[i])) {
            scenario->outside[i] = FLOW_INSIDE;
            continue;
        }
        scenario->outside[i] = enclosed ? FLOW_WALL : FLOW_RIM;
        scenario->outside_count++;
    }
    if (scenario->outside_count == geo_grid_cells(&terrain->grid))
        return scenario_wrong(reader, node, err, "terrain: has no height in any cell");
    if (scenario->outside_count)
        scenario_remark(reader, node,
                        "terrain: %zu cells have no height, the first at %s: they are outside of "
                        "the model",
                        scenario->outside_count, place(reader, terrain->first));
    return true;
}

static bool check_heights(const ScenarioReader *reader, const Node *node, Err *err)
{
    const GeoRaster *terrain = &reader->scenario->terrain;

    for (size_t i = 0; i < geo_grid_cells(&terrain->grid); i++)
        if (fabs(terrain->values[i]) > 9000)
            return scenario_wrong(reader, node, err,
                                  "terrain: a height of %g m at %s is none of this earth: does "
                                  "the file say what it writes where there is no data?",
                                  terrain->values[i], place(reader, (int64_t)i));
    return true;
}

/* A number of bytes behind `key` in a file of the kernel's; `most` where there is none. */
static double kernel_bytes(const char *path, const char *key, double factor, double most)
{
    Arena *arena = arena_create(0);
    FILE *file = fopen(path, "rbe");
    char text[4096];
    double value = most;
    size_t size = file ? fread(text, 1, sizeof text, file) : 0;
    ptrdiff_t at = str_find((Str){text, size}, str_c(key));

    if (file && at >= 0) {
        char *end,
            *copy = str_cstr(arena, str_slice((Str){text, size}, (size_t)at + strlen(key), size));
        double read = strtod(copy, &end);
        value = end != copy ? read * factor : most;
    }
    if (file)
        fclose(file);
    arena_destroy(arena);
    return fmin(value, most);
}

/* What this machine has room for now, and a container lets us have: terrain, state and maxima
 * together. */
static size_t cells_that_fit(void)
{
    enum { BYTES_A_CELL = 80 };
    double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);

    bytes = kernel_bytes("/proc/meminfo", "MemAvailable:", 1024, bytes);
    bytes = kernel_bytes("/sys/fs/cgroup/memory.max", "", 1, bytes);
    double cells = bytes / BYTES_A_CELL;
    return cells < INT32_MAX ? (size_t)cells : INT32_MAX;
}

bool scenario_read_terrain(ScenarioReader *reader, const Node *node, Err *err)
{
    GeoRasterOrder order = {0};
    GeoRaster *terrain = &reader->scenario->terrain;

    if (!node)
        return scenario_wrong(reader, NULL, err, "terrain is missing: a raster of heights in m");
    if (!read_order(reader, node, &order, err))
        return false;
    order.most_cells = cells_that_fit();
    if (!geo_raster_read(&order, reader->arena, terrain, err))
        return scenario_wrong(reader, node, err, "terrain: %s", err_text(err, reader->arena));
    if (!geo_crs_metric(terrain->grid.crs))
        return scenario_wrong(reader, node, err,
                              "terrain: is in %s, not in metres on a plane; bring it over with: "
                              "gdalwarp -t_srs EPSG:25832 -r bilinear IN OUT.tif",
                              geo_crs_name(terrain->grid.crs, reader->arena));
    return check_heights(reader, node, err) && settle_holes(reader, node, err);
}
