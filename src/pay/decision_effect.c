/* SPDX-License-Identifier: EUPL-1.2 */
/* What decisions do to the parts, the claim and the ledger, and how that is taken back. */
#include "pay/decision_store.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "pay/charge.h"
#include "pay/claim.h"
#include "pay/interest.h"

enum { MOST_INSTALMENTS = 60, LONGEST_YEARS = 10 };

typedef struct Deciding {
    Tx *tx;
    Tenant *tenant; /* NULL when answering */
    const DecisionOrder *order;
    Charge charge;
    PartList parts;
    Arena *arena;
    TakenList taken;
    TakenList made; /* numbers of the parts it made */
    int64_t cents;
} Deciding;

static Str parts_json(const Deciding *d)
{
    return decision_parts(&d->taken, &d->made, d->arena);
}

/* --- Checks ------------------------------------------------------------------------------- */

static bool check_until(const DecisionOrder *order, Err *err)
{
    if (date_absent(order->until) && order->kind == DECISION_STOP)
        return true;
    if (!date_valid(order->until) || date_compare(order->until, order->today) <= 0)
        return err_field(err, "bis", "Bitte geben Sie einen Tag an, der noch kommt.");
    if (order->until.year > order->today.year + LONGEST_YEARS)
        return err_field(err, "bis", "Der Tag liegt mehr als zehn Jahre voraus.");
    return true;
}

/* What is open of what the decision is about. */
static int64_t open_of(const Deciding *d)
{
    int64_t open = 0;

    for (size_t i = 0; i < d->parts.count; i++)
        if (str_eq(d->parts.items[i].kind, PART_MAIN) != d->order->of_extra)
            open += d->parts.items[i].open_cents;
    return open;
}

static bool check_amount(const Deciding *d, Err *err)
{
    int64_t open = open_of(d);

    if (d->order->cents <= 0)
        return err_field(err, "betrag", "Bitte geben Sie einen Betrag über 0 an.");
    return d->order->cents <= open ||
           err_field(err, "betrag", "So viel ist davon nicht mehr offen: höchstens %.*s.",
                     STR_ARG(money_text(d->arena, open, STR("de"))));
}

static bool check_order(const Deciding *d, Err *err)
{
    const DecisionOrder *order = d->order;

    if (utf8_blank(order->reason))
        return err_field(err, "grund", "Bitte geben Sie den Grund an.");
    if (order->reason.len > 2000)
        return err_field(err, "grund", "Der Grund ist zu lang. Bitte kürzen Sie ihn.");
    if (d->charge.owed_cents <= d->charge.paid_cents)
        return err_field(err, "grund", "Bei dieser Forderung ist nichts mehr offen.");
    switch (order->kind) {
    case DECISION_REMISSION:
    case DECISION_WRITE_OFF: return check_amount(d, err);
    case DECISION_DEFERRAL:
    case DECISION_SUSPENSION:
    case DECISION_STOP: return check_until(order, err);
    case DECISION_INSTALMENTS:
        if (order->count < 2 || order->count > MOST_INSTALMENTS)
            return err_field(err, "raten", "Bitte geben Sie 2 bis %d Raten an.", MOST_INSTALMENTS);
        if (!date_valid(order->first) || date_compare(order->first, order->today) < 0 ||
            order->first.year > order->today.year + 1)
            return err_field(err, "erste",
                             "Bitte geben Sie für die erste Rate einen Tag an, der noch kommt, "
                             "spätestens im nächsten Jahr.");
        return true;
    case DECISION_ENFORCEMENT:
    case DECISION_KINDS: break;
    }
    return true;
}

/* A second plan or deferral on top of one would leave open which holds. */
static bool check_alone(const Deciding *d, Err *err)
{
    int64_t count = 0;

    if (d->order->kind == DECISION_STOP || d->order->kind == DECISION_ENFORCEMENT ||
        decision_lowers_claim(d->order->kind))
        return true;
    if (!tx_query_int(d->tx, err, &count,
                      "SELECT COUNT(*) FROM charge_decision WHERE charge_id = $1 AND "
                      "status = 'stands' AND kind = $2 AND (until IS NULL OR until >= $3)",
                      P_INT(d->charge.id), P_TEXT(decision_word(d->order->kind)),
                      P_TEXT(date_iso(d->arena, d->order->today))))
        return false;
    return count == 0 || err_field(err, "grund",
                                   "Es gilt schon eine solche Entscheidung. Bitte nehmen Sie "
                                   "diese zuerst zurück.");
}

/* --- Instalments ---------------------------------------------------------------------------- */

static bool make_plan(Deciding *d, Err *err)
{
    int64_t open = 0, given = 0;
    size_t old_count = d->parts.count;
    Date assessed = {0};

    for (size_t i = 0; i < old_count; i++) {
        ChargePart *part = &d->parts.items[i];
        if (!str_eq(part->kind, PART_MAIN) || part->open_cents == 0)
            continue;
        VEC_PUSH(d->arena, &d->taken, (Taken){part->number, part->open_cents});
        open += part->open_cents;
        part->cents -= part->open_cents;
        assessed = date_later(assessed, part->assessed);
    }
    if (open < d->order->count)
        return err_field(err, "raten", "Der offene Betrag reicht nicht für so viele Raten.");
    for (int i = 0; i < d->order->count; i++) {
        int64_t until = open * (i + 1) / d->order->count;
        parts_add(&d->parts, date_add_months(d->order->first, i), until - given, PART_MAIN,
                  d->arena)
            ->assessed = assessed;
        VEC_PUSH(d->arena, &d->made, (Taken){d->parts.last_number, until - given});
        given = until;
    }
    return parts_store(d->tx, d->charge.id, &d->parts, d->arena, err);
}

/* --- Interest --------------------------------------------------------------------------------
 */

/* It runs from the day of the decision, at the earliest from when a part was due. */
static int64_t deferral_interest(const Deciding *d)
{
    int64_t cents = 0;

    for (size_t i = 0; i < d->parts.count; i++) {
        const ChargePart *part = &d->parts.items[i];
        if (str_eq(part->kind, PART_MAIN))
            cents += interest_of(part->open_cents, date_later(part->due, d->order->today),
                                 d->order->until);
    }
    return interest_set(cents);
}

static Date due_of(const Deciding *d, int number)
{
    for (size_t i = 0; i < d->parts.count; i++)
        if (d->parts.items[i].number == number)
            return d->parts.items[i].due;
    return d->order->today;
}

/* For each instalment to the day on which it is due: from the decision, or from when the part was
 * due that it pays, if that is later (an instalment of two parts: the first of them). */
static int64_t plan_interest(const Deciding *d)
{
    int64_t cents = 0, reached = 0, until = d->taken.items[0].cents;
    size_t t = 0;

    for (int i = 0; i < d->order->count; i++) {
        while (reached >= until && t + 1 < d->taken.count)
            until += d->taken.items[++t].cents;
        Date from = due_of(d, d->taken.items[t].number);
        if (date_compare(from, d->order->today) < 0)
            from = d->order->today;
        cents += interest_of(d->made.items[i].cents, from, date_add_months(d->order->first, i));
        reached += d->made.items[i].cents;
    }
    return interest_set(cents);
}

static bool add_interest(Deciding *d, int64_t cents, Date due, Err *err)
{
    int number;

    if (!d->order->interest || cents == 0 || !d->tenant ||
        !node_get_bool(node_get(d->tenant->settings, "money"), "deferral_interest", false))
        return true;
    d->cents = cents;
    if (!claim_add(d->tx, &d->charge, PART_INTEREST, cents, due, STR("Stundungszinsen"),
                   d->order->actor, d->arena, &number, err))
        return false;
    VEC_PUSH(d->arena, &d->made, (Taken){number, cents});
    return true;
}

/* --- Deciding -------------------------------------------------------------------------------- */

static bool apply(Deciding *d, Err *err)
{
    const DecisionOrder *order = d->order;

    switch (order->kind) {
    case DECISION_REMISSION:
    case DECISION_WRITE_OFF:
        return claim_waive(d->tx, &d->charge, decision_word(order->kind), order->cents,
                           order->of_extra, order->reason, order->actor, d->arena, &d->taken, err);
    case DECISION_INSTALMENTS:
        return decision_not_enforced(d->tx, d->charge.id, d->arena, err) && make_plan(d, err) &&
               add_interest(d, plan_interest(d), date_add_months(order->first, order->count - 1),
                            err);
    case DECISION_DEFERRAL: return add_interest(d, deferral_interest(d), order->until, err);
    case DECISION_ENFORCEMENT: d->taken = *order->handed; break;
    case DECISION_SUSPENSION:
    case DECISION_STOP:
    case DECISION_KINDS: break;
    }
    return true;
}

static bool insert(Deciding *d, bool proposed, int64_t *id, Err *err)
{
    const DecisionOrder *order = d->order;

    return tx_insert(
               d->tx, err, id,
               "INSERT INTO charge_decision (charge_id, kind, status, cents, of_extra, begins, "
               "until, reason, parts, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
               "$10, $11)",
               P_INT(d->charge.id), P_TEXT(decision_word(order->kind)),
               P_TEXT(proposed ? STR("proposed") : STR("stands")),
               P_INT(decision_lowers_claim(order->kind) ? order->cents : d->cents),
               P_INT(order->of_extra), P_TEXT(date_iso(d->arena, order->today)),
               P_TEXT(date_absent(order->until) ? STR_NONE : date_iso(d->arena, order->until)),
               P_TEXT(str_trim(order->reason)), P_TEXT(parts_json(d)), P_INT(tx_now(d->tx)),
               P_TEXT(order->actor)) &&
           decision_event(d->tx, proposed ? "charge.decision_proposed" : "charge.decided",
                          &d->charge, *id, order->kind,
                          decision_lowers_claim(order->kind) ? order->cents : d->cents,
                          order->actor, d->arena, err);
}

static bool begin(Deciding *d, Err *err)
{
    return charge_by_id(d->tx, d->order->charge_id, d->arena, &d->charge, err) &&
           parts_load(d->tx, d->charge.id, d->charge.paid_cents, d->arena, &d->parts, err);
}

bool decision_make(Tx *tx, Tenant *tenant, const DecisionOrder *order, Arena *arena, int64_t *id,
                   Err *err)
{
    Deciding d = {.tx = tx, .tenant = tenant, .order = order, .arena = arena};
    int64_t limit = node_get_i64(node_get(tenant->settings, "money"), "four_eyes_above", INT64_MAX);
    int64_t alone = 0; /* waived of this charge before, by one person */

    if (!tx_query_int(tx, err, &alone,
                      "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM charge_decision WHERE "
                      "charge_id = $1 AND status = 'stands' AND answered_by IS NULL AND "
                      "kind IN ('erlass', 'niederschlagung')",
                      P_INT(order->charge_id)))
        return false;
    /* Together, so that many small steps are no way around the second person. */
    bool proposed = decision_lowers_claim(order->kind) && order->cents > limit - alone;

    return begin(&d, err) && check_order(&d, err) && check_alone(&d, err) &&
           (proposed || apply(&d, err)) && insert(&d, proposed, id, err);
}

bool decision_answer(Tx *tx, int64_t id, bool agree, Str actor, Arena *arena, Err *err)
{
    Decision decision;

    if (!decision_by_id(tx, id, arena, &decision, err))
        return false;
    if (!str_is(decision.status, "proposed"))
        return err_set(err, ERR_CONFLICT, "Über diesen Vorschlag ist schon entschieden.");
    if (agree && str_eq(actor, decision.actor))
        return err_set(err, ERR_FORBIDDEN,
                       "Diesem Vorschlag muss jemand anders zustimmen: Es gilt das "
                       "Vier-Augen-Prinzip.");
    DecisionOrder order = {.charge_id = decision.charge_id,
                           .kind = decision.kind,
                           .cents = decision.cents,
                           .of_extra = decision.of_extra,
                           .reason = decision.reason,
                           .actor = actor,
                           .today = date_in_berlin(tx_now(tx))};
    Deciding d = {.tx = tx, .order = &order, .arena = arena};

    return begin(&d, err) && (!agree || apply(&d, err)) &&
           tx_exec(tx, err,
                   "UPDATE charge_decision SET status = $2, answered_at = $3, answered_by = $4, "
                   "parts = $5 WHERE id = $1",
                   P_INT(id), P_TEXT(agree ? STR("stands") : STR("refused")), P_INT(tx_now(tx)),
                   P_TEXT(actor), P_TEXT(parts_json(&d))) &&
           decision_event(tx, agree ? "charge.decided" : "charge.decision_refused", &d.charge, id,
                          decision.kind, decision.cents, actor, arena, err);
}
