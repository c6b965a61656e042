/* SPDX-License-Identifier: EUPL-1.2 */
/* summary.json: what was computed, from what, how exactly and how fast. */
#include "core/folder.h"
#include "twin/run_internal.h"
#include "twin/scenario_reader.h"

#include <math.h>
#include <unistd.h>

typedef struct Writer {
    Arena *arena;
    Node *map;
} Writer;

static void put_number(Writer *to, const char *key, double value)
{
    Buf text = buf_in(to->arena);

    if (isfinite(value))
        run_add_number(&text, value);
    node_set(to->arena, to->map, str_c(key),
             isfinite(value) ? node_number(to->arena, buf_str(&text)) : node_null(to->arena));
}

static void put_count(Writer *to, const char *key, uint64_t value)
{
    node_set(to->arena, to->map, str_c(key), node_int(to->arena, (int64_t)value));
}

static void put_text(Writer *to, const char *key, const char *value)
{
    node_set(to->arena, to->map, str_c(key),
             value ? node_string(to->arena, str_c(value)) : node_null(to->arena));
}

static void put_bool(Writer *to, const char *key, bool value)
{
    node_set(to->arena, to->map, str_c(key), node_bool(to->arena, value));
}

static Writer inner(Writer *to, const char *key)
{
    Writer writer = {to->arena, node_map(to->arena)};

    node_set(to->arena, to->map, str_c(key), writer.map);
    return writer;
}

static void put_volume(Writer *to, const FlowVolume *v)
{
    double put_in = v->initial + v->rain + v->inflow;
    Writer volume = inner(to, "volume");

    put_number(to, "volume_error_m3", v->error);
    put_number(to, "volume_error_relative", put_in > 0 ? v->error / put_in : 0);
    put_number(&volume, "initial_m3", v->initial);
    put_number(&volume, "rain_m3", v->rain);
    put_number(&volume, "inflow_m3", v->inflow);
    put_number(&volume, "outflow_m3", v->outflow);
    put_number(&volume, "infiltrated_m3", v->infiltrated);
    put_number(&volume, "stored_m3", v->stored);
}

static void put_grid(Writer *to, const TwinScenario *scenario)
{
    const GeoGrid *grid = &scenario->terrain.grid;

    put_count(to, "cells", geo_grid_cells(grid));
    put_count(to, "cells_outside", scenario->outside_count);
    put_count(to, "columns", (uint64_t)grid->columns);
    put_count(to, "rows", (uint64_t)grid->rows);
    put_number(to, "cell_m", grid->cell);
    put_number(to, "west", grid->west);
    put_number(to, "north", grid->north);
    put_text(to, "crs", grid->crs ? geo_crs_name(grid->crs, to->arena) : NULL);
}

static void put_effort(Writer *to, TwinRun *run)
{
    double wall = run_wall(run), cpu = run_cpu(run);
    uint64_t updates = flow_cell_updates(run->model);

    put_count(to, "order", (uint64_t)run->options->order);
    put_text(to, "precision", run->options->double_precision ? "double" : "single");
    put_count(to, "threads",
              run->options->threads > 0 ? (uint64_t)run->options->threads
                                        : (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    put_count(to, "steps", flow_steps(run->model));
    put_count(to, "cell_updates", updates);
    put_number(to, "cpu_seconds", cpu);
    put_number(to, "wall_seconds", wall);
    put_number(to, "cell_updates_per_cpu_second", cpu > 0 ? (double)updates / cpu : 0);
}

static void put_water(Writer *to, TwinRun *run)
{
    const TwinScenario *scenario = &run->scenario;
    const TwinClasses *classes = &scenario->classes;
    size_t cells = geo_grid_cells(&scenario->terrain.grid), wet[SCENARIO_CLASSES] = {0};
    double area = scenario->terrain.grid.cell * scenario->terrain.grid.cell;
    double deepest = 0, fastest = 0;
    Node *list = node_list(to->arena);

    flow_read(run->model, FLOW_MAX_SPEED, run->field);
    for (size_t i = 0; i < cells; i++)
        if (scenario_wet(scenario, i))
            fastest = fmax(fastest, run->field[i]);
    flow_read(run->model, FLOW_MAX_DEPTH, run->field);
    for (size_t i = 0; i < cells; i++) {
        if (!scenario_wet(scenario, i))
            continue;
        deepest = fmax(deepest, run->field[i]);
        for (size_t c = classes->count; c-- > 0;)
            if (run->field[i] > 0 && run->field[i] >= classes->from[c]) {
                wet[c]++;
                break;
            }
    }
    put_number(to, "max_depth_m", deepest);
    put_number(to, "max_speed_m_per_s", fastest);
    for (size_t c = 0; c < classes->count; c++) {
        Writer class = {to->arena, node_map(to->arena)};
        put_number(&class, "from_m", classes->from[c]);
        put_number(&class, "area_m2", (double)wet[c] * area);
        node_append(to->arena, list, class.map);
    }
    put_text(to, "legend", classes->name);
    node_set(to->arena, to->map, STR("classes"), list);
}

static void put_buildings(Writer *to, const TwinRun *run, const BuildingCounts *counts)
{
    const TwinScenario *scenario = &run->scenario;

    if (counts->all == 0)
        return;
    Writer buildings = inner(to, "buildings");
    Node *list = node_list(to->arena);
    put_count(&buildings, "all", counts->all);
    put_count(&buildings, "in_model", counts->in_model);
    put_count(&buildings, "affected", counts->affected);
    for (size_t c = 0; c < scenario->classes.count; c++)
        node_append(to->arena, list, node_int(to->arena, (int64_t)counts->by_class[c]));
    node_set(to->arena, buildings.map, STR("by_class"), list);
    put_text(&buildings, "damage_curve", scenario->damage.name);
    if (scenario->damage_value > 0) {
        put_number(&buildings, "value_eur_per_m2", scenario->damage_value);
        put_number(&buildings, "damage_eur", round(counts->damage));
    }
}

static void put_remarks(Writer *to, const char *key, const Remarks *remarks)
{
    Node *list = node_list(to->arena);

    for (size_t i = 0; i < remarks->count; i++)
        node_append(to->arena, list, node_string(to->arena, str_c(remarks->items[i].text)));
    node_set(to->arena, to->map, str_c(key), list);
}

/* For planners; what has no German words is null. */
static void put_german(Writer *to, const Remarks *remarks)
{
    Node *list = node_list(to->arena);

    for (size_t i = 0; i < remarks->count; i++) {
        const char *words = remarks->items[i].german;
        node_append(to->arena, list,
                    words ? node_string(to->arena, str_c(words)) : node_null(to->arena));
    }
    node_set(to->arena, to->map, STR("warnings_de"), list);
}

static void put_lists(Writer *to, const TwinRun *run)
{
    const TwinScenario *scenario = &run->scenario;
    const TwinOutput *output = &scenario->output;
    Node *snapshots = node_list(to->arena);

    for (uint64_t k = 0; output->interval > 0 && output->snapshots && k < run->next_snapshot; k++) {
        double time = run_time_of(run, k, output->interval);
        Writer snapshot = {to->arena, node_map(to->arena)};
        put_number(&snapshot, "time_s", time);
        put_text(&snapshot, "depth", maps_snapshot_name(to->arena, "depth", time));
        put_text(&snapshot, "u", maps_snapshot_name(to->arena, "u", time));
        put_text(&snapshot, "v", maps_snapshot_name(to->arena, "v", time));
        node_append(to->arena, snapshots, snapshot.map);
    }
    node_set(to->arena, to->map, STR("snapshots"), snapshots);
    put_remarks(to, "warnings", &scenario->remarks);
    put_german(to, &scenario->remarks);
    put_remarks(to, "notes", &scenario->notes);
}

bool summary_write(TwinRun *run, bool complete, const BuildingCounts *buildings, Str *out, Err *err)
{
    Writer to = {run->arena, node_map(run->arena)};
    const TwinScenario *scenario = &run->scenario;
    FlowVolume volume;
    Buf text = buf_in(run->arena);

    flow_volume(run->model, &volume);
    put_text(&to, "program", "rathaus " RATHAUS_VERSION);
    put_text(&to, "scenario", run->options->scenario);
    if (!str_empty(scenario->title))
        put_text(&to, "title", str_cstr(run->arena, scenario->title));
    put_bool(&to, "complete", complete);
    put_number(&to, "duration_s", scenario->duration);
    put_number(&to, "time_s", flow_time(run->model));
    put_grid(&to, scenario);
    put_effort(&to, run);
    put_volume(&to, &volume);
    put_water(&to, run);
    put_buildings(&to, run, buildings);
    put_lists(&to, run);
    node_set(to.arena, to.map, STR("fingerprint"),
             node_string(to.arena, checkpoint_hex(run->fingerprint, run->arena)));
    node_set(to.arena, to.map, STR("fingerprint_outputs"),
             node_string(to.arena, checkpoint_hex(run->outputs, run->arena)));
    node_write_json_pretty(to.map, &text);
    buf_add_char(&text, '\n');
    *out = buf_str(&text);
    return folder_write_file(run_path(run, "summary.json"), *out, 0644, err);
}
