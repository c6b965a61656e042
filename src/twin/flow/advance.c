/* SPDX-License-Identifier: EUPL-1.2 */
/* Steps: how long, in which order, on how many threads. */
#include <math.h>
#include <string.h>

#include "twin/flow/model.h"

/* Without OpenMP there is one thread, and nothing to say. */
#ifdef _OPENMP
#define PARALLEL(what) _Pragma(PARALLEL_TEXT(omp parallel what))
#define PARALLEL_TEXT(text) #text
#define EACH_BLOCK _Pragma("omp for schedule(static, 1)")
#else
#define PARALLEL(what)
#define EACH_BLOCK
#endif

/* Where rounding to whole units turns in this step: the golden ratio's multiples are spread evenly
 * however few or many steps are taken together. */
double flow_dither(const FlowModel *model)
{
    double turn = (double)model->steps * 0.6180339887498949;

    return turn - floor(turn);
}

/* Courant's rule for the waves that are there, and for those that the inflow may raise meanwhile:
 * what it adds in dt, c dt must stay within a cell too. */
static double step_length(FlowModel *model, double until)
{
    double left = until - model->time, reach = model->options.courant * model->grid.cell;
    double longest = fmin(60, fmin(left, 1.5 * model->last_step));
    double rise = model->rise + flow_sides_rise(model, model->time + longest) + 1e-9;
    double waves = flow_waves(&model->strip);
    double dt = fmin(60, cbrt(reach * reach / (waves * waves * 9.81 * rise)));

    /* Whole numbers hold what one step adds to the deepest cell that check_depth() lets pass. */
    dt = fmin(dt, 0x1p29 * model->strip.unit / rise);
    if (model->speed > 0)
        dt = fmin(dt, reach / model->speed);
    dt = flow_exchange_least(model, fmin(dt, 1.5 * model->last_step));
    return dt >= left ? left : dt > 0.5 * left ? 0.5 * left : dt;
}

typedef struct Step {
    double dt, since;
    bool sample;
} Step;

static void fill_sides(FlowModel *model, FlowState *state)
{
    model->kernel.fill_side(&model->strip, state, FLOW_NORTH, model->sides[FLOW_NORTH].kind);
    model->kernel.fill_side(&model->strip, state, FLOW_SOUTH, model->sides[FLOW_SOUTH].kind);
    if (model->exchange)
        flow_exchange_rows(model, state);
}

static void plan_sweeps(FlowModel *model, const Step *step, FlowFall fall, FlowEdge *edges)
{
    FlowStrip *strip = &model->strip;

    for (int side = 0; side < FLOW_SIDES; side++) {
        const ModelSide *of = &model->sides[side];

        edges[side] = (FlowEdge){of->kind, of->given, of->in, of->out};
    }
    for (int i = 0; i < model->threads; i++) {
        FlowSweep *sweep = &model->sweeps[i];

        *sweep = (FlowSweep){.strip = strip,
                             .time = model->time,
                             .dt = step->dt,
                             .sample = step->sample,
                             .since = step->since,
                             .dither = flow_dither(model),
                             .fall = fall,
                             .edges = edges,
                             .begin = (int)((int64_t)strip->rows * i / model->threads),
                             .end = (int)((int64_t)strip->rows * (i + 1) / model->threads),
                             .scratch = sweep->scratch};
    }
}

static void run_one(FlowModel *model, FlowSweep *sweep, int stage)
{
    sweep->stage = stage;
    sweep->shared = stage == 0 && model->threads > 1;
}

static void sweep_all(FlowModel *model)
{
    const FlowKernel *kernel = &model->kernel;
    int last = model->strip.order == 2 ? 2 : 0;

    for (int stage = last == 2 ? 1 : 0; stage <= last; stage++) {
        fill_sides(model, stage == 2 ? &model->strip.next : &model->strip.now);
        if (model->threads == 1) {
            run_one(model, &model->sweeps[0], stage);
            kernel->sweep(&model->sweeps[0]);
            continue;
        }
        PARALLEL(num_threads(model->threads))
        {
            EACH_BLOCK
            for (int i = 0; i < model->threads; i++) {
                run_one(model, &model->sweeps[i], stage);
                kernel->prepare(&model->sweeps[i]);
            }
            EACH_BLOCK
            for (int i = 0; i < model->threads; i++)
                kernel->sweep(&model->sweeps[i]);
        }
    }
}

static bool do_step(FlowModel *model, double until, Err *err)
{
    FlowEdge edges[FLOW_SIDES];
    double end = until;
    Step step;

    if (!flow_rain_begin(model, &end, err))
        return false;
    end = flow_inflow_end(model, end);
    flow_tiles_refresh(model);
    step.dt = step_length(model, end);
    model->since_sample++;
    step.since = model->time + step.dt - model->sampled;
    /* The look at the greatest values: every tenth step, and once in five simulated seconds. */
    step.sample = model->strip.maxima.depth &&
                  (model->since_sample >= 10 || step.since >= 5 || model->time + step.dt >= until);
    flow_sides_begin(model, step.dt);
    plan_sweeps(model, &step, flow_rain_fall(model, step.dt), edges);
    sweep_all(model);
    model->speed = 0;
    for (int i = 0; i < model->threads; i++)
        model->speed = fmax(model->speed, model->sweeps[i].speed);
    flow_sources_apply(model, step.dt);
    flow_inlets_apply(model, step.dt);
    flow_rim_empty(model);
    model->time = step.dt == end - model->time ? end : model->time + step.dt;
    model->last_step = fmax(step.dt, end == model->time ? model->last_step : 0);
    if (step.sample) {
        model->sampled = model->time;
        model->since_sample = 0;
    }
    model->steps++;
    model->updates += model->active_cells;
    if (!isfinite(model->speed))
        return err_set(err, ERR_INTERNAL, "the flow became infinite at %g s", model->time);
    return true;
}

/* Before whole numbers overflow (at twice this depth). The waves of deep water are fast, but so is
 * thin water down a cliff: look at the depths themselves where some were. */
static bool check_depth(FlowModel *model, double speed_before, Err *err)
{
    double most = model->options.double_precision ? 1e4 : 0x1p30 * model->strip.unit;
    int row = 0, column = 0;

    if (fmax(model->speed, speed_before) < flow_waves(&model->strip) * sqrt(9.81 * most) ||
        model->kernel.deepest(&model->strip, &row, &column) < most)
        return true;
    row += model->strip.first_row;
    return err_set(err, ERR_INPUT,
                   "the water became deeper than %g m at %g s, at %.3f, %.3f (row %d, column %d); "
                   "look at the inflow there, or compute in double precision",
                   most, model->time, model->grid.west + (column + 0.5) * model->grid.cell,
                   model->grid.north - (row + 0.5) * model->grid.cell, row + 1, column + 1);
}

/* Whether all ranks go on: rank 0 may be told to stop, any may have failed. */
static int common(const FlowModel *model, int status)
{
    return model->exchange ? (int)flow_exchange_least(model, status) : status;
}

bool flow_model_advance(FlowModel *model, double least, double until, const volatile bool *stop,
                        Err *err)
{
    enum { FAILED, STOPPED, GOES_ON };
    int status = GOES_ON;

    while (model->time < least) {
        status = common(model, status == GOES_ON && stop && *stop ? STOPPED : status);
        if (status != GOES_ON)
            break;
        double before = model->speed;
        if (!do_step(model, until, err) || !check_depth(model, before, err))
            status = FAILED;
    }
    return common(model, status) != FAILED;
}
