/* SPDX-License-Identifier: EUPL-1.2 */
/* Gaps, overlaps and rows that can never fire.
 *
 * A rule covers a set of segments of each input, so the questions become ones about boxes
 * in a grid. A rule with a cell that is not understood counts as "perhaps": it fills
 * gaps, but neither overlaps nor hides another rule. */
#include "feel/table_cells.h"

#include "base/buf.h"
#include "base/vec.h"
#include "feel/type.h"

enum { MAX_SEGMENTS = 2048, MAX_WARNINGS = 100, MAX_WORK = 200000 };

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

/* --- Segments -------------------------------------------------------------------------------- */

static bool ordered(const FeelType *type)
{
    return type && (type->kind == FEEL_NUMBER ||
                    (type->kind >= FEEL_DATE && type->kind <= FEEL_MONTHS_DURATION));
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
        if (!cell_points(a->arena, t->rules[i].tests[input]->root, &points))
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
    points_sort(&points);
    if (in->type->kind == FEEL_STRING) {
        *column = points;
        VEC_PUSH(a->arena, column, (Segment){.other = true});
        return true;
    }
    Column all = points_stretches(a->arena, &points);
    for (size_t i = 0; i < all.count; i++)
        if (!empty_stretch(&all.items[i], in->whole))
            VEC_PUSH(a->arena, column, all.items[i]);
    return true;
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
            bool understood = cell_points(a->arena, cell, &none);
            for (size_t k = 0; k < a->columns[i].count; k++)
                covers[k] = !understood || cell_covers(cell, &a->columns[i].items[k]);
        }
    }
}

/* --- Warnings -----------------------------------------------------------------------------------
 */

static void warn(Analysis *a, bool error, int line, int column, Str message)
{
    if (a->warnings.count < MAX_WARNINGS)
        VEC_PUSH(a->arena, &a->warnings,
                 (FeelWarning){a->table->file, line, column, message, error});
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
        warn(a, false, t->line, 1,
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
        size_t before = t->hit == FEEL_HIT_FIRST ? count : 0;
        if (a->perhaps[r])
            continue;
        a->work = 0;
        bool alive = find_uncovered(a, a->covers[r], active, before, 0, segments);
        if (!alive && a->work <= MAX_WORK)
            warn(a, true, t->rules[r].line, t->rules[r].column,
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

    if (t->hit != FEEL_HIT_UNIQUE && t->hit != FEEL_HIT_ANY)
        return;
    for (size_t x = 0; x < t->rule_count; x++) {
        for (size_t y = x + 1; y < t->rule_count; y++) {
            if (a->perhaps[x] || a->perhaps[y] || !overlap(a, x, y, segments) ||
                (t->hit == FEEL_HIT_ANY &&
                 same_results(&t->rules[x], &t->rules[y], t->output_count)))
                continue;
            warn(a, t->hit == FEEL_HIT_UNIQUE, t->rules[y].line, t->rules[y].column,
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
