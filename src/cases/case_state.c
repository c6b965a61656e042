/* SPDX-License-Identifier: EUPL-1.2 */
/* States, the legal clock, tasks, and what is kept in step with them. */
#include "cases/case_store.h"
#include "core/page/out.h"
#include "core/store/event.h"

bool case_work(CaseWork *work, Tx *tx, Tenant *tenant, const Package *package, const Case *c,
               Date today, Arena *arena, Err *err)
{
    const Procedure *procedure = package_procedure(package, c->procedure);

    if (!procedure || !procedure->process)
        return err_set(err, ERR_INTERNAL, "package %.*s has no procedure %.*s",
                       STR_ARG(package->id), STR_ARG(c->procedure));
    Timestamp now = tx_now(tx);

    if (date_compare(date_in_berlin(now), today) != 0)
        now = timestamp_of_berlin_day(today) + 12 * 3600 * 1000;
    *work = (CaseWork){.tx = tx,
                       .tenant = tenant,
                       .package = package,
                       .procedure = procedure,
                       .process = procedure->process,
                       .c = (Case *)c,
                       .today = today,
                       .arena = arena,
                       .env = {.now = now, .today = today}};
    return true;
}

Str case_subject(const Case *c, Arena *arena)
{
    return str_printf(arena, "case/%lld", (long long)c->id);
}

bool case_event(CaseWork *work, const char *type, Str actor, const Node *data, Err *err)
{
    return event_add(work->tx, type, case_subject(work->c, work->arena), actor, data, err);
}

/* --- The clock --------------------------------------------------------------------------- */

static Str land_of(const CaseWork *work)
{
    return tenant_setting(work->tenant, "state");
}

static void pause_clock(CaseWork *work)
{
    Case *c = work->c;

    if (c->paused || date_absent(c->deadline))
        return;
    c->clock_left = deadline_left(work->today, c->deadline, work->process->deadline_working_days,
                                  land_of(work));
    c->paused = true;
    c->deadline = (Date){0};
}

static void resume_clock(CaseWork *work)
{
    Case *c = work->c;

    if (!c->paused)
        return;
    c->deadline = deadline_after(work->today, c->clock_left, work->process->deadline_working_days,
                                 land_of(work));
    c->paused = false;
    c->clock_left = 0;
}

/* --- Entering a state ------------------------------------------------------------------------ */

bool case_enter(CaseWork *work, const State *state, const char *why, Str actor, Err *err)
{
    Case *c = work->c;
    Node *data = node_map(work->arena);

    if (c->state.ptr)
        node_set(work->arena, data, STR("from"), node_string(work->arena, c->state));
    node_set(work->arena, data, STR("state"), node_string(work->arena, state->id));
    /* What is counted of a case that closes reads the clock as it is until now. */
    if (state->final && !c->closed && !case_count_closed(work, actor, err))
        return false;
    c->state = state->id;
    c->closed = state->final;
    if (state->final) {
        c->deadline = (Date){0};
        c->paused = false;
        c->clock_left = 0;
    } else if (state->clock_paused) {
        pause_clock(work);
    } else {
        resume_clock(work);
    }
    if (!date_absent(c->deadline))
        node_set(work->arena, data, STR("deadline"),
                 node_string(work->arena, date_iso(work->arena, c->deadline)));
    return case_event(work, why, actor, data, err);
}

/* --- Tasks
 * ---------------------------------------------------------------------------------------- */

bool case_make_task(CaseWork *work, const TaskSpec *task, Err *err)
{
    Str label = text_in(task->label, STR("de"));

    work->no_tasks = false;
    return tx_exec(work->tx, err,
                   "INSERT INTO case_task (case_id, task, office, label, protected, done, "
                   "assigned_to, created_at) VALUES ($1, $2, $3, $4, $5, 0, 0, $6)",
                   P_INT(work->c->id), P_TEXT(task->id), P_TEXT(task->office), P_TEXT(label),
                   P_INT(task->protected_), P_INT(tx_now(work->tx)));
}

bool case_work_tasks(CaseWork *work, Task **out, size_t *count, Err *err)
{
    *count = 0;
    return work->no_tasks || case_tasks(work->tx, work->c->id, work->arena, out, count, err);
}

bool case_make_tasks(CaseWork *work, const FeelValue *context, Err *err)
{
    Task *made = NULL;
    size_t count = 0;

    if (!case_work_tasks(work, &made, &count, err))
        return false;
    for (size_t i = 0; i < work->process->task_count; i++) {
        const TaskSpec *task = &work->process->tasks[i];
        bool wanted = task->on && str_eq(task->on->id, work->c->state);

        for (size_t k = 0; k < count && wanted; k++)
            wanted = !str_eq(made[k].task, task->id);
        if (wanted && task->when) {
            const FeelValue *when = feel_eval(task->when, context, &work->env, work->arena, err);

            if (!when)
                return err_context(err, "task %.*s", STR_ARG(task->id));
            wanted = feel_is_true(when);
        }
        if (wanted && !case_make_task(work, task, err))
            return false;
    }
    return true;
}

bool case_task_complete(Tx *tx, Tenant *tenant, const Package *package, Case *c, int64_t task_id,
                        Str result, Str actor, Date today, Arena *arena, Err *err)
{
    CaseWork work;
    int64_t changed = 0;
    Node *data = node_map(arena);

    if (!case_work(&work, tx, tenant, package, c, today, arena, err))
        return false;
    if (c->closed)
        return err_set(err, ERR_CONFLICT, "Der Vorgang ist abgeschlossen.");
    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE case_task SET done = 1, result = $3, done_at = $4, done_by = $5 "
                       "WHERE id = $1 AND case_id = $2 AND done = 0",
                       P_INT(task_id), P_INT(c->id), P_TEXT(result), P_INT(tx_now(tx)),
                       P_TEXT(actor)))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "Diese Aufgabe ist schon erledigt.");
    node_set(arena, data, STR("task"), node_int(arena, task_id));
    return case_event(&work, "case.task_done", actor, data, err) && case_index_desk(&work, err);
}

/* --- What is kept in step
 * --------------------------------------------------------------------------- */

bool case_save(CaseWork *work, Err *err)
{
    const Case *c = work->c;
    Arena *arena = work->arena;

    return tx_exec(work->tx, err,
                   "UPDATE cases SET state = $2, state_before = $3, closed = $4, deadline = $5, "
                   "clock_left = $6, assigned_to = $7, data_version = $8, vars = $9, "
                   "ask_note = $10, ask_until = $11, applicant = $12, email = $13 WHERE id = $1",
                   P_INT(c->id), P_TEXT(c->state), P_TEXT(c->state_before), P_INT(c->closed),
                   date_absent(c->deadline) ? P_NULL : P_TEXT(date_iso(arena, c->deadline)),
                   c->paused ? P_INT(c->clock_left) : P_NULL, P_INT(c->assigned_to),
                   P_INT(c->data_version), P_TEXT(node_json(c->vars, arena)), P_TEXT(c->ask_note),
                   date_absent(c->ask_until) ? P_NULL : P_TEXT(date_iso(arena, c->ask_until)),
                   P_TEXT(c->applicant), P_TEXT(c->email)) &&
           case_index_desk(work, err);
}

/* Has the office something to do: an open task, or an action of the present state? */
static bool office_todo(const CaseWork *work, Str office, const Task *tasks, size_t count)
{
    const Process *process = work->process;
    const State *state = process_state(process, work->c->state);
    bool every = str_is(office, "*");

    if (work->c->closed || !state || state->waits_for_applicant)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tasks[i].done && (every || str_eq(tasks[i].office, office)))
            return true;
    for (size_t i = 0; i < process->action_count; i++)
        for (size_t k = 0; k < process->actions[i].from_count; k++)
            if (process->actions[i].from[k] == state &&
                (every || str_eq(process->actions[i].office, office)))
                return true;
    return false;
}

/* An office takes part in a case when it has a task in it, or when the process gives it an action
 * that completes no task of its own. Only such offices find and read the case. */
static bool takes_part(const CaseWork *work, Str office, const Task *tasks, size_t count)
{
    const Process *process = work->process;

    for (size_t i = 0; i < count; i++)
        if (str_eq(tasks[i].office, office))
            return true;
    for (size_t i = 0; i < process->action_count; i++) {
        const Action *action = &process->actions[i];
        bool own_task = false;

        for (size_t k = 0; k < action->done_count; k++)
            own_task = own_task || str_eq(action->done[k]->office, office);
        if (str_eq(action->office, office) && !own_task)
            return true;
    }
    return false;
}

/* The open tasks of an office (or all), between commas: ",pruefen,gefahr,". */
static Str open_tasks(const CaseWork *work, Str office, const Task *tasks, size_t count)
{
    Buf out = buf_in(work->arena);

    for (size_t i = 0; i < count; i++)
        if (!tasks[i].done && (str_is(office, "*") || str_eq(tasks[i].office, office)))
            buf_addf(&out, "%s%.*s,", out.len ? "" : ",", STR_ARG(tasks[i].task));
    return out.len ? buf_str(&out) : STR("");
}

static bool has_open_finding(const CaseWork *work, int64_t *has, Err *err)
{
    *has = 0;
    return work->no_findings ||
           tx_query_int(work->tx, err, has,
                        "SELECT CASE WHEN EXISTS (SELECT 1 FROM case_finding WHERE case_id = $1 "
                        "AND status = 'open') THEN 1 ELSE 0 END",
                        P_INT(work->c->id));
}

bool case_touch_desk(Tx *tx, int64_t case_id, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE case_desk SET changed = $2, findings = CASE WHEN EXISTS (SELECT 1 FROM "
                   "case_finding f WHERE f.case_id = $1 AND f.status = 'open') THEN 1 ELSE 0 END "
                   "WHERE case_id = $1",
                   P_INT(case_id), P_INT(tx_now(tx)));
}

bool case_index_desk(CaseWork *work, Err *err)
{
    const Case *c = work->c;
    Arena *arena = work->arena;
    const State *state = process_state(work->process, c->state);
    Task *tasks = NULL;
    size_t count = 0;
    int64_t findings;
    /* Open cases are sorted by deadline, closed ones by the day on which they closed. */
    Str due = c->closed                  ? date_iso(arena, work->today)
              : date_absent(c->deadline) ? STR("9999-12-31")
                                         : date_iso(arena, c->deadline);

    if (!case_work_tasks(work, &tasks, &count, err) || !has_open_finding(work, &findings, err))
        return false;
    for (size_t i = 0; i <= work->package->office_count; i++) {
        Str office = i == 0 ? STR("*") : work->package->offices[i - 1];

        if (i > 0 && !takes_part(work, office, tasks, count))
            continue;
        if (!tx_exec(work->tx, err,
                     "INSERT INTO case_desk (office, case_id, service, state, open, todo, due, "
                     "assigned_to, procedure_id, received, changed, waiting, findings, channel, "
                     "lang, tasks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                     "$14, $15, $16) "
                     "ON CONFLICT (case_id, office) DO UPDATE SET state = excluded.state, "
                     "open = excluded.open, todo = excluded.todo, due = excluded.due, "
                     "assigned_to = excluded.assigned_to, changed = excluded.changed, "
                     "waiting = excluded.waiting, findings = excluded.findings, "
                     "tasks = excluded.tasks",
                     P_TEXT(office), P_INT(c->id), P_TEXT(c->service), P_TEXT(c->state),
                     P_INT(!c->closed), P_INT(office_todo(work, office, tasks, count)), P_TEXT(due),
                     P_INT(c->assigned_to), P_TEXT(c->procedure),
                     P_TEXT(date_iso(arena, c->submitted_on)), P_INT(tx_now(work->tx)),
                     P_INT(state && state->waits_for_applicant), P_INT(findings),
                     P_TEXT(c->channel), P_TEXT(c->lang),
                     P_TEXT(open_tasks(work, office, tasks, count))))
            return false;
    }
    return case_changed(work->tx, c->id, err);
}
