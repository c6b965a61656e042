/* SPDX-License-Identifier: EUPL-1.2 */
/* buildings.geojson: how high the water stood outside each building's walls. */
#include "core/folder.h"
#include "twin/run_internal.h"

#include <math.h>
#include <stdlib.h>

typedef struct Wall {
    double depth_max, depth_p90, speed_max;
    bool known; /* it has cells around it */
} Wall;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The 90th percentile is linear between ranks. */
static Wall look(const TwinBuilding *building, const double *depth, const double *speed)
{
    size_t n = building->ring.cells, filled = 0;
    Wall wall = {.known = n > 0};

    if (n == 0)
        return wall;
    double *sorted = malloc(n * sizeof *sorted);
    if (!sorted)
        abort();
    for (size_t i = 0; i < building->ring.count; i++) {
        TwinPiece piece = building->ring.items[i];
        for (uint32_t cell = piece.first; cell < piece.first + piece.count; cell++) {
            sorted[filled++] = depth[cell];
            wall.speed_max = fmax(wall.speed_max, speed[cell]);
        }
    }
    qsort(sorted, n, sizeof *sorted, compare);
    double at = 0.9 * (double)(n - 1);
    size_t low = (size_t)at;
    wall.depth_p90 = sorted[low];
    if (low + 1 < n)
        wall.depth_p90 += (at - (double)low) * (sorted[low + 1] - sorted[low]);
    wall.depth_max = sorted[n - 1];
    free(sorted);
    return wall;
}

/* Class of a depth, counted from 1; 0: below the first. */
static size_t class_of(const TwinClasses *classes, double depth)
{
    size_t found = 0;

    for (size_t i = 0; i < classes->count; i++)
        if (depth > 0 && depth >= classes->from[i])
            found = i + 1;
    return found;
}

static Node *number(Arena *arena, double value, int digits)
{
    return node_number(arena, str_printf(arena, "%.*f", digits, value));
}

static Node *describe(const TwinRun *run, const TwinBuilding *building, Wall wall, Arena *arena,
                      BuildingCounts *counts)
{
    const TwinScenario *scenario = &run->scenario;
    Node *properties = node_clone(arena, building->shape->properties);
    size_t class = class_of(&scenario->classes, wall.depth_max);
    double damage = damage_at(&scenario->damage, wall.depth_p90);
    double area = geo_feature_area(building->shape);

    counts->in_model += wall.known;
    if (class > 0) {
        counts->affected++;
        counts->by_class[class - 1]++;
    }
    counts->damage += damage * area * scenario->damage_value;
    node_set(arena, properties, STR("depth_max"),
             wall.known ? number(arena, wall.depth_max, 4) : node_null(arena));
    node_set(arena, properties, STR("depth_p90"),
             wall.known ? number(arena, wall.depth_p90, 4) : node_null(arena));
    node_set(arena, properties, STR("speed_max"),
             wall.known ? number(arena, wall.speed_max, 4) : node_null(arena));
    node_set(arena, properties, STR("class"),
             wall.known ? node_int(arena, (int64_t) class) : node_null(arena));
    node_set(arena, properties, STR("damage"),
             wall.known ? number(arena, damage, 4) : node_null(arena));
    if (scenario->damage_value > 0)
        node_set(arena, properties, STR("damage_eur"),
                 wall.known ? number(arena, damage * area * scenario->damage_value, 0)
                            : node_null(arena));
    node_set(arena, properties, STR("area_m2"), number(arena, area, 1));
    return properties;
}

/* The shape in longitude and latitude, as GeoJSON wants it; false where it has none. */
static bool to_degrees(const GeoTransform *transform, const GeoFeature *shape, Arena *arena,
                       GeoFeature *out)
{
    *out = *shape;
    if (!transform)
        return false;
    out->parts = arena_array(arena, GeoPart, shape->part_count);
    for (size_t p = 0; p < shape->part_count; p++) {
        const GeoPart *part = &shape->parts[p];
        out->parts[p] = (GeoPart){arena_array(arena, GeoLine, part->count), part->count};
        for (size_t l = 0; l < part->count; l++) {
            size_t n = part->lines[l].count;
            double *x = arena_array(arena, double, n), *y = arena_array(arena, double, n);
            GeoPoint *points = arena_array(arena, GeoPoint, n);
            for (size_t i = 0; i < n; i++) {
                x[i] = part->lines[l].points[i].x;
                y[i] = part->lines[l].points[i].y;
            }
            geo_transform_points(transform, x, y, n);
            for (size_t i = 0; i < n; i++)
                points[i] = (GeoPoint){x[i], y[i]};
            out->parts[p].lines[l] = (GeoLine){points, n};
        }
    }
    return true;
}

static bool write_all(TwinRun *run, const double *depth, const double *speed, NewFile *file,
                      BuildingCounts *counts, Err *err)
{
    const TwinScenario *scenario = &run->scenario;
    const char *crs = scenario->terrain.grid.crs;
    GeoTransform *transform = crs ? geo_transform_create(crs, GEO_WGS84, err) : NULL;
    static const char HEAD[] = "{\"type\": \"FeatureCollection\", \"features\": [\n";
    bool ok = (!crs || transform) && folder_add_bytes(file, HEAD, sizeof HEAD - 1, err);
    Arena *scratch = arena_create(1 << 16);

    for (size_t b = 0; ok && b < scenario->building_count; b++) {
        const TwinBuilding *building = &scenario->buildings[b];
        GeoFeature shape;
        arena_reset(scratch);
        Buf out = buf_in(scratch);
        bool degrees = to_degrees(transform, building->shape, scratch, &shape);
        Node *properties = describe(run, building, look(building, depth, speed), scratch, counts);
        geo_feature_write_json(&shape, properties, degrees, &out);
        buf_add_c(&out, b + 1 < scenario->building_count ? ",\n" : "\n");
        ok = folder_add_bytes(file, buf_str(&out).ptr, out.len, err);
    }
    arena_destroy(scratch);
    geo_transform_destroy(transform);
    return ok && folder_add_bytes(file, "]}\n", 3, err);
}

bool buildings_write(TwinRun *run, BuildingCounts *counts, Err *err)
{
    size_t cells = geo_grid_cells(&run->scenario.terrain.grid);
    NewFile file;

    counts->all = run->scenario.building_count;
    if (counts->all == 0)
        return true;
    double *speed = malloc(cells * sizeof *speed);
    if (!speed)
        abort();
    flow_read(run->model, FLOW_MAX_DEPTH, run->field);
    flow_read(run->model, FLOW_MAX_SPEED, speed);
    bool ok = folder_begin_output(&file, run_path(run, "buildings.geojson"), 0644, err);
    if (ok && !write_all(run, run->field, speed, &file, counts, err)) {
        folder_abandon_file(&file);
        ok = false;
    }
    free(speed);
    return ok && folder_finish_file(&file, err);
}
