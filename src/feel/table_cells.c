/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/table_cells.h"

#include "base/vec.h"

#include <stdlib.h>

/* A test as a range of values, when it is that simple. */
static bool simple_range(const Term *test, FeelRange *out)
{
    *out = (FeelRange){VALUE_NULL, VALUE_NULL, false, false};
    if (test->op == TERM_TEST && !test->is_truth && test->a->op == TERM_CONSTANT) {
        FeelValue value = test->a->constant;
        if (value.kind == FEEL_RANGE)
            *out = *value.range;
        else if (value.kind == FEEL_LIST || value.kind == FEEL_CONTEXT || value.kind == FEEL_NULL)
            return false;
        else
            *out = (FeelRange){value, value, true, true};
        return true;
    }
    if (test->op < TERM_EQUAL || test->op > TERM_GREATER_EQUAL || test->op == TERM_NOT_EQUAL ||
        test->b->op != TERM_CONSTANT || test->b->constant.kind == FEEL_NULL)
        return false;
    FeelValue end = test->b->constant;
    if (test->op != TERM_GREATER && test->op != TERM_GREATER_EQUAL)
        out->high = end;
    if (test->op != TERM_LESS && test->op != TERM_LESS_EQUAL)
        out->low = end;
    out->low_closed = test->op == TERM_GREATER_EQUAL || test->op == TERM_EQUAL;
    out->high_closed = test->op == TERM_LESS_EQUAL || test->op == TERM_EQUAL;
    return true;
}

static bool always(const Term *cell)
{
    return cell->op == TERM_CONSTANT && value_is_true(cell->constant);
}

bool cell_points(Arena *arena, const Term *cell, Column *points)
{
    FeelRange range;

    if (always(cell))
        return true;
    if (cell->op != TERM_TESTS)
        return false;
    for (size_t i = 0; i < cell->count; i++) {
        if (!simple_range(cell->items[i], &range))
            return false;
        if (range.low.kind != FEEL_NULL)
            VEC_PUSH(arena, points, (Segment){.low = range.low, .point = true});
        if (range.high.kind != FEEL_NULL)
            VEC_PUSH(arena, points, (Segment){.low = range.high, .point = true});
    }
    return true;
}

/* By value; truths, which have no order in FEEL, with false first. */
static int by_value(const void *x, const void *y)
{
    FeelValue a = ((const Segment *)x)->low, b = ((const Segment *)y)->low;
    int order = 0;

    if (a.kind == FEEL_BOOLEAN && b.kind == FEEL_BOOLEAN)
        return a.boolean - b.boolean;
    (void)value_order(a, b, &order);
    return order;
}

void points_sort(Column *points)
{
    size_t kept = 0, steps = 0;

    if (points->count)
        qsort(points->items, points->count, sizeof *points->items, by_value);
    for (size_t i = 0; i < points->count; i++)
        if (kept == 0 ||
            value_equal(points->items[kept - 1].low, points->items[i].low, &steps) != YES)
            points->items[kept++] = points->items[i];
    points->count = kept;
}

Column points_stretches(Arena *arena, const Column *points)
{
    Column result = {0};
    FeelValue before = VALUE_NULL;

    for (size_t i = 0; i < points->count; i++) {
        FeelValue at = points->items[i].low;
        VEC_PUSH(arena, &result, (Segment){.low = before, .high = at});
        VEC_PUSH(arena, &result, points->items[i]);
        before = at;
    }
    VEC_PUSH(arena, &result, (Segment){.low = before, .high = VALUE_NULL});
    return result;
}

/* Is a segment inside a range? Stretches never cross an end. */
static bool segment_inside(const Segment *s, const FeelRange *range)
{
    int order;
    size_t steps = 0;

    if (s->other)
        return false;
    if (s->point) {
        Truth contains = range_contains(range, s->low);
        /* Truths have no order: by equality. */
        return contains == YES || (contains == UNKNOWN && range->low_closed &&
                                   value_equal(range->low, s->low, &steps) == YES);
    }
    if (range->low.kind != FEEL_NULL &&
        (s->low.kind == FEEL_NULL || !value_order(s->low, range->low, &order) || order < 0))
        return false;
    return range->high.kind == FEEL_NULL ||
           (s->high.kind != FEEL_NULL && value_order(s->high, range->high, &order) && order <= 0);
}

bool cell_covers(const Term *cell, const Segment *segment)
{
    FeelRange range;
    bool inside = always(cell);

    if (cell->op != TERM_TESTS)
        return inside;
    for (size_t i = 0; i < cell->count && !inside; i++)
        inside = simple_range(cell->items[i], &range) && segment_inside(segment, &range);
    return inside != cell->negated;
}
