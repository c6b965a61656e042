/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/scenario.h"

#include "core/folder.h"
#include "twin/scenario_reader.h"

#include <math.h>
#include <stdlib.h>

enum { SCENARIO_BYTES = 4 << 20 };

static const char *const KEYS[] = {
    "title",     "description",  "terrain",    "duration", "rain",    "roughness",
    "buildings", "infiltration", "boundaries", "initial",  "sources", "inlets",
    "gauges",    "output",       "legend",     "damage",   NULL};

static const char *folder_of(const char *path, Arena *arena)
{
    const char *slash = strrchr(path, '/');

    return slash ? arena_printf(arena, "%.*s", (int)(slash - path) + 1, path) : "";
}

static bool read_duration(ScenarioReader *reader, const Node *root, Err *err)
{
    const Node *node = node_get(root, "duration");

    if (!node)
        return scenario_wrong(reader, root, err,
                              "duration is missing: how many seconds to compute");
    return scenario_number(reader, node, "duration", QUANTITY_TIME, 1e-3, 1e8,
                           &reader->scenario->duration, err);
}

/* Terrain first, for all else lies on it; buildings before rain, which their roofs lead off. */
static bool read_parts(ScenarioReader *reader, const Node *root, Err *err)
{
    return scenario_keys(reader, root, "the scenario", KEYS, err) &&
           read_duration(reader, root, err) &&
           scenario_read_terrain(reader, node_get(root, "terrain"), err) &&
           scenario_read_roughness(reader, node_get(root, "roughness"), err) &&
           scenario_read_infiltration(reader, node_get(root, "infiltration"), err) &&
           scenario_read_buildings(reader, node_get(root, "buildings"), err) &&
           scenario_read_rain(reader, node_get(root, "rain"), err) &&
           scenario_read_boundaries(reader, node_get(root, "boundaries"), err) &&
           scenario_read_initial(reader, node_get(root, "initial"), err) &&
           scenario_read_sources(reader, node_get(root, "sources"), err) &&
           scenario_read_inlets(reader, node_get(root, "inlets"), err) &&
           scenario_read_gauges(reader, node_get(root, "gauges"), err) &&
           scenario_read_output(reader, node_get(root, "output"), err) &&
           scenario_read_classes(reader, node_get(root, "legend"), err) &&
           scenario_read_damage(reader, node_get(root, "damage"), err);
}

bool scenario_read(const char *path, Arena *arena, TwinScenario *out, Err *err)
{
    Str text;

    *out = (TwinScenario){0};
    return folder_read_file(path, SCENARIO_BYTES, arena, &text, err) &&
           scenario_parse(text, path, arena, out, err);
}

bool scenario_parse(Str text, const char *path, Arena *arena, TwinScenario *out, Err *err)
{
    ScenarioReader reader = {out, arena, folder_of(path, arena)};

    *out = (TwinScenario){
        .arena = arena, .file = path, .remarks = {.arena = arena}, .notes = {.arena = arena}};
    const Node *root = node_parse_yaml(arena, text, path, &NODE_LIMITS_PACKAGE, err);
    if (!root)
        return false;
    out->title = str_copy(arena, node_get_text(root, "title"));
    return read_parts(&reader, root, err);
}

void scenario_free(TwinScenario *scenario)
{
    geo_raster_free(&scenario->terrain);
    free(scenario->outside);
    free(scenario->roughness);
    free(scenario->soil);
    free(scenario->share);
    free(scenario->depth);
    free(scenario->u);
    free(scenario->v);
    radolan_free(scenario->radolan);
    scenario->outside = scenario->soil = NULL;
    scenario->roughness = scenario->share = NULL;
    scenario->depth = scenario->u = scenario->v = NULL;
    scenario->radolan = NULL;
}

FlowInput scenario_input(TwinScenario *scenario)
{
    const GeoGrid *grid = &scenario->terrain.grid;
    FlowInput input = {
        .grid = {grid->columns, grid->rows, grid->cell, grid->west, grid->north},
        .terrain = scenario->terrain.values,
        .outside = scenario->outside,
        .roughness = scenario->roughness,
        .roughness_all = scenario->roughness_all,
        .soil = scenario->soil,
        .soils = scenario->soils,
        .soil_count = scenario->soil_count,
        .rain = {scenario->rain, scenario->rain_count, radolan_rates, scenario->radolan,
                 scenario->share},
        .sources = scenario->sources,
        .source_count = scenario->source_count,
        .inlets = scenario->inlets,
        .inlet_count = scenario->inlet_count,
        .depth = scenario->depth,
        .u = scenario->u,
        .v = scenario->v,
    };

    memcpy(input.boundaries, scenario->boundaries, sizeof input.boundaries);
    return input;
}
