/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/folder.h"
#include "twin/run_internal.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

typedef struct Map {
    const char *name;
    FlowField field;
} Map;

static const Map FINAL[] = {
    {"max_depth", FLOW_MAX_DEPTH},
    {"max_speed", FLOW_MAX_SPEED},
    {"max_direction", FLOW_MAX_DIRECTION},
    {"arrival", FLOW_ARRIVAL},
    {"duration", FLOW_DURATION},
    {"final_depth", FLOW_DEPTH},
    {"final_u", FLOW_U},
    {"final_v", FLOW_V},
};
static const Map SNAPSHOT[] = {{"depth", FLOW_DEPTH}, {"u", FLOW_U}, {"v", FLOW_V}};

static bool write_map(TwinRun *run, FlowField field, const char *path, Err *err)
{
    const TwinScenario *scenario = &run->scenario;

    flow_read(run->model, field, run->field);
    for (size_t i = 0; scenario->outside && i < geo_grid_cells(&scenario->terrain.grid); i++)
        if (scenario->outside[i])
            run->field[i] = NAN;
    return geo_raster_write(path, &scenario->terrain.grid, run->field, run->number, err);
}

/* Whole seconds as such, so that names sort by time. */
const char *maps_snapshot_name(Arena *arena, const char *field, double time)
{
    if (fabs(time - round(time)) < 1e-9)
        return arena_printf(arena, "snapshots/%s_%08.0f.tif", field, time);
    return arena_printf(arena, "snapshots/%s_%012.3f.tif", field, time);
}

bool maps_write_snapshot(TwinRun *run, Err *err)
{
    const char *folder = run_path(run, "snapshots");

    if (!folder_make_open(folder, err))
        return false;
    for (size_t i = 0; i < sizeof SNAPSHOT / sizeof SNAPSHOT[0]; i++)
        if (!write_map(run, SNAPSHOT[i].field,
                       run_path(run, maps_snapshot_name(run->arena, SNAPSHOT[i].name,
                                                        flow_time(run->model))),
                       err))
            return false;
    return true;
}

bool maps_write_final(TwinRun *run, Err *err)
{
    for (size_t i = 0; i < sizeof FINAL / sizeof FINAL[0]; i++)
        if (!write_map(run, FINAL[i].field,
                       run_path(run, arena_printf(run->arena, "%s.tif", FINAL[i].name)), err))
            return false;
    return true;
}

static bool snapshot_file(Str name)
{
    bool field = str_starts_with(name, "depth_") || str_starts_with(name, "u_") ||
                 str_starts_with(name, "v_");

    return field && (str_ends_with(name, ".tif") || str_find(name, STR(".tif.new-")) > 0);
}

static bool remove_file(const char *path, Err *err)
{
    if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
        return true;
    return err_set(err, ERR_TEMPORARY, "%s: cannot be removed: %s", path, strerror(errno));
}

bool maps_remove_old(const char *folder, Arena *arena, Err *err)
{
    static const char *const OTHERS[] = {"gauges.csv", "volume.csv", "buildings.geojson",
                                         "summary.json", "checkpoint.bin"};
    const char *snapshots = arena_printf(arena, "%s/snapshots", folder);
    Str *names = NULL;
    size_t count = 0;
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof FINAL / sizeof FINAL[0]; i++)
        ok = remove_file(arena_printf(arena, "%s/%s.tif", folder, FINAL[i].name), err);
    for (size_t i = 0; ok && i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        ok = remove_file(arena_printf(arena, "%s/%s", folder, OTHERS[i]), err);
    if (ok && folder_exists(snapshots))
        ok = folder_list(snapshots, arena, &names, &count, err);
    for (size_t i = 0; ok && i < count; i++)
        if (snapshot_file(names[i]))
            ok = remove_file(arena_printf(arena, "%s/%.*s", snapshots, STR_ARG(names[i])), err);
    return ok;
}
