/* SPDX-License-Identifier: EUPL-1.2 */
/* A simulation as a job: the computation is a process of its own (`rathaus twin run`), which can be
 * stopped, may use much memory and goes on from its last checkpoint after a crash. */
#include "twin/plan/plan.h"

#include "core/child.h"
#include "core/folder.h"
#include "core/log.h"
#include "twin/progress.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { NICENESS = 10, SUMMARY_MAX_BYTES = 1 << 20 };

typedef struct Watch {
    JobRun *job;
    Arena *arena;
    bool publish;
    SimFailure failure;
} Watch;

static bool stopped(void *context)
{
    return job_cancelled(((Watch *)context)->job);
}

/* What a person stopped is drawn all the same. */
static bool interrupted(void *context)
{
    return job_interrupted(((Watch *)context)->job);
}

static void keep(char *out, size_t size, Str text)
{
    snprintf(out, size, "%.*s", STR_ARG(text));
}

/* Progress is a line of JSON; everything else is said for people, at last why it failed. */
static void hear(void *context, Str line)
{
    Watch *watch = context;
    Arena *arena = arena_create(0);
    Err err = {0};
    Node *node = str_starts_with(line, "{")
                     ? node_parse_json(arena, line, NULL, &NODE_LIMITS_REQUEST, &err)
                     : NULL;

    if (node && node_get(node, "time_s")) {
        double time = strtod(str_cstr(arena, node_get_text(node, "time_s")), NULL);
        double duration = strtod(str_cstr(arena, node_get_text(node, "duration_s")), NULL);
        job_progress(watch->job, (int64_t)(time / 60), (int64_t)(duration / 60),
                     "Minuten der Überflutung berechnet");
    } else if (str_is(node_get_text(node, "state"), "failed")) {
        keep(watch->failure.stage, sizeof watch->failure.stage, node_get_text(node, "stage"));
        keep(watch->failure.kind, sizeof watch->failure.kind, node_get_text(node, "kind"));
        keep(watch->failure.said, sizeof watch->failure.said, node_get_text(node, "message"));
    } else if (!node && line.len && !watch->failure.kind[0]) {
        keep(watch->failure.said, sizeof watch->failure.said, line);
    }
    arena_destroy(arena);
}

typedef struct End {
    int64_t id;
    Str status, summary, error;
    bool publish;
} End;

static bool write_end(Tx *tx, void *context, Err *err)
{
    const End *end = context;
    return sim_set_status(tx, end->id, end->status, end->summary, end->error, err) &&
           (!end->publish || sim_publish(tx, end->id, true, STR("system"), err));
}

static bool note(Tenant *tenant, int64_t id, Str status, Str summary, Str error, Err *err)
{
    End end = {.id = id, .status = status, .summary = summary, .error = error};
    return db_write(tenant->db, write_end, &end, err);
}

/* The maps, and the houses for lists and citizens. */
static bool show(Tenant *tenant, const Sim *sim, const Model *model, Watch *watch, int *status,
                 Err *err)
{
    Arena *arena = watch->arena;
    const char *arguments[20] = {"twin", "tiles", sim_file(arena, tenant, sim->id, "out"), "--out",
                                 sim_file(arena, tenant, sim->id, "tiles")};
    size_t count = 5;
    const char *houses = sim_file(arena, tenant, sim->id, "tiles/haeuser.csv");
    Watch quiet = {.job = watch->job, .arena = arena};
    Child child = {.arguments = arguments,
                   .niceness = NICENESS,
                   .line = hear,
                   .stop = interrupted,
                   .context = &quiet};

    if (model->street.ptr) {
        arguments[count++] = "--street";
        arguments[count++] = str_cstr(arena, model->street);
    }
    if (model->number.ptr) {
        arguments[count++] = "--number";
        arguments[count++] = str_cstr(arena, model->number);
    }
    arguments[count++] = "--scenario";
    arguments[count++] = sim_file(arena, tenant, sim->id, "scenario.yaml");
    if (model->streets.ptr) {
        arguments[count++] = "--streets";
        arguments[count++] =
            arena_printf(arena, "%.*s/%.*s", STR_ARG(model->folder), STR_ARG(model->streets));
    }
    const char *before = sim_file(arena, tenant, sim->before, "out");
    if (sim->before && folder_exists(before)) {
        arguments[count++] = "--before";
        arguments[count++] = before;
    }
    job_progress(watch->job, 0, 0, "Die Karten werden gezeichnet");
    if (!child_run(&child, status, err))
        return false;
    watch->failure = quiet.failure;
    keep(watch->failure.stage, sizeof watch->failure.stage, STR("drawing"));
    return *status != 0 || !folder_is_file(houses) ||
           house_import(tenant, sim->id, houses, arena, err);
}

static bool note_end(Tenant *tenant, const Watch *watch, int64_t id, bool done, Str summary,
                     Err *err)
{
    End end = {.id = id,
               .status = done ? SIM_DONE : SIM_STOPPED,
               .summary = summary,
               .publish = done && watch->publish};
    return db_write(tenant->db, write_end, &end, err);
}

static bool compute(Tenant *tenant, const Sim *sim, Watch *watch, int *status, Err *err)
{
    Arena *arena = watch->arena;
    const char *const arguments[] = {"twin",
                                     "run",
                                     sim_file(arena, tenant, sim->id, "scenario.yaml"),
                                     "--out",
                                     sim_file(arena, tenant, sim->id, "out"),
                                     "--resume=or-anew",
                                     "--order",
                                     sim->fast ? "1" : "2",
                                     "--progress",
                                     "json",
                                     NULL};
    Child child = {.arguments = arguments,
                   .niceness = NICENESS,
                   .line = hear,
                   .stop = stopped,
                   .context = watch};

    return child_run(&child, status, err);
}

static bool fail(const Sim *sim, Watch *watch, int status, const char *what, Err *err)
{
    const char *said = watch->failure.said;

    watch->failure.status = status;
    return err_set(err, ERR_INTERNAL, "simulation %lld: %s%s%s", (long long)sim->id, what,
                   said[0] ? ": " : "", said);
}

/* What was computed until it was stopped is shown, too. */
static bool finish(Tenant *tenant, const Sim *sim, const Model *model, Watch *watch, int status,
                   Err *err)
{
    Str summary = STR_NONE;
    int shown = 0;

    if (job_interrupted(watch->job))
        return err_set(err, ERR_TEMPORARY, "goes on when the program is started again");
    if (status != 0 && status != 128 + SIGINT)
        return fail(sim, watch, status, "the computation broke off", err);
    if (!show(tenant, sim, model, watch, &shown, err))
        return false;
    if (job_interrupted(watch->job))
        return err_set(err, ERR_TEMPORARY, "goes on when the program is started again");
    if (shown != 0)
        return fail(sim, watch, shown, "the maps could not be drawn", err);
    return folder_read_file(sim_file(watch->arena, tenant, sim->id, "out/summary.json"),
                            SUMMARY_MAX_BYTES, watch->arena, &summary, err) &&
           note_end(tenant, watch, sim->id, status == 0, summary, err);
}

/* Folders of simulations that were deleted while the program died. */
static bool sweep(Tenant *tenant, Arena *arena, Err *err)
{
    char *runs = arena_printf(arena, "%.*s/twin/runs", STR_ARG(tenant->folder));
    Str *names = NULL;
    size_t count = 0;
    Tx *tx;

    if (!folder_exists(runs))
        return true;
    if (!folder_list(runs, arena, &names, &count, err) || !(tx = db_read(tenant->db, err)))
        return false;
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        int64_t id, known = 0;
        if (!str_to_i64(names[i], &id))
            continue;
        good = tx_query_int(tx, err, &known, "SELECT COUNT(*) FROM twin_sim WHERE id = $1",
                            P_INT(id)) &&
               (known > 0 || folder_remove(sim_folder(arena, tenant, id), err));
    }
    tx_end(tx);
    return good;
}

static bool run_sim(Tenant *tenant, const Sim *sim, Watch *watch, Err *err)
{
    Arena *arena = watch->arena;
    Model model;
    int status = 0;

    return sweep(tenant, arena, err) && model_load(tenant, sim->model, arena, &model, err) &&
           sim_write_scenario(tenant, sim, &model, arena, err) &&
           note(tenant, sim->id, SIM_RUNNING, STR_NONE, STR_NONE, err) &&
           compute(tenant, sim, watch, &status, err) &&
           finish(tenant, sim, &model, watch, status, err);
}

/* What planners are told; the log has what the job fails with. */
static void note_failure(Tenant *tenant, const Sim *sim, Watch *watch, const Err *why)
{
    SimFailure *failure = &watch->failure;
    Err other = {0};

    if (!failure->said[0]) {
        keep(failure->said, sizeof failure->said, str_c(err_text(why, watch->arena)));
        keep(failure->kind, sizeof failure->kind, str_c(progress_failure_word(why->kind)));
    }
    if (!note(tenant, sim->id, SIM_FAILED, STR_NONE,
              sim_failure_text(watch->arena, tenant, failure), &other))
        log_line(LOG_WARNING, "simulation %lld: %s", (long long)sim->id, other.message);
}

static bool simulate(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                     Err *err)
{
    Watch watch = {.job = job, .arena = arena, .publish = node_get_bool(params, "publish", false)};
    Sim sim;
    Tx *tx = db_read(tenant->db, err);
    bool good = tx && sim_by_id(tx, arena, node_get_i64(params, "sim", 0), &sim, err);

    if (tx)
        tx_end(tx);
    if (!good)
        return false;
    *result = node_map(arena);
    if (sim.finished) /* the program died before the job had noted that */
        return true;
    if (run_sim(tenant, &sim, &watch, err))
        return true;
    if (!job_interrupted(job) && !job_cancelled(job))
        note_failure(tenant, &sim, &watch, err);
    return false;
}

/* However it came to its end: nothing goes on reading "rechnet". */
static bool ended(Tx *tx, const Node *params, JobEnd end, Err *err)
{
    int64_t id = node_get_i64(params, "sim", 0);

    if (end == JOB_FAILED)
        return sim_settle(
            tx, id, SIM_FAILED,
            STR("Der Grund steht im Protokoll des Servers. Die Betreuung des Programms "
                "hilft weiter."),
            err);
    return end == JOB_DONE || sim_settle(tx, id, SIM_STOPPED, STR_NONE, err);
}

const Schedule PLAN_SCHEDULES[] = {
    {.name = "twin-demo-map", .every_minutes = 60, .run = plan_demo_map, .here = plan_demo_here},
    {0},
};

const JobKind PLAN_JOBS[] = {
    {.name = "twin-simulation",
     .label = "Starkregen berechnen",
     .run = simulate,
     .ended = ended,
     .lengthy = true},
    {.name = "twin-demo-map",
     .label = "Stadtkarte einrichten",
     .run = plan_demo_map_job,
     .lengthy = true},
    {.name = "twin-demo", .label = "Stadtmodell einrichten", .run = plan_demo_job, .lengthy = true},
    {0},
};
