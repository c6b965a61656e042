/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/run.h"

#include "core/folder.h"
#include "twin/memory.h"
#include "twin/run_internal.h"
#include "twin/scenario_reader.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>

enum { FEW_CELLS = 30000 };

/* Set by the timer and by signals, looked at by the solver between steps. */
static volatile bool pause_wanted;
static volatile sig_atomic_t signal_seen;

static void on_timer(int number)
{
    (void)number;
    pause_wanted = true;
}

static void on_signal(int number)
{
    signal_seen = number;
    pause_wanted = true;
}

static void watch(bool on)
{
    struct sigaction timer = {.sa_handler = on ? on_timer : SIG_IGN, .sa_flags = SA_RESTART};
    /* A second Ctrl-C ends the program at once. */
    struct sigaction end = {.sa_handler = on ? on_signal : SIG_DFL,
                            .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    struct itimerval every = {{0, on ? 200000 : 0}, {0, on ? 200000 : 0}};

    sigaction(SIGALRM, &timer, NULL);
    if (on) {
        sigaction(SIGINT, &end, NULL);
        sigaction(SIGTERM, &end, NULL);
    }
    setitimer(ITIMER_REAL, &every, NULL);
}

double run_time_of(const TwinRun *run, uint64_t k, double interval)
{
    double time = (double)k * interval, end = run->scenario.duration;

    return time > end - 1e-9 * end ? end : time;
}

const char *run_path(const TwinRun *run, const char *name)
{
    return arena_printf(run->arena, "%s/%s", run->options->out, name);
}

double run_wall(const TwinRun *run)
{
    return run->wall_before + progress_clock() - run->progress.wall_begun;
}

double run_cpu(const TwinRun *run)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return run->cpu_before + (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

/* The folder with those above it. */
static bool make_folders(const char *path, Arena *arena, Err *err)
{
    char *copy = arena_strdup(arena, path);

    for (char *slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        if (!folder_exists(copy) && !folder_make_open(copy, err))
            return false;
        *slash = '/';
    }
    return folder_exists(copy) || folder_make_open(copy, err);
}

static FlowOptions flow_options(const TwinRun *run)
{
    return (FlowOptions){.order = run->options->order,
                         .double_precision = run->options->double_precision,
                         .threads = run->options->threads};
}

/* The ground that is computed with: gauges stand on it, and where it is not the terrain's that is
 * told. Roofs may be lower: they are walls either way. */
static void look_at_ground(TwinRun *run)
{
    TwinScenario *scenario = &run->scenario;
    FlowInput input = scenario_input(scenario);
    FlowOptions options = flow_options(run);
    double *ground = flow_ground(&input, &options);
    const GeoGrid *grid = &scenario->terrain.grid;
    size_t lowered = 0, first = 0;

    for (size_t i = 0; i < geo_grid_cells(grid); i++)
        if (scenario_wet(scenario, i) && !scenario_on_roof(scenario, i) &&
            ground[i] < scenario->terrain.values[i] - 1e-6 && lowered++ == 0)
            first = i;
    for (size_t i = 0; i < scenario->gauge_count; i++)
        scenario->gauges[i].ground = ground[scenario->gauges[i].cell];
    free(ground);
    if (lowered)
        remark(&scenario->remarks,
               "%s: terrain: %zu cells stand so high above a neighbour, the first at %.3f, %.3f, "
               "that single precision takes them for lower; --double computes with what is there",
               scenario->file, lowered, geo_grid_x(grid, (int)(first % (size_t)grid->columns)),
               geo_grid_y(grid, (int)(first / (size_t)grid->columns)));
}

static bool make_model(TwinRun *run, Err *err)
{
    FlowInput input = scenario_input(&run->scenario);
    FlowOptions options = flow_options(run);

    /* Threads that meet more than they compute are no gain. */
    if (options.threads == 0 && geo_grid_cells(&run->scenario.terrain.grid) < FEW_CELLS)
        options.threads = 1;

    run->model = flow_create(&input, &options, err);
    return run->model != NULL;
}

/* What only the model's making needed. */
static void drop_inputs(TwinScenario *scenario)
{
    free(scenario->depth);
    free(scenario->u);
    free(scenario->v);
    free(scenario->roughness);
    free(scenario->soil);
    scenario->depth = scenario->u = scenario->v = NULL;
    scenario->roughness = NULL;
    scenario->soil = NULL;
}

static ProgressState state_of(const TwinRun *run, uint64_t updates_before)
{
    return (ProgressState){flow_time(run->model), flow_cell_updates(run->model) - updates_before};
}

/* Until when to compute, and in `least` from when on a row is due. */
static double next_stop(const TwinRun *run, double *least)
{
    const TwinOutput *output = &run->scenario.output;
    double row = run_time_of(run, run->next_row, output->series), time = run->scenario.duration;

    if (output->interval > 0)
        time = fmin(time, run_time_of(run, run->next_snapshot, output->interval));
    if (output->series_exact)
        time = fmin(time, row);
    *least = fmin(time, row);
    return time;
}

/* What is due at the model's time. */
static bool take_results(TwinRun *run, Err *err)
{
    const TwinOutput *output = &run->scenario.output;
    double now = flow_time(run->model);

    if (now >= run_time_of(run, run->next_row, output->series) || now >= run->scenario.duration) {
        series_add_row(run);
        run->next_row =
            output->series_exact ? run->next_row + 1 : (uint64_t)floor(now / output->series) + 1;
    }
    if (output->interval > 0 && now >= run_time_of(run, run->next_snapshot, output->interval)) {
        if (output->snapshots && !maps_write_snapshot(run, err))
            return false;
        run->next_snapshot++;
    }
    return true;
}

typedef struct CheckpointClock {
    double begun; /* wall clock */
    double due;   /* of the next checkpoint */
    double pause; /* s between them at most */
} CheckpointClock;

/* Soon at first, then ever more seldom; at most a twentieth of the time is spent on them. */
static void set_due(CheckpointClock *clock, double now, double cost)
{
    double pause = fmin(clock->pause, fmax(2, (now - clock->begun) / 4));

    clock->due = now + fmax(pause, 20 * cost);
}

static bool keep_checkpoint(TwinRun *run, CheckpointClock *clock, Err *err)
{
    double begun = progress_clock();

    if (clock->pause <= 0 || begun < clock->due)
        return true;
    if (!checkpoint_write(run, err) || !series_write(run, err))
        return false;
    set_due(clock, progress_clock(), progress_clock() - begun);
    return true;
}

static bool compute(TwinRun *run, Err *err)
{
    CheckpointClock clock = {.begun = progress_clock(), .pause = run->scenario.output.checkpoint};
    uint64_t updates = flow_cell_updates(run->model);

    set_due(&clock, clock.begun, 0);
    while (flow_time(run->model) < run->scenario.duration && !signal_seen) {
        double least, until = next_stop(run, &least);
        pause_wanted = false;
        if (!signal_seen && !flow_advance_past(run->model, least, until, &pause_wanted, err))
            return false;
        if (flow_time(run->model) >= least && !take_results(run, err))
            return false;
        progress_tell(&run->progress, state_of(run, updates), false);
        if (!keep_checkpoint(run, &clock, err))
            return false;
    }
    progress_tell(&run->progress, state_of(run, updates), true);
    return true;
}

/* What came in must be there or have gone: more than two units of depth in each cell mean that the
 * computation is wrong, and so are its maps. */
static bool check_balance(const TwinRun *run, Err *err)
{
    const GeoGrid *grid = &run->scenario.terrain.grid;
    double rounding =
        6e-8 * fmax(1, grid->cell / 4) * (double)geo_grid_cells(grid) * grid->cell * grid->cell;
    FlowVolume v;

    flow_volume(run->model, &v);
    double all = v.initial + v.rain + v.inflow;
    if (fabs(v.error) <= fmax(1e-5 * all, rounding))
        return true;
    return err_set(err, ERR_INTERNAL,
                   "%g of %g m3 of water are missing at %.6g s: the computation went wrong and its "
                   "results are not written; compute with --double, and tell the program's makers",
                   v.error, all, flow_time(run->model));
}

/* The last row, where the end lies between two; maps, buildings, summary. */
static bool write_results(TwinRun *run, bool complete, Str *summary, Err *err)
{
    BuildingCounts counts = {0};

    if (!complete)
        series_add_row(run); /* of the moment it was stopped; the checkpoint does not have it */
    return series_write(run, err) && maps_write_final(run, err) &&
           folder_write_file(run_path(run, "scenario.json"), node_json(run->outline, run->arena),
                             0644, err) &&
           buildings_write(run, &counts, err) &&
           summary_write(run, complete, &counts, summary, err);
}

/* A run that is complete already has nothing to resume. */
static bool complete_before(const TwinRun *run, Str *summary)
{
    Err ignored;
    Str text;

    if (!folder_read_file(run_path(run, "summary.json"), 1 << 26, run->arena, &text, &ignored))
        return false;
    const Node *node = node_parse_json(run->arena, text, NULL, &NODE_LIMITS_PACKAGE, &ignored);
    if (!node_get_bool(node, "complete", false) ||
        !str_eq(node_get_text(node, "fingerprint"), checkpoint_hex(run->fingerprint, run->arena)) ||
        !str_eq(node_get_text(node, "fingerprint_outputs"),
                checkpoint_hex(run->outputs, run->arena)))
        return false;
    *summary = text;
    return true;
}

static bool prepare(TwinRun *run, bool *done, Str *summary, Err *err)
{
    const TwinRunOptions *options = run->options;
    bool found = false;

    checkpoint_fingerprint(run);
    *done = options->resume && complete_before(run, summary);
    if (*done)
        return true;
    if (!make_model(run, err))
        return err_context(err, "%s", options->scenario);
    if (!make_folders(options->out, run->arena, err))
        return false;
    drop_inputs(&run->scenario);
    const char *anew = "there is no checkpoint: starting from the beginning";
    if (options->resume && !checkpoint_load(run, &found, err)) {
        if (!options->or_anew || err->kind != ERR_CONFLICT)
            return false;
        anew = arena_printf(run->arena, "starting from the beginning: %s", err->message);
        err_clear(err);
        found = false;
    }
    if (found) {
        progress_stage(&run->progress, "resumed",
                       arena_printf(run->arena, "going on from the checkpoint at %.6g s",
                                    flow_time(run->model)),
                       flow_time(run->model));
    } else {
        if (options->resume)
            progress_stage(&run->progress, "anew", anew, 0);
        if (!maps_remove_old(options->out, run->arena, err))
            return false;
        series_begin(run);
        if (!take_results(run, err))
            return false;
    }
    run->progress.begun_at = flow_time(run->model);
    return true;
}

static TwinRunEnd run_all(TwinRun *run, Str *summary, Err *err)
{
    const TwinRunOptions *options = run->options;
    bool done = false;

    if (!scenario_read(options->scenario, run->arena, &run->scenario, err) ||
        !(run->outline = scenario_outline(options->scenario, run->arena, err)))
        return TWIN_RUN_FAILED;
    if (!memory_check(&run->scenario, options, err))
        return TWIN_RUN_FAILED;
    run->progress.duration = run->scenario.duration;
    look_at_ground(run);
    for (size_t i = 0; i < run->scenario.remarks.count; i++)
        progress_remark(&run->progress, run->scenario.remarks.items[i].text);
    run->field = malloc(geo_grid_cells(&run->scenario.terrain.grid) * sizeof *run->field);
    if (!run->field)
        abort();
    if (!prepare(run, &done, summary, err))
        return TWIN_RUN_FAILED;
    if (done) {
        progress_stage(&run->progress, "done", "this run is complete already",
                       run->scenario.duration);
        return TWIN_RUN_COMPLETE;
    }
    run->stage = "computing";
    if (!compute(run, err))
        return TWIN_RUN_FAILED;
    if (!check_balance(run, err))
        return TWIN_RUN_FAILED;
    run->stage = "writing";
    bool complete = flow_time(run->model) >= run->scenario.duration;
    if (!complete && !checkpoint_write(run, err))
        return TWIN_RUN_FAILED;
    progress_stage(&run->progress, "writing", "writing the results", flow_time(run->model));
    if (!write_results(run, complete, summary, err) || (complete && !checkpoint_remove(run, err)))
        return TWIN_RUN_FAILED;
    progress_stage(&run->progress, complete ? "done" : "interrupted",
                   complete ? "done" : "interrupted", flow_time(run->model));
    return complete ? TWIN_RUN_COMPLETE : TWIN_RUN_INTERRUPTED;
}

TwinRunEnd twin_run(const TwinRunOptions *options, Arena *arena, Str *summary, int *signal,
                    Err *err)
{
    TwinRun run = {.options = options,
                   .arena = arena,
                   .series_arena = arena_create(1 << 16),
                   .stage = "reading",
                   .number = options->double_precision ? GEO_FLOAT64 : GEO_FLOAT32};

    run.gauges = buf_in(run.series_arena);
    run.volume = buf_in(run.series_arena);
    progress_begin(&run.progress, options->progress, 1, 0);
    watch(true);
    TwinRunEnd end = run_all(&run, summary, err);
    watch(false);
    if (end == TWIN_RUN_FAILED)
        progress_failed(&run.progress, run.stage, err);
    *signal = signal_seen;
    flow_destroy(run.model);
    scenario_free(&run.scenario);
    free(run.field);
    arena_destroy(run.series_arena);
    return end;
}
