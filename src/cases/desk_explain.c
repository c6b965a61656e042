/* SPDX-License-Identifier: EUPL-1.2 */
/* How an amount came about: the computed values of the process, as they stand now. Texts and
 * numbers are a line each, lists of contexts are tables; what a case cannot be told from (the
 * keys of charges, greetings) is left to the package, which names its values. */
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

/* "hunde_zahl" as "Hunde zahl": names of the package are words of the field. */
static Str spoken(Arena *arena, Str name)
{
    char *out = str_cstr(arena, name);

    for (char *p = out; *p; p++)
        if (*p == '_')
            *p = ' ';
    if (*out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
    return str_c(out);
}

/* A list of contexts as a table of its scalar columns. False when there is nothing to show. */
static bool fill_table(Arena *arena, const Node *list, ExplainTable *out)
{
    if (list->kind != NODE_LIST || list->count == 0 || list->count > MAX_ROWS ||
        list->items[0]->kind != NODE_MAP)
        return false;
    const Node *first = list->items[0];

    out->columns = arena_array(arena, Str, MAX_COLUMNS);
    for (size_t i = 0; i < first->count && out->column_count < MAX_COLUMNS; i++)
        if (is_scalar(first->items[i]))
            out->columns[out->column_count++] = first->keys[i];
    out->heads = arena_array(arena, Str, out->column_count);
    for (size_t i = 0; i < out->column_count; i++)
        out->heads[i] = spoken(arena, out->columns[i]);
    out->cells = arena_array(arena, Str, out->column_count * list->count);
    out->row_count = list->count;
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < out->column_count; k++)
            out->cells[i * out->column_count + k] =
                cell_text(arena, node_get_str(list->items[i], out->columns[k]));
    return out->column_count > 1;
}

/* Lists inside the contexts of a list: the months of a year, the steps of a rate. */
static void add_inner(Arena *arena, ExplainView *view, Str name, const Node *list)
{
    for (size_t i = 0; i < list->count && i < 8; i++)
        for (size_t k = 0; list->items[i]->kind == NODE_MAP && k < list->items[i]->count; k++) {
            ExplainTable table = {0};
            const Node *first = list->items[i]->count ? list->items[i]->items[0] : NULL;

            if (view->table_count == EXPLAIN_TABLES ||
                !fill_table(arena, list->items[i]->items[k], &table) || table.row_count >= 12)
                continue;
            table.title = str_printf(arena, "%.*s %.*s: %.*s", STR_ARG(spoken(arena, name)),
                                     STR_ARG(is_scalar(first) ? cell_text(arena, first) : STR("")),
                                     STR_ARG(spoken(arena, list->items[i]->keys[k])));
            view->tables[view->table_count++] = table;
        }
}

/* What the amounts of the assess effects are made of, directly or through other values. */
bool desk_explain(Request *req, Tx *tx, const DeskCase *desk, Html *out, Err *err)
{
    const Process *process = desk->process;
    ExplainView view = {0};
    const FeelValue *context;
    Out html = out_for(req);
    bool assesses = false;

    for (size_t i = 0; i < process->action_count; i++)
        for (size_t k = 0; k < process->actions[i].effect_count; k++)
            assesses = assesses || process->actions[i].effects[k].op == EFFECT_ASSESS;
    *out = (Html){STR("")};
    if (!assesses || desk->c.closed)
        return true;
    if (!case_context(tx, req->tenant, desk->package, &desk->c, NULL, req->today, req->arena,
                      &context, err))
        return false;
    view.facts = arena_array(req->arena, FactView, process->value_count);
    for (size_t i = 0; i < process->value_count; i++) {
        Str name = process->values[i].id;
        const FeelValue *value = feel_context_get(context, name);
        ExplainTable table = {.title = spoken(req->arena, name)};

        if (feel_kind(value) == FEEL_NUMBER)
            view.facts[view.fact_count++] = (FactView){
                .label = name, .value = cell_text(req->arena, feel_to_node(req->arena, value))};
        if (feel_kind(value) != FEEL_LIST)
            continue;
        const Node *list = feel_to_node(req->arena, value);

        if (view.table_count < EXPLAIN_TABLES && fill_table(req->arena, list, &table))
            view.tables[view.table_count++] = table;
        add_inner(req->arena, &view, name, list);
    }
    page_desk_explain(&html, &view);
    *out = out_html(&html);
    return true;
}
