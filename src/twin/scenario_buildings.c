/* SPDX-License-Identifier: EUPL-1.2 */
/* Buildings: blocks that water cannot pass, their roofs' rain led to the cells beside their walls;
 * or rough ground. */
#include "base/vec.h"
#include "twin/scenario_reader.h"

#include <math.h>
#include <stdlib.h>

/* Shares of rain are counted in these parts, so that single precision holds them exactly. */
enum { SHARE_PARTS = 4096 };

static const char *const KEYS[] = {"file", "layer",     "crs",  "height", "field",
                                   "mode", "roughness", "ring", NULL};

typedef struct Blocks {
    ScenarioReader *reader;
    const GeoGrid *grid;
    uint32_t *owner; /* of each cell: building + 1; 0: free */
    double height;
    const char *field;
    bool raise;
    double roughness;
    size_t small, outside;
} Blocks;

static bool building_height(const Blocks *blocks, const Node *map, const GeoFeature *feature,
                            double *out, Err *err)
{
    const Node *value = blocks->field ? node_get(feature->properties, blocks->field) : NULL;

    *out = blocks->height;
    if (node_is_null(value))
        return true;
    if (!decimal_parse(node_text(value), out) || *out < 0 || *out > 1000)
        return scenario_wrong(blocks->reader, map, err,
                              "buildings: field \"%s\" of building %lld is \"%.*s\"; a height is "
                              "from 0 to 1000 m",
                              blocks->field, (long long)feature->id, STR_ARG(node_text(value)));
    return true;
}

static void take_cells(Blocks *blocks, TwinBuilding *building, uint32_t number)
{
    TwinScenario *scenario = blocks->reader->scenario;
    GeoCells inner;

    geo_cover_polygon(blocks->grid, building->shape, blocks->reader->arena, &inner);
    if (inner.count == 0) {
        geo_cover_feature(blocks->grid, building->shape, blocks->reader->arena, &building->cells);
        if (building->cells.count)
            blocks->small++;
        else
            blocks->outside++;
        return;
    }
    building->cells = inner;
    for (size_t i = 0; i < inner.count; i++) {
        uint32_t cell = inner.items[i];
        if (blocks->owner[cell] == 0 && blocks->raise)
            scenario->terrain.values[cell] += building->height;
        blocks->owner[cell] = number;
        if (!blocks->raise)
            scenario->roughness[cell] = (float)blocks->roughness;
    }
}

/* --- the cells around --- */

static bool is_free(const Blocks *blocks, int64_t column, int64_t row, uint32_t *cell)
{
    const GeoGrid *grid = blocks->grid;

    if (column < 0 || row < 0 || column >= grid->columns || row >= grid->rows)
        return false;
    *cell = (uint32_t)(row * grid->columns + column);
    return blocks->owner[*cell] == 0 && scenario_wet(blocks->reader->scenario, *cell);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Free cells not farther than `reach` cells from one of `cells`, each once. */
static void find_ring(const Blocks *blocks, const GeoCells *cells, int reach, GeoCells *out)
{
    Arena *arena = blocks->reader->arena;
    size_t kept = 0;

    *out = (GeoCells){0};
    for (size_t i = 0; i < cells->count; i++) {
        int64_t column = cells->items[i] % (uint32_t)blocks->grid->columns;
        int64_t row = cells->items[i] / (uint32_t)blocks->grid->columns;
        for (int64_t dy = -reach; dy <= reach; dy++)
            for (int64_t dx = -reach; dx <= reach; dx++) {
                uint32_t cell;
                if (is_free(blocks, column + dx, row + dy, &cell))
                    VEC_PUSH(arena, out, cell);
            }
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, compare);
    for (size_t i = 0; i < out->count; i++)
        if (i == 0 || out->items[i] != out->items[i - 1])
            out->items[kept++] = out->items[i];
    out->count = kept;
}

/* --- rain from roofs --- */

/* A building's cells and those of all that touch it, for one that has no free cell of its own. */
static void whole_block(const Blocks *blocks, uint32_t start, Arena *scratch, GeoCells *out)
{
    const GeoGrid *grid = blocks->grid;
    uint8_t *seen = calloc(geo_grid_cells(grid), 1);

    if (!seen)
        abort();
    *out = (GeoCells){0};
    VEC_PUSH(scratch, out, start);
    seen[start] = 1;
    for (size_t i = 0; i < out->count; i++) {
        int column = (int)(out->items[i] % (uint32_t)grid->columns);
        int row = (int)(out->items[i] / (uint32_t)grid->columns);
        for (int k = 0; k < 9; k++) {
            int c = column + k % 3 - 1, r = row + k / 3 - 1;
            if (c < 0 || r < 0 || c >= grid->columns || r >= grid->rows)
                continue;
            uint32_t cell = (uint32_t)((int64_t)r * grid->columns + c);
            if (blocks->owner[cell] && !seen[cell]) {
                seen[cell] = 1;
                VEC_PUSH(scratch, out, cell);
            }
        }
    }
    free(seen);
}

/* Give `cells` full shares to the ring, evenly; what does not divide goes to the first ones. */
static void give(uint32_t *parts, const GeoCells *ring, size_t cells)
{
    uint64_t all = (uint64_t)cells * SHARE_PARTS;
    uint64_t each = all / ring->count, rest = all % ring->count;

    for (size_t i = 0; i < ring->count; i++)
        parts[ring->items[i]] += (uint32_t)(each + (i < rest));
}

static void lead_roofs(Blocks *blocks, const TwinBuilding *building, uint32_t number,
                       uint32_t *parts)
{
    Arena *scratch = arena_create(1 << 16);
    GeoCells own = {0}, block, ring;

    for (size_t i = 0; i < building->cells.count; i++)
        if (blocks->owner[building->cells.items[i]] == number &&
            scenario_wet(blocks->reader->scenario, building->cells.items[i]))
            VEC_PUSH(scratch, &own, building->cells.items[i]);
    if (own.count) {
        find_ring(blocks, &own, 1, &ring);
        if (ring.count == 0) {
            whole_block(blocks, own.items[0], scratch, &block);
            find_ring(blocks, &block, 1, &ring);
        }
        /* Walled in on all sides: its rain stays on the roof. */
        if (ring.count) {
            for (size_t i = 0; i < own.count; i++)
                parts[own.items[i]] = 0;
            give(parts, &ring, own.count);
        }
    }
    arena_destroy(scratch);
}

static void share_rain(Blocks *blocks)
{
    TwinScenario *scenario = blocks->reader->scenario;
    size_t cells = geo_grid_cells(blocks->grid);
    uint32_t *parts = malloc(cells * sizeof *parts);

    scenario->share = malloc(cells * sizeof *scenario->share);
    if (!parts || !scenario->share)
        abort();
    for (size_t i = 0; i < cells; i++)
        parts[i] = SHARE_PARTS;
    for (size_t b = 0; b < scenario->building_count; b++)
        lead_roofs(blocks, &scenario->buildings[b], (uint32_t)b + 1, parts);
    for (size_t i = 0; i < cells; i++)
        scenario->share[i] = (float)parts[i] / SHARE_PARTS;
    free(parts);
}

/* --- reading --- */

static bool read_mode(Blocks *blocks, const Node *map, Err *err)
{
    TwinScenario *scenario = blocks->reader->scenario;
    Str mode = node_get_text(map, "mode");

    blocks->raise = str_empty(mode) || str_is(mode, "blocks");
    if (!blocks->raise && !str_is(mode, "roughness"))
        return scenario_wrong(blocks->reader, node_get(map, "mode"), err,
                              "buildings: mode is blocks or roughness");
    blocks->roughness = 0.5;
    if (!scenario_get_number(blocks->reader, map, "roughness", QUANTITY_NONE, 0, 10,
                             &blocks->roughness, err))
        return false;
    if (blocks->raise && node_get(map, "roughness"))
        scenario_remark(blocks->reader, node_get(map, "roughness"),
                        "buildings: roughness has a meaning only with mode: roughness");
    if (!blocks->raise && !scenario->roughness) {
        size_t cells = geo_grid_cells(blocks->grid);
        scenario->roughness = malloc(cells * sizeof *scenario->roughness);
        if (!scenario->roughness)
            abort();
        for (size_t i = 0; i < cells; i++)
            scenario->roughness[i] = (float)scenario->roughness_all;
    }
    return true;
}

static bool read_keys(Blocks *blocks, const Node *map, Err *err)
{
    ScenarioReader *reader = blocks->reader;

    blocks->height = 10;
    reader->scenario->output.ring = 0;
    if (!scenario_keys(reader, map, "buildings", KEYS, err) ||
        !scenario_get_number(reader, map, "height", QUANTITY_LENGTH, 0, 1000, &blocks->height,
                             err) ||
        !scenario_get_number(reader, map, "ring", QUANTITY_LENGTH, 0, 50,
                             &reader->scenario->output.ring, err))
        return false;
    blocks->field = scenario_text(reader, map, "field");
    return read_mode(blocks, map, err);
}

static bool take_buildings(Blocks *blocks, const Node *map, Err *err)
{
    TwinScenario *scenario = blocks->reader->scenario;
    size_t other = 0;

    scenario->buildings = arena_array(blocks->reader->arena, TwinBuilding, scenario->layer.count);
    for (size_t i = 0; i < scenario->layer.count; i++) {
        const GeoFeature *feature = &scenario->layer.items[i];
        if (feature->kind != GEO_POLYGON) {
            other++;
            continue;
        }
        TwinBuilding *building = &scenario->buildings[scenario->building_count++];
        building->shape = feature;
        if (!building_height(blocks, map, feature, &building->height, err))
            return false;
        take_cells(blocks, building, (uint32_t)scenario->building_count);
    }
    if (other)
        scenario_remark(blocks->reader, map, "buildings: %zu features are no polygons: left out",
                        other);
    if (scenario->building_count == 0)
        return scenario_wrong(blocks->reader, map, err, "buildings: the file has no polygons");
    return true;
}

static void tell(const Blocks *blocks, const Node *map)
{
    const TwinScenario *scenario = blocks->reader->scenario;

    if (blocks->outside)
        scenario_remark(blocks->reader, map,
                        "buildings: %zu of %zu lie outside of the terrain: left out of the model",
                        blocks->outside, scenario->building_count);
    if (blocks->small && blocks->raise)
        scenario_remark(blocks->reader, map,
                        "buildings: %zu of %zu hold the centre of no cell: they do not stand in "
                        "the water's way",
                        blocks->small, scenario->building_count);
}

static bool read_blocks(Blocks *blocks, const Node *map, Err *err)
{
    TwinScenario *scenario = blocks->reader->scenario;

    if (!take_buildings(blocks, map, err))
        return false;
    int reach = (int)ceil(scenario->output.ring / blocks->grid->cell - 1e-9);
    for (size_t b = 0; b < scenario->building_count; b++)
        find_ring(blocks, &scenario->buildings[b].cells, reach < 1 ? 1 : reach,
                  &scenario->buildings[b].ring);
    if (blocks->raise)
        share_rain(blocks);
    tell(blocks, map);
    return true;
}

bool scenario_read_buildings(ScenarioReader *reader, const Node *node, Err *err)
{
    Blocks blocks = {.reader = reader, .grid = &reader->scenario->terrain.grid};
    const Node *map = node;

    if (node_is_null(node) || str_is(node_text(node), "none"))
        return true;
    if (node->kind == NODE_STRING) {
        Node *made = node_map(reader->arena);
        node_set(reader->arena, made, STR("file"), node_clone(reader->arena, node));
        map = made;
    }
    if (!read_keys(&blocks, map, err) ||
        !scenario_layer(reader, map, "buildings", &reader->scenario->layer, err))
        return false;
    blocks.owner = calloc(geo_grid_cells(blocks.grid), sizeof *blocks.owner);
    if (!blocks.owner)
        abort();
    bool ok = read_blocks(&blocks, map, err);
    free(blocks.owner);
    return ok;
}
