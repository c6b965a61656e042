/* SPDX-License-Identifier: EUPL-1.2 */
/* Decisions that are taken back, or that go because what they were about goes. */
#include "base/utf8.h"
#include "base/vec.h"
#include "core/store/event.h"
#include "pay/charge.h"
#include "pay/decision_store.h"

/* --- As they are kept ----------------------------------------------------------------------- */

bool decision_lowers_claim(DecisionKind kind)
{
    return kind == DECISION_REMISSION || kind == DECISION_WRITE_OFF;
}

static Node *list_node(const TakenList *list, Arena *arena)
{
    Node *out = node_list(arena);

    for (size_t i = 0; i < list->count; i++) {
        Node *item = node_map(arena);
        node_set(arena, item, STR("number"), node_int(arena, list->items[i].number));
        node_set(arena, item, STR("cents"), node_int(arena, list->items[i].cents));
        node_append(arena, out, item);
    }
    return out;
}

Str decision_parts(const TakenList *taken, const TakenList *made, Arena *arena)
{
    Node *out = node_map(arena);

    node_set(arena, out, STR("taken"), list_node(taken, arena));
    node_set(arena, out, STR("made"), list_node(made, arena));
    return node_json(out, arena);
}

TakenList decision_list(const Node *parts, const char *key, Arena *arena)
{
    TakenList out = {0};
    const Node *list = node_get(parts, key);

    for (size_t i = 0; list && i < list->count; i++)
        VEC_PUSH(arena, &out,
                 (Taken){(int)node_get_i64(list->items[i], "number", 0),
                         node_get_i64(list->items[i], "cents", 0)});
    return out;
}

bool decision_event(Tx *tx, const char *type, const Charge *charge, int64_t id, DecisionKind kind,
                    int64_t cents, Str actor, Arena *arena, Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("charge"), node_int(arena, charge->id));
    node_set(arena, data, STR("decision"), node_int(arena, id));
    node_set(arena, data, STR("kind"), node_string(arena, decision_word(kind)));
    node_set(arena, data, STR("cents"), node_int(arena, cents));
    return event_add(tx, type, charge->subject, actor, data, err);
}

/* --- Claims that go -------------------------------------------------------------------------- */

/* What of a part this waiver took: it is booked the other way, and the waiver forgets it. */
static bool let_part_go(Tx *tx, Charge *charge, const Decision *waiver, int number, Str actor,
                        Arena *arena, Err *err)
{
    TakenList taken = decision_list(waiver->parts, "taken", arena), rest = {0}, share = {0};
    TakenList made = decision_list(waiver->parts, "made", arena);
    int64_t cents = 0;

    for (size_t i = 0; i < taken.count; i++)
        if (taken.items[i].number == number) {
            cents += taken.items[i].cents;
            VEC_PUSH(arena, &share, taken.items[i]);
        } else {
            VEC_PUSH(arena, &rest, taken.items[i]);
        }
    if (cents == 0)
        return true;
    return claim_restore(tx, charge, decision_word(waiver->kind), cents, true,
                         str_printf(arena, "%.*s entfällt mit der Forderung",
                                    STR_ARG(decision_label(waiver->kind))),
                         actor, &share, arena, err) &&
           tx_exec(tx, err,
                   "UPDATE charge_decision SET cents = cents - $2, parts = $3 WHERE id = $1",
                   P_INT(waiver->id), P_INT(cents), P_TEXT(decision_parts(&rest, &made, arena)));
}

bool decision_drop_extra(Tx *tx, Charge *charge, int number, Str text, Str actor, Arena *arena,
                         Err *err)
{
    Decision *decisions;
    size_t count;

    if (!decisions_of(tx, charge->id, arena, &decisions, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (decision_lowers_claim(decisions[i].kind) && decisions[i].of_extra &&
            str_is(decisions[i].status, "stands") &&
            !let_part_go(tx, charge, &decisions[i], number, actor, arena, err))
            return false;
    return claim_remove(tx, charge, number, text, actor, arena, err);
}

/* --- Taking back -------------------------------------------------------------------------------
 */

/* Give a part back what it asked for, or as much as there still is. What was raised meanwhile is
 * asked for with it, unless its day had passed by then: months of surcharge count from there. */
static void give_back(PartList *parts, size_t at, int64_t cents, int64_t raised, Date assessed,
                      Arena *arena)
{
    ChargePart *part = &parts->items[at];

    part->cents += cents;
    if (raised == 0)
        return;
    if (date_compare(part->due, assessed) < 0) {
        parts_add(parts, part->due, raised, PART_MAIN, arena)->assessed = assessed;
        return;
    }
    part->cents += raised;
    part->assessed = date_later(part->assessed, assessed);
}

/* Put the parts back as they were; when the sum changed meanwhile, the last ones differ. */
static bool undo_plan(Tx *tx, const Charge *charge, const Decision *decision, Arena *arena,
                      Err *err)
{
    PartList parts;
    TakenList taken = decision_list(decision->parts, "taken", arena);
    TakenList made = decision_list(decision->parts, "made", arena);
    Date assessed = {0}; /* what was raised meanwhile was not assessed before */
    int64_t sum = 0;

    if (!parts_load(tx, charge->id, charge->paid_cents, arena, &parts, err))
        return false;
    for (size_t m = 0; m < made.count; m++)
        for (size_t i = 0; i < parts.count; i++)
            if (parts.items[i].number == made.items[m].number) {
                sum += parts.items[i].cents;
                parts.items[i].cents = 0;
                assessed = date_later(assessed, parts.items[i].assessed);
            }
    for (size_t t = 0; t < taken.count; t++)
        for (size_t i = 0; i < parts.count; i++)
            if (parts.items[i].number == taken.items[t].number) {
                int64_t back = sum < taken.items[t].cents ? sum : taken.items[t].cents;

                sum -= back;
                give_back(&parts, i, back, t + 1 == taken.count ? sum : 0, assessed, arena);
                break;
            }
    return parts_store(tx, charge->id, &parts, arena, err);
}

/* Parts that this decision made cannot go while enforcement asks for parts of the charge. */
static bool may_go(Tx *tx, const Charge *charge, const Decision *decision, Arena *arena, Err *err)
{
    return decision_list(decision->parts, "made", arena).count == 0 ||
           decision_not_enforced(tx, charge->id, arena, err);
}

/* The interest goes with the decision that brought it. */
static bool undo_interest(Tx *tx, Charge *charge, const Decision *decision, Str actor, Arena *arena,
                          Err *err)
{
    TakenList made = decision_list(decision->parts, "made", arena);

    return decision->cents == 0 || made.count == 0 ||
           decision_drop_extra(tx, charge, made.items[made.count - 1].number,
                               STR("Rücknahme: Stundungszinsen"), actor, arena, err);
}

static bool undo_effect(Tx *tx, Charge *charge, const Decision *decision, Str actor, Arena *arena,
                        Err *err)
{
    switch (decision->kind) {
    case DECISION_REMISSION:
    case DECISION_WRITE_OFF: {
        TakenList taken = decision_list(decision->parts, "taken", arena);
        return claim_restore(
            tx, charge, decision_word(decision->kind), decision->cents, decision->of_extra,
            str_printf(arena, "Rücknahme: %.*s", STR_ARG(decision_label(decision->kind))), actor,
            &taken, arena, err);
    }
    case DECISION_INSTALMENTS:
        return may_go(tx, charge, decision, arena, err) &&
               undo_interest(tx, charge, decision, actor, arena, err) &&
               undo_plan(tx, charge, decision, arena, err);
    case DECISION_DEFERRAL:
        return may_go(tx, charge, decision, arena, err) &&
               undo_interest(tx, charge, decision, actor, arena, err);
    case DECISION_SUSPENSION:
    case DECISION_STOP:
    case DECISION_ENFORCEMENT:
    case DECISION_KINDS: break;
    }
    return true;
}

bool decision_undo(Tx *tx, int64_t id, Str reason, Str actor, Arena *arena, Err *err)
{
    Decision decision;
    Charge charge;

    if (!decision_by_id(tx, id, arena, &decision, err) ||
        !charge_by_id(tx, decision.charge_id, arena, &charge, err))
        return false;
    if (!str_is(decision.status, "stands"))
        return err_set(err, ERR_CONFLICT, "Diese Entscheidung gilt nicht mehr.");
    reason = str_trim(reason);
    if (utf8_blank(reason) || reason.len > 2000)
        return err_field(err, "grund", "Bitte geben Sie in wenigen Sätzen den Grund an.");
    return undo_effect(tx, &charge, &decision, actor, arena, err) &&
           tx_exec(tx, err,
                   "UPDATE charge_decision SET status = 'undone', undone_at = $2, undone_by = $3, "
                   "undone_reason = $4 WHERE id = $1",
                   P_INT(id), P_INT(tx_now(tx)), P_TEXT(actor), P_TEXT(reason)) &&
           decision_event(tx, "charge.decision_undone", &charge, id, decision.kind, decision.cents,
                          actor, arena, err);
}

bool decision_lower_waivers(Tx *tx, Charge *charge, int64_t cents, Str actor, Arena *arena,
                            Err *err)
{
    Decision *decisions;
    size_t count;

    if (!decisions_of(tx, charge->id, arena, &decisions, &count, err))
        return false;
    for (size_t i = 0; i < count && cents > 0; i++) {
        const Decision *decision = &decisions[i];
        int64_t off = cents < decision->cents ? cents : decision->cents;

        if (!decision_lowers_claim(decision->kind) || decision->of_extra || off == 0 ||
            !str_is(decision->status, "stands"))
            continue;
        cents -= off;
        if (!tx_exec(tx, err, "UPDATE charge_decision SET cents = cents - $2 WHERE id = $1",
                     P_INT(decision->id), P_INT(off)) ||
            !claim_book_waiver(tx, charge, decision_word(decision->kind), -off, false,
                               STR("Die Festsetzung ist niedriger geworden"), actor, err))
            return false;
    }
    return true;
}
