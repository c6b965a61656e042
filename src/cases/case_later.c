/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_later_day.h"

#include "base/vec.h"
#include "cases/case_memo.h"
#include "cases/case_word.h"
#include "core/store/rows.h"

/* --- Noting and waking ----------------------------------------------------------------------- */

static bool wake(Tx *tx, int64_t case_id, Str key, Timestamp at, Arena *arena, Err *err)
{
    Node *payload = node_map(arena);

    node_set(arena, payload, STR("case"), node_int(arena, case_id));
    EffectOrder order = {.kind = "later",
                         .key = key,
                         .subject = str_printf(arena, "case/%lld", (long long)case_id),
                         .payload = payload,
                         .not_before = at};

    return effect_order(tx, &order, err);
}

/* With the date, for the id of a row that was deleted may be given again. */
static Str day_key(const LaterDay *day, Arena *arena)
{
    return str_printf(arena, "later/day/%lld/%.*s", (long long)day->id,
                      STR_ARG(date_iso(arena, day->day)));
}

bool case_later_order(CaseWork *work, const Action *action, size_t position, Err *err)
{
    Str key = str_printf(work->arena, "later/case/%lld/%.*s/%zu/%lld", (long long)work->c->id,
                         STR_ARG(action->id), position, (long long)tx_now(work->tx));

    return tx_exec(work->tx, err,
                   "INSERT INTO case_later (case_id, decision, position, made) VALUES ($1, $2, $3, "
                   "$4) ON CONFLICT (case_id, decision, position) DO UPDATE SET made = "
                   "excluded.made",
                   P_INT(work->c->id), P_TEXT(action->id), P_INT(position),
                   P_TEXT(date_iso(work->arena, work->today))) &&
           wake(work->tx, work->c->id, key, 0, work->arena, err);
}

bool case_later_again(Tx *tx, int64_t case_id, Arena *arena, Err *err)
{
    return wake(
        tx, case_id,
        str_printf(arena, "later/again/%lld/%lld", (long long)case_id, (long long)tx_now(tx)), 0,
        arena, err);
}

bool case_later_went_on(CaseWork *work, Err *err)
{
    int64_t left = 0;

    return tx_query_int(work->tx, err, &left,
                        "SELECT COUNT(*) FROM case_later l JOIN case_later_day d ON d.later_id = "
                        "l.id WHERE l.case_id = $1 AND d.status = 'planned' AND d.reminder_id IS "
                        "NOT NULL",
                        P_INT(work->c->id)) &&
           (!left || case_later_again(work->tx, work->c->id, work->arena, err));
}

bool case_later_entry_changed(Tx *tx, int64_t entry_id, Arena *arena, Err *err)
{
    int64_t *cases;
    size_t count;
    int64_t newest = 0;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT DISTINCT l.case_id FROM register_entry e JOIN case_later l ON "
                          "l.case_id = e.case_id WHERE e.entry_id = $1",
                          P_INT(entry_id));

    if (!ROWS_LIST(rows, arena, &cases, &count, err, row_int(rows, 0)))
        return false;
    if (count == 0)
        return true;
    /* Every change of an entry adds a row. */
    if (!tx_query_int(tx, err, &newest,
                      "SELECT MAX(row_id) FROM register_entry WHERE entry_id = $1",
                      P_INT(entry_id)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!wake(
                tx, cases[i],
                str_printf(arena, "later/entry/%lld/%lld", (long long)cases[i], (long long)newest),
                0, arena, err))
            return false;
    return true;
}

/* --- The days -------------------------------------------------------------------------------- */

bool later_orders(Tx *tx, int64_t case_id, const Process *process, Arena *arena, LaterList *out,
                  Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, decision, position, made FROM case_later WHERE case_id = $1 "
                          "ORDER BY id",
                          P_INT(case_id));

    *out = (LaterList){0};
    while (rows && rows_next(rows, err)) {
        const Action *action = process ? process_action(process, row_text(rows, 1)) : NULL;
        size_t position = (size_t)row_int(rows, 2);
        Later later = {.id = row_int(rows, 0)};

        if (action && position < action->effect_count &&
            action->effects[position].op == EFFECT_LATER)
            later.effect = &action->effects[position];
        date_parse_iso(row_text(rows, 3), &later.made);
        VEC_PUSH(arena, out, later);
    }
    return rows && err->kind == ERR_NONE;
}

/* The days that the process tells now. */
static bool tell_days(CaseWork *work, const Later *later, const FeelValue *context,
                      Date days[static LATER_MOST_DAYS], size_t *count, Err *err)
{
    const FeelValue *value = feel_eval(later->effect->days, context, &work->env, work->arena, err);
    bool list = value && feel_kind(value) == FEEL_LIST;
    size_t told = list ? feel_list_count(value) : 1;

    *count = 0;
    for (size_t i = 0; value && i < told && *count < LATER_MOST_DAYS; i++) {
        Date day;

        if (feel_to_date(list ? feel_list_at(value, i) : value, &day))
            days[(*count)++] = day;
    }
    return value || err_context(err, "the day of %.*s", STR_ARG(later->effect->later));
}

bool later_planned(Tx *tx, const Later *later, Date until, Arena *arena, LaterDays *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, day FROM case_later_day WHERE later_id = $1 AND "
                          "status = 'planned' AND day <= $2 ORDER BY day",
                          P_INT(later->id),
                          P_TEXT(date_absent(until) ? STR("9999-12-31") : date_iso(arena, until)));

    *out = (LaterDays){0};
    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, out, (LaterDay){row_int(rows, 0), row_date(rows, 1)});
    return rows && err->kind == ERR_NONE;
}

/* Nobody needs to do it any more. */
static bool end_reminder(Tx *tx, int64_t case_id, int64_t day_id, Err *err)
{
    Case c = {.id = case_id};
    int64_t reminder = 0;

    return tx_query_int(tx, err, &reminder,
                        "SELECT COALESCE(MAX(r.id), 0) FROM case_later_day d JOIN case_reminder r "
                        "ON r.id = d.reminder_id WHERE d.id = $1 AND r.done_at IS NULL",
                        P_INT(day_id)) &&
           (!reminder || case_reminder_done(tx, &c, reminder, STR("system"), err));
}

bool later_forget_day(Tx *tx, int64_t case_id, const LaterDay *day, Arena *arena, Err *err)
{
    return end_reminder(tx, case_id, day->id, err) &&
           tx_exec(tx, err, "DELETE FROM case_later_day WHERE id = $1", P_INT(day->id)) &&
           effect_cancel(tx, day_key(day, arena), NULL, err);
}

bool later_forbidden(CaseWork *work, const LaterDay *day, const Action *action, Str why, Err *err)
{
    Node *data = node_map(work->arena);
    Str hidden = action_protected_by(action);

    node_set(work->arena, data, STR("action"), node_string(work->arena, action->id));
    if (hidden.ptr)
        node_set(work->arena, data, STR("protected"), node_string(work->arena, hidden));
    return tx_exec(work->tx, err, "UPDATE case_later_day SET status = 'past' WHERE id = $1",
                   P_INT(day->id)) &&
           end_reminder(work->tx, work->c->id, day->id, err) &&
           effect_cancel(work->tx, day_key(day, work->arena), NULL, err) &&
           case_word_add(work->tx, work->c->id, why, data, work->arena, err) &&
           case_event(work, "case.later_forbidden", STR("system"), data, err);
}

/* All but these. */
static bool forget_days(Tx *tx, int64_t case_id, const Later *later, const Date *days, size_t count,
                        Arena *arena, Err *err)
{
    LaterDays planned;

    if (!later_planned(tx, later, (Date){0}, arena, &planned, err))
        return false;
    for (size_t i = 0; i < planned.count; i++) {
        bool told = false;

        for (size_t k = 0; k < count; k++)
            told = told || date_compare(days[k], planned.items[i].day) == 0;
        if (!told && !later_forget_day(tx, case_id, &planned.items[i], arena, err))
            return false;
    }
    return true;
}

static bool plan_day(Tx *tx, int64_t case_id, const Later *later, Date day, Arena *arena, Err *err)
{
    bool past = date_compare(day, later->made) <= 0;
    int64_t known = 0;
    LaterDay row = {.day = day};

    if (!tx_query_int(tx, err, &known,
                      "SELECT COUNT(*) FROM case_later_day WHERE later_id = $1 AND day = $2",
                      P_INT(later->id), P_TEXT(date_iso(arena, day))))
        return false;
    if (known)
        return true;
    return tx_insert(tx, err, &row.id,
                     "INSERT INTO case_later_day (later_id, day, status) VALUES ($1, $2, $3)",
                     P_INT(later->id), P_TEXT(date_iso(arena, day)),
                     P_TEXT(past ? STR("past") : STR("planned"))) &&
           (past ||
            wake(tx, case_id, day_key(&row, arena), timestamp_of_berlin_day(day), arena, err));
}

bool later_settle(CaseWork *work, const Later *later, const FeelValue *context, Err *err)
{
    Date days[LATER_MOST_DAYS] = {0};
    size_t count = 0;

    if (later->effect && !tell_days(work, later, context, days, &count, err))
        return false;
    if (!forget_days(work->tx, work->c->id, later, days, count, work->arena, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!plan_day(work->tx, work->c->id, later, days[i], work->arena, err))
            return false;
    return true;
}

bool case_later_acted(CaseWork *work, const Action *action, Err *err)
{
    LaterList orders;
    LaterDay first = {0};

    if (!later_orders(work->tx, work->c->id, work->process, work->arena, &orders, err))
        return false;
    for (size_t i = 0; i < orders.count; i++) {
        LaterDays planned;

        if (!orders.items[i].effect || !str_eq(orders.items[i].effect->later, action->id))
            continue;
        if (!later_planned(work->tx, &orders.items[i], (Date){0}, work->arena, &planned, err))
            return false;
        if (planned.count && (!first.id || date_compare(planned.items[0].day, first.day) < 0))
            first = planned.items[0];
    }
    return !first.id ||
           (tx_exec(work->tx, err, "UPDATE case_later_day SET status = 'done' WHERE id = $1",
                    P_INT(first.id)) &&
            end_reminder(work->tx, work->c->id, first.id, err) &&
            effect_cancel(work->tx, day_key(&first, work->arena), NULL, err));
}

bool later_end_failures(Tx *tx, int64_t case_id, Arena *arena, Err *err)
{
    return effect_cancel_failed(tx, "later", str_printf(arena, "case/%lld", (long long)case_id),
                                err);
}

bool case_later_forget(Tx *tx, int64_t case_id, Arena *arena, Err *err)
{
    LaterList orders;

    if (!later_orders(tx, case_id, NULL, arena, &orders, err))
        return false;
    for (size_t i = 0; i < orders.count; i++)
        if (!forget_days(tx, case_id, &orders.items[i], NULL, 0, arena, err))
            return false;
    return orders.count == 0 || later_end_failures(tx, case_id, arena, err);
}

bool case_later_planned(Tx *tx, const Process *process, const Case *c, Arena *arena,
                        PlannedDay **out, size_t *count, Err *err)
{
    struct {
        PlannedDay *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT l.decision, l.position, d.day FROM case_later_day d JOIN "
                          "case_later l ON l.id = d.later_id WHERE l.case_id = $1 AND "
                          "d.status = 'planned' ORDER BY d.day, d.id",
                          P_INT(c->id));

    while (rows && rows_next(rows, err)) {
        const Action *by = process_action(process, row_text(rows, 0));
        size_t position = (size_t)row_int(rows, 1);
        PlannedDay day = {.day = row_date(rows, 2)};

        if (by && position < by->effect_count)
            day.action = process_action(process, by->effects[position].later);
        if (day.action)
            VEC_PUSH(arena, &list, day);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}
