/* SPDX-License-Identifier: EUPL-1.2 */
/* What a clerk does with a case: actions, assignment. */
#include "cases/case_later.h"
#include "cases/case_store.h"
#include "core/page/out.h"
#include "core/store/event.h"

static bool starts_here(const Action *action, const Case *c)
{
    for (size_t i = 0; i < action->from_count; i++)
        if (str_eq(action->from[i]->id, c->state))
            return true;
    return false;
}

/* Is the action one for this case? */
static bool is_offered(CaseWork *work, const Action *action, const FeelValue *context,
                       bool *offered, Err *err)
{
    *offered = true;
    if (!action->when)
        return true;
    const FeelValue *value = feel_eval(action->when, context, &work->env, work->arena, err);

    *offered = value && feel_is_true(value);
    return value || err_context(err, "when of %.*s", STR_ARG(action->id));
}

/* `*allowed`, and when not, why in `*why_not`. */
static bool test_guard(CaseWork *work, const Action *action, const FeelValue *context,
                       bool *allowed, Str *why_not, Err *err)
{
    *allowed = true;
    *why_not = STR_NONE;
    if (!action->guard)
        return true;
    const FeelValue *value = feel_eval(action->guard, context, &work->env, work->arena, err);

    if (!value)
        return err_context(err, "guard of %.*s", STR_ARG(action->id));
    *allowed = feel_is_true(value);
    return *allowed || text_render(action->guard_message, STR("de"), context, &work->env,
                                   TEXT_PLAIN, work->arena, why_not, err);
}

bool case_actions(Tx *tx, Tenant *tenant, const Package *package, const Case *c, Date today,
                  Arena *arena, ActionView **out, size_t *count, Err *err)
{
    CaseWork work;
    const FeelValue *context;

    *count = 0;
    if (c->merged_into)
        return true;
    if (!case_work(&work, tx, tenant, package, c, today, arena, err) ||
        !case_work_context(&work, CONTEXT_OFFERS, &context, err))
        return false;
    *out = arena_array(arena, ActionView, work.process->action_count);
    for (size_t i = 0; i < work.process->action_count; i++) {
        const Action *action = &work.process->actions[i];
        ActionView *view = &(*out)[*count];

        if (!starts_here(action, c))
            continue;
        bool offered;

        if (!is_offered(&work, action, context, &offered, err))
            return false;
        if (!offered)
            continue;
        view->action = action;
        if (!test_guard(&work, action, context, &view->allowed, &view->why_not, err))
            return false;
        (*count)++;
    }
    return true;
}

/* What the clerk entered, checked as a form. */
static bool check_entry(CaseWork *work, const Action *action, const Node *entry,
                        const FeelValue *context, const Node **out, Err *err)
{
    FormInput input = {.package = work->package,
                       .form = action->entry,
                       .data = entry ? entry : node_map(work->arena),
                       .extra = context,
                       .env = &work->env,
                       .lang = STR("de")};
    FormState state = {0};

    *out = entry;
    if (!action->entry)
        return true;
    if (!form_evaluate(&input, work->arena, &state, err))
        return false;
    if (state.error_count > 0)
        return err_field(err, str_cstr(work->arena, state.errors[0].path), "%.*s",
                         STR_ARG(state.errors[0].message));
    *out = state.data;
    return true;
}

static const FeelValue *put_entry(CaseWork *work, const Action *action, const FeelValue *context,
                                  const Node *entry)
{
    if (!action->entry)
        return context;
    return feel_context_put(work->arena, context, STR("entry"),
                            feel_from_node(work->arena, entry, action->entry->type));
}

bool case_action_context(CaseWork *work, const Action *action, const Node *entry,
                         const FeelValue **out, Err *err)
{
    const Node *checked;

    if (!starts_here(action, work->c))
        return err_set(err, ERR_CONFLICT,
                       "Der Vorgang hat inzwischen einen anderen Stand. Bitte laden Sie die Seite "
                       "neu.");
    bool allowed, offered;
    Str why_not;

    if (!case_work_context(work, CONTEXT_ALL, out, err) ||
        !is_offered(work, action, *out, &offered, err))
        return false;
    if (!offered)
        return err_set(err, ERR_CONFLICT, "Diese Entscheidung gehört nicht zu diesem Vorgang.");
    if (!test_guard(work, action, *out, &allowed, &why_not, err))
        return false;
    if (!allowed)
        return err_set(err, ERR_CONFLICT, "%.*s", STR_ARG(why_not));
    if (!check_entry(work, action, entry, *out, &checked, err))
        return false;
    *out = put_entry(work, action, *out, checked);
    return true;
}

bool case_needs_second(CaseWork *work, const Action *action, const FeelValue *context, bool *out,
                       Err *err)
{
    *out = action->four_eyes_always;
    if (!action->four_eyes)
        return true;
    const FeelValue *value = feel_eval(action->four_eyes, context, &work->env, work->arena, err);

    if (!value)
        return err_context(err, "four_eyes of %.*s", STR_ARG(action->id));
    *out = feel_is_true(value);
    return true;
}

/* Two people decide where the process says so: one proposes, another approves. */
static bool check_second(CaseWork *work, const Action *action, const FeelValue *context,
                         const ActOrder *order, Err *err)
{
    bool needed;

    if (!case_needs_second(work, action, context, &needed, err))
        return false;
    if (order->needs_second)
        *order->needs_second = needed;
    if (!needed || order->trial)
        return true;
    if (str_empty(order->proposed_by))
        return err_set(err, ERR_CONFLICT,
                       "Diese Entscheidung treffen zwei Personen. Bitte schlagen Sie sie vor; eine "
                       "andere Person stimmt zu.");
    return !str_eq(order->proposed_by, order->actor) ||
           err_set(err, ERR_FORBIDDEN, "Dem eigenen Vorschlag kann man nicht selbst zustimmen.");
}

static bool complete_tasks(CaseWork *work, const Action *action, Str actor, Err *err)
{
    Str label = text_in(action->label, STR("de"));

    for (size_t i = 0; i < action->done_count; i++)
        if (!tx_exec(work->tx, err,
                     "UPDATE case_task SET done = 1, result = $3, done_at = $4, done_by = $5 "
                     "WHERE case_id = $1 AND task = $2 AND done = 0",
                     P_INT(work->c->id), P_TEXT(action->done[i]->id), P_TEXT(label),
                     P_INT(tx_now(work->tx)), P_TEXT(actor)))
            return false;
    return true;
}

Str action_protected_by(const Action *action)
{
    for (size_t i = 0; i < action->done_count; i++)
        if (action->done[i]->protected_ && str_eq(action->done[i]->office, action->office))
            return action->office;
    return STR_NONE;
}

/* Record the action, and the state it leads to. */
static bool record_action(CaseWork *work, const Action *action, const ActOrder *order, Err *err)
{
    Str actor = order->actor;
    Node *data = node_map(work->arena);

    node_set(work->arena, data, STR("action"), node_string(work->arena, action->id));
    if (work->protected_office.ptr)
        node_set(work->arena, data, STR("protected"),
                 node_string(work->arena, work->protected_office));
    if (!str_empty(order->proposed_by))
        node_set(work->arena, data, STR("proposed_by"),
                 node_string(work->arena, order->proposed_by));
    if (!case_event(work, "case.action", actor, data, err))
        return false;
    return !action->to || case_enter(work, action->to, "case.state", actor, err);
}

bool case_act(Tx *tx, Tenant *tenant, const Package *package, Case *c, Str action,
              const Node *entry, Str actor, Date today, Arena *arena, Err *err)
{
    ActOrder order = {.action = action, .entry = entry, .actor = actor};

    return case_act_order(tx, tenant, package, c, &order, today, arena, err);
}

bool case_act_order(Tx *tx, Tenant *tenant, const Package *package, Case *c, const ActOrder *order,
                    Date today, Arena *arena, Err *err)
{
    CaseWork work;
    const FeelValue *context;
    Str actor = order->actor;

    if (!case_work(&work, tx, tenant, package, c, today, arena, err))
        return false;
    const Action *action = process_action(work.process, order->action);

    if (!action)
        return err_set(err, ERR_NOT_FOUND, "Diese Entscheidung gibt es in dem Verfahren nicht.");
    if (c->merged_into)
        return err_set(err, ERR_CONFLICT,
                       "Der Vorgang ist mit einem anderen zusammengeführt und wird dort "
                       "entschieden.");
    work.protected_office = action_protected_by(action);
    work.edits = order->edits;
    work.editor = str_empty(order->proposed_by) ? actor : order->proposed_by;
    if (!case_action_context(&work, action, order->entry, &context, err) ||
        !check_second(&work, action, context, order, err) ||
        !complete_tasks(&work, action, actor, err) ||
        !case_do_effects(&work, action, context, actor, err) ||
        !case_later_acted(&work, action, err) || !record_action(&work, action, order, err) ||
        !case_later_went_on(&work, err) || !case_context_refresh(&work, &context, err) ||
        !case_make_tasks(&work, context, err))
        return false;
    if (c->closed && !tx_exec(tx, err,
                              "UPDATE case_task SET done = 1, done_at = $2 WHERE case_id = $1 AND "
                              "done = 0",
                              P_INT(c->id), P_INT(tx_now(tx))))
        return false;
    return case_save(&work, err);
}

/* What follows from the case's new assignment. */
static bool note_assigned(Tx *tx, Case *c, int64_t staff_id, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Node *data = node_map(arena);

    node_set(arena, data, STR("staff"), node_int(arena, staff_id));
    bool ok = tx_exec(tx, err, "UPDATE case_desk SET assigned_to = $2 WHERE case_id = $1",
                      P_INT(c->id), P_INT(staff_id)) &&
              case_touch_desk(tx, c->id, err) &&
              event_add(tx, "case.assigned", case_subject(c, arena), actor, data, err);

    if (ok)
        c->assigned_to = staff_id;
    arena_destroy(arena);
    return ok;
}

bool case_assign(Tx *tx, Case *c, int64_t staff_id, Str actor, Err *err)
{
    return tx_exec(tx, err, "UPDATE cases SET assigned_to = $2 WHERE id = $1", P_INT(c->id),
                   P_INT(staff_id)) &&
           note_assigned(tx, c, staff_id, actor, err);
}

bool case_take(Tx *tx, Case *c, int64_t staff_id, Str actor, bool *taken, Err *err)
{
    int64_t changed = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE cases SET assigned_to = $2 WHERE id = $1 AND assigned_to = 0",
                       P_INT(c->id), P_INT(staff_id)))
        return false;
    *taken = changed > 0;
    return !*taken || note_assigned(tx, c, staff_id, actor, err);
}
