/* SPDX-License-Identifier: EUPL-1.2 */
/* What a dunning run thinks of one charge. */
#include "pay/dunning.h"

#include "base/holiday.h"
#include "base/vec.h"
#include "core/store/rows.h"
#include "pay/charge.h"

bool dunning_candidates(Tx *tx, Date day, int64_t after, int limit, Arena *arena, int64_t **out,
                        size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT c.id FROM charge c WHERE c.id > $1 AND "
                          "c.owed_cents <> c.paid_cents AND c.owed_cents > c.paid_cents AND EXISTS "
                          "(SELECT 1 FROM charge_part p WHERE p.charge_id = c.id AND p.cents > 0 "
                          "AND p.due < $2) ORDER BY c.id LIMIT $3",
                          P_INT(after), P_TEXT(date_iso(arena, day)), P_INT(limit));

    return ROWS_LIST(rows, arena, out, count, err, row_int(rows, 0));
}

typedef struct Reached { /* by one part, in earlier letters */
    int number;
    int level;
    Date pay_until;
} Reached;

typedef struct Judging {
    Tx *tx;
    Tenant *tenant;
    const DunningRules *rules;
    Date day;
    Arena *arena;
    Judged *out;
    Decision *decisions;
    size_t decision_count;
    Date deferred; /* the latest day to which payment was put off, or absent */
    struct {
        Reached *items;
        size_t count, capacity;
    } reached;
} Judging;

static bool load_decisions(Judging *j, Err *err)
{
    if (!decisions_of(j->tx, j->out->charge.id, j->arena, &j->decisions, &j->decision_count, err))
        return false;
    decisions_mark_enforced(j->decisions, j->decision_count, &j->out->parts, j->arena);
    for (size_t i = 0; i < j->decision_count; i++) {
        const Decision *decision = &j->decisions[i];
        if (decision->kind == DECISION_DEFERRAL && str_is(decision->status, "stands"))
            j->deferred =
                date_later(j->deferred, decision_deferred_until(decision, j->rules->land));
    }
    return true;
}

static Str held_up(const Judging *j)
{
    return decisions_hold(j->decisions, j->decision_count, j->day, j->rules->land, j->arena);
}

static bool load_reached(Judging *j, Err *err)
{
    Rows *rows = tx_query(j->tx, j->arena, err,
                          "SELECT p.number, MAX(p.level), MAX(d.pay_until) FROM dunning_part p "
                          "JOIN dunning d ON d.id = p.dunning_id WHERE p.charge_id = $1 "
                          "GROUP BY p.number",
                          P_INT(j->out->charge.id));

    while (rows && rows_next(rows, err)) {
        Reached reached = {.number = (int)row_int(rows, 0), .level = (int)row_int(rows, 1)};
        date_parse_iso(row_text(rows, 2), &reached.pay_until);
        VEC_PUSH(j->arena, &j->reached, reached);
    }
    return rows && err->kind == ERR_NONE;
}

/* The level that is a part's turn now; 0: none. */
static int next_level(const Judging *j, const ChargePart *part)
{
    Date due = date_later(part_pay_by(part, j->rules->land), j->deferred);
    int level = 1;

    for (size_t i = 0; i < j->reached.count; i++)
        if (j->reached.items[i].number == part->number) {
            if (date_compare(j->reached.items[i].pay_until, j->day) >= 0)
                return 0;
            level = j->reached.items[i].level + 1;
        }
    if (level > j->rules->count)
        return 0;
    int64_t late = date_to_days(j->day) - date_to_days(due);
    return late > 0 && late >= j->rules->levels[level - 1].days ? level : 0;
}

/* Fees, surcharges and interest are asked for with what was assessed; they have levels of their own
 * only when nothing else is overdue, and then bring no fee. */
static void judge_parts(Judging *j)
{
    Judged *out = j->out;
    bool main_overdue = false;

    out->dunned = arena_array(j->arena, DunnedPart, out->parts.count + 1);
    for (size_t i = 0; i < out->parts.count; i++) {
        const ChargePart *part = &out->parts.items[i];
        main_overdue =
            main_overdue || (part_overdue(part, j->day) && str_eq(part->kind, PART_MAIN));
    }
    for (size_t i = 0; i < out->parts.count; i++) {
        const ChargePart *part = &out->parts.items[i];
        if (!part_overdue(part, j->day))
            continue;
        out->overdue_cents += part->open_cents;
        int level = main_overdue && !str_eq(part->kind, PART_MAIN) ? 0 : next_level(j, part);
        if (level == 0)
            continue;
        out->dunned[out->dunned_count++] = (DunnedPart){part->number, level};
        out->level = level > out->level ? level : out->level;
    }
    if (main_overdue && out->level)
        out->fee_cents = j->rules->levels[out->level - 1].fee;
}

static bool find_subject(Judging *j, Err *err)
{
    return charge_letter_subject(j->tx, &j->out->charge, j->arena, &j->out->subject, err);
}

/* Is what is overdue being collected? A file for a later day does not count. */
static bool in_collection(Judging *j, bool *out, Err *err)
{
    int64_t count = 0;

    if (!tx_query_int(j->tx, err, &count,
                      "SELECT COUNT(*) FROM collection_item i JOIN charge_part p ON "
                      "p.charge_id = i.charge_id AND p.number = i.part WHERE i.charge_id = $1 AND "
                      "i.status = 'running' AND p.due < $2",
                      P_INT(j->out->charge.id), P_TEXT(date_iso(j->arena, j->day))))
        return false;
    *out = count > 0;
    return true;
}

/* Why nothing is sent, the weightiest reason first. */
static bool leave_out(Judging *j, Err *err)
{
    const DunningLevel *level = &j->rules->levels[j->out->level - 1];
    LetterAddress address;
    Err missing = {0};
    bool collecting;

    j->out->why = held_up(j);
    if (j->out->why.ptr)
        return true;
    if (!in_collection(j, &collecting, err))
        return false;
    if (collecting) {
        j->out->why = STR("In einer laufenden Lastschrift");
        return true;
    }
    if (j->out->overdue_cents < level->minimum) {
        j->out->why = str_printf(j->arena, "unter dem Mindestbetrag von %.*s",
                                 STR_ARG(money_text(j->arena, level->minimum, STR("de"))));
        return true;
    }
    if (!find_subject(j, err))
        return false;
    if (!mailbox_address(j->tx, j->tenant, j->out->subject, j->arena, &address, &missing)) {
        if (missing.kind != ERR_NOT_FOUND) {
            *err = missing;
            return false;
        }
        j->out->why = STR("Die Anschrift fehlt");
    }
    return true;
}

static bool add_surcharges(const Judging *j, Err *err)
{
    Judged *out = j->out;

    return !j->rules->surcharge || surcharges_due(j->tx, &out->charge, &out->parts, j->day,
                                                  j->rules->land, j->arena, &out->surcharges, err);
}

bool dunning_open(Tx *tx, Tenant *tenant, const DunningRules *rules, int64_t charge_id, Date day,
                  Arena *arena, Judged *out, Err *err)
{
    Judging j = {
        .tx = tx, .tenant = tenant, .rules = rules, .day = day, .arena = arena, .out = out};
    bool collecting;

    *out = (Judged){.day = day};
    if (!charge_by_id(tx, charge_id, arena, &out->charge, err) ||
        !parts_load(tx, charge_id, out->charge.paid_cents, arena, &out->parts, err) ||
        !load_decisions(&j, err) || !find_subject(&j, err) || !in_collection(&j, &collecting, err))
        return false;
    out->why = held_up(&j);
    if (collecting && !out->why.ptr)
        out->why = STR("In einer laufenden Lastschrift");
    return add_surcharges(&j, err);
}

bool dunning_judge(Tx *tx, Tenant *tenant, const DunningRules *rules, int64_t charge_id, Date day,
                   Arena *arena, Judged *out, Err *err)
{
    Judging j = {
        .tx = tx, .tenant = tenant, .rules = rules, .day = day, .arena = arena, .out = out};

    *out = (Judged){.day = day};
    if (!charge_by_id(tx, charge_id, arena, &out->charge, err) ||
        !parts_load(tx, charge_id, out->charge.paid_cents, arena, &out->parts, err) ||
        !load_reached(&j, err) || !load_decisions(&j, err))
        return false;
    judge_parts(&j);
    if (out->level == 0)
        return true;
    if (!leave_out(&j, err))
        return false;
    out->pay_until =
        working_day_from(date_add_days(day, rules->levels[out->level - 1].pay_within), rules->land);
    return add_surcharges(&j, err);
}
