/* SPDX-License-Identifier: EUPL-1.2 */
/* Water at the edges, at the beginning, at its sources and in the sewer's inlets. */
#include "base/vec.h"
#include "twin/scenario_reader.h"

#include <math.h>
#include <stdlib.h>

/* --- boundaries --- */

static bool one_boundary(const ScenarioReader *reader, const Node *node, const char *where,
                         FlowBoundary *out, Err *err)
{
    static const char *const KEYS[] = {"level", "discharge", NULL};
    Str word = node_text(node);

    if (str_is(word, "open") || str_is(word, "closed")) {
        *out = (FlowBoundary){.kind = str_is(word, "open") ? FLOW_OPEN : FLOW_CLOSED};
        return true;
    }
    if (!node || node->kind != NODE_MAP)
        return scenario_wrong(reader, node, err,
                              "%s: \"%.*s\" is none of open, closed, {level: m} and {discharge: "
                              "m3/s}",
                              where, STR_ARG(word));
    if (!scenario_keys(reader, node, where, KEYS, err))
        return false;
    if (node->count != 1)
        return scenario_wrong(reader, node, err, "%s: has either a level or a discharge", where);
    bool level = node_get(node, "level") != NULL;
    out->kind = level ? FLOW_LEVEL : FLOW_DISCHARGE;
    if (!scenario_series(reader, node->items[0], where, level ? SERIES_LEVEL : SERIES_DISCHARGE,
                         &out->series, err))
        return false;
    for (size_t i = 0; !level && i < out->series.count; i++)
        if (out->series.values[i] < 0)
            return scenario_wrong(reader, node, err,
                                  "%s: a discharge of %g m3/s is negative; it flows in", where,
                                  out->series.values[i]);
    return true;
}

/* Whether water leaves where the terrain's heights end within the grid: as it is told, else where
 * all sides are open. */
static bool read_rim(const ScenarioReader *reader, const Node *map, const FlowBoundary *all,
                     Err *err)
{
    TwinScenario *scenario = reader->scenario;
    const Node *node = node_get(map, "rim");
    bool open = true;

    if (node && !str_is(node_text(node), "open") && !str_is(node_text(node), "closed"))
        return scenario_wrong(
            reader, node, err,
            "boundaries: rim, where the terrain's heights end, is open or closed");
    for (size_t side = 0; side < FLOW_SIDES; side++)
        open &= scenario->boundaries[side].kind == FLOW_OPEN;
    open = node ? str_is(node_text(node), "open") : open || all->kind == FLOW_OPEN;
    if (scenario->outside_count == 0)
        return true;
    for (size_t i = 0; !open && i < geo_grid_cells(&scenario->terrain.grid); i++)
        if (scenario->outside[i] == FLOW_RIM)
            scenario->outside[i] = FLOW_WALL;
    remark(&scenario->notes, "boundaries: %s",
           open ? "water leaves over the rim, where the terrain's heights end"
                : "a wall stands along the rim, where the terrain's heights end");
    return true;
}

bool scenario_read_boundaries(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"north", "east", "south", "west", "all", "rim", NULL};
    FlowBoundary *boundaries = reader->scenario->boundaries;
    FlowBoundary all = {.kind = FLOW_CLOSED};

    if (node_is_null(node))
        return read_rim(reader, NULL, &all, err);
    bool by_side =
        node->kind == NODE_MAP && !node_get(node, "level") && !node_get(node, "discharge");
    if (!by_side) {
        if (!one_boundary(reader, node, "boundaries", &all, err))
            return false;
        if (all.kind == FLOW_DISCHARGE)
            return scenario_wrong(reader, node, err,
                                  "boundaries: a discharge enters through one side: {west: "
                                  "{discharge: …}}");
    } else if (!scenario_keys(reader, node, "boundaries", KEYS, err) ||
               (node_get(node, "all") &&
                !one_boundary(reader, node_get(node, "all"), "boundaries: all", &all, err))) {
        return false;
    }
    for (size_t side = 0; side < FLOW_SIDES; side++) {
        const Node *own = by_side ? node_get(node, KEYS[side]) : NULL;
        boundaries[side] = all;
        if (own &&
            !one_boundary(reader, own, arena_printf(reader->arena, "boundaries: %s", KEYS[side]),
                          &boundaries[side], err))
            return false;
    }
    return read_rim(reader, by_side ? node : NULL, &all, err);
}

/* A level or a discharge needs a free cell at its side: flow refuses sides that are no part of the
 * model, and houses are one for it. */
bool scenario_check_sides(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const NAMES[] = {"north", "east", "south", "west"};
    const TwinScenario *scenario = reader->scenario;
    size_t columns = (size_t)scenario->terrain.grid.columns;
    size_t rows = (size_t)scenario->terrain.grid.rows;

    for (int side = 0; side < FLOW_SIDES; side++) {
        bool across = side == FLOW_NORTH || side == FLOW_SOUTH, free_cell = false;
        size_t at = side == FLOW_SOUTH ? (rows - 1) * columns : side == FLOW_EAST ? columns - 1 : 0;
        FlowBoundaryKind kind = scenario->boundaries[side].kind;

        if (kind != FLOW_LEVEL && kind != FLOW_DISCHARGE)
            continue;
        for (size_t i = 0; !free_cell && i < (across ? columns : rows);
             i++, at += across ? 1 : columns)
            free_cell = scenario_wet(scenario, at) && !scenario_on_roof(scenario, at);
        if (!free_cell)
            return scenario_wrong(reader, node, err,
                                  "boundaries: no free cell of the %s side lies in the model (they "
                                  "have no height, or houses stand there), so that no water can "
                                  "come over it; take a source along a line, or cut the terrain "
                                  "out smaller",
                                  NAMES[side]);
    }
    return true;
}

/* --- the beginning --- */

static double *cells_of(const TwinScenario *scenario)
{
    double *values = calloc(geo_grid_cells(&scenario->terrain.grid), sizeof *values);

    if (!values)
        abort();
    return values;
}

/* A key that is a number for all cells or a raster; NULL without err where it is missing. */
static double *number_or_raster(const ScenarioReader *reader, const Node *map, const char *key,
                                double least, bool *failed, Err *err)
{
    const TwinScenario *scenario = reader->scenario;
    const Node *node = node_get(map, key);
    double *values = NULL, value;

    *failed = false;
    if (node_is_null(node))
        return NULL;
    const char *where = arena_printf(reader->arena, "initial: %s", key);
    if (scenario_is_number(node)) {
        *failed = !scenario_number(reader, node, where, QUANTITY_NONE, least, 1e5, &value, err);
        if (*failed)
            return NULL;
        values = cells_of(scenario);
        for (size_t i = 0; i < geo_grid_cells(&scenario->terrain.grid); i++)
            values[i] = value;
        return values;
    }
    /* Where a depth has no value it is dry; a level must be told. */
    values = scenario_raster(reader, map, key, where, strcmp(key, "level") == 0 ? NAN : 0, err);
    *failed = values == NULL;
    for (size_t i = 0; values && i < geo_grid_cells(&scenario->terrain.grid); i++)
        if (scenario_wet(scenario, i) && values[i] < least) {
            *failed = !scenario_wrong(reader, node, err, "%s: %g at %.3f, %.3f is below %g", where,
                                      values[i],
                                      geo_grid_x(&scenario->terrain.grid,
                                                 (int)(i % (size_t)scenario->terrain.grid.columns)),
                                      geo_grid_y(&scenario->terrain.grid,
                                                 (int)(i / (size_t)scenario->terrain.grid.columns)),
                                      least);
            free(values);
            return NULL;
        }
    return values;
}

static void level_to_depth(const TwinScenario *scenario, double *values)
{
    for (size_t i = 0; i < geo_grid_cells(&scenario->terrain.grid); i++)
        values[i] =
            scenario_wet(scenario, i) ? fmax(0, values[i] - scenario->terrain.values[i]) : 0;
}

/* Deeper than any lake of this earth: a level in centimetres, or of another datum. */
static bool check_depths(const ScenarioReader *reader, const Node *node, Err *err)
{
    enum { DEEPEST = 2000 };
    const TwinScenario *scenario = reader->scenario;
    const GeoGrid *grid = &scenario->terrain.grid;

    for (size_t i = 0; scenario->depth && i < geo_grid_cells(grid); i++) {
        if (!scenario_wet(scenario, i))
            scenario->depth[i] = 0;
        if (scenario->depth[i] > DEEPEST)
            return scenario_wrong(
                reader, node, err,
                "initial: the water would be %.6g m deep at %.3f, %.3f; up to %d "
                "m are possible: are level and terrain in m above the same datum?",
                scenario->depth[i], geo_grid_x(grid, (int)(i % (size_t)grid->columns)),
                geo_grid_y(grid, (int)(i / (size_t)grid->columns)), DEEPEST);
    }
    return true;
}

bool scenario_read_initial(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"level", "depth", "u", "v", "resample", NULL};
    TwinScenario *scenario = reader->scenario;
    bool failed;

    if (node_is_null(node) || str_is(node_text(node), "dry"))
        return true;
    if (!scenario_keys(reader, node, "initial", KEYS, err))
        return false;
    if (node_get(node, "level") && node_get(node, "depth"))
        return scenario_wrong(reader, node, err, "initial: has either a level or a depth");
    scenario->depth = number_or_raster(reader, node, "depth", 0, &failed, err);
    if (failed)
        return false;
    if (node_get(node, "level")) {
        scenario->depth = number_or_raster(reader, node, "level", -1e4, &failed, err);
        if (failed)
            return false;
        level_to_depth(scenario, scenario->depth);
    }
    scenario->u = number_or_raster(reader, node, "u", -1e3, &failed, err);
    if (failed)
        return false;
    scenario->v = number_or_raster(reader, node, "v", -1e3, &failed, err);
    if (failed)
        return false;
    if ((scenario->u || scenario->v) && !scenario->depth)
        return scenario_wrong(reader, node, err, "initial: a speed needs a level or a depth too");
    if (scenario->u && !scenario->v)
        scenario->v = cells_of(scenario);
    if (scenario->v && !scenario->u)
        scenario->u = cells_of(scenario);
    return check_depths(reader, node, err);
}

/* --- sources --- */

static void drop_outside(const TwinScenario *scenario, GeoCells *cells)
{
    size_t kept = 0;

    for (size_t i = 0; i < cells->count; i++)
        if (scenario_wet(scenario, cells->items[i]))
            cells->items[kept++] = cells->items[i];
    cells->count = kept;
}

static bool source_cells(const ScenarioReader *reader, const Node *map, GeoCells *cells, Err *err)
{
    const GeoGrid *grid = &reader->scenario->terrain.grid;
    const Node *line = node_get(map, "line");
    double radius = 0;

    if ((line != NULL) == (node_get(map, "at") != NULL))
        return scenario_wrong(reader, map, err,
                              "sources: one is at: [x, y] with a radius, or a line: [[x, y], …]");
    if (!line) {
        GeoPoint at;
        if (!scenario_point(reader, node_get(map, "at"), "sources: at", &at, err) ||
            !scenario_get_number(reader, map, "radius", QUANTITY_LENGTH, 0, 1e6, &radius, err))
            return false;
        geo_cover_disc(grid, at, radius, reader->arena, cells);
    } else {
        if (line->kind != NODE_LIST || line->count < 2)
            return scenario_wrong(reader, line, err, "sources: a line has two or more points");
        GeoLine path = {arena_array(reader->arena, GeoPoint, line->count), line->count};
        for (size_t i = 0; i < line->count; i++)
            if (!scenario_point(reader, line->items[i], "sources: line", &path.points[i], err))
                return false;
        geo_cover_line(grid, &path, reader->arena, cells);
    }
    drop_outside(reader->scenario, cells);
    if (cells->count == 0)
        return scenario_wrong(reader, map, err,
                              "sources: one lies outside of the terrain, which spans west %.3f, "
                              "south %.3f, east %.3f, north %.3f",
                              grid->west, grid->north - grid->rows * grid->cell,
                              grid->west + grid->columns * grid->cell, grid->north);
    return true;
}

bool scenario_read_sources(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"name", "at", "radius", "line", "discharge", NULL};
    TwinScenario *scenario = reader->scenario;

    if (node_is_null(node))
        return true;
    if (node->kind != NODE_LIST)
        return scenario_wrong(reader, node, err,
                              "sources: is a list: [{at: [x, y], radius: 10, discharge: 19.7}]");
    scenario->sources = arena_array(reader->arena, FlowSource, node->count);
    for (size_t i = 0; i < node->count; i++) {
        const Node *map = node->items[i];
        FlowSource *source = &scenario->sources[i];
        GeoCells cells;
        if (!scenario_keys(reader, map, "sources", KEYS, err))
            return false;
        if (!node_get(map, "discharge"))
            return scenario_wrong(reader, map, err, "sources: one has no discharge (m3/s)");
        if (!source_cells(reader, map, &cells, err) ||
            !scenario_series(reader, node_get(map, "discharge"), "sources: discharge",
                             SERIES_DISCHARGE, &source->discharge, err))
            return false;
        size_t roofs = 0;
        for (size_t c = 0; c < cells.count; c++)
            roofs += scenario_on_roof(scenario, cells.items[c]);
        if (roofs)
            scenario_remark(reader, map, "sources: %zu of %zu cells of one are roofs of buildings",
                            roofs, cells.count);
        source->cells = cells.items;
        source->cell_count = cells.count;
    }
    scenario->source_count = node->count;
    return true;
}

/* --- inlets --- */

typedef struct InletList {
    FlowInlet *items;
    size_t count, capacity;
    size_t outside, roofs;
} InletList;

static void add_inlet(const ScenarioReader *reader, InletList *list, GeoPoint at, double litres)
{
    int64_t cell = geo_grid_cell(&reader->scenario->terrain.grid, at.x, at.y);

    if (cell < 0 || !scenario_wet(reader->scenario, (size_t)cell))
        list->outside++;
    else
        VEC_PUSH(reader->arena, list, (FlowInlet){(uint32_t)cell, litres / 1000});
    list->roofs += cell >= 0 && scenario_on_roof(reader->scenario, (size_t)cell);
}

/* Columns x, y and capacity_l_per_s. */
static bool inlets_of_csv(const ScenarioReader *reader, const char *path, double otherwise,
                          InletList *list, Err *err)
{
    Table table;

    if (!table_read(path, reader->arena, &table, err))
        return false;
    int x = table_column(&table, "x"), y = table_column(&table, "y");
    int capacity = table_column(&table, "capacity_l_per_s");
    if (x < 0 || y < 0 || (capacity < 0 && isnan(otherwise)))
        return err_at(err, path, 1, 0, "has no column %s; the columns are x,y,capacity_l_per_s",
                      x < 0   ? "x"
                      : y < 0 ? "y"
                              : "capacity_l_per_s");
    for (size_t i = 0; i < table.count; i++) {
        GeoPoint at;
        double litres = otherwise;
        if (!table_number(&table, i, x, &at.x, err) || !table_number(&table, i, y, &at.y, err) ||
            (capacity >= 0 && !table_number(&table, i, capacity, &litres, err)))
            return false;
        if (litres < 0)
            return err_at(err, path, table.items[i].line, 0, "a capacity of %g l/s is negative",
                          litres);
        add_inlet(reader, list, at, litres);
    }
    return true;
}

static bool inlets_of_map(const ScenarioReader *reader, const Node *map, double otherwise,
                          InletList *list, Err *err)
{
    const char *field = scenario_text(reader, map, "field");
    GeoLayer layer;

    if (!scenario_layer(reader, map, "inlets", &layer, err))
        return false;
    for (size_t i = 0; i < layer.count; i++) {
        const GeoFeature *feature = &layer.items[i];
        const Node *value = node_get(feature->properties, field ? field : "capacity_l_per_s");
        double litres = otherwise;
        if ((!node_is_null(value) && !decimal_parse(node_text(value), &litres)) || isnan(litres) ||
            litres < 0)
            return scenario_wrong(reader, map, err,
                                  "inlets: feature %lld has no capacity in l/s in its field \"%s\"",
                                  (long long)feature->id, field ? field : "capacity_l_per_s");
        for (size_t p = 0; p < feature->part_count; p++)
            add_inlet(reader, list, feature->parts[p].lines[0].points[0],
                      litres / (double)feature->part_count);
    }
    return true;
}

bool scenario_read_inlets(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"file", "layer", "crs", "field", "capacity", NULL};
    TwinScenario *scenario = reader->scenario;
    InletList list = {0};
    double otherwise = NAN;

    if (node_is_null(node) || str_is(node_text(node), "none"))
        return true;
    if (!scenario_keys(reader, node, "inlets", KEYS, err) ||
        !scenario_get_number(reader, node, "capacity", QUANTITY_LITRES, 0, 1e6, &otherwise, err))
        return false;
    const char *path = scenario_file(reader, node, "file", "inlets", err);
    if (!path)
        return false;
    bool csv = str_ends_with(str_lower(reader->arena, str_c(path)), ".csv");
    if (csv ? !inlets_of_csv(reader, path, otherwise, &list, err)
            : !inlets_of_map(reader, node, otherwise, &list, err))
        return false;
    if (list.outside)
        scenario_remark(reader, node, "inlets: %zu of %zu lie outside of the terrain: left out",
                        list.outside, list.outside + list.count);
    if (list.roofs)
        scenario_remark(reader, node,
                        "inlets: %zu of %zu lie inside of buildings, where no water comes: move "
                        "them to the street",
                        list.roofs, list.outside + list.count);
    scenario->inlets = list.items;
    scenario->inlet_count = list.count;
    return true;
}
