/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/decision_store.h"

#include "base/holiday.h"
#include "core/store/rows.h"

static const struct {
    const char *word, *label;
} KINDS[DECISION_KINDS] = {
    [DECISION_INSTALMENTS] = {"ratenzahlung", "Ratenzahlung"},
    [DECISION_DEFERRAL] = {"stundung", "Stundung"},
    [DECISION_REMISSION] = {"erlass", "Erlass"},
    [DECISION_WRITE_OFF] = {"niederschlagung", "Niederschlagung"},
    [DECISION_SUSPENSION] = {"niederschlagung-befristet", "Befristete Niederschlagung"},
    [DECISION_STOP] = {"mahnsperre", "Mahnsperre"},
    [DECISION_ENFORCEMENT] = {"vollstreckung", "Abgabe an die Vollstreckung"},
};

Str decision_word(DecisionKind kind)
{
    return str_c(KINDS[kind].word);
}

Str decision_label(DecisionKind kind)
{
    return str_c(KINDS[kind].label);
}

bool decision_kind_of(Str word, DecisionKind *out)
{
    for (int i = 0; i < DECISION_KINDS; i++)
        if (str_is(word, KINDS[i].word)) {
            *out = (DecisionKind)i;
            return true;
        }
    return false;
}

/* --- Rows ----------------------------------------------------------------------------------- */

#define DECISION_COLUMNS                                                                      \
    "id, charge_id, kind, status, cents, of_extra, begins, until, reason, parts, at, actor, " \
    "answered_at, answered_by, undone_at, undone_by, undone_reason"

static Decision decision_from_row(Rows *rows, Arena *arena)
{
    Err none = {0};
    Decision decision = {
        .id = row_int(rows, 0),
        .charge_id = row_int(rows, 1),
        .status = row_text(rows, 3),
        .cents = row_int(rows, 4),
        .of_extra = row_int(rows, 5) != 0,
        .reason = row_text(rows, 8),
        .parts = node_parse_json(arena, row_text(rows, 9), NULL, &NODE_LIMITS_REQUEST, &none),
        .at = row_int(rows, 10),
        .actor = row_text(rows, 11),
        .answered_at = row_int(rows, 12),
        .answered_by = row_text(rows, 13),
        .undone_at = row_int(rows, 14),
        .undone_by = row_text(rows, 15),
        .undone_reason = row_text(rows, 16),
    };

    decision_kind_of(row_text(rows, 2), &decision.kind);
    date_parse_iso(row_text(rows, 6), &decision.begins);
    if (!row_null(rows, 7))
        date_parse_iso(row_text(rows, 7), &decision.until);
    return decision;
}

bool decisions_of(Tx *tx, int64_t charge_id, Arena *arena, Decision **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT " DECISION_COLUMNS " FROM charge_decision WHERE charge_id = $1 "
                          "ORDER BY id DESC",
                          P_INT(charge_id));

    return ROWS_LIST(rows, arena, out, count, err, decision_from_row(rows, arena));
}

bool decision_by_id(Tx *tx, int64_t id, Arena *arena, Decision *out, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err, "SELECT " DECISION_COLUMNS " FROM charge_decision WHERE id = $1",
                 P_INT(id));

    if (!rows_one(rows, "Diese Entscheidung gibt es nicht.", err))
        return false;
    *out = decision_from_row(rows, arena);
    rows_end(rows);
    return true;
}

static Str hold_text(const Decision *decision, Arena *arena)
{
    Str label = decision_label(decision->kind);

    if (date_absent(decision->until))
        return label;
    return str_printf(arena, "%.*s bis %.*s", STR_ARG(label),
                      STR_ARG(date_long(arena, decision->until, STR("de"))));
}

Date decision_deferred_until(const Decision *deferral, Str land)
{
    return working_day_from(deferral->until, land);
}

static bool holds_up(const Decision *decision, Date day, Str land)
{
    if (!str_is(decision->status, "stands"))
        return false;
    switch (decision->kind) {
    case DECISION_DEFERRAL: return date_compare(decision_deferred_until(decision, land), day) >= 0;
    case DECISION_SUSPENSION:
    case DECISION_STOP:
        return date_absent(decision->until) || date_compare(decision->until, day) >= 0;
    case DECISION_ENFORCEMENT: /* holds parts up, not the charge */
    case DECISION_INSTALMENTS:
    case DECISION_REMISSION:
    case DECISION_WRITE_OFF:
    case DECISION_KINDS: break;
    }
    return false;
}

/* Did the part go with the handover? One of before the parts were named took what was overdue, and
 * the surcharge that it claimed on its own day. */
static bool is_handed(const Decision *handover, const TakenList *handed, const ChargePart *part)
{
    for (size_t i = 0; i < handed->count; i++)
        if (handed->items[i].number == part->number)
            return true;
    if (handed->count)
        return false;
    int when = date_compare(part->due, handover->begins);
    return when < 0 || (when == 0 && !str_eq(part->kind, PART_MAIN));
}

void decisions_mark_enforced(const Decision *decisions, size_t count, PartList *parts, Arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        if (decisions[i].kind != DECISION_ENFORCEMENT || !str_is(decisions[i].status, "stands"))
            continue;
        TakenList handed = decision_list(decisions[i].parts, "taken", arena);
        for (size_t k = 0; k < parts->count; k++)
            if (is_handed(&decisions[i], &handed, &parts->items[k]))
                parts->items[k].enforced = true;
    }
}

bool charge_enforced(Tx *tx, int64_t charge_id, Arena *arena, bool *out, Err *err)
{
    Decision *decisions;
    size_t count;
    PartList parts = {0};

    *out = false;
    if (!charge_parts(tx, charge_id, arena, &parts.items, &parts.count, err) ||
        !decisions_of(tx, charge_id, arena, &decisions, &count, err))
        return false;
    decisions_mark_enforced(decisions, count, &parts, arena);
    for (size_t i = 0; i < parts.count; i++)
        *out = *out || (parts.items[i].enforced && parts.items[i].open_cents > 0);
    return true;
}

bool decision_not_enforced(Tx *tx, int64_t charge_id, Arena *arena, Err *err)
{
    bool enforced;

    return charge_enforced(tx, charge_id, arena, &enforced, err) &&
           (!enforced ||
            err_field(err, "grund",
                      "Ein Teil dieser Forderung ist bei der Vollstreckung. Bitte nehmen Sie "
                      "zuerst die Abgabe zurück."));
}

Str decisions_hold(const Decision *decisions, size_t count, Date day, Str land, Arena *arena)
{
    for (size_t i = 0; i < count; i++)
        if (holds_up(&decisions[i], day, land))
            return hold_text(&decisions[i], arena);
    return STR_NONE;
}
