/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/plan/plan.h"

#include "core/folder.h"

/* The simulated time is shown in at most so many pictures. */
enum { FRAMES = 36, FRAME_MIN_S = 60, SERIES_S = 60 };

static bool write_text(Arena *arena, const char *folder, const char *name, Str text, Err *err)
{
    return folder_write_file(arena_printf(arena, "%s/%s", folder, name), text, 0600, err);
}

/* The rain's line of the scenario, and the file that it names. */
static bool write_rain(const char *folder, const Sim *sim, const Model *model, Arena *arena,
                       Buf *yaml, Err *err)
{
    RainChoice rain;
    Kostra table;
    Buf column = buf_in(arena);
    Node *node = node_parse_json(arena, sim->rain, NULL, &NODE_LIMITS_REQUEST, err);

    if (!node || !rain_from_node(node, &rain))
        return node && err_set(err, ERR_INTERNAL, "a simulation has no rain");
    if (rain.kind == RAIN_CONSTANT) {
        /* It ends before the simulation does. */
        buf_addf(yaml, "rain: {file: rain.csv}\n");
        return write_text(
            arena, folder, "rain.csv",
            str_printf(arena, "time_s,mm_per_h\n0,%g\n%d,0\n", rain.mm_per_hour, rain.minutes * 60),
            err);
    }
    if (rain.kind == RAIN_CSV || rain.kind == RAIN_MEASURED) {
        buf_addf(yaml, "rain: {file: rain.csv}\n");
        return write_text(arena, folder, "rain.csv", rain.csv, err);
    }
    double years = rain.kind == RAIN_SRI ? sri_years(rain.sri) : rain.years;
    double factor = rain.kind == RAIN_SRI ? sri_factor(rain.sri) : 1;
    buf_addf(yaml, "rain: {euler2: {depths: depths.csv, duration: %d}}\n", rain.minutes);
    return model_kostra(model, arena, &table, err) &&
           kostra_column(&table, years, factor, &column, err) &&
           write_text(arena, folder, "depths.csv", buf_str(&column), err);
}

bool sim_write_scenario(const Tenant *tenant, const Sim *sim, const Model *model, Arena *arena,
                        Err *err)
{
    char *folder = sim_folder(arena, tenant, sim->id);
    Buf yaml = buf_in(arena);
    int frame = sim->minutes * 60 / FRAMES;

    frame =
        frame < FRAME_MIN_S ? FRAME_MIN_S : (frame + FRAME_MIN_S - 1) / FRAME_MIN_S * FRAME_MIN_S;
    buf_addf(&yaml, "base: ../../models/%.*s/%.*s\n", STR_ARG(model->name),
             STR_ARG(model->scenario));
    buf_addf(&yaml, "duration: %d\n", sim->minutes * 60);
    buf_addf(&yaml, "output: {interval: %d, series: %d}\n", frame, SERIES_S);
    if (!folder_make(str_cstr(arena, str_printf(arena, "%.*s/twin", STR_ARG(tenant->folder))),
                     err) ||
        !folder_make(arena_printf(arena, "%.*s/twin/runs", STR_ARG(tenant->folder)), err) ||
        !folder_make(folder, err) || !write_rain(folder, sim, model, arena, &yaml, err))
        return false;
    if (sim->measures.len) {
        buf_add_c(&yaml, "measures: measures.geojson\n");
        if (!write_text(arena, folder, "measures.geojson", sim->measures, err))
            return false;
    }
    return write_text(arena, folder, "scenario.yaml", buf_str(&yaml), err);
}
