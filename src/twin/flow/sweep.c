/* SPDX-License-Identifier: EUPL-1.2 */
/* Sweep: one pass over a block of rows, from north to south.
 *
 * Each row is read and written once: the faces below a row are computed before
 * the row is changed and kept for the next one, so a step of the first order
 * works in place with 28 bytes of traffic per cell in single precision. Rows of
 * the neighbouring blocks, which change at the same time, are copied first. */
#include "twin/flow/kernel.h"

/* Rows are computed in chunks, so that what one loop hands to the next stays in the nearest cache.
 */
enum {
    CHUNK = 16 * GROUP,
    SCRATCH_ROWS = 2 * 7 + 2 + 2 * 3 + 1 + 2,
    SCRATCH_CHUNKS = 5 + 2 + 4 + 8,
    CHUNK_LEAD = 2 * GROUP,
    CHUNK_STRIDE = CHUNK_LEAD + CHUNK + 3 * GROUP,
    COPIED_ROWS = 4
};

typedef struct Sweep {
    FlowSweep *plan;
    const FlowStrip *strip;
    FlowState *from, *to;
    RowStep step;
    Cells here, next; /* the row at work and the one below it */
    Changes down;     /* below the row */
    Faces top, bottom;
    /* Of a chunk, from its first cell or the face at the left of it: */
    Changes across;
    Slopes sx;
    Faces x;
    Between between;
    Mass *rain;
    Real *drag;
    Row copies[COPIED_ROWS]; /* rows begin-2, begin-1, end, end+1 */
} Sweep;

size_t flow_scratch_size(const FlowStrip *strip)
{
    return sizeof(Real) *
           (strip->stride * (SCRATCH_ROWS + COPIED_ROWS * 3) + CHUNK_STRIDE * SCRATCH_CHUNKS);
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

static Real *next_array(Real **next, size_t stride)
{
    Real *array = *next;

    *next += stride;
    return array;
}

static void lay_out(Sweep *sweep, FlowSweep *plan)
{
    const FlowStrip *strip = plan->strip;
    Real *next = (Real *)plan->scratch + CHUNK_LEAD;
    Slopes *slopes[] = {&sweep->here.slopes, &sweep->next.slopes};
    Faces *faces[] = {&sweep->top, &sweep->bottom};
    size_t stride = CHUNK_STRIDE;
    Real *left;

#define NEXT next_array(&next, stride)
    sweep->across = (Changes){NEXT, NEXT};
    sweep->sx = (Slopes){NEXT, NEXT, NEXT, NEXT, NEXT};
    sweep->x = (Faces){(Mass *)NEXT, NEXT, NEXT, NEXT};
    sweep->between = (Between){NEXT, NEXT, NEXT, NEXT, (Mass *)NEXT, NEXT, NEXT, NEXT};
    next += FLOW_LEAD - CHUNK_LEAD;
    stride = strip->stride;
    left = NEXT; /* wanted by the row above a face only, so one for both */
    for (size_t i = 0; i < 2; i++) {
        *slopes[i] = (Slopes){NEXT, NEXT, NEXT, NEXT, NEXT};
        *faces[i] = (Faces){(Mass *)NEXT, left, NEXT, NEXT};
    }
    sweep->down = (Changes){NEXT, NEXT};
    sweep->here.depth = NEXT;
    sweep->next.depth = NEXT;
    sweep->here.room = NEXT;
    sweep->next.room = NEXT;
    sweep->rain = (Mass *)NEXT;
    sweep->drag = NEXT;
    for (int i = 0; i < COPIED_ROWS; i++) {
        int index = i < 2 ? plan->begin - 2 + i : plan->end + i - 2;

        sweep->copies[i] =
            (Row){(Mass *)NEXT, (const Mass *)strip->bed + flow_at(strip, index, 0), NEXT, NEXT};
    }
#undef NEXT
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
#ifdef FLOW_DOUBLE
    const int shift = 0;
#else
    const int shift = plan->stage > 0 ? 1 : 0;
#endif
    double ratio = 0.5 * plan->dt / strip->cell, unit = strip->unit;

    return (RowStep){.unit = (Real)unit,
                     .gravity = (Real)(FLOW_GRAVITY * unit),
                     .celerity = (Real)sqrt(FLOW_GRAVITY * unit),
                     .ratio = (Real)ratio,
                     .emit = (Real)(shift ? ratio / 2 : ratio),
                     .dither = (Real)fmin(plan->dither, 0x1.fffffep-1),
                     .reach = (Real)(shift ? ratio : 2 * ratio),
                     .share = (Real)((shift ? 0.125 : 0.25) * FLOW_GIVEN),
                     .spread = (Real)(FLOW_SPREAD * strip->cell / plan->dt),
                     .shift = shift,
                     .dry = (Mass)(strip->dry / unit)};
}

FLOW_INLINE Row row_from(Row row, int i)
{
    return (Row){row.depth + i, row.bed + i, row.u + i, row.w + i};
}
FLOW_INLINE Slopes slopes_from(Slopes s, int i)
{
    return (Slopes){s.level + i, s.depth + i, s.u + i, s.w + i, s.wet + i};
}
FLOW_INLINE Cells cells_from(Cells cells, int i)
{
    return (Cells){cells.depth + i, cells.room + i, slopes_from(cells.slopes, i)};
}
FLOW_INLINE Changes changes_from(Changes c, int i)
{
    return (Changes){c.level + i, c.along + i};
}
FLOW_INLINE Faces faces_from(Faces f, int i)
{
    return (Faces){f.mass + i, f.left + i, f.right + i, f.tangential + i};
}

/* Waves and fluxes at faces whose depths are there. */
FLOW_INLINE void finish_faces(Sweep *sweep, Normals n, Normals t, Givers from, Faces out,
                              int groups)
{
    Between between = sweep->between;
    const RowStep *step = &sweep->step;

    if (sweep->strip->order == 1) {
        row_waves(n, between, groups, step, 1);
        if (row_fluxes(n, t, from, between, out, groups, step, 1, false))
            row_fluxes(n, t, from, between, out, groups, step, 1, true);
    } else {
        row_waves(n, between, groups, step, 2);
        if (row_fluxes(n, t, from, between, out, groups, step, 2, false))
            row_fluxes(n, t, from, between, out, groups, step, 2, true);
    }
}

/* From column `i` on: what is known of the row below `row`, and the faces between both. */
FLOW_INLINE void faces_down(Sweep *sweep, int row, int i, int groups)
{
    Row a = row_from(old_row(sweep, row), i), b = row_from(old_row(sweep, row + 1), i);
    Row c = row_from(old_row(sweep, row + 2), i);
    Cells here = cells_from(sweep->here, i), next = cells_from(sweep->next, i);
    Changes down = changes_from(sweep->down, i);
    Slopes s = here.slopes, n = next.slopes;

    if (sweep->strip->order == 1) {
        row_down(b, c, here, next, down, sweep->between, groups, &sweep->step);
    } else {
        row_down_limited(b, c, here, next, down, sweep->between, groups, &sweep->step);
        row_velocities(a.u, b.u, c.u, a.w, b.w, c.w, n, groups);
    }
    finish_faces(sweep, (Normals){a.w, b.w, s.w, n.w}, (Normals){a.u, b.u, s.u, n.u},
                 (Givers){here.depth, next.depth, here.room, next.room},
                 faces_from(sweep->bottom, i), groups);
}

/* From column `i` of the row, which is at `at` in the chunk. */
FLOW_INLINE void changes_across(Sweep *sweep, Row row, int i, int at, int groups)
{
    Row b = row_from(row, i);

    row_changes(b.depth - 1, b.depth, b.bed - 1, b.bed, changes_from(sweep->across, at), groups);
}

FLOW_INLINE void slopes_across(Sweep *sweep, Row row, int i, int at, int groups)
{
    const Real *depth = sweep->here.depth + i, *u = row.u + i, *w = row.w + i;
    Changes changes = changes_from(sweep->across, at);
    Slopes slopes = slopes_from(sweep->sx, at);

    if (sweep->strip->order == 1) {
        row_slopes_across(depth, changes, slopes, groups, 1);
    } else {
        row_slopes_across(depth, changes, slopes, groups, 2);
        row_velocities(u - 1, u, u + 1, w - 1, w, w + 1, slopes, groups);
    }
}

/* Faces at the left of the cells. */
FLOW_INLINE void faces_across(Sweep *sweep, Row row, int i, int at, int groups)
{
    Row b = row_from(row, i);
    const Real *depth = sweep->here.depth + i, *room = sweep->here.room + i;
    Changes changes = changes_from(sweep->across, at);
    Slopes s = slopes_from(sweep->sx, at);

    if (sweep->strip->order == 1)
        row_depths_across(depth, changes, s, sweep->between, groups, 1);
    else
        row_depths_across(depth, changes, s, sweep->between, groups, 2);
    finish_faces(sweep, (Normals){b.u - 1, b.u, s.u - 1, s.u},
                 (Normals){b.w - 1, b.w, s.w - 1, s.w}, (Givers){depth - 1, depth, room - 1, room},
                 faces_from(sweep->x, at), groups);
}

FLOW_INLINE void carry(Real *array, int groups)
{
    memcpy(array, array + groups * GROUP, GROUP * sizeof *array);
}

/* The next chunk begins `groups` later: what is known beyond the last one goes to its beginning. */
FLOW_INLINE void carry_across(Sweep *sweep, int groups)
{
    Changes c = changes_from(sweep->across, GROUP);
    Slopes s = sweep->sx;

    carry(c.level, groups);
    carry(c.along, groups);
    carry((Real *)sweep->x.mass, groups);
    carry(sweep->x.left, groups);
    carry(sweep->x.right, groups);
    carry(sweep->x.tangential, groups);
    carry(s.level, groups);
    if (sweep->strip->order == 1)
        return;
    carry(s.depth, groups);
    carry(s.u, groups);
    carry(s.w, groups);
}

static int groups_of(int columns)
{
    return (columns + GROUP - 1) / GROUP;
}

FLOW_INLINE Real update(Sweep *sweep, int row, int i, int count)
{
    FlowStrip *strip = sweep->plan->strip;
    Row now = row_from(row_of(strip, sweep->from, row), i);
    Row out = row_from(row_of(strip, sweep->to, row), i);
    Row first = row_from(row_of(strip, &strip->now, row), i);
    Cells here = cells_from(sweep->here, i);
    Between between = sweep->between;
    const RowStep *step = &sweep->step;
    int groups = groups_of(count);

    row_balance(now, sweep->x, faces_from(sweep->top, i), faces_from(sweep->bottom, i), here.depth,
                sweep->sx.level, here.slopes.level, sweep->rain + i, between, groups, step);
    row_friction(sweep->drag + i, between, groups, step);
    return sweep->plan->stage == 0   ? row_settle(between, out, first, count, step, 0)
           : sweep->plan->stage == 1 ? row_settle(between, out, first, count, step, 1)
                                     : row_settle(between, out, first, count, step, 2);
}

/* Before the cells from `from` to `to` of the row, beside which all is dry or beyond a side: what
 * their first chunk needs of the columns before it, and the two columns on both sides. */
static void begin_across(Sweep *sweep, int row, int from, int to)
{
    Row b = old_row(sweep, row);

    row_depths(b.depth, sweep->here.depth, from - 2, from, &sweep->step);
    row_depths(b.depth, sweep->here.depth, to, to + GROUP, &sweep->step);
    row_rooms(b, sweep->here, from - 2, from, &sweep->step, sweep->strip->order);
    row_rooms(b, sweep->here, to, to + GROUP, &sweep->step, sweep->strip->order);
    changes_across(sweep, b, from - GROUP, -GROUP, 3);
    slopes_across(sweep, b, from - GROUP, -GROUP, 2);
    faces_across(sweep, b, from, 0, 1);
    flow_edge_west(sweep->plan, row, from, b, sweep->sx.depth, sweep->x, &sweep->step);
}

/* What becomes of `count` cells from column `i` on. Returns as row_settle() does. */
static Real chunk_across(Sweep *sweep, int row, int i, int count)
{
    Row b = old_row(sweep, row);
    int groups = groups_of(count);
    Real speed;

    changes_across(sweep, b, i + 2 * GROUP, 2 * GROUP, groups);
    slopes_across(sweep, b, i + GROUP, GROUP, groups);
    faces_across(sweep, b, i + GROUP, GROUP, groups);
    flow_edge_east(sweep->plan, row, i, count, b, sweep->sx.depth, sweep->x, &sweep->step);
    speed = update(sweep, row, i, count);
    carry_across(sweep, groups);
    return speed;
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

static int chunk_from(int from, int to)
{
    return to - from < CHUNK ? to - from : CHUNK;
}

/* The faces below `count` cells from column `i` on. */
static void chunk_down(Sweep *sweep, int row, int i, int count)
{
    const FlowStrip *strip = sweep->strip;

    faces_down(sweep, row, i, groups_of(count));
    if (row == -1 && strip->first_row == 0)
        flow_edge_row(sweep->plan, FLOW_NORTH, i, count, row_of(strip, sweep->from, 0),
                      sweep->next.slopes.depth, sweep->bottom, &sweep->step);
    if (row == strip->rows - 1 && strip->first_row + strip->rows == strip->all_rows)
        flow_edge_row(sweep->plan, FLOW_SOUTH, i, count, row_of(strip, sweep->from, row),
                      sweep->here.slopes.depth, sweep->bottom, &sweep->step);
}

/* The row below becomes the row at work. */
static void go_down(Sweep *sweep)
{
    Cells cells = sweep->here;
    Faces faces = sweep->top;

    sweep->here = sweep->next;
    sweep->next = cells;
    sweep->top = sweep->bottom;
    sweep->bottom = faces;
}

/* The next columns whose faces below `row` count: those of the cells above and below, whose slopes
 * reach a row further. */
static bool next_run_below(const FlowStrip *strip, int row, int *from, int *to)
{
    return next_run(strip, own_row(strip, row), own_row(strip, row + 3), from, to);
}

static void faces_below(Sweep *sweep, int row)
{
    go_down(sweep);
    for (int from = 0, to; next_run_below(sweep->strip, row, &from, &to); from = to)
        for (int i = from; i < to; i += CHUNK)
            chunk_down(sweep, row, i, chunk_from(i, to));
}

/* What becomes of a row, and the faces below it: chunk by chunk, so that the latter are still in
 * the nearest cache. Where fewer cells change than have faces, all faces come first. */
static Real run_row(Sweep *sweep, int row)
{
    Real speed = 0;

    for (int from = 0, to; next_run_below(sweep->strip, row, &from, &to); from = to) {
        int first = from, last = to;
        bool together =
            next_run(sweep->strip, row, row, &first, &last) && first == from && last == to;

        if (together)
            begin_across(sweep, row, from, to);
        for (int i = from; i < to; i += CHUNK) {
            chunk_down(sweep, row, i, chunk_from(i, to));
            if (together)
                speed = real_max(speed, chunk_across(sweep, row, i, chunk_from(i, to)));
        }
        for (first = from;
             !together && next_run(sweep->strip, row, row, &first, &last) && first < to;
             first = last) {
            begin_across(sweep, row, first, last);
            for (int i = first; i < last; i += CHUNK)
                speed = real_max(speed, chunk_across(sweep, row, i, chunk_from(i, last)));
        }
    }
    return speed;
}

/* What the first row needs of the two before it. */
static void begin_rows(Sweep *sweep)
{
    const FlowStrip *strip = sweep->strip;
    int row = sweep->plan->begin - 2;
    Row a = old_row(sweep, row), b = old_row(sweep, row + 1);

    row_depths(a.depth, sweep->next.depth, 0, strip->columns, &sweep->step);
    row_rooms(a, sweep->next, 0, strip->columns, &sweep->step, sweep->strip->order);
    row_changes(a.depth, b.depth, a.bed, b.bed, sweep->down, groups_of(strip->columns));
    faces_below(sweep, row);
    faces_below(sweep, row + 1);
}

/* What stands by itself in each cell, while the row is near. */
static void finish_row(const FlowSweep *plan, int row)
{
    if (plan->stage == 1)
        return;
    if (plan->strip->soil.rate)
        flow_soak(plan->strip, row, plan->time, plan->dt, plan->dither);
    if (plan->sample)
        flow_keep_maxima(plan->strip, row, plan->time + plan->dt, plan->since, FLOW_FLOODED);
}

void flow_sweep(FlowSweep *plan)
{
    Sweep sweep = {0};
    FlowStrip *strip = plan->strip;
    unsigned rounding = flow_flush_begin();
    Real speed = 0;

    lay_out(&sweep, plan);
    sweep.step = step_of(plan);
    begin_rows(&sweep);
    for (int row = plan->begin; row < plan->end; row++) {
        go_down(&sweep);
        flow_fill_row(plan->strip, sweep.from, row, plan->edges);
        flow_fall_row(plan, row, sweep.step.shift, sweep.rain);
        if (row == plan->begin || strip->drag)
            flow_drag_row(plan, row, sweep.drag);
        speed = real_max(speed, run_row(&sweep, row));
        finish_row(plan, row);
    }
    plan->speed = (double)speed;
    flow_flush_end(rounding);
}
