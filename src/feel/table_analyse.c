/* SPDX-License-Identifier: EUPL-1.2 */
/* Gaps, overlaps, rows that can never fire and inputs without use: questions about boxes in a
 * grid. A rule that is not understood fills gaps, but neither overlaps nor hides another rule. */
#include "feel/table_grid.h"

#include "base/vec.h"
#include "feel/zero.h"

enum { MAX_WARNINGS = 100 };

typedef struct Analysis {
    Arena *arena;
    const FeelTable *table;
    Grid *grid;
    size_t *active; /* scratch: numbers of rules */
    size_t *cell;   /* scratch: a segment of each input */
    WarningList warnings;
} Analysis;

static void warn(Analysis *a, bool error, int line, int column, Str message)
{
    if (a->warnings.count < MAX_WARNINGS)
        VEC_PUSH(a->arena, &a->warnings,
                 (FeelWarning){a->table->file, line, column, message, error});
}

/* --- Gaps
 * ----------------------------------------------------------------------------------------- */

static bool has_default(const FeelTable *t)
{
    for (size_t i = 0; i < t->output_count; i++)
        if (t->outputs[i].otherwise)
            return true;
    return false;
}

static void find_gaps(Analysis *a)
{
    const FeelTable *t = a->table;
    Grid *g = a->grid;
    bool found = true;

    if (has_default(t))
        return;
    grid_begin(g);
    for (size_t i = 0; i < t->rule_count + GRID_MAX_GAPS; i++)
        a->active[i] = i;
    while (found && g->gap_count < GRID_MAX_GAPS) {
        found = grid_find_uncovered(g, NULL, a->active, t->rule_count + g->gap_count, a->cell);
        if (!found)
            break;
        Str gap = grid_describe_box(g, grid_add_gap(g, a->cell));
        warn(a, false, t->line, 1, str_printf(a->arena, "no rule covers %.*s", STR_ARG(gap)));
    }
    if (found && grid_find_uncovered(g, NULL, a->active, t->rule_count + g->gap_count, a->cell))
        warn(a, false, t->line, 1,
             STR("there are more gaps than these: mend them, or give the "
                 "outputs a default"));
    if (grid_gave_up(g))
        warn(a, false, t->line, 1,
             str_printf(a->arena,
                        "too many combinations to look for %sgaps; split the table, or give the "
                        "outputs a default",
                        g->gap_count ? "more " : ""));
}

/* --- Rows that never fire, or never matter
 * ---------------------------------------------------------- */

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

static size_t rank(const TableOutput *output, const Term *result)
{
    size_t at = 0, steps = 0;

    while (at < output->value_count &&
           value_equal(output->values[at], result->constant, &steps) != YES)
        at++;
    return at;
}

/* When both match, does x win by the priorities of the outputs' values? */
static bool outranks(const FeelTable *t, size_t x, size_t y)
{
    for (size_t i = 0; i < t->output_count; i++) {
        const Term *of_x = t->rules[x].results[i]->root, *of_y = t->rules[y].results[i]->root;
        if (t->outputs[i].value_count == 0)
            continue;
        if (of_x->op != TERM_CONSTANT || of_y->op != TERM_CONSTANT)
            return false;
        size_t left = rank(&t->outputs[i], of_x), right = rank(&t->outputs[i], of_y);
        if (left != right)
            return left < right;
    }
    return x < y;
}

/* When both match, does row x leave nothing to row y? */
static bool hides(const FeelTable *t, size_t x, size_t y)
{
    switch (t->hit) {
    case FEEL_HIT_FIRST: return x < y;
    case FEEL_HIT_PRIORITY: return x != y && outranks(t, x, y);
    case FEEL_HIT_ANY: return x < y && same_results(&t->rules[x], &t->rules[y], t->output_count);
    default: return false;
    }
}

static const char *hidden_message(FeelHit hit)
{
    switch (hit) {
    case FEEL_HIT_PRIORITY:
        return "row %zu never decides: rows whose results have priority cover it";
    case FEEL_HIT_ANY: return "row %zu adds nothing: the rows above cover it with the same result";
    default: return "row %zu never fires: the rows above cover it";
    }
}

/* False when there are too many combinations to know. */
static bool check_row(Analysis *a, size_t row)
{
    const FeelTable *t = a->table;
    const TableRule *rule = &t->rules[row];
    Grid *g = a->grid;
    size_t count = 0;

    if (g->perhaps[row])
        return true;
    if (!grid_find_uncovered(g, g->covers[row], a->active, 0, a->cell)) {
        if (!grid_gave_up(g))
            warn(a, true, rule->line, rule->column,
                 str_printf(a->arena, "row %zu never fires: no value passes its tests", row + 1));
        return !grid_gave_up(g);
    }
    for (size_t i = 0; i < t->rule_count; i++)
        if (!g->perhaps[i] && hides(t, i, row))
            a->active[count++] = i;
    if (count == 0 || grid_find_uncovered(g, g->covers[row], a->active, count, a->cell))
        return true;
    if (!grid_gave_up(g))
        warn(a, t->hit == FEEL_HIT_FIRST, rule->line, rule->column,
             str_printf(a->arena, hidden_message(t->hit), row + 1));
    return !grid_gave_up(g);
}

static void find_dead_rows(Analysis *a)
{
    bool known = true;

    grid_begin(a->grid);
    for (size_t r = 0; known && r < a->table->rule_count; r++)
        known = check_row(a, r);
    if (!known)
        warn(a, false, a->table->line, 1,
             STR("too many combinations to look for all rows that never fire; split the table"));
}

/* --- Overlaps
 * ---------------------------------------------------------------------------------------- */

/* Do both rows match something, and does that matter? */
static bool clash(Analysis *a, size_t x, size_t y)
{
    const FeelTable *t = a->table;

    return !a->grid->perhaps[x] && !a->grid->perhaps[y] && grid_overlap(a->grid, x, y, a->cell) &&
           !(t->hit == FEEL_HIT_ANY && same_results(&t->rules[x], &t->rules[y], t->output_count));
}

/* Only unique tables forbid that two rows match; "any" allows it for equal results. */
static void find_overlaps(Analysis *a)
{
    const FeelTable *t = a->table;

    if (t->hit != FEEL_HIT_UNIQUE && t->hit != FEEL_HIT_ANY)
        return;
    grid_begin(a->grid);
    for (size_t x = 0; x < t->rule_count; x++)
        for (size_t y = x + 1; y < t->rule_count; y++) {
            if (a->warnings.count >= MAX_WARNINGS)
                return;
            if (clash(a, x, y))
                warn(a, t->hit == FEEL_HIT_UNIQUE, t->rules[y].line, t->rules[y].column,
                     str_printf(a->arena, "rows %zu and %zu both match %.*s", x + 1, y + 1,
                                STR_ARG(grid_describe_cell(a->grid, a->cell))));
            if (grid_gave_up(a->grid)) {
                warn(a, false, t->line, 1,
                     STR("too many combinations to look for all rows that match together; split "
                         "the table"));
                return;
            }
        }
}

/* --- Inputs
 * ------------------------------------------------------------------------------------------- */

static bool program_reads(Analysis *a, const FeelProgram *program, Str name)
{
    Str *paths;
    size_t count = feel_program_reads(program, a->arena, &paths);

    for (size_t i = 0; i < count; i++)
        if (str_eq(paths[i], name) || (str_starts_with(paths[i], str_cstr(a->arena, name)) &&
                                       paths[i].len > name.len && paths[i].ptr[name.len] == '.'))
            return true;
    return false;
}

/* Does any cell compute with the name? */
static bool cells_read(Analysis *a, Str name)
{
    const FeelTable *t = a->table;

    for (size_t r = 0; t->reads_names && r < t->rule_count; r++) {
        for (size_t i = 0; i < t->input_count; i++)
            if (program_reads(a, t->rules[r].tests[i], name))
                return true;
        for (size_t i = 0; i < t->output_count; i++)
            if (program_reads(a, t->rules[r].results[i], name))
                return true;
    }
    return false;
}

static void find_untested_inputs(Analysis *a)
{
    const FeelTable *t = a->table;

    for (size_t i = 0; i < t->input_count; i++) {
        const TableInput *input = &t->inputs[i];
        size_t r = 0;
        while (r < t->rule_count && t->rules[r].tests[i]->root->op != TERM_TESTS)
            r++;
        if (t->rule_count && r == t->rule_count && !cells_read(a, input->text))
            warn(a, false, input->expression->line, input->expression->column,
                 str_printf(a->arena, "no rule tests the input %.*s: remove it, or fill its cells",
                            STR_ARG(input->text)));
    }
}

size_t feel_table_analyse(const FeelTable *table, Arena *arena, FeelWarning **out)
{
    Analysis a = {.arena = arena, .table = table};
    Str why = STR_NONE;

    a.grid = grid_build(arena, table, &why);
    a.active = arena_array(arena, size_t, table->rule_count + GRID_MAX_GAPS);
    a.cell = arena_array(arena, size_t, table->input_count + 1);
    if (a.grid) {
        find_gaps(&a);
        find_dead_rows(&a);
        find_overlaps(&a);
    } else {
        warn(&a, false, table->line, 1, why);
    }
    find_untested_inputs(&a);
    zero_find_in_table(table, arena, &a.warnings);
    *out = a.warnings.items;
    return a.warnings.count;
}
