/* SPDX-License-Identifier: EUPL-1.2 */
/* The demonstration town's city, from formulas (`rathaus twin demo`): its map is made when it first
 * runs, its model and a published simulation when somebody first looks. */
#include "twin/plan/plan.h"

#include "core/child.h"
#include "core/folder.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define DEMO_MODEL STR("musterstadt")

static const char DEMO_JOB[] = "twin-demo", MAP_JOB[] = "twin-demo-map";

enum { RAIN_MINUTES = 60, AFTER_MINUTES = 30, RAIN_INDEX = 7, NICENESS = 10 };

bool plan_demo_here(const Tenant *tenant)
{
    return app_options(tenant->app)->demo && str_eq(tenant->name, DEMO_TENANT);
}

/* Of the kind of job that is the context, once. */
static bool write_order(Tx *tx, void *context, Err *err)
{
    const char *kind = context;
    Arena *arena = arena_create(0);
    int64_t before = 0, id;
    bool good = tx_query_int(tx, err, &before,
                             "SELECT COUNT(*) FROM job WHERE kind = $1"
                             " AND (status = 'waiting' OR status = 'running' OR status = 'done')",
                             P_TEXT(str_c(kind)));

    if (good && !before)
        good = job_order(tx, kind, node_map(arena), STR("system"), &id, err);
    arena_destroy(arena);
    return good;
}

bool plan_demo(Tenant *tenant, Arena *arena, bool *under_way, Err *err)
{
    Err none = {0};
    Model model;

    *under_way = false;
    if (!plan_demo_here(tenant) || model_load(tenant, DEMO_MODEL, arena, &model, &none))
        return true;
    *under_way = true;
    return db_write(tenant->db, write_order, (void *)DEMO_JOB, err);
}

static const char *map_of(const Tenant *tenant, Arena *arena)
{
    return arena_printf(arena, "%.*s/geo/stadt.mbtiles", STR_ARG(tenant->folder));
}

bool plan_demo_map(Tenant *tenant, Arena *arena, Err *err)
{
    return access(map_of(tenant, arena), F_OK) == 0 ||
           db_write(tenant->db, write_order, (void *)MAP_JOB, err);
}

/* --- The jobs -----------------------------------------------------------------------------------
 */

static bool stopped(void *job)
{
    return job_cancelled(job);
}

static bool make(JobRun *job, const char *const *arguments, Err *err)
{
    Child child = {.arguments = arguments, .niceness = NICENESS, .stop = stopped, .context = job};
    int status = 0;

    return child_run(&child, &status, err) &&
           (status == 0 ||
            err_set(err, ERR_INTERNAL, "rathaus %s ended with %d", arguments[0], status));
}

static bool make_map(JobRun *job, const Tenant *tenant, const char *model, Arena *arena, Err *err)
{
    static const char *const LAYERS[] = {
        "land=%s/landuse.geojson:use=field>field",   "land=%s/landuse.geojson:use=forest>wood",
        "land=%s/landuse.geojson:use=meadow>meadow", "land=%s/landuse.geojson:use=garden>built",
        "water=%s/landuse.geojson:use=river>river",  "road=%s/streets.geojson",
        "building=%s/buildings.geojson:use"};
    enum { COUNT = sizeof LAYERS / sizeof LAYERS[0] };
    const char *arguments[COUNT + 6] = {"map"};
    size_t count = 1;

    for (size_t i = 0; i < COUNT; i++)
        arguments[count++] =
            str_cstr(arena, str_replace(arena, str_c(LAYERS[i]), STR("%s"), str_c(model)));
    arguments[count++] = "--name";
    arguments[count++] = "Musterstadt";
    arguments[count++] = "--out";
    arguments[count++] = map_of(tenant, arena);
    return folder_make(arena_printf(arena, "%.*s/geo", STR_ARG(tenant->folder)), err) &&
           make(job, arguments, err);
}

static bool write_first(Tx *tx, void *context, Err *err)
{
    Sim *first = context;
    int64_t count = 0;

    return tx_query_int(tx, err, &count, "SELECT COUNT(*) FROM twin_sim") &&
           (count > 0 || sim_add(tx, first, STR("system"), err));
}

static bool order_first(Tenant *tenant, Arena *arena, Err *err)
{
    RainChoice rain = {.kind = RAIN_SRI, .sri = RAIN_INDEX, .minutes = RAIN_MINUTES};
    Model model;
    Kostra table;
    double mm;

    if (!model_load(tenant, DEMO_MODEL, arena, &model, err) ||
        !model_kostra(&model, arena, &table, err) ||
        !rain_height(&rain, &table, rain.minutes, arena, &mm, err))
        return false;
    Sim first = {.title = STR("Musterstadt, Starkregenindex 7"),
                 .model = model.name,
                 .rain = node_json(rain_node(arena, &rain), arena),
                 .rain_text = rain_text(arena, &rain, mm),
                 .minutes = RAIN_MINUTES + AFTER_MINUTES,
                 .fast = true,
                 .publish_when_done = true,
                 .author = STR("Rathaus")};
    return db_write(tenant->db, write_first, &first, err);
}

bool plan_demo_map_job(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                       Err *err)
{
    const char *twin = arena_printf(arena, "%.*s/twin", STR_ARG(tenant->folder));
    const char *beside = arena_printf(arena, "%s/new-map", twin);
    const char *const city[] = {"twin", "demo", "--out", beside, NULL};
    Err ignored = {0};

    (void)params;
    *result = node_map(arena);
    bool ok = folder_make(twin, err) && folder_remove(beside, err) && make(job, city, err) &&
              make_map(job, tenant, beside, arena, err);
    folder_remove(beside, &ignored);
    return ok;
}

/* Made beside its place, and moved there whole. */
bool plan_demo_job(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                   Err *err)
{
    const char *twin = arena_printf(arena, "%.*s/twin", STR_ARG(tenant->folder));
    const char *models = arena_printf(arena, "%s/models", twin);
    const char *model = arena_printf(arena, "%s/%.*s", models, STR_ARG(DEMO_MODEL));
    const char *beside = arena_printf(arena, "%s/new-model", twin);
    const char *const city[] = {"twin", "demo", "--out", beside, NULL};

    (void)params;
    *result = node_map(arena);
    job_progress(job, 0, 0, "Die Musterstadt wird gebaut");
    if (!folder_make(twin, err) || !folder_make(models, err) || !folder_remove(beside, err) ||
        !make(job, city, err))
        return false;
    if (folder_exists(model)) /* the operator has put one there meanwhile */
        return folder_remove(beside, err);
    if (!make_map(job, tenant, beside, arena, err))
        return false;
    if (rename(beside, model) != 0)
        return err_set(err, ERR_TEMPORARY, "%s: %s", model, strerror(errno));
    return order_first(tenant, arena, err);
}
