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
    uint32_t *seen; /* of each cell: the last turn of whole_block() that met it */
    uint32_t turns;
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

static bool is_free(const Blocks *blocks, uint32_t cell)
{
    return blocks->owner[cell] == 0 && scenario_wet(blocks->reader->scenario, cell);
}

/* Set what lies not farther than `reach` from a place that is set, along a line of the mask. */
static void spread(uint8_t *line, size_t step, int count, int reach)
{
    enum { SET = 1, REACHED = 2 };

    for (int i = 0, last = -1; i < count; i++) {
        uint8_t *at = line + (size_t)i * step;
        last = *at & SET ? i : last;
        *at |= last >= 0 && i - last <= reach ? REACHED : 0;
    }
    for (int i = count - 1, last = -1; i >= 0; i--) {
        uint8_t *at = line + (size_t)i * step;
        last = *at & SET ? i : last;
        *at |= last >= 0 && last - i <= reach ? REACHED : 0;
    }
    for (int i = 0; i < count; i++)
        line[(size_t)i * step] = line[(size_t)i * step] != 0;
}

typedef struct Box {
    int west, north, columns, rows;
} Box;

/* The box around cells, wider by `reach`, within the grid. */
static Box box_around(const GeoGrid *grid, const GeoCells *cells, int reach)
{
    int west = grid->columns, east = 0, north = grid->rows, south = 0;

    for (size_t i = 0; i < cells->count; i++) {
        int column = (int)(cells->items[i] % (uint32_t)grid->columns);
        int row = (int)(cells->items[i] / (uint32_t)grid->columns);
        west = column < west ? column : west;
        east = column > east ? column : east;
        north = row < north ? row : north;
        south = row > south ? row : south;
    }
    west = west > reach ? west - reach : 0;
    north = north > reach ? north - reach : 0;
    east = east + reach < grid->columns ? east + reach : grid->columns - 1;
    south = south + reach < grid->rows ? south + reach : grid->rows - 1;
    return (Box){west, north, east - west + 1, south - north + 1};
}

/* Free cells not farther than `reach` cells from one of `cells`, each once, by rows. */
static void find_ring(const Blocks *blocks, const GeoCells *cells, int reach, Arena *arena,
                      TwinRing *out)
{
    Box box = box_around(blocks->grid, cells, reach);
    size_t wide = (size_t)box.columns;

    *out = (TwinRing){0};
    if (cells->count == 0)
        return;
    uint8_t *mask = calloc(wide * (size_t)box.rows, 1);
    if (!mask)
        abort();
    for (size_t i = 0; i < cells->count; i++) {
        int column = (int)(cells->items[i] % (uint32_t)blocks->grid->columns);
        int row = (int)(cells->items[i] / (uint32_t)blocks->grid->columns);
        mask[(size_t)(row - box.north) * wide + (size_t)(column - box.west)] = 1;
    }
    for (int row = 0; row < box.rows; row++)
        spread(mask + (size_t)row * wide, 1, box.columns, reach);
    for (int column = 0; column < box.columns; column++)
        spread(mask + column, wide, box.rows, reach);
    for (int row = 0; row < box.rows; row++) {
        uint32_t begin = (uint32_t)((int64_t)(box.north + row) * blocks->grid->columns + box.west);
        for (uint32_t i = 0; i < wide; i++) {
            if (!mask[(size_t)row * wide + i] || !is_free(blocks, begin + i))
                continue;
            TwinPiece *last = out->count ? &out->items[out->count - 1] : NULL;
            if (last && i > 0 && last->first + last->count == begin + i)
                last->count++;
            else
                VEC_PUSH(arena, out, (TwinPiece){begin + i, 1});
            out->cells++;
        }
    }
    free(mask);
}

/* --- rain from roofs --- */

/* A building's cells and those of all that touch it, for one that has no free cell of its own. */
static void whole_block(Blocks *blocks, uint32_t start, Arena *scratch, GeoCells *out)
{
    const GeoGrid *grid = blocks->grid;
    uint32_t turn = ++blocks->turns, *seen = blocks->seen;

    if (!seen && !(seen = blocks->seen = calloc(geo_grid_cells(grid), sizeof *seen)))
        abort();
    *out = (GeoCells){0};
    VEC_PUSH(scratch, out, start);
    seen[start] = turn;
    for (size_t i = 0; i < out->count; i++) {
        int column = (int)(out->items[i] % (uint32_t)grid->columns);
        int row = (int)(out->items[i] / (uint32_t)grid->columns);
        for (int k = 0; k < 9; k++) {
            int c = column + k % 3 - 1, r = row + k / 3 - 1;
            if (c < 0 || r < 0 || c >= grid->columns || r >= grid->rows)
                continue;
            uint32_t cell = (uint32_t)((int64_t)r * grid->columns + c);
            if (blocks->owner[cell] && seen[cell] != turn) {
                seen[cell] = turn;
                VEC_PUSH(scratch, out, cell);
            }
        }
    }
}

/* Give `cells` full shares to the ring, evenly; what does not divide goes to the first ones. */
static void give(uint64_t *parts, const TwinRing *ring, size_t cells)
{
    uint64_t all = (uint64_t)cells * SHARE_PARTS, given = 0;
    uint64_t each = all / ring->cells, rest = all % ring->cells;

    for (size_t i = 0; i < ring->count; i++)
        for (uint32_t k = 0; k < ring->items[i].count; k++, given++)
            parts[ring->items[i].first + k] += each + (given < rest);
}

static void lead_roofs(Blocks *blocks, const TwinBuilding *building, uint32_t number,
                       uint64_t *parts)
{
    Arena *scratch = arena_create(1 << 16);
    GeoCells own = {0}, block;
    TwinRing ring;

    for (size_t i = 0; i < building->cells.count; i++)
        if (blocks->owner[building->cells.items[i]] == number &&
            scenario_wet(blocks->reader->scenario, building->cells.items[i]))
            VEC_PUSH(scratch, &own, building->cells.items[i]);
    if (own.count) {
        find_ring(blocks, &own, 1, scratch, &ring);
        if (ring.cells == 0) {
            whole_block(blocks, own.items[0], scratch, &block);
            find_ring(blocks, &block, 1, scratch, &ring);
        }
        /* Walled in on all sides: its rain stays on the roof. */
        if (ring.cells) {
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
    uint64_t *parts = malloc(cells * sizeof *parts);

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
                  blocks->reader->arena, &scenario->buildings[b].ring);
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
    free(blocks.seen);
    return ok;
}
