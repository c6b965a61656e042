/* SPDX-License-Identifier: EUPL-1.2 */
/* Gaps, overlaps and rows that can never fire.
 *
 * Each input's values are cut into segments at every value a rule names: for ordered
 * inputs the points and the open stretches between them, for truths and enumerations the
 * values. A rule covers a set of segments of each input, so the questions become ones
 * about boxes in a grid. Cells that compare with other names or compute are not
 * understood; a rule with such a cell counts as "perhaps": it fills gaps, but neither
 * overlaps nor hides another rule. */
#include "feel/table.h"

#include "base/buf.h"
#include "base/vec.h"
#include "feel/type.h"

#include <stdlib.h>

enum { MAX_SEGMENTS = 2048, MAX_WARNINGS = 100, MAX_WORK = 200000 };

typedef struct Segment {
    FeelValue low;  /* a point: low; null: from the beginning */
    FeelValue high; /* a stretch between, both excluded; null: to the end */
    bool point;
    bool other; /* texts that no rule names */
} Segment;

typedef struct Column {
    Segment *items;
    size_t count;
    size_t capacity;
} Column;

typedef struct WarningList {
    FeelWarning *items;
    size_t count;
    size_t capacity;
} WarningList;

typedef struct Analysis {
    Arena *arena;
    const FeelTable *table;
    Column *columns;
    bool ***covers; /* [rule][input][segment] */
    bool *perhaps;  /* [rule]: has a cell that is not understood */
    size_t **left;  /* [input]: scratch of the search */
    size_t work;
    WarningList warnings;
} Analysis;

/* --- What cells say ----------------------------------------------------------------------- */

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

/* Every value a cell names; false when the cell is not understood. */
static bool cell_ends(Analysis *a, const Term *cell, Column *ends)
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
            VEC_PUSH(a->arena, ends, (Segment){.low = range.low, .point = true});
        if (range.high.kind != FEEL_NULL)
            VEC_PUSH(a->arena, ends, (Segment){.low = range.high, .point = true});
    }
    return true;
}

/* --- Segments -------------------------------------------------------------------------------- */

static bool ordered(const FeelType *type)
{
    return type && (type->kind == FEEL_NUMBER ||
                    (type->kind >= FEEL_DATE && type->kind <= FEEL_MONTHS_DURATION));
}

static int by_value(const void *x, const void *y)
{
    int order = 0;

    (void)value_order(((const Segment *)x)->low, ((const Segment *)y)->low, &order);
    return order;
}

static void drop_twins(Column *column)
{
    size_t kept = 0, steps = 0;

    for (size_t i = 0; i < column->count; i++)
        if (kept == 0 ||
            value_equal(column->items[kept - 1].low, column->items[i].low, &steps) != YES)
            column->items[kept++] = column->items[i];
    column->count = kept;
}

/* Points become points and the stretches around them. */
static Column stretches(Analysis *a, const Column *points)
{
    Column result = {0};
    FeelValue before = VALUE_NULL;

    for (size_t i = 0; i < points->count; i++) {
        FeelValue at = points->items[i].low;
        VEC_PUSH(a->arena, &result, (Segment){.low = before, .high = at});
        VEC_PUSH(a->arena, &result, points->items[i]);
        before = at;
    }
    VEC_PUSH(a->arena, &result, (Segment){.low = before, .high = VALUE_NULL});
    return result;
}

/* Between two neighbouring days there is no day, nor a whole number between whole ones. */
static bool empty_stretch(const Segment *s, bool whole)
{
    Number next;

    if (s->point || s->other || s->low.kind == FEEL_NULL || s->high.kind == FEEL_NULL)
        return false;
    if (s->low.kind == FEEL_DATE)
        return s->high.at.day - s->low.at.day <= 1;
    return whole && s->low.kind == FEEL_NUMBER &&
           number_add(s->low.number, number_from_i64(1), &next) &&
           number_compare(next, s->high.number) >= 0;
}

static bool build_column(Analysis *a, size_t input)
{
    const FeelTable *t = a->table;
    const TableInput *in = &t->inputs[input];
    Column points = {0}, *column = &a->columns[input];

    for (size_t i = 0; i < t->rule_count; i++)
        if (!cell_ends(a, t->rules[i].tests[input]->root, &points))
            a->perhaps[i] = true;
    if (in->allowed_count) {
        for (size_t i = 0; i < in->allowed_count; i++)
            VEC_PUSH(a->arena, column, (Segment){.low = in->allowed[i], .point = true});
        return column->count <= MAX_SEGMENTS;
    }
    if (in->type->kind == FEEL_BOOLEAN) {
        VEC_PUSH(a->arena, column, (Segment){.low = value_boolean(true), .point = true});
        VEC_PUSH(a->arena, column, (Segment){.low = value_boolean(false), .point = true});
        return true;
    }
    if (points.count > MAX_SEGMENTS / 2)
        return false;
    if (!ordered(in->type) && in->type->kind != FEEL_STRING) {
        VEC_PUSH(a->arena, column, (Segment){.other = true});
        return points.count == 0;
    }
    if (points.count)
        qsort(points.items, points.count, sizeof *points.items, by_value);
    drop_twins(&points);
    if (in->type->kind == FEEL_STRING) {
        *column = points;
        VEC_PUSH(a->arena, column, (Segment){.other = true});
        return true;
    }
    Column all = stretches(a, &points);
    for (size_t i = 0; i < all.count; i++)
        if (!empty_stretch(&all.items[i], in->whole))
            VEC_PUSH(a->arena, column, all.items[i]);
    return true;
}

/* Is a segment inside a range? Stretches never cross an end. */
static bool segment_inside(const Segment *s, const FeelRange *range)
{
    int order;
    size_t steps = 0;

    if (s->other)
        return false;
    if (s->point) /* truths have no order: by equality */
        return range_contains(range, s->low) == YES ||
               (range->low_closed && value_equal(range->low, s->low, &steps) == YES);
    if (range->low.kind != FEEL_NULL &&
        (s->low.kind == FEEL_NULL || !value_order(s->low, range->low, &order) || order < 0))
        return false;
    return range->high.kind == FEEL_NULL ||
           (s->high.kind != FEEL_NULL && value_order(s->high, range->high, &order) && order <= 0);
}

static void cover_cell(const Term *cell, const Column *column, bool *covers)
{
    FeelRange range;

    for (size_t s = 0; s < column->count; s++) {
        bool inside = always(cell);
        if (cell->op == TERM_TESTS) {
            for (size_t i = 0; i < cell->count && !inside; i++)
                inside = simple_range(cell->items[i], &range) &&
                         segment_inside(&column->items[s], &range);
            inside = inside != cell->negated;
        }
        covers[s] = inside;
    }
}

static void build_covers(Analysis *a)
{
    const FeelTable *t = a->table;

    a->covers = arena_array(a->arena, bool **, t->rule_count);
    for (size_t r = 0; r < t->rule_count; r++) {
        a->covers[r] = arena_array(a->arena, bool *, t->input_count);
        for (size_t i = 0; i < t->input_count; i++) {
            const Term *cell = t->rules[r].tests[i]->root;
            Column none = {0};
            bool *covers = arena_array(a->arena, bool, a->columns[i].count);
            a->covers[r][i] = covers;
            if (cell_ends(a, cell, &none))
                cover_cell(cell, &a->columns[i], covers);
            else
                memset(covers, true, a->columns[i].count);
        }
    }
}

/* --- Warnings -----------------------------------------------------------------------------------
 */

static void warn(Analysis *a, int line, int column, Str message)
{
    if (a->warnings.count < MAX_WARNINGS)
        VEC_PUSH(a->arena, &a->warnings, (FeelWarning){a->table->file, line, column, message});
}

static void describe_segment(Buf *out, const TableInput *input, const Segment *s)
{
    buf_addf(out, "%.*s", STR_ARG(input->text));
    if (s->other) {
        buf_add_c(out, " of another value");
    } else if (s->point) {
        bool quoted = s->low.kind == FEEL_STRING;
        buf_addf(out, " = %s%.*s%s", quoted ? "\"" : "", STR_ARG(feel_to_text(out->arena, &s->low)),
                 quoted ? "\"" : "");
    } else if (s->low.kind == FEEL_NULL && s->high.kind == FEEL_NULL) {
        buf_add_c(out, " of any value");
    } else {
        if (s->low.kind != FEEL_NULL)
            buf_addf(out, " > %.*s", STR_ARG(feel_to_text(out->arena, &s->low)));
        if (s->high.kind != FEEL_NULL)
            buf_addf(out, "%s < %.*s", s->low.kind != FEEL_NULL ? " and" : "",
                     STR_ARG(feel_to_text(out->arena, &s->high)));
    }
}

static Str describe_point(Analysis *a, const size_t *segments)
{
    Buf out = buf_in(a->arena);

    for (size_t i = 0; i < a->table->input_count; i++) {
        if (i)
            buf_add_c(&out, ", ");
        describe_segment(&out, &a->table->inputs[i], &a->columns[i].items[segments[i]]);
    }
    return buf_str(&out);
}

/* --- Gaps and hidden rows ------------------------------------------------------------------------
 */

/* Find a cell of the grid inside `within` (NULL: anywhere) that none of the rules in
 * `active` covers; `segments` then says where. */
static bool find_uncovered(Analysis *a, bool *const *within, const size_t *active, size_t count,
                           size_t input, size_t *segments)
{
    if (input == a->table->input_count)
        return count == 0;
    size_t *left = a->left[input];
    for (size_t s = 0; s < a->columns[input].count; s++) {
        size_t kept = 0;
        if (within && !within[input][s])
            continue;
        if (++a->work > MAX_WORK)
            return false;
        for (size_t i = 0; i < count; i++)
            if (a->covers[active[i]][input][s])
                left[kept++] = active[i];
        segments[input] = s;
        if (find_uncovered(a, within, left, kept, input + 1, segments))
            return true;
    }
    return false;
}

static void find_gap(Analysis *a)
{
    const FeelTable *t = a->table;
    size_t *active = arena_array(a->arena, size_t, t->rule_count + 1);
    size_t *segments = arena_array(a->arena, size_t, t->input_count + 1);

    for (size_t i = 0; i < t->output_count; i++)
        if (t->outputs[i].otherwise)
            return;
    for (size_t i = 0; i < t->rule_count; i++)
        active[i] = i;
    if (find_uncovered(a, NULL, active, t->rule_count, 0, segments))
        warn(a, t->line, 1,
             str_printf(a->arena, "no rule covers %.*s", STR_ARG(describe_point(a, segments))));
}

/* A row that matches nothing, or nothing that rows before it leave to it. */
static void find_dead_rows(Analysis *a)
{
    const FeelTable *t = a->table;
    size_t *active = arena_array(a->arena, size_t, t->rule_count + 1);
    size_t *segments = arena_array(a->arena, size_t, t->input_count + 1);
    size_t count = 0;

    for (size_t r = 0; r < t->rule_count; r++) {
        size_t before = t->hit == HIT_FIRST ? count : 0;
        if (a->perhaps[r])
            continue;
        a->work = 0;
        bool alive = find_uncovered(a, a->covers[r], active, before, 0, segments);
        if (!alive && a->work <= MAX_WORK)
            warn(a, t->rules[r].line, t->rules[r].column,
                 str_printf(a->arena,
                            before && find_uncovered(a, a->covers[r], active, 0, 0, segments)
                                ? "row %zu never fires: the rows above cover it"
                                : "row %zu never fires: no value passes its tests",
                            r + 1));
        active[count++] = r;
    }
}

/* --- Overlaps
 * --------------------------------------------------------------------------------------- */

static bool overlap(Analysis *a, size_t x, size_t y, size_t *segments)
{
    for (size_t i = 0; i < a->table->input_count; i++) {
        size_t s = 0;
        while (s < a->columns[i].count && !(a->covers[x][i][s] && a->covers[y][i][s]))
            s++;
        if (s == a->columns[i].count)
            return false;
        segments[i] = s;
    }
    return true;
}

static bool same_results(const TableRule *x, const TableRule *y, size_t count)
{
    size_t steps = 0;

    for (size_t i = 0; i < count; i++) {
        const Term *a = x->results[i]->root, *b = y->results[i]->root;
        if (a->op != TERM_CONSTANT || b->op != TERM_CONSTANT ||
            value_equal(a->constant, b->constant, &steps) != YES)
            return false;
    }
    return true;
}

/* Only unique tables forbid that two rows match; "any" allows it for equal results. */
static void find_overlaps(Analysis *a)
{
    const FeelTable *t = a->table;
    size_t *segments = arena_array(a->arena, size_t, t->input_count + 1);

    if (t->hit != HIT_UNIQUE && t->hit != HIT_ANY)
        return;
    for (size_t x = 0; x < t->rule_count; x++) {
        for (size_t y = x + 1; y < t->rule_count; y++) {
            if (a->perhaps[x] || a->perhaps[y] || !overlap(a, x, y, segments) ||
                (t->hit == HIT_ANY && same_results(&t->rules[x], &t->rules[y], t->output_count)))
                continue;
            warn(a, t->rules[y].line, t->rules[y].column,
                 str_printf(a->arena, "rows %zu and %zu both match %.*s", x + 1, y + 1,
                            STR_ARG(describe_point(a, segments))));
        }
    }
}

size_t feel_table_analyse(const FeelTable *table, Arena *arena, FeelWarning **out)
{
    Analysis a = {.arena = arena, .table = table};
    bool understood = true;

    a.columns = arena_array(arena, Column, table->input_count);
    a.perhaps = arena_array(arena, bool, table->rule_count);
    a.left = arena_array(arena, size_t *, table->input_count);
    for (size_t i = 0; i < table->input_count; i++) {
        understood = build_column(&a, i) && understood;
        a.left[i] = arena_array(arena, size_t, table->rule_count + 1);
    }
    if (understood) {
        build_covers(&a);
        find_gap(&a);
        find_dead_rows(&a);
        find_overlaps(&a);
    }
    *out = a.warnings.items;
    return a.warnings.count;
}
