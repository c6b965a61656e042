/* SPDX-License-Identifier: EUPL-1.2 */
/* What is looked at: gauges, intervals, classes of depth, the curve of damage. */
#include "twin/scenario_reader.h"

#include <math.h>

/* --- gauges --- */

static bool add_gauge(const ScenarioReader *reader, const Node *node, const char *name, GeoPoint at,
                      Err *err)
{
    TwinScenario *scenario = reader->scenario;
    const GeoGrid *grid = &scenario->terrain.grid;
    int64_t cell = geo_grid_cell(grid, at.x, at.y);

    if (cell < 0)
        return scenario_wrong(reader, node, err,
                              "gauges: \"%s\" at %.3f, %.3f lies outside of the terrain, which "
                              "spans west %.3f, south %.3f, east %.3f, north %.3f",
                              name, at.x, at.y, grid->west, grid->north - grid->rows * grid->cell,
                              grid->west + grid->columns * grid->cell, grid->north);
    if (!scenario_wet(scenario, (size_t)cell))
        return scenario_wrong(reader, node, err,
                              "gauges: \"%s\" at %.3f, %.3f lies where the terrain has no height",
                              name, at.x, at.y);
    for (size_t i = 0; i < scenario->gauge_count; i++)
        if (strcmp(scenario->gauges[i].name, name) == 0)
            return scenario_wrong(reader, node, err, "gauges: there are two of the name \"%s\"",
                                  name);
    if (scenario_on_roof(scenario, (size_t)cell))
        scenario_remark(reader, node, "gauges: \"%s\" lies on the roof of a building", name);
    scenario->gauges[scenario->gauge_count++] =
        (TwinGauge){name, at, (uint32_t)cell, scenario->terrain.values[cell]};
    return true;
}

static bool gauges_of_list(const ScenarioReader *reader, const Node *list, Err *err)
{
    static const char *const KEYS[] = {"name", "at", NULL};

    reader->scenario->gauges = arena_array(reader->arena, TwinGauge, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const Node *map = list->items[i];
        GeoPoint at;
        if (!scenario_keys(reader, map, "gauges", KEYS, err) ||
            !scenario_point(reader, node_get(map, "at"), "gauges: at", &at, err))
            return false;
        Str name = node_get_text(map, "name");
        if (!add_gauge(reader, map,
                       str_empty(name) ? arena_printf(reader->arena, "gauge%zu", i + 1)
                                       : str_cstr(reader->arena, name),
                       at, err))
            return false;
    }
    return true;
}

static bool gauges_of_map(const ScenarioReader *reader, const Node *map, Err *err)
{
    static const char *const KEYS[] = {"file", "layer", "crs", "field", NULL};
    GeoLayer layer;

    if (!scenario_keys(reader, map, "gauges", KEYS, err) ||
        !scenario_layer(reader, map, "gauges", &layer, err))
        return false;
    const char *field = scenario_text(reader, map, "field");
    reader->scenario->gauges = arena_array(reader->arena, TwinGauge, layer.count);
    for (size_t i = 0; i < layer.count; i++) {
        Str name = node_get_text(layer.items[i].properties, field ? field : "name");
        if (!add_gauge(reader, map,
                       str_empty(name) ? arena_printf(reader->arena, "gauge%zu", i + 1)
                                       : str_cstr(reader->arena, name),
                       layer.items[i].parts[0].lines[0].points[0], err))
            return false;
    }
    return true;
}

bool scenario_read_gauges(ScenarioReader *reader, const Node *node, Err *err)
{
    if (node_is_null(node))
        return true;
    if (node->kind == NODE_LIST)
        return gauges_of_list(reader, node, err);
    return gauges_of_map(reader, node, err);
}

/* --- intervals --- */

bool scenario_read_output(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"interval", "series", "snapshots", "checkpoint", NULL};
    TwinScenario *scenario = reader->scenario;
    TwinOutput *output = &scenario->output;
    double series = -1;

    output->snapshots = true;
    output->checkpoint = 60;
    if (!node_is_null(node)) {
        if (!scenario_keys(reader, node, "output", KEYS, err) ||
            !scenario_get_number(reader, node, "interval", QUANTITY_TIME, 0, 1e8, &output->interval,
                                 err) ||
            !scenario_get_number(reader, node, "series", QUANTITY_TIME, 1e-6, 1e8, &series, err) ||
            !scenario_get_number(reader, node, "checkpoint", QUANTITY_TIME, 0, 1e8,
                                 &output->checkpoint, err))
            return false;
        const Node *snapshots = node_get(node, "snapshots");
        if (snapshots && snapshots->kind != NODE_BOOL)
            return scenario_wrong(reader, snapshots, err, "output: snapshots is true or false");
        output->snapshots = node_get_bool(node, "snapshots", true);
    }
    output->series = series > 0             ? series
                     : output->interval > 0 ? output->interval
                                            : scenario->duration / 100;
    output->series_exact = series > 0 || output->interval > 0;
    if (scenario->duration / output->series > 1e6)
        return scenario_wrong(reader, node, err,
                              "output: %g s between rows makes more than a million of them",
                              output->series);
    if (output->interval > 0 && output->snapshots && scenario->duration / output->interval > 20000)
        return scenario_wrong(reader, node, err,
                              "output: %g s between snapshots makes more than 20,000 of them",
                              output->interval);
    return true;
}

/* --- classes of depth --- */

bool scenario_read_classes(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"name", "depth", NULL};
    TwinClasses *classes = &reader->scenario->classes;

    classes_named(STR("lubw"), classes);
    if (node_is_null(node))
        return true;
    if (node->kind == NODE_STRING)
        return classes_named(node->text, classes) ||
               scenario_wrong(reader, node, err,
                              "legend: is ulm, essen, lubw or {depth: [0.05, 0.1, 0.5]}");
    const Node *list = node->kind == NODE_LIST ? node : node_get(node, "depth");
    if (node->kind == NODE_MAP && !scenario_keys(reader, node, "legend", KEYS, err))
        return false;
    if (!list || list->kind != NODE_LIST || list->count == 0 || list->count > SCENARIO_CLASSES)
        return scenario_wrong(reader, node, err, "legend: depth is a list of 1 to %d depths in m",
                              SCENARIO_CLASSES);
    const char *name = scenario_text(reader, node, "name");
    *classes = (TwinClasses){.name = name ? name : "own", .count = list->count};
    for (size_t i = 0; i < list->count; i++) {
        if (!scenario_number(reader, list->items[i], "legend: depth", QUANTITY_LENGTH, 0, 100,
                             &classes->from[i], err))
            return false;
        if (i > 0 && classes->from[i] <= classes->from[i - 1])
            return scenario_wrong(reader, list, err, "legend: depths ascend");
    }
    return true;
}

/* --- damage --- */

bool scenario_read_damage(ScenarioReader *reader, const Node *node, Err *err)
{
    static const char *const KEYS[] = {"curve", "value", NULL};
    TwinScenario *scenario = reader->scenario;

    scenario->damage = DAMAGE_JRC;
    if (node_is_null(node))
        return true;
    if (!scenario_keys(reader, node, "damage", KEYS, err) ||
        !scenario_get_number(reader, node, "value", QUANTITY_NONE, 0, 1e6, &scenario->damage_value,
                             err))
        return false;
    Str curve = node_get_text(node, "curve");
    if (str_empty(curve) || str_is(curve, "jrc"))
        return true;
    return damage_read(scenario_path(reader, curve), reader->arena, &scenario->damage, err);
}
