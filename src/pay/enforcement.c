/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/enforcement.h"

#include "base/vec.h"
#include "core/crypto.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/charge.h"
#include "pay/claim.h"

/* --- What could be handed over -----------------------------------------------------------------
 */

/* Charges that are open and had their last letter, whose day has passed. */
static bool candidates(Tx *tx, int levels, Date day, Arena *arena, int64_t **out, size_t *count,
                       Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT DISTINCT c.id FROM charge c JOIN dunning d ON d.charge_id = c.id "
                          "JOIN dunning_part p ON p.dunning_id = d.id "
                          "WHERE c.owed_cents <> c.paid_cents AND c.owed_cents > c.paid_cents "
                          "AND p.level >= $1 AND d.pay_until < $2 ORDER BY c.id",
                          P_INT(levels), P_TEXT(date_iso(arena, day)));

    return ROWS_LIST(rows, arena, out, count, err, row_int(rows, 0));
}

static int64_t *sum_of(EnforcementLine *line, Str kind)
{
    if (str_eq(kind, PART_MAIN))
        return &line->main_cents;
    if (str_eq(kind, PART_FEE) || str_eq(kind, PART_RETURN_FEE))
        return &line->fee_cents;
    return str_eq(kind, PART_SURCHARGE) ? &line->surcharge_cents : &line->interest_cents;
}

/* A charge, and what of it goes. */
typedef struct Going {
    Judged judged; /* with the surcharges of what goes alone */
    Date asked;    /* of the last letter of the last level whose day to pay has passed, or absent */
    bool ignored;  /* a part that had such a letter is still open */
} Going;

/* What was assessed goes when the last letter asked for it: it lists all that was overdue. What
 * fell due since was asked for by nobody. Fees, surcharges and interest go with the rest. */
static bool part_goes(const Going *going, const ChargePart *part)
{
    return part_overdue(part, str_eq(part->kind, PART_MAIN) ? going->asked : going->judged.day);
}

static bool load_letters(Tx *tx, int levels, Arena *arena, Going *going, Err *err)
{
    const Judged *judged = &going->judged;
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT p.number, d.day FROM dunning_part p JOIN dunning d ON d.id = p.dunning_id "
                 "WHERE d.charge_id = $1 AND p.level >= $2 AND d.pay_until < $3",
                 P_INT(judged->charge.id), P_INT(levels), P_TEXT(date_iso(arena, judged->day)));

    while (rows && rows_next(rows, err)) {
        going->asked = date_later(going->asked, row_date(rows, 1));
        for (size_t i = 0; i < judged->parts.count; i++) {
            const ChargePart *part = &judged->parts.items[i];
            if (part->number == row_int(rows, 0) && str_eq(part->kind, PART_MAIN) &&
                part_overdue(part, judged->day))
                going->ignored = true;
        }
    }
    return rows && err->kind == ERR_NONE;
}

static bool surcharge_goes(const Going *going, const Surcharge *surcharge)
{
    const PartList *parts = &going->judged.parts;

    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].number == surcharge->number)
            return part_goes(going, &parts->items[i]);
    return false;
}

static void keep_surcharges(Going *going, Arena *arena)
{
    Surcharges all = going->judged.surcharges, *kept = &going->judged.surcharges;

    *kept = (Surcharges){0};
    for (size_t i = 0; i < all.count; i++)
        if (surcharge_goes(going, &all.items[i])) {
            VEC_PUSH(arena, kept, all.items[i]);
            kept->cents += all.items[i].cents;
        }
}

static bool open_charge(Tx *tx, Tenant *tenant, const DunningRules *rules, int64_t id, Date day,
                        Arena *arena, Going *out, Err *err)
{
    *out = (Going){0};
    if (!dunning_open(tx, tenant, rules, id, day, arena, &out->judged, err) ||
        !load_letters(tx, rules->count, arena, out, err))
        return false;
    keep_surcharges(out, arena);
    return true;
}

static void add_parts(const Going *going, EnforcementLine *line)
{
    const Judged *judged = &going->judged;

    for (size_t i = 0; i < judged->parts.count; i++) {
        const ChargePart *part = &judged->parts.items[i];
        if (!part_goes(going, part))
            continue;
        *sum_of(line, part->kind) += part->open_cents;
        line->cents += part->open_cents;
        if (str_eq(part->kind, PART_MAIN) &&
            (date_absent(line->due) || date_compare(part->due, line->due) < 0))
            line->due = part->due;
    }
    line->surcharge_cents += judged->surcharges.cents;
    line->cents += judged->surcharges.cents;
}

static Str address_of(Tx *tx, Tenant *tenant, Str subject, Arena *arena)
{
    LetterAddress address;
    Err none = {0};
    Buf out = buf_in(arena);

    if (!mailbox_address(tx, tenant, subject, arena, &address, &none))
        return STR("");
    for (size_t i = 0; i < address.count; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARG(address.lines[i]));
    return buf_str(&out);
}

/* Not when it is held up, being collected, or its assessment is paid. */
static bool may_go(const Going *going, const EnforcementLine *line)
{
    return going->ignored && !going->judged.why.ptr && line->main_cents > 0;
}

/* A charge as it would go; `*fits` is false when it may not. */
static bool look_at(Tx *tx, Tenant *tenant, const DunningRules *rules, int64_t id, Date day,
                    Arena *arena, EnforcementLine *out, bool *fits, Err *err)
{
    Going going;

    *fits = false;
    if (!open_charge(tx, tenant, rules, id, day, arena, &going, err))
        return false;
    *out = (EnforcementLine){.charge_id = id,
                             .payment_reference = going.judged.charge.payment_reference,
                             .debtor = going.judged.charge.debtor,
                             .purpose = going.judged.charge.purpose,
                             .subject = going.judged.subject,
                             .address = address_of(tx, tenant, going.judged.subject, arena),
                             .dunned = going.asked};
    add_parts(&going, out);
    *fits = may_go(&going, out);
    return true;
}

bool enforcement_look(Tx *tx, Tenant *tenant, Date day, Arena *arena, Enforcement *out, Err *err)
{
    DunningRules rules;
    int64_t *ids;
    size_t count;

    *out = (Enforcement){.day = day};
    if (!dunning_rules(tenant, &rules, err))
        return false;
    if (rules.count == 0)
        return true;
    if (!candidates(tx, rules.count, day, arena, &ids, &count, err))
        return false;
    out->lines = arena_array(arena, EnforcementLine, count + 1);
    for (size_t i = 0; i < count; i++) {
        bool fits;
        if (!look_at(tx, tenant, &rules, ids[i], day, arena, &out->lines[out->count], &fits, err))
            return false;
        if (fits)
            out->cents += out->lines[out->count++].cents;
    }
    return true;
}

/* --- Handing over -------------------------------------------------------------------------------
 */

static bool is_as_seen(const Going *going, const EnforcementLine *seen)
{
    EnforcementLine now = {0};

    add_parts(going, &now);
    return may_go(going, &now) && now.main_cents == seen->main_cents && now.cents == seen->cents;
}

static bool hand_over_one(Tx *tx, Tenant *tenant, const DunningRules *rules,
                          const EnforcementLine *line, Date day, Str actor, Arena *arena, Err *err)
{
    Going going;
    TakenList handed = {0};
    int64_t decision;
    int surcharge;
    DecisionOrder order = {.charge_id = line->charge_id,
                           .kind = DECISION_ENFORCEMENT,
                           .handed = &handed,
                           .reason = STR("Auf die letzte Mahnung wurde nicht gezahlt."),
                           .actor = actor,
                           .today = day};

    if (!open_charge(tx, tenant, rules, line->charge_id, day, arena, &going, err))
        return false;
    if (!is_as_seen(&going, line))
        return err_set(err, ERR_CONFLICT, ENFORCEMENT_CHANGED);
    if (!dunning_claim_surcharges(tx, &going.judged, day, actor, arena, &surcharge, err))
        return false;
    for (size_t i = 0; i < going.judged.parts.count; i++) {
        const ChargePart *part = &going.judged.parts.items[i];
        if (part_goes(&going, part))
            VEC_PUSH(arena, &handed, (Taken){part->number, part->open_cents});
    }
    if (surcharge)
        VEC_PUSH(arena, &handed, (Taken){surcharge, going.judged.surcharges.cents});
    return decision_make(tx, tenant, &order, arena, &decision, err);
}

Str enforcement_mark(const Enforcement *handover, Arena *arena)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < handover->count; i++)
        buf_addf(&out, "%lld:%lld ", (long long)handover->lines[i].charge_id,
                 (long long)handover->lines[i].cents);
    return crypto_sha256_hex(arena, buf_str(&out));
}

bool enforcement_make(Tx *tx, Tenant *tenant, Enforcement *handover, Arena *arena, Err *err)
{
    DunningRules rules;

    if (!dunning_rules(tenant, &rules, err))
        return false;
    if (handover->count == 0)
        return err_set(err, ERR_CONFLICT, "Es gibt nichts, was an die Vollstreckung geht.");
    for (size_t i = 0; i < handover->count; i++)
        if (!hand_over_one(tx, tenant, &rules, &handover->lines[i], handover->day, handover->actor,
                           arena, err))
            return false;
    if (!enforcement_keep(tx, handover, arena, &handover->id, err))
        return false;
    Node *data = node_map(arena);
    node_set(arena, data, STR("count"), node_int(arena, (int64_t)handover->count));
    node_set(arena, data, STR("cents"), node_int(arena, handover->cents));
    return event_add(tx, "enforcement.handed_over",
                     str_printf(arena, "enforcement/%lld", (long long)handover->id),
                     handover->actor, data, err);
}
