/* SPDX-License-Identifier: EUPL-1.2 */
/* Doing what is due of a case, or leaving it to a person. */
#include "base/vec.h"
#include "cases/case_later_day.h"
#include "cases/case_memo.h"
#include "cases/letter_signs.h"
#include "cases/register.h"
#include "core/page/out.h"

/* The action as a clerk would see it now; NULL when it is not offered any more. */
static bool find_offered(CaseWork *work, Str action, const ActionView **out, Err *err)
{
    ActionView *views;
    size_t count;

    *out = NULL;
    if (!case_actions(work->tx, work->tenant, work->package, work->c, work->today, work->arena,
                      &views, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_eq(views[i].action->id, action))
            *out = &views[i];
    return true;
}

/* Why an action is left to a person, told in a transaction of its own: that of the action is
 * taken back. */
typedef struct Refusal {
    int64_t day_id; /* 0: none */
    Case *c;
    const Action *action;
    Str why;
} Refusal;

/* A look at a case, again and again until nothing due is refused. */
typedef struct Round {
    EffectRun *run;
    Refusal refusal;
    struct LeftDays {
        int64_t *items;
        size_t count, capacity;
    } left; /* days that a person was told of */
    bool days_only;
    bool days_kept; /* those that are told now stand in the database */
} Round;

enum { MOST_ENTRIES = 8 };

/* Where a sign may stand: in what was sent, and in what the case wrote into registers. */
static bool find_sources(CaseWork *work, SignSource sources[static MOST_ENTRIES + 1], size_t *count,
                         Err *err)
{
    const Form *form = work->process->form;
    RegisterEntry entry;
    struct {
        Str reg;
        int64_t id;
    } found[MOST_ENTRIES];
    size_t found_count = 0;
    Rows *rows = tx_query(work->tx, work->arena, err,
                          "SELECT DISTINCT register, entry_id FROM register_entry WHERE case_id = "
                          "$1 ORDER BY entry_id LIMIT $2",
                          P_INT(work->c->id), P_INT(MOST_ENTRIES));

    *count = 0;
    sources[(*count)++] = (SignSource){form->fields, form->field_count, work->c->data};
    while (rows && rows_next(rows, err)) {
        found[found_count].reg = row_text(rows, 0);
        found[found_count++].id = row_int(rows, 1);
    }
    if (!rows || err->kind != ERR_NONE)
        return false;
    for (size_t i = 0; i < found_count; i++) {
        const RegisterSpec *spec = package_register(work->package, found[i].reg);

        if (!spec)
            continue;
        if (!register_by_id(work->tx, found[i].reg, found[i].id, work->arena, &entry, err))
            return false;
        sources[(*count)++] = (SignSource){spec->fields, spec->field_count, entry.data};
    }
    return true;
}

/* Letters that were just ordered: nobody looks at them before they go. */
static bool check_letters(CaseWork *work, int64_t after, Str *why, Err *err)
{
    SignSource sources[MOST_ENTRIES + 1];
    LetterList letters;
    size_t count;

    return find_sources(work, sources, &count, err) &&
           letter_signs_since(work->tx, work->c->id, after, sources, count, work->arena, &letters,
                              why, err);
}

static bool act(CaseWork *work, Round *round, int64_t day_id, const Action *action, Err *err)
{
    int64_t document = 0;
    Str why;

    if (!tx_query_int(work->tx, err, &document,
                      "SELECT COALESCE(MAX(id), 0) FROM case_document WHERE case_id = $1",
                      P_INT(work->c->id)) ||
        !case_act(work->tx, work->tenant, work->package, work->c, action->id, NULL, STR("system"),
                  work->today, work->arena, err) ||
        !check_letters(work, document, &why, err))
        return false;
    if (!why.ptr)
        return true;
    round->refusal = (Refusal){day_id, work->c, action, why};
    return err_set(err, ERR_CONFLICT, "%.*s: %.*s", STR_ARG(work->c->number), STR_ARG(why));
}

static bool is_left(const Round *round, int64_t day_id)
{
    for (size_t i = 0; i < round->left.count; i++)
        if (round->left.items[i] == day_id)
            return true;
    return false;
}

static bool do_day(CaseWork *work, Round *round, const LaterDay *day, Str action, Err *err)
{
    const ActionView *view;
    int64_t planned = 0;
    Case *c = arena_new(work->arena, Case);

    if (is_left(round, day->id))
        return true;
    if (!tx_query_int(work->tx, err, &planned,
                      "SELECT COUNT(*) FROM case_later_day WHERE id = $1 AND status = 'planned'",
                      P_INT(day->id)))
        return false;
    if (!planned)
        return true;
    if (!case_by_id(work->tx, work->c->id, work->arena, c, err))
        return false;
    work->c = c;
    if (!find_offered(work, action, &view, err))
        return false;
    if (!view) /* a later change may offer it again: then the day is told anew */
        return later_forget_day(work->tx, c->id, day, work->arena, err);
    if (!view->allowed)
        return later_forbidden(work, day, view->action, view->why_not, err);
    return act(work, round, day->id, view->action, err);
}

static bool do_due(CaseWork *work, Round *round, const Later *later, Err *err)
{
    LaterDays due;

    if (!later_planned(work->tx, later, work->today, work->arena, &due, err))
        return false;
    for (size_t i = 0; i < due.count; i++)
        if (!do_day(work, round, &due.items[i], later->effect->later, err))
            return false;
    return true;
}

static bool look_at_case(CaseWork *work, Round *round, Err *err)
{
    const FeelValue *context;
    LaterList orders;

    if (!later_orders(work->tx, work->c->id, work->process, work->arena, &orders, err) ||
        !case_work_context(work, CONTEXT_ALL, &context, err))
        return false;
    for (size_t i = 0; i < orders.count; i++)
        if (!later_settle(work, &orders.items[i], context, err))
            return false;
    for (size_t i = 0; !round->days_only && i < orders.count; i++)
        if (orders.items[i].effect && !do_due(work, round, &orders.items[i], err))
            return false;
    return true;
}

static bool do_round(Tx *tx, void *context, Err *err)
{
    Round *round = context;
    EffectRun *run = round->run;
    Arena *arena = run->arena;
    int64_t id = node_get_i64(run->payload, "case", 0), orders = 0;
    CaseWork work;
    Case c;

    round->refusal = (Refusal){0};
    if (!tx_query_int(tx, err, &orders, "SELECT COUNT(*) FROM case_later WHERE case_id = $1",
                      P_INT(id)))
        return false;
    if (orders == 0) /* the case was erased */
        return true;
    if (!case_by_id(tx, id, arena, &c, err))
        return false;
    if (c.merged_into)
        return case_later_forget(tx, id, arena, err);
    const Package *package = tenant_package_version(run->tenant, c.version, err);

    return package &&
           case_work(&work, tx, run->tenant, package, &c, date_in_berlin(run->now), arena, err) &&
           look_at_case(&work, round, err) &&
           (round->days_only || later_end_failures(tx, id, arena, err));
}

/* Once for each day. */
static bool leave_to_person(Tx *tx, void *context, Err *err)
{
    const Round *round = context;
    const Refusal *refusal = &round->refusal;
    Arena *arena = round->run->arena;
    Str label = text_in(refusal->action->label, STR("de"));
    int64_t untold = 0, reminder = 0;

    if (!tx_query_int(tx, err, &untold,
                      "SELECT COUNT(*) FROM case_later_day WHERE id = $1 AND status = 'planned' "
                      "AND reminder_id IS NULL",
                      P_INT(refusal->day_id)))
        return false;
    if (!untold)
        return true;
    Str text = str_printf(arena,
                          "„%.*s“ ist nicht von selbst geschehen. %.*s Sehen Sie sich den Brief an "
                          "und entscheiden Sie „%.*s“ selbst, oder berichtigen Sie zuerst die "
                          "Angabe.",
                          STR_ARG(label), STR_ARG(refusal->why), STR_ARG(label));

    return case_reminder_add(tx, refusal->c, (Addressee){0, refusal->action->office},
                             date_in_berlin(round->run->now), text, 0, err) &&
           tx_query_int(tx, err, &reminder, "SELECT MAX(id) FROM case_reminder WHERE case_id = $1",
                        P_INT(refusal->c->id)) &&
           tx_exec(tx, err, "UPDATE case_later_day SET reminder_id = $2 WHERE id = $1",
                   P_INT(refusal->day_id), P_INT(reminder));
}

bool effect_later(EffectRun *run, Err *err)
{
    Round round = {.run = run};

    while (!db_write(run->tenant->db, do_round, &round, err)) {
        if (!round.refusal.day_id || err->kind != ERR_CONFLICT)
            return false;
        err_clear(err);
        if (!round.days_kept) {
            /* What was taken back may have told the very day that is left to a person. */
            round.days_kept = round.days_only = true;
            if (!db_write(run->tenant->db, do_round, &round, err))
                return false;
            round.days_only = false;
            continue;
        }
        if (!db_write(run->tenant->db, leave_to_person, &round, err))
            return false;
        VEC_PUSH(run->arena, &round.left, round.refusal.day_id);
    }
    return true;
}
