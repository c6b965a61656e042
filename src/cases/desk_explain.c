/* SPDX-License-Identifier: EUPL-1.2 */
/* What would be assessed now, and why: the values of the process behind the amounts. Numbers are a
 * line each, lists of contexts are tables, and each row of a rule table that was asked is a
 * sentence. */
#include "cases/desk.h"

#include "cases/desk_explain.html.h"
#include "pay/pay.h"

enum { MAX_ROWS = 60, MAX_COLUMNS = 8 };

static bool is_scalar(const Node *node)
{
    return !node || (node->kind != NODE_LIST && node->kind != NODE_MAP);
}

static Str cell_text(Arena *arena, const Node *node)
{
    Date date;

    if (node_is_null(node))
        return STR("");
    if (node->kind == NODE_BOOL)
        return node->boolean ? STR("ja") : STR("nein");
    if (node->kind == NODE_NUMBER)
        return str_replace(arena, node->text, STR("."), STR(","));
    if (node->kind == NODE_STRING && date_parse_iso(node->text, &date))
        return date_long(arena, date, STR("de"));
    return node->kind == NODE_STRING ? node->text : STR("");
}

/* A list of contexts as a table of its scalar columns. False when there is nothing to show. */
static bool fill_table(const Process *process, Arena *arena, const Node *list, ExplainTable *out)
{
    if (list->kind != NODE_LIST || list->count == 0 || list->count > MAX_ROWS ||
        list->items[0]->kind != NODE_MAP)
        return false;
    const Node *first = list->items[0];

    out->columns = arena_array(arena, Str, MAX_COLUMNS);
    for (size_t i = 0; i < first->count && out->column_count < MAX_COLUMNS; i++)
        if (is_scalar(first->items[i]) && case_spoken(process, arena, first->keys[i]).ptr)
            out->columns[out->column_count++] = first->keys[i];
    out->heads = arena_array(arena, Str, out->column_count);
    for (size_t i = 0; i < out->column_count; i++)
        out->heads[i] = case_spoken(process, arena, out->columns[i]);
    out->cells = arena_array(arena, Str, out->column_count * list->count);
    out->row_count = list->count;
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < out->column_count; k++)
            out->cells[i * out->column_count + k] =
                cell_text(arena, node_get_str(list->items[i], out->columns[k]));
    return out->column_count > 1;
}

/* Lists inside the contexts of a list: the months of a year, the steps of a rate. */
static void add_inner(const Process *process, Arena *arena, ExplainView *view, Str name,
                      const Node *list)
{
    for (size_t i = 0; i < list->count && i < 8; i++)
        for (size_t k = 0; list->items[i]->kind == NODE_MAP && k < list->items[i]->count; k++) {
            ExplainTable table = {0};
            const Node *first = list->items[i]->count ? list->items[i]->items[0] : NULL;

            Str label = case_spoken(process, arena, list->items[i]->keys[k]);

            if (view->table_count == EXPLAIN_TABLES || !label.ptr ||
                !fill_table(process, arena, list->items[i]->items[k], &table) ||
                table.row_count >= 12)
                continue;
            table.title = str_printf(
                arena, "%.*s %.*s: %.*s", STR_ARG(case_spoken(process, arena, name)),
                STR_ARG(is_scalar(first) ? cell_text(arena, first) : STR("")), STR_ARG(label));
            view->tables[view->table_count++] = table;
        }
}

/* Which values the amounts of the assess effects are made of; NULL when nothing is assessed. */
static bool *values_of_amounts(const Process *process, Arena *arena)
{
    bool *needed = NULL;

    for (size_t i = 0; i < process->action_count; i++)
        for (size_t k = 0; k < process->actions[i].effect_count; k++) {
            const ActionEffect *effect = &process->actions[i].effects[k];
            if (effect->op != EFFECT_ASSESS)
                continue;
            bool *mine = case_values_of(process, effect, arena);
            for (size_t v = 0; needed && v < process->value_count; v++)
                mine[v] = mine[v] || needed[v];
            needed = mine;
        }
    return needed;
}

static void fill_values(Arena *arena, const Process *process, const bool *needed,
                        const FeelValue *context, ExplainView *view)
{
    view->facts = arena_array(arena, FactView, process->value_count);
    for (size_t i = 0; i < process->value_count; i++) {
        Str name = process->values[i].id;
        const FeelValue *value = feel_context_get(context, name);
        ExplainTable table = {.title = case_spoken(process, arena, name)};

        if (!needed[i] || !table.title.ptr)
            continue;
        if (feel_kind(value) == FEEL_NUMBER)
            view->facts[view->fact_count++] =
                (FactView){.label = table.title, .value = feel_to_german(arena, value)};
        if (feel_kind(value) != FEEL_LIST)
            continue;
        const Node *list = feel_to_node(arena, value);

        if (view->table_count < EXPLAIN_TABLES && fill_table(process, arena, list, &table))
            view->tables[view->table_count++] = table;
        add_inner(process, arena, view, name, list);
    }
}

bool desk_explain(Request *req, Tx *tx, const DeskCase *desk, Html *out, Err *err)
{
    const Process *process = desk->process;
    ExplainView view = {0};
    StrList decisions = {0};
    const FeelEnv env = {.today = req->today, .now = req->now};
    const FeelValue *context;
    Out html = out_for(req);
    const bool *needed = values_of_amounts(process, req->arena);

    *out = (Html){STR("")};
    if (!needed || desk->c.closed)
        return true;
    if (!case_context(tx, req->tenant, desk->package, &desk->c, NULL, req->today, req->arena,
                      &context, err) ||
        !case_decisions(process, needed, context, &env, req->arena, &decisions, err))
        return false;
    fill_values(req->arena, process, needed, context, &view);
    view.decisions = decisions.items;
    view.decision_count = decisions.count;
    page_desk_explain(&html, &view);
    *out = out_html(&html);
    return true;
}
