/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/scenario.h"

#include "core/folder.h"
#include "twin/scenario_reader.h"

#include <math.h>
#include <stdlib.h>

enum { SCENARIO_BYTES = 4 << 20 };

static const char *const KEYS[] = {
    "base",      "title",    "description",  "terrain",    "duration", "rain",    "roughness",
    "buildings", "measures", "infiltration", "boundaries", "initial",  "sources", "inlets",
    "gauges",    "output",   "legend",       "damage",     NULL};

/* A scenario may build on another: what it does not say itself is said there, with paths relative
 * to that file. One level only, so that there is no circle. */
typedef struct Source {
    const char *file, *folder;
    const Node *root; /* NULL: there is none */
} Source;

typedef struct Sources {
    Source own, base;
} Sources;

static const char *folder_of(const char *path, Arena *arena)
{
    const char *slash = strrchr(path, '/');

    return slash ? arena_printf(arena, "%.*s", (int)(slash - path) + 1, path) : "";
}

/* The key's node, and the reader set to where it stands. */
static const Node *pick(ScenarioReader *reader, const Sources *sources, const char *key)
{
    bool inherited = !node_get(sources->own.root, key) && node_get(sources->base.root, key);
    const Source *source = inherited ? &sources->base : &sources->own;

    reader->folder = source->folder;
    reader->scenario->file = source->file;
    return node_get(source->root, key);
}

static bool read_duration(ScenarioReader *reader, const Node *node, Err *err)
{
    if (!node)
        return scenario_wrong(reader, NULL, err,
                              "duration is missing: how many seconds to compute");
    return scenario_number(reader, node, "duration", QUANTITY_TIME, 1e-3, 1e8,
                           &reader->scenario->duration, err);
}

/* Terrain first, for all else lies on it; buildings before rain, which their roofs lead off. */
static bool read_parts(ScenarioReader *reader, const Sources *sources, Err *err)
{
    static const struct {
        const char *key;
        bool (*read)(ScenarioReader *reader, const Node *node, Err *err);
    } PARTS[] = {
        {"duration", read_duration},
        {"terrain", scenario_read_terrain},
        {"roughness", scenario_read_roughness},
        {"infiltration", scenario_read_infiltration},
        {"buildings", scenario_read_buildings},
        {"measures", scenario_read_measures},
        {"rain", scenario_read_rain},
        {"boundaries", scenario_read_boundaries},
        {"boundaries", scenario_check_sides},
        {"initial", scenario_read_initial},
        {"sources", scenario_read_sources},
        {"inlets", scenario_read_inlets},
        {"gauges", scenario_read_gauges},
        {"output", scenario_read_output},
        {"legend", scenario_read_classes},
        {"damage", scenario_read_damage},
    };

    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        if (!PARTS[i].read(reader, pick(reader, sources, PARTS[i].key), err))
            return false;
    return true;
}

static bool read_source(ScenarioReader *reader, const char *path, Str text, Source *out, Err *err)
{
    out->file = path;
    out->folder = folder_of(path, reader->arena);
    reader->folder = out->folder;
    reader->scenario->file = path;
    out->root = node_parse_yaml(reader->arena, text, path, &NODE_LIMITS_PACKAGE, err);
    return out->root && scenario_keys(reader, out->root, "the scenario", KEYS, err);
}

static bool read_base(ScenarioReader *reader, Sources *sources, Err *err)
{
    const Node *node = node_get(sources->own.root, "base");
    Str text;

    if (!node)
        return true;
    if (str_empty(node_text(node)))
        return scenario_wrong(reader, node, err, "base: is the path of another scenario");
    const char *path = scenario_path(reader, node_text(node));
    if (!folder_read_file(path, SCENARIO_BYTES, reader->arena, &text, err) ||
        !read_source(reader, path, text, &sources->base, err))
        return err_context(err, "base");
    node = node_get(sources->base.root, "base");
    return !node || scenario_wrong(reader, node, err,
                                   "base: a scenario that is the base of another has none itself");
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
    ScenarioReader reader = {.scenario = out, .arena = arena};
    Sources sources = {0};

    *out = (TwinScenario){.arena = arena, .remarks = {.arena = arena}, .notes = {.arena = arena}};
    bool good =
        read_source(&reader, path, text, &sources.own, err) && read_base(&reader, &sources, err);
    if (good) {
        out->title = str_copy(arena, node_text(pick(&reader, &sources, "title")));
        good = read_parts(&reader, &sources, err);
    }
    out->file = path;
    return good;
}

static bool read_sources(ScenarioReader *reader, const char *path, Sources *out, Err *err)
{
    Str text;

    return folder_read_file(path, SCENARIO_BYTES, reader->arena, &text, err) &&
           read_source(reader, path, text, &out->own, err) && read_base(reader, out, err);
}

bool scenario_read_ground(const char *path, Arena *arena, TwinScenario *out, Err *err)
{
    ScenarioReader reader = {.scenario = out, .arena = arena};
    Sources sources = {0};

    *out = (TwinScenario){.arena = arena, .remarks = {.arena = arena}, .notes = {.arena = arena}};
    return read_sources(&reader, path, &sources, err) &&
           scenario_read_terrain(&reader, pick(&reader, &sources, "terrain"), err);
}

Node *scenario_outline(const char *path, Arena *arena, Err *err)
{
    TwinScenario scenario = {.arena = arena, .remarks = {.arena = arena}};
    ScenarioReader reader = {.scenario = &scenario, .arena = arena};
    Sources sources = {0};

    if (!read_sources(&reader, path, &sources, err))
        return NULL;
    Node *out = node_map(arena);
    for (size_t i = 0; KEYS[i]; i++) {
        const Node *node = pick(&reader, &sources, KEYS[i]);
        if (node)
            node_add(arena, out, str_c(KEYS[i]), node_clone(arena, node));
    }
    return out;
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
