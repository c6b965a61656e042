/* SPDX-License-Identifier: EUPL-1.2 */
/* What would be assessed now, and why: the values of the process behind the amounts. Numbers are a
 * line each, lists of contexts are tables, and each row of a rule table that was asked is a
 * sentence. */
#include "cases/desk.h"

#include "cases/desk_explain.html.h"
#include "pay/pay.h"

enum { MAX_ROWS = 60, MAX_COLUMNS = 8 };

static bool is_scalar(const FeelValue *value)
{
    return feel_kind(value) != FEEL_LIST && feel_kind(value) != FEEL_CONTEXT;
}

static Str cell_text(Arena *arena, const FeelValue *value)
{
    return feel_is_null(value) ? STR("") : feel_to_german(arena, value);
}

/* The names of a context's fields, in order. */
static const Node *names_of(Arena *arena, const FeelValue *context)
{
    return feel_kind(context) == FEEL_CONTEXT ? feel_to_node(arena, context) : node_map(arena);
}

/* A list of contexts as a table of its scalar columns. False when there is nothing to show. */
static bool fill_table(const Process *process, Arena *arena, const FeelValue *list,
                       ExplainTable *out)
{
    size_t count = feel_list_count(list);

    if (count == 0 || count > MAX_ROWS)
        return false;
    const FeelValue *first = feel_list_at(list, 0);
    const Node *names = names_of(arena, first);

    out->columns = arena_array(arena, Str, MAX_COLUMNS);
    for (size_t i = 0; i < names->count && out->column_count < MAX_COLUMNS; i++)
        if (is_scalar(feel_context_get(first, names->keys[i])) &&
            case_spoken(process, arena, names->keys[i]).ptr)
            out->columns[out->column_count++] = names->keys[i];
    out->heads = arena_array(arena, Str, out->column_count);
    for (size_t i = 0; i < out->column_count; i++)
        out->heads[i] = case_spoken(process, arena, out->columns[i]);
    out->cells = arena_array(arena, Str, out->column_count * count);
    out->row_count = count;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < out->column_count; k++)
            out->cells[i * out->column_count + k] =
                cell_text(arena, feel_context_get(feel_list_at(list, i), out->columns[k]));
    return out->column_count > 1;
}

/* The lists inside one context: the months of a year, the steps of a rate. */
static void add_inner_of(const Process *process, Arena *arena, ExplainView *view, Str name,
                         const FeelValue *item)
{
    const Node *names = names_of(arena, item);
    const FeelValue *first = names->count ? feel_context_get(item, names->keys[0]) : feel_null();
    Str which = is_scalar(first) ? cell_text(arena, first) : STR("");

    for (size_t k = 0; k < names->count; k++) {
        ExplainTable table = {0};
        Str label = case_spoken(process, arena, names->keys[k]);

        if (view->table_count == EXPLAIN_TABLES || !label.ptr ||
            !fill_table(process, arena, feel_context_get(item, names->keys[k]), &table) ||
            table.row_count >= 12)
            continue;
        table.title =
            str_printf(arena, "%.*s %.*s: %.*s", STR_ARG(case_spoken(process, arena, name)),
                       STR_ARG(which), STR_ARG(label));
        view->tables[view->table_count++] = table;
    }
}

static void add_inner(const Process *process, Arena *arena, ExplainView *view, Str name,
                      const FeelValue *list)
{
    for (size_t i = 0; i < feel_list_count(list) && i < 8; i++)
        add_inner_of(process, arena, view, name, feel_list_at(list, i));
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
        if (view->table_count < EXPLAIN_TABLES && fill_table(process, arena, value, &table))
            view->tables[view->table_count++] = table;
        add_inner(process, arena, view, name, value);
    }
}

bool desk_explains(const DeskCase *desk)
{
    for (size_t i = 0; i < desk->process->action_count && !desk->c.closed; i++)
        for (size_t k = 0; k < desk->process->actions[i].effect_count; k++)
            if (desk->process->actions[i].effects[k].op == EFFECT_ASSESS)
                return true;
    return false;
}

static bool explain(Request *req, Tx *tx, const DeskCase *desk, ExplainView *view, Err *err)
{
    const Process *process = desk->process;
    StrList decisions = {0};
    const FeelEnv env = {.today = req->today, .now = req->now};
    const FeelValue *context;
    const bool *needed = values_of_amounts(process, req->arena);

    if (!needed || desk->c.closed)
        return true;
    if (!case_context(tx, req->tenant, desk->package, &desk->c, NULL, req->today, req->arena,
                      &context, err) ||
        !case_decisions(process, needed, context, &env, req->arena, &decisions, err))
        return false;
    fill_values(req->arena, process, needed, context, view);
    view->decisions = decisions.items;
    view->decision_count = decisions.count;
    return true;
}

/* A page of its own: it computes all that the process knows, which few looks at a case need. */
bool desk_explain_page(Request *req, Response *res, Err *err)
{
    DeskCase desk;
    ExplainView view = {0};
    Out out = out_for(req);
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = desk_case(req, tx, &desk, err) && explain(req, tx, &desk, &view, err);

    tx_end(tx);
    if (!ok || !desk_note_access(req, &desk.c, "Berechnung angesehen", err))
        return false;
    view.case_path = str_printf(req->arena, "/desk/vorgaenge/%lld", (long long)desk.c.id);
    view.number = desk.c.number;
    view.applicant = desk.c.applicant;
    page_desk_explain(&out, &view);
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = STR("So wird gerechnet"),
                                  .active = STR("/desk/vorgaenge")},
                     out_html(&out));
}
