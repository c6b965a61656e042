/* SPDX-License-Identifier: EUPL-1.2 */
#include "feel/table_grid.h"

#include "base/buf.h"
#include "base/vec.h"
#include "feel/type.h"

enum { MAX_SEGMENTS = 2048 };

/* --- Segments ------------------------------------------------------------------------------------
 */

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

static bool refuse(const Grid *g, const TableInput *input, const char *why, Str *out)
{
    *out = str_printf(
        g->arena, "gaps, overlaps and rows that never fire are not looked for: the input %.*s %s",
        STR_ARG(input->text), why);
    return false;
}

/* The column of an input whose values are listed. */
static void list_values(Grid *g, const TableInput *in, Column *column)
{
    for (size_t i = 0; i < in->allowed_count; i++)
        VEC_PUSH(g->arena, column, (Segment){.low = in->allowed[i], .point = true});
    if (in->allowed_count)
        return;
    VEC_PUSH(g->arena, column, (Segment){.low = value_boolean(true), .point = true});
    VEC_PUSH(g->arena, column, (Segment){.low = value_boolean(false), .point = true});
}

static bool build_column(Grid *g, size_t input, Str *why)
{
    const FeelTable *t = g->table;
    const TableInput *in = &t->inputs[input];
    Column points = {0}, *column = &g->columns[input];

    for (size_t i = 0; i < t->rule_count; i++)
        if (!cell_points(g->arena, t->rules[i].tests[input]->root, &points))
            g->perhaps[i] = true;
    if (in->allowed_count > MAX_SEGMENTS)
        return refuse(g, in, "has too many values", why);
    if (in->allowed_count || in->type->kind == FEEL_BOOLEAN) {
        list_values(g, in, column);
        return true;
    }
    if (!ordered(in->type) && in->type->kind != FEEL_STRING) {
        VEC_PUSH(g->arena, column, (Segment){.other = true});
        return points.count == 0 || refuse(g, in, "has no type: give it one", why);
    }
    points_sort(&points);
    if (points.count > MAX_SEGMENTS / 2)
        return refuse(g, in, "is compared with too many values", why);
    if (in->type->kind == FEEL_STRING) {
        *column = points;
        VEC_PUSH(g->arena, column, (Segment){.other = true});
        return true;
    }
    Column all = points_stretches(g->arena, &points);
    for (size_t i = 0; i < all.count; i++)
        if (!empty_stretch(&all.items[i], in->whole))
            VEC_PUSH(g->arena, column, all.items[i]);
    return true;
}

static void note_wide(Grid *g, size_t rule)
{
    size_t inputs = g->table->input_count;
    bool *wide = arena_array(g->arena, bool, inputs + 1);

    wide[inputs] = true;
    for (size_t i = inputs; i-- > 0;) {
        wide[i] = wide[i + 1];
        for (size_t s = 0; wide[i] && s < g->columns[i].count; s++)
            wide[i] = g->covers[rule][i][s];
    }
    g->wide[rule] = wide;
}

static void build_covers(Grid *g)
{
    const FeelTable *t = g->table;

    g->wide = arena_array(g->arena, bool *, t->rule_count + GRID_MAX_GAPS);
    g->covers = arena_array(g->arena, bool **, t->rule_count + GRID_MAX_GAPS);
    for (size_t r = 0; r < t->rule_count; r++) {
        g->covers[r] = arena_array(g->arena, bool *, t->input_count);
        for (size_t i = 0; i < t->input_count; i++) {
            const Term *cell = t->rules[r].tests[i]->root;
            Column none = {0};
            bool *covers = arena_array(g->arena, bool, g->columns[i].count);
            g->covers[r][i] = covers;
            bool understood = cell_points(g->arena, cell, &none);
            for (size_t k = 0; k < g->columns[i].count; k++)
                covers[k] = !understood || cell_covers(cell, &g->columns[i].items[k]);
        }
        note_wide(g, r);
    }
}

Grid *grid_build(Arena *arena, const FeelTable *table, Str *why)
{
    Grid *g = arena_new(arena, Grid);
    bool understood = true;

    g->arena = arena;
    g->table = table;
    g->columns = arena_array(arena, Column, table->input_count);
    g->perhaps = arena_array(arena, bool, table->rule_count);
    g->left = arena_array(arena, size_t *, table->input_count);
    for (size_t i = 0; i < table->input_count; i++) {
        understood = build_column(g, i, why) && understood;
        g->left[i] = arena_array(arena, size_t, table->rule_count + GRID_MAX_GAPS);
    }
    if (!understood)
        return NULL;
    build_covers(g);
    return g;
}

/* --- Questions -----------------------------------------------------------------------------------
 */

static bool find_from(Grid *g, bool *const *within, const size_t *active, size_t count,
                      size_t input, size_t *segments)
{
    for (size_t i = 0; i < count; i++)
        if (g->wide[active[i]][input])
            return false;
    if (input == g->table->input_count)
        return true;
    size_t *left = g->left[input];
    for (size_t s = 0; s < g->columns[input].count; s++) {
        size_t kept = 0;
        if (within && !within[input][s])
            continue;
        g->work += count + 1;
        if (g->work > GRID_MAX_WORK)
            return false;
        for (size_t i = 0; i < count; i++)
            if (g->covers[active[i]][input][s])
                left[kept++] = active[i];
        segments[input] = s;
        if (find_from(g, within, left, kept, input + 1, segments))
            return true;
    }
    return false;
}

bool grid_find_uncovered(Grid *g, bool *const *within, const size_t *active, size_t count,
                         size_t *segments)
{
    return find_from(g, within, active, count, 0, segments);
}

bool grid_overlap(Grid *g, size_t x, size_t y, size_t *segments)
{
    for (size_t i = 0; i < g->table->input_count; i++) {
        size_t s = 0;
        while (s < g->columns[i].count && !(g->covers[x][i][s] && g->covers[y][i][s]))
            s++;
        g->work += s + 1;
        if (s == g->columns[i].count || grid_gave_up(g))
            return false;
        segments[i] = s;
    }
    return true;
}

/* --- Gaps ----------------------------------------------------------------------------------------
 */

/* Does the rule cover a cell of the box, were the box only this segment of the input? */
static bool meets(const Grid *g, size_t rule, bool *const *box, size_t input, size_t segment)
{
    for (size_t i = 0; i < g->table->input_count; i++) {
        const bool *covers = g->covers[rule][i];
        bool any = i == input && covers[segment];
        for (size_t s = 0; i != input && !any && s < g->columns[i].count; s++)
            any = box[i][s] && covers[s];
        if (!any)
            return false;
    }
    return true;
}

static bool grows_into(const Grid *g, bool *const *box, size_t input, size_t segment)
{
    for (size_t r = 0; r < g->table->rule_count; r++)
        if (meets(g, r, box, input, segment))
            return false;
    return true;
}

static bool has_order(const Grid *g, size_t input)
{
    return ordered(g->table->inputs[input].type) && !g->table->inputs[input].allowed_count;
}

static void grow(const Grid *g, bool *const *box, size_t input, size_t from)
{
    size_t count = g->columns[input].count;
    bool along = has_order(g, input);

    for (size_t s = from + 1; s < count; s++) {
        box[input][s] = grows_into(g, box, input, s);
        if (along && !box[input][s])
            break;
    }
    for (size_t s = from; s-- > 0;) {
        box[input][s] = grows_into(g, box, input, s);
        if (along && !box[input][s])
            break;
    }
}

bool *const *grid_add_gap(Grid *g, const size_t *segments)
{
    size_t inputs = g->table->input_count;
    bool **box = arena_array(g->arena, bool *, inputs);

    for (size_t i = 0; i < inputs; i++) {
        box[i] = arena_array(g->arena, bool, g->columns[i].count);
        box[i][segments[i]] = true;
    }
    for (size_t i = 0; i < inputs; i++)
        grow(g, box, i, segments[i]);
    g->covers[g->table->rule_count + g->gap_count] = box;
    note_wide(g, g->table->rule_count + g->gap_count++);
    return box;
}

/* --- Words ---------------------------------------------------------------------------------------
 */

static void add_value(Buf *out, const FeelValue *value)
{
    const char *quote = value->kind == FEEL_STRING ? "\"" : "";

    buf_addf(out, "%s%.*s%s", quote, STR_ARG(feel_to_text(out->arena, value)), quote);
}

/* From one segment to another, which are the same or have an order. */
static void describe_stretch(Buf *out, const Segment *from, const Segment *to)
{
    const FeelValue *low = &from->low, *high = to->point ? &to->low : &to->high;

    if (from == to && from->point) {
        buf_add_c(out, " = ");
        add_value(out, low);
    } else if (low->kind == FEEL_NULL && high->kind == FEEL_NULL) {
        buf_add_c(out, " of any value");
    } else {
        if (low->kind != FEEL_NULL) {
            buf_add_c(out, from->point ? " >= " : " > ");
            add_value(out, low);
        }
        if (high->kind != FEEL_NULL) {
            buf_addf(out, "%s %s ", low->kind != FEEL_NULL ? " and" : "", to->point ? "<=" : "<");
            add_value(out, high);
        }
    }
}

static void describe_segment(Buf *out, const TableInput *input, const Segment *s)
{
    buf_add(out, input->text);
    if (s->other)
        buf_add_c(out, " of another value");
    else
        describe_stretch(out, s, s);
}

Str grid_describe_cell(const Grid *g, const size_t *segments)
{
    Buf out = buf_in(g->arena);

    for (size_t i = 0; i < g->table->input_count; i++) {
        if (i)
            buf_add_c(&out, ", ");
        describe_segment(&out, &g->table->inputs[i], &g->columns[i].items[segments[i]]);
    }
    return buf_str(&out);
}

/* x = "a" or "b" or another value */
static void describe_set(Buf *out, const Column *column, const bool *in)
{
    const char *before = " = ";

    for (size_t s = 0; s < column->count; s++) {
        if (!in[s])
            continue;
        buf_add_c(out, before);
        if (column->items[s].other)
            buf_add_c(out, "another value");
        else
            add_value(out, &column->items[s].low);
        before = " or ";
    }
}

static void describe_side(Buf *out, const Grid *g, size_t input, const bool *in)
{
    const Column *column = &g->columns[input];
    size_t first = 0, last = column->count - 1, count = 0;

    while (!in[first])
        first++;
    while (!in[last])
        last--;
    for (size_t s = first; s <= last; s++)
        count += in[s];
    if (count == 1) {
        describe_segment(out, &g->table->inputs[input], &column->items[first]);
        return;
    }
    buf_add(out, g->table->inputs[input].text);
    if (has_order(g, input))
        describe_stretch(out, &column->items[first], &column->items[last]);
    else
        describe_set(out, column, in);
}

Str grid_describe_box(const Grid *g, bool *const *box)
{
    Buf out = buf_in(g->arena);

    for (size_t i = 0; i < g->table->input_count; i++) {
        size_t s = 0;
        while (s < g->columns[i].count && box[i][s])
            s++;
        if (s == g->columns[i].count)
            continue;
        if (out.len)
            buf_add_c(&out, ", ");
        describe_side(&out, g, i, box[i]);
    }
    return out.len ? buf_str(&out) : STR("any value");
}
