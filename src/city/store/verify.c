/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading everything once. Footers, the state and the logs were checked at opening; here are the
 * bodies of all blocks, and whether what their heads promise is so. */
#include "city/store/internal.h"

typedef struct Check {
    ObsFault *fault;
    void *context;
    const ObsSegment *segment;
    uint32_t series;
    bool clean;
} Check;

static void tell(Check *check, uint64_t offset, const char *what)
{
    check->clean = false;
    check->fault(check->context, check->segment->path, offset, check->series, what);
}

/* Bit for bit: it may be NaN. */
static bool same_number(double a, double b)
{
    uint64_t left, right;

    memcpy(&left, &a, sizeof left);
    memcpy(&right, &b, sizeof right);
    return left == right;
}

/* Encoded again, the columns give the same head: all its figures are true. */
static bool same_head(const ObsHead *head, uint32_t series, const ObsColumns *columns, Arena *arena)
{
    Buf heads = buf_in(arena), bodies = buf_in(arena);
    ObsHead again;

    obs_block_put(&heads, &bodies, series, columns, arena);
    Bytes in = bytes_in(buf_str(&heads));
    if (!obs_head_get(&in, &again))
        return false;
    return again.count == head->count && again.numbers == head->numbers &&
           again.low_ordinal == head->low_ordinal && again.high_ordinal == head->high_ordinal &&
           same_number(again.first, head->first) && same_number(again.last, head->last) &&
           same_number(again.min, head->min) && same_number(again.max, head->max) &&
           same_number(again.sum, head->sum) && again.min_time == head->min_time &&
           again.max_time == head->max_time &&
           memcmp(again.statuses, head->statuses, sizeof again.statuses) == 0;
}

static void check_series(Check *check, const ObsSegmentSeries *series, Arena *arena)
{
    ObsBlockWalk walk;
    int64_t last = INT64_MIN;
    Err err = {0};

    obs_walk_begin(&walk, check->segment, series);
    while (obs_walk_next(&walk, &err)) {
        uint64_t offset = (uint64_t)(walk.body.ptr - check->segment->bytes.ptr);
        ObsColumns columns;

        if (walk.head.first_time < last)
            tell(check, offset, "the blocks of the series are not in order");
        last = walk.head.first_time;
        if (!obs_block_get(&walk.head, series->series, walk.body, &columns, arena, &err))
            tell(check, offset, err.message);
        else if (!same_head(&walk.head, series->series, &columns, arena))
            tell(check, offset, "the head of a block does not say what is in it");
        arena_reset(arena);
    }
    if (err.kind != ERR_NONE && walk.done < series->blocks)
        tell(check, check->segment->footer.heads_at + series->heads, err.message);
}

bool obs_verify(ObsStore *store, ObsFault *fault, void *context)
{
    Check check = {.fault = fault, .context = context, .clean = true};
    Arena *arena = arena_create(1 << 18);

    pthread_mutex_lock(&store->lock);
    ObsView *view = obs_view_hold(store->view);
    pthread_mutex_unlock(&store->lock);
    for (size_t i = 0; i < view->count; i++) {
        check.segment = view->segments[i];
        for (uint64_t k = 0; k < check.segment->footer.series; k++) {
            check.series = check.segment->series[k].series;
            check_series(&check, &check.segment->series[k], arena);
        }
    }
    obs_view_release(view);
    arena_destroy(arena);
    return check.clean;
}
