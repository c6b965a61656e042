/* SPDX-License-Identifier: EUPL-1.2 */
/* Sweep: one pass over a block of rows, from north to south.
 *
 * Each row is read and written once: the faces below a row are computed before
 * the row is changed and kept for the next one, so a step of the first order
 * works in place with 28 bytes of traffic per cell in single precision. Rows of
 * the neighbouring blocks, which change at the same time, are copied first. */
#include "twin/flow/kernel.h"

enum { SCRATCH_ROWS = 4 * 3 + 4 * 3 + 1, COPIED_ROWS = 4 };

typedef struct Sweep {
    FlowSweep *plan;
    const FlowStrip *strip;
    FlowState *from, *to;
    RowStep step;
    Slopes sx, here, next;
    Faces x, top, bottom;
    Mass *rain;
    Row copies[COPIED_ROWS]; /* rows begin-2, begin-1, end, end+1 */
} Sweep;

size_t flow_scratch_size(const FlowStrip *strip)
{
    return strip->stride * sizeof(Real) * (SCRATCH_ROWS + COPIED_ROWS * 3);
}

static Row row_of(const FlowStrip *strip, const FlowState *state, int row)
{
    size_t at = flow_at(strip, row, 0);

    return (Row){(Mass *)state->depth + at, (const Mass *)strip->bed + at, (Real *)state->u + at,
                 (Real *)state->w + at};
}

/* The row as it was before this step. */
static Row old_row(const Sweep *sweep, int row)
{
    const FlowSweep *plan = sweep->plan;

    if (plan->shared && row < plan->begin)
        return sweep->copies[row - plan->begin + 2];
    if (plan->shared && row >= plan->end)
        return sweep->copies[row - plan->end + 2];
    return row_of(sweep->strip, sweep->from, row);
}

static void lay_out(Sweep *sweep, FlowSweep *plan)
{
    const FlowStrip *strip = plan->strip;
    Real *row = (Real *)plan->scratch + FLOW_LEAD;
    Slopes *slopes[] = {&sweep->sx, &sweep->here, &sweep->next};
    Faces *faces[] = {&sweep->x, &sweep->top, &sweep->bottom};
    size_t stride = strip->stride;

    for (size_t i = 0; i < 3; i++, row += 4 * stride)
        *slopes[i] = (Slopes){row, row + stride, row + 2 * stride, row + 3 * stride};
    for (size_t i = 0; i < 3; i++, row += 4 * stride)
        *faces[i] = (Faces){(Mass *)row, row + stride, row + 2 * stride, row + 3 * stride};
    sweep->rain = (Mass *)row;
    row += stride;
    for (int i = 0; i < COPIED_ROWS; i++, row += 3 * stride) {
        int index = i < 2 ? plan->begin - 2 + i : plan->end + i - 2;

        sweep->copies[i] = (Row){(Mass *)row, (const Mass *)strip->bed + flow_at(strip, index, 0),
                                 row + stride, row + 2 * stride};
    }
    sweep->plan = plan;
    sweep->strip = strip;
    sweep->from = plan->stage == 2 ? &plan->strip->next : &plan->strip->now;
    sweep->to = plan->stage == 1 ? &plan->strip->next : &plan->strip->now;
}

void flow_prepare(FlowSweep *plan)
{
    Sweep sweep;
    size_t bytes = plan->strip->stride * sizeof(Real);

    lay_out(&sweep, plan);
    if (!plan->shared)
        return;
    for (int i = 0; i < COPIED_ROWS; i++) {
        Row copy = sweep.copies[i];
        Row row = row_of(plan->strip, sweep.from, i < 2 ? plan->begin - 2 + i : plan->end + i - 2);

        memcpy(copy.depth - FLOW_LEAD, row.depth - FLOW_LEAD, bytes);
        memcpy(copy.u - FLOW_LEAD, row.u - FLOW_LEAD, bytes);
        memcpy(copy.w - FLOW_LEAD, row.w - FLOW_LEAD, bytes);
    }
}

static RowStep step_of(const FlowSweep *plan)
{
    const FlowStrip *strip = plan->strip;
    int shift = plan->stage > 0 ? 1 : 0;
    double units = plan->dt / strip->cell / strip->unit;

#ifdef FLOW_DOUBLE
    shift = 0;
#endif
    return (RowStep){.unit = (Real)strip->unit,
                     .ratio = (Real)(plan->dt / strip->cell),
                     .emit = (Real)(shift ? units / 2 : units),
                     .dither = (Real)plan->dither,
                     .shift = shift,
                     .dry = (Mass)(strip->dry / strip->unit),
                     .drag_all = (Real)(4 * plan->dt * (strip->drag ? 1.0 : strip->drag_all))};
}

/* Where rounding of the rain turns in a row: spread evenly over the rows, and alike from both ends,
 * so that the sum over the grid is right too. */
static double rain_turn(const FlowStrip *strip, int row)
{
    int north = strip->first_row + row, south = strip->all_rows - 1 - north;
    double turn = 0.5 + 0.6180339887498949 * (north < south ? north : south);

    return turn - floor(turn);
}

#ifndef FLOW_DOUBLE
/* The same for each cell: `turn` is the row's, and spread evenly over the columns too. */
FLOW_INLINE float cell_turn(float turn, int column, int last)
{
    int east = last - column;
    float place = turn + 0.75487767F * (float)(column < east ? column : east);

    return place - (float)(int)place;
}
#endif

/* What rains on the row in this step: the difference of two cumulative amounts in whole units, so
 * that the sum over the steps stays right. While few units have fallen on few rows, each cell
 * rounds at a place of its own, so that their mean is right to a millionth. */
static void rain_of_row(Sweep *sweep, int row)
{
    const FlowFall *fall = &sweep->plan->fall;
    const FlowStrip *strip = sweep->strip;
    RowStep *step = &sweep->step;
    const double twice = step->shift ? 2 : 1, per = 1 / (strip->unit * twice);
    const double turn = rain_turn(strip, row), before = fall->before * per;
    const double after = fall->after * per;
    const float *restrict rates = NULL;
    Mass *restrict rain = sweep->rain;

    if (fall->rates)
        rates = fall->rates + (size_t)row * (size_t)strip->columns;
    step->rain = rates ? rain : NULL;
#ifdef FLOW_DOUBLE
    (void)turn;
    step->rain_all = after - before;
    FLOW_SIMD
    for (int i = 0; i < (rates ? strip->columns : 0); i++)
        rain[i] = step->rain_all * (double)rates[i];
#else
    const Mass even = 1 << step->shift;
    const int columns = strip->columns, last = columns - 1;
    const float offset = (float)turn;

    if (rates) {
        const float from = (float)before, to = (float)after;

        FLOW_SIMD
        for (int i = 0; i < columns; i++) {
            float own = cell_turn(offset, i, last);

            rain[i] = ((Mass)(rates[i] * to + own) - (Mass)(rates[i] * from + own)) * even;
        }
        return;
    }
    step->rain_all = (Mass)((int64_t)(after + turn) - (int64_t)(before + turn)) * even;
    if (after > before && after * strip->all_rows < 1e7) {
        const Mass whole = (Mass)((int64_t)after - (int64_t)before);
        const float from = (float)(before - floor(before)), to = (float)(after - floor(after));

        step->rain = rain;
        FLOW_SIMD
        for (int i = 0; i < columns; i++) {
            float own = cell_turn(offset, i, last);

            rain[i] = (whole + (Mass)(to + own) - (Mass)(from + own)) * even;
        }
    }
#endif
}

static void slopes_down(Sweep *sweep, int row, int from, int to)
{
    Row a = old_row(sweep, row - 1), b = old_row(sweep, row), c = old_row(sweep, row + 1);

    if (sweep->strip->order == 1)
        row_slopes(a.depth, b.depth, c.depth, a.bed, b.bed, c.bed, a.u, b.u, c.u, a.w, b.w, c.w,
                   sweep->next, from, to, &sweep->step, 1);
    else
        row_slopes(a.depth, b.depth, c.depth, a.bed, b.bed, c.bed, a.u, b.u, c.u, a.w, b.w, c.w,
                   sweep->next, from, to, &sweep->step, 2);
}

/* Faces between `row` and the one below it. */
static void faces_down(Sweep *sweep, int row, int from, int to)
{
    Row a = old_row(sweep, row), b = old_row(sweep, row + 1);
    Slopes s = sweep->here, n = sweep->next;

    if (sweep->strip->order == 1)
        row_faces(a.depth, b.depth, a.bed, b.bed, a.w, b.w, a.u, b.u, s.level, n.level, s.depth,
                  n.depth, s.w, n.w, s.u, n.u, sweep->bottom, from, to, &sweep->step, 1);
    else
        row_faces(a.depth, b.depth, a.bed, b.bed, a.w, b.w, a.u, b.u, s.level, n.level, s.depth,
                  n.depth, s.w, n.w, s.u, n.u, sweep->bottom, from, to, &sweep->step, 2);
}

/* Faces at the left of the row's cells; face `columns` is at the right of the last. */
static void faces_across(Sweep *sweep, int row, int from, int to)
{
    Row b = old_row(sweep, row);
    Slopes s = sweep->sx;

#define CELLS(p) p - 1, p, p + 1
#define SIDES(p) p - 1, p
    if (sweep->strip->order == 1) {
        row_slopes(CELLS(b.depth), CELLS(b.bed), CELLS(b.u), CELLS(b.w), s, from - 1, to + 1,
                   &sweep->step, 1);
        row_faces(SIDES(b.depth), SIDES(b.bed), SIDES(b.u), SIDES(b.w), SIDES(s.level),
                  SIDES(s.depth), SIDES(s.u), SIDES(s.w), sweep->x, from, to + 1, &sweep->step, 1);
    } else {
        row_slopes(CELLS(b.depth), CELLS(b.bed), CELLS(b.u), CELLS(b.w), s, from - 1, to + 1,
                   &sweep->step, 2);
        row_faces(SIDES(b.depth), SIDES(b.bed), SIDES(b.u), SIDES(b.w), SIDES(s.level),
                  SIDES(s.depth), SIDES(s.u), SIDES(s.w), sweep->x, from, to + 1, &sweep->step, 2);
    }
#undef CELLS
#undef SIDES
}

static Real update(Sweep *sweep, int row, int from, int to)
{
    FlowStrip *strip = sweep->plan->strip;
    Row now = row_of(strip, sweep->from, row), out = row_of(strip, sweep->to, row);
    Row first = row_of(strip, &strip->now, row);
    const RowStep *step = &sweep->step;

#define UPDATE(drag, rain, stage)                                                     \
    row_update(now, out, first, sweep->x, sweep->top, sweep->bottom, sweep->sx.level, \
               sweep->here.level, from, to, step, drag, rain, stage)
    if (sweep->plan->stage == 2)
        return step->drag ? (step->rain ? UPDATE(true, true, 2) : UPDATE(true, false, 2))
                          : (step->rain ? UPDATE(false, true, 2) : UPDATE(false, false, 2));
    return step->drag ? (step->rain ? UPDATE(true, true, 0) : UPDATE(true, false, 0))
                      : (step->rain ? UPDATE(false, true, 0) : UPDATE(false, false, 0));
#undef UPDATE
}

static bool is_active(const FlowStrip *strip, int row, int tile)
{
    int tile_row = row / FLOW_TILE_ROWS;

    if (row < 0 || row >= strip->rows)
        return true;
    return strip->active[tile_row * strip->tile_columns + tile];
}

/* The next columns from `*from` on where `row` or `other` is active; false at the end. */
static bool next_run(const FlowStrip *strip, int row, int other, int *from, int *to)
{
    int tile = (*from + FLOW_TILE_COLUMNS - 1) / FLOW_TILE_COLUMNS;

    while (tile < strip->tile_columns && !is_active(strip, row, tile) &&
           !is_active(strip, other, tile))
        tile++;
    if (tile == strip->tile_columns)
        return false;
    *from = tile * FLOW_TILE_COLUMNS;
    while (tile < strip->tile_columns &&
           (is_active(strip, row, tile) || is_active(strip, other, tile)))
        tile++;
    *to = tile * FLOW_TILE_COLUMNS < strip->columns ? tile * FLOW_TILE_COLUMNS : strip->columns;
    return true;
}

/* Rows beyond the strip follow the row beside them: a neighbour's tiles are not known here. */
static int own_row(const FlowStrip *strip, int row)
{
    return row < 0 ? 0 : row >= strip->rows ? strip->rows - 1 : row;
}

static void faces_below(Sweep *sweep, int row)
{
    const FlowStrip *strip = sweep->strip;
    int a = own_row(strip, row), b = own_row(strip, row + 1);
    Slopes swap = sweep->here;

    sweep->here = sweep->next;
    sweep->next = swap;
    for (int from = 0, to; next_run(strip, a, own_row(strip, row + 2), &from, &to); from = to)
        slopes_down(sweep, row + 1, from, to);
    for (int from = 0, to; next_run(strip, a, b, &from, &to); from = to)
        faces_down(sweep, row, from, to);
    if (row == -1 && strip->first_row == 0)
        flow_edge_row(sweep->plan, FLOW_NORTH, row_of(strip, sweep->from, 0), sweep->next.depth,
                      sweep->bottom, &sweep->step);
    if (row == strip->rows - 1 && strip->first_row + strip->rows == strip->all_rows)
        flow_edge_row(sweep->plan, FLOW_SOUTH, row_of(strip, sweep->from, row), sweep->here.depth,
                      sweep->bottom, &sweep->step);
}

void flow_sweep(FlowSweep *plan)
{
    Sweep sweep = {0};
    FlowStrip *strip = plan->strip;
    unsigned rounding = flow_flush_begin();
    Real speed = 0;

    lay_out(&sweep, plan);
    sweep.step = step_of(plan);
    for (int from = 0, to;
         next_run(strip, own_row(strip, plan->begin - 2), plan->begin, &from, &to); from = to)
        slopes_down(&sweep, plan->begin - 1, from, to);
    faces_below(&sweep, plan->begin - 1);
    for (int row = plan->begin; row < plan->end; row++) {
        Faces swap = sweep.top;

        sweep.top = sweep.bottom;
        sweep.bottom = swap;
        faces_below(&sweep, row);
        flow_fill_row(plan->strip, sweep.from, row, plan->edges);
        rain_of_row(&sweep, row);
        if (strip->drag)
            sweep.step.drag = (const Real *)strip->drag + flow_at(strip, row, 0);
        for (int from = 0, to; next_run(strip, row, row, &from, &to); from = to) {
            Real most;

            faces_across(&sweep, row, from, to);
            flow_edge_cell(plan, row, from, to, row_of(strip, sweep.from, row), sweep.sx.depth,
                           sweep.x, &sweep.step);
            most = update(&sweep, row, from, to);
            speed = most > speed ? most : speed;
        }
    }
    plan->speed = (double)speed;
    flow_flush_end(rounding);
}
