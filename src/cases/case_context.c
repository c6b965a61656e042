/* SPDX-License-Identifier: EUPL-1.2 */
/* What expressions of a process see: data, case, work, then lookups and values in order. */
#include "cases/case_store.h"

static const FeelValue *empty_context(Arena *arena)
{
    return feel_from_node(arena, node_map(arena), NULL);
}

static const FeelValue *text_value(Arena *arena, Str text)
{
    return text.ptr ? feel_string(arena, text) : feel_null();
}

/* A context of these names. */
static const FeelValue *context_with(Arena *arena, const Str *names, const FeelValue *const *values,
                                     size_t count)
{
    return feel_context_put_all(arena, empty_context(arena), names, values, count);
}

static const FeelValue *case_value(const CaseWork *work)
{
    static const Str NAMES[] = {{"number", 6},    {"submitted", 9}, {"procedure", 9},
                                {"applicant", 9}, {"channel", 7},   {"state", 5},
                                {"deadline", 8}};
    const Case *c = work->c;
    Arena *arena = work->arena;
    const FeelValue *values[] = {text_value(arena, c->number),    feel_date(arena, c->submitted_on),
                                 text_value(arena, c->procedure), text_value(arena, c->applicant),
                                 text_value(arena, c->channel),   text_value(arena, c->state),
                                 feel_date(arena, c->deadline)};

    return context_with(arena, NAMES, values, sizeof NAMES / sizeof *NAMES);
}

static bool tasks_values(CaseWork *work, const FeelValue **open, const FeelValue **done, Err *err)
{
    static const Str NAMES[] = {{"id", 2}, {"office", 6}, {"result", 6}};
    Task *tasks = NULL;
    size_t count = 0;
    size_t counts[2] = {0};

    if (!case_work_tasks(work, &tasks, &count, err))
        return false;
    const FeelValue **items[2] = {arena_array(work->arena, const FeelValue *, count),
                                  arena_array(work->arena, const FeelValue *, count)};

    for (size_t i = 0; i < count; i++) {
        const FeelValue *values[] = {text_value(work->arena, tasks[i].task),
                                     text_value(work->arena, tasks[i].office),
                                     text_value(work->arena, tasks[i].result)};

        items[tasks[i].done][counts[tasks[i].done]++] =
            context_with(work->arena, NAMES, values, sizeof NAMES / sizeof *NAMES);
    }
    *open = feel_list(work->arena, items[0], counts[0]);
    *done = feel_list(work->arena, items[1], counts[1]);
    return true;
}

static bool findings_value(CaseWork *work, const FeelValue **out, Err *err)
{
    static const Str NAMES[] = {{"id", 2}, {"field", 5}};
    Finding *findings = NULL;
    size_t count = 0;
    size_t open = 0;

    if (!case_work_findings(work, &findings, &count, err))
        return false;
    const FeelValue **items = arena_array(work->arena, const FeelValue *, count);

    for (size_t i = 0; i < count; i++) {
        if (!str_is(findings[i].status, "open") && !str_is(findings[i].status, "asked"))
            continue;
        const FeelValue *values[] = {text_value(work->arena, findings[i].rule),
                                     text_value(work->arena, findings[i].path)};

        items[open++] = context_with(work->arena, NAMES, values, sizeof NAMES / sizeof *NAMES);
    }
    *out = feel_list(work->arena, items, open);
    return true;
}

/* --- Lookups ------------------------------------------------------------------------------ */

static Str *condition_values(Arena *arena, const FeelValue *value, size_t *count)
{
    size_t items = feel_kind(value) == FEEL_LIST ? feel_list_count(value) : 1;
    Str *out = arena_array(arena, Str, items);

    *count = 0;
    for (size_t i = 0; i < items; i++) {
        const FeelValue *item = feel_kind(value) == FEEL_LIST ? feel_list_at(value, i) : value;

        if (!feel_is_null(item))
            out[(*count)++] = feel_to_text(arena, item);
    }
    return out;
}

bool case_where(CaseWork *work, const Where *where, size_t count, const FeelValue *context,
                RegisterCondition *out, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        const FeelValue *value = feel_eval(where[i].value, context, &work->env, work->arena, err);

        if (!value)
            return false;
        out[i].field = where[i].field;
        out[i].values = condition_values(work->arena, value, &out[i].count);
    }
    return true;
}

static bool lookup_value(CaseWork *work, const Lookup *lookup, const FeelValue *context,
                         const FeelValue **out, Err *err)
{
    RegisterCondition *conditions =
        arena_array(work->arena, RegisterCondition, lookup->where_count);
    RegisterEntry *entries = NULL;
    size_t count = 0;

    if (!case_where(work, lookup->where, lookup->where_count, context, conditions, err) ||
        !register_find(work->tx, lookup->spec, conditions, lookup->where_count, lookup->all,
                       work->today, work->arena, &entries, &count, err))
        return false;
    const FeelValue **items = arena_array(work->arena, const FeelValue *, count);

    for (size_t i = 0; i < count; i++)
        items[i] = register_entry_value(&entries[i], lookup->entry_type, work->arena);
    *out = feel_list(work->arena, items, count);
    return true;
}

static bool step_value(const CaseWork *work, const ProcessValue *value, const FeelValue *context,
                       const FeelValue **out, Err *err)
{
    FeelExplanation *noted = work->noted ? &work->noted[value - work->process->values] : NULL;

    if (!noted) {
        *out = feel_eval(value->program, context, &work->env, work->arena, err);
        return *out != NULL;
    }
    if (!feel_eval_noting(value->program, context, &work->env, work->arena, noted, err))
        return false;
    *out = noted->value;
    return true;
}

bool case_do_step(CaseWork *work, const Step *step, const FeelValue **context, Err *err)
{
    const FeelValue *value;

    if (step->lookup) {
        if (!lookup_value(work, step->lookup, *context, &value, err))
            return err_context(err, "lookup %.*s", STR_ARG(step->lookup->id));
    } else if (!step_value(work, step->value, *context, &value, err)) {
        return err_context(err, "value %.*s", STR_ARG(step->value->id));
    }
    *context = feel_context_put(work->arena, *context,
                                step->lookup ? step->lookup->id : step->value->id, value);
    return true;
}

static bool do_steps(CaseWork *work, ContextNeed need, const FeelValue **context, Err *err)
{
    for (size_t i = 0; i < work->process->step_count; i++) {
        const Step *step = &work->process->steps[i];

        if ((need == CONTEXT_REVIEW && !step->review) ||
            (need == CONTEXT_OFFERS && !step->offers) ||
            (need == CONTEXT_LOOKUPS && !step->looking))
            continue;
        if (!case_do_step(work, step, context, err))
            return false;
    }
    return true;
}

/* --- The whole ------------------------------------------------------------------------------ */

/* The data, `town`, `code` and the package's rules. */
static const FeelValue *data_context(const CaseWork *work)
{
    const FeelValue *constants = work->package->constants;
    const FeelValue *data =
        work->parts ? work->parts->data
                    : feel_from_node(work->arena, work->c->data, work->process->form->type);

    return constants ? feel_context_lay(work->arena, data, constants) : data;
}

static const FeelValue *vars_value(const CaseWork *work)
{
    return feel_from_node(work->arena, work->c->vars ? work->c->vars : node_map(work->arena),
                          work->process->vars_type);
}

bool case_context_refresh(CaseWork *work, const FeelValue **context, Err *err)
{
    static const Str NAMES[] = {
        {"case", 4}, {"vars", 4}, {"open_tasks", 10}, {"done_tasks", 10}, {"open_findings", 13}};
    const FeelValue *open = feel_list(work->arena, NULL, 0);
    const FeelValue *done = open;
    const FeelValue *findings = open;

    if (work->c->id &&
        (!tasks_values(work, &open, &done, err) || !findings_value(work, &findings, err)))
        return false;
    const FeelValue *values[] = {case_value(work), vars_value(work), open, done, findings};

    *context =
        feel_context_put_all(work->arena, *context, NAMES, values, sizeof NAMES / sizeof *NAMES);
    return true;
}

/* Mark the steps that a program reads, and what those read. */
static void mark_steps(CaseWork *work, const FeelProgram *program, bool *needed)
{
    const Process *process = work->process;
    Str *paths;
    size_t count = feel_program_reads(program, work->arena, &paths);

    for (size_t i = 0; i < count; i++) {
        Str name = str_cut(&paths[i], '.');

        for (size_t k = 0; k < process->step_count; k++) {
            const Step *step = &process->steps[k];

            if (needed[k] || !str_eq(step->lookup ? step->lookup->id : step->value->id, name))
                continue;
            needed[k] = true;
            for (size_t n = 0; step->lookup && n < step->lookup->where_count; n++)
                mark_steps(work, step->lookup->where[n].value, needed);
            if (step->value)
                mark_steps(work, step->value->program, needed);
        }
    }
}

bool case_one_value(CaseWork *work, Str name, const FeelValue **out, Err *err)
{
    const Process *process = work->process;
    bool *needed = arena_array(work->arena, bool, process->step_count);
    const FeelValue *context = data_context(work);
    bool found = false;

    *out = NULL;
    for (size_t i = 0; i < process->step_count; i++)
        if (process->steps[i].value && str_eq(process->steps[i].value->id, name)) {
            found = needed[i] = true;
            mark_steps(work, process->steps[i].value->program, needed);
        }
    if (!found)
        return true;
    if (!case_context_refresh(work, &context, err))
        return false;
    for (size_t i = 0; i < process->step_count; i++)
        if (needed[i] && !case_do_step(work, &process->steps[i], &context, err))
            return false;
    *out = feel_context_get(context, name);
    return true;
}

bool case_work_context(CaseWork *work, ContextNeed need, const FeelValue **out, Err *err)
{
    *out = data_context(work);
    return case_context_refresh(work, out, err) && do_steps(work, need, out, err);
}

bool case_context(Tx *tx, Tenant *tenant, const Package *package, const Case *c, const Node *entry,
                  Date today, Arena *arena, const FeelValue **out, Err *err)
{
    CaseWork work;

    if (!case_work(&work, tx, tenant, package, c, today, arena, err) ||
        !case_work_context(&work, CONTEXT_ALL, out, err))
        return false;
    if (entry)
        *out = feel_context_put(arena, *out, STR("entry"), feel_from_node(arena, entry, NULL));
    return true;
}

/* While a form is filled in there is no case yet: its names read as null. */
bool case_lookups(Tx *tx, const Package *package, const Procedure *procedure, const Node *data,
                  Date today, Arena *arena, const FeelValue **out, Err *err)
{
    Case draft = {.service = package->id, .procedure = procedure->id, .data = data};
    CaseWork work;
    const FeelValue *context;

    if (!procedure->process || !procedure->process->looks) {
        *out = empty_context(arena);
        return true;
    }
    if (!case_work(&work, tx, tx_tenant(tx), package, &draft, today, arena, err) ||
        !case_work_context(&work, CONTEXT_LOOKUPS, &context, err))
        return false;
    *out = empty_context(arena);
    for (size_t i = 0; i < procedure->process->lookup_count; i++) {
        Str name = procedure->process->lookups[i].id;

        const FeelValue *value = feel_context_get(context, name);

        *out = feel_context_put(arena, *out, name, value ? value : feel_null());
    }
    return true;
}
