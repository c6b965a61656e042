/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/charge.h"

#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/decision.h"
#include "pay/ledger.h"
#include "pay/part.h"
#include "pay/sepa_text.h"

#include <assert.h>

Charge charge_from_row(Rows *rows)
{
    Charge charge = {
        .id = row_int(rows, 0),
        .payment_reference = row_text(rows, 1),
        .subject = row_text(rows, 2),
        .revenue = row_text(rows, 3),
        .purpose = row_text(rows, 4),
        .debtor = row_text(rows, 5),
        .owed_cents = row_int(rows, 6),
        .paid_cents = row_int(rows, 7),
        .payer = row_text(rows, 9),
        .extra_cents = row_int(rows, 10),
        .waived_cents = row_int(rows, 11),
    };

    date_parse_iso(row_text(rows, 8), &charge.due);
    return charge;
}

/* The one row of a query, or ERR_NOT_FOUND. */
static bool one(Rows *rows, Charge *out, Err *err)
{
    if (!rows_one(rows, "Diese Forderung gibt es nicht.", err))
        return false;
    *out = charge_from_row(rows);
    rows_end(rows);
    return true;
}

bool charge_by_id(Tx *tx, int64_t id, Arena *arena, Charge *out, Err *err)
{
    return one(
        tx_query(tx, arena, err, "SELECT " CHARGE_COLUMNS " FROM charge WHERE id = $1", P_INT(id)),
        out, err);
}

bool charge_by_reference(Tx *tx, Str reference, Arena *arena, Charge *out, Err *err)
{
    return one(tx_query(tx, arena, err,
                        "SELECT " CHARGE_COLUMNS " FROM charge WHERE payment_reference = $1",
                        P_TEXT(reference)),
               out, err);
}

bool pay_charge_by_key(Tx *tx, Str key, Arena *arena, Charge *out, Err *err)
{
    return one(tx_query(tx, arena, err, "SELECT " CHARGE_COLUMNS " FROM charge WHERE key = $1",
                        P_TEXT(key)),
               out, err);
}

bool pay_charges_of(Tx *tx, Str subject, Arena *arena, Charge **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT " CHARGE_COLUMNS " FROM (SELECT charge_id FROM charge_subject "
                          "WHERE subject = $1) JOIN charge ON id = charge_id ORDER BY charge_id",
                          P_TEXT(subject));

    return ROWS_LIST(rows, arena, out, count, err, charge_from_row(rows));
}

static Date first_due(const AssessOrder *order)
{
    Date first = order->part_count ? order->parts[0].due : order->due;

    for (size_t i = 1; i < order->part_count; i++)
        if (date_compare(order->parts[i].due, first) < 0)
            first = order->parts[i].due;
    return first;
}

/* A new charge as it will stand; its number is its id. */
static bool create(Tx *tx, Tenant *tenant, const AssessOrder *order, Arena *arena, Charge *out,
                   Err *err)
{
    Date today = date_in_berlin(tx_now(tx)), due = first_due(order);
    Str payer = order->payer.len ? str_copy(arena, order->payer) : STR_NONE;
    int64_t number = 0;

    if (!tx_insert(tx, err, &number,
                   "INSERT INTO charge (key, payment_reference, subject, revenue, purpose, "
                   "debtor, owed_cents, paid_cents, due, created_at, name_key, payer) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11)",
                   P_TEXT(order->key), P_TEXT(str_printf(arena, "new/%.*s", STR_ARG(order->key))),
                   P_TEXT(order->subject), P_TEXT(order->revenue), P_TEXT(order->purpose),
                   P_TEXT(order->debtor), P_INT(order->cents), P_TEXT(date_iso(arena, due)),
                   P_INT(tx_now(tx)), P_TEXT(name_key(arena, order->debtor)), P_TEXT(payer)))
        return false;
    *out = (Charge){
        .id = number,
        .subject = str_copy(arena, order->subject),
        .revenue = str_copy(arena, order->revenue),
        .purpose = str_copy(arena, order->purpose),
        .debtor = str_copy(arena, order->debtor),
        .owed_cents = order->cents,
        .payer = payer,
        .due = due,
    };
    return payment_reference_make(tenant->settings, number, order->revenue, today, arena,
                                  &out->payment_reference, err) &&
           tx_exec(tx, err, "UPDATE charge SET payment_reference = $2 WHERE id = $1", P_INT(number),
                   P_TEXT(out->payment_reference));
}

static bool note_event(Tx *tx, const AssessOrder *order, const Charge *charge, int64_t before,
                       Arena *arena, Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("charge"), node_int(arena, charge->id));
    node_set(arena, data, STR("payment_reference"), node_string(arena, charge->payment_reference));
    node_set(arena, data, STR("before_cents"), node_int(arena, before));
    node_set(arena, data, STR("cents"), node_int(arena, order->cents));
    return event_add(tx, "charge.assessed", order->subject, order->actor, data, err);
}

static bool note_reason(Tx *tx, const AssessOrder *order, const Charge *charge, Err *err)
{
    return str_empty(order->explanation) ||
           tx_exec(tx, err,
                   "INSERT INTO charge_reason (charge_id, at, cents, text) VALUES ($1, $2, $3, $4)",
                   P_INT(charge->id), P_INT(tx_now(tx)), P_INT(order->cents),
                   P_TEXT(order->explanation));
}

static bool book_difference(Tx *tx, const AssessOrder *order, const Charge *charge, int64_t before,
                            Arena *arena, Err *err)
{
    int64_t difference = order->cents - before;
    LedgerLine lines[] = {
        {ACCOUNT_CLAIMS, charge->id, difference},
        {str_printf(arena, "ertrag/%.*s", STR_ARG(order->revenue)), charge->id, -difference},
    };

    return ledger_book(tx, before == 0 && difference > 0 ? STR("sollstellung") : STR("änderung"),
                       order->purpose, date_in_berlin(tx_now(tx)), order->actor, lines, 2, NULL,
                       err);
}

/* The parts make up the amount, each more than nothing. */
static bool check_parts(const AssessOrder *order, Err *err)
{
    int64_t sum = 0;

    for (size_t i = 0; i < order->part_count; i++) {
        if (order->parts[i].cents <= 0 || !date_valid(order->parts[i].due))
            return err_set(
                err, ERR_INPUT,
                "Der %zu. Teilbetrag von %.*s braucht einen Tag und einen Betrag über 0.", i + 1,
                STR_ARG(order->key));
        sum += order->parts[i].cents;
    }
    return order->part_count == 0 || sum == order->cents ||
           err_set(err, ERR_INPUT,
                   "Die Teilbeträge von %.*s sind zusammen %lld Cent, festgesetzt werden %lld.",
                   STR_ARG(order->key), (long long)sum, (long long)order->cents);
}

static bool check_order(const AssessOrder *order, Err *err)
{
    assert(order->key.len && order->subject.len && order->actor.len);
    if (order->cents < 0)
        return err_set(err, ERR_INPUT,
                       "Eine Festsetzung kann nicht negativ sein (%lld Cent für %.*s).",
                       (long long)order->cents, STR_ARG(order->key));
    if (order->cents > PAY_MOST_CENTS)
        return err_set(err, ERR_INPUT,
                       "Für %.*s wären mehr als 100 Milliarden Euro festgesetzt. Bitte prüfen Sie "
                       "die Angaben.",
                       STR_ARG(order->key));
    if (!date_valid(order->due))
        return err_set(err, ERR_INPUT,
                       "Die Festsetzung %.*s hat keinen gültigen Tag der Fälligkeit.",
                       STR_ARG(order->key));
    return check_parts(order, err);
}

/* Who asked for it, and who pays. */
static bool note_people(Tx *tx, const AssessOrder *order, Arena *arena, Charge *charge, Err *err)
{
    if (order->payer.ptr && !str_eq(order->payer, charge->payer)) {
        charge->payer = str_copy(arena, order->payer);
        if (!tx_exec(tx, err, "UPDATE charge SET payer = $2 WHERE id = $1", P_INT(charge->id),
                     P_TEXT(charge->payer)))
            return false;
    }
    return tx_exec(tx, err,
                   "INSERT INTO charge_subject (charge_id, subject) VALUES ($1, $2) "
                   "ON CONFLICT (charge_id, subject) DO NOTHING",
                   P_INT(charge->id), P_TEXT(order->subject));
}

/* Does a plan of instalments stand? Its days are kept. */
static bool has_plan(Tx *tx, int64_t charge, bool *out, Err *err)
{
    int64_t count = 0;

    if (!tx_query_int(tx, err, &count,
                      "SELECT COUNT(*) FROM charge_decision WHERE charge_id = $1 AND "
                      "status = 'stands' AND kind = 'ratenzahlung'",
                      P_INT(charge)))
        return false;
    *out = count > 0;
    return true;
}

/* One that is new has neither parts nor a plan. */
static bool change_parts(Tx *tx, const AssessOrder *order, const Charge *charge, bool is_new,
                         Arena *arena, Err *err)
{
    PartList parts = {0};
    bool plan = false;
    Date today = date_in_berlin(tx_now(tx));

    if (!is_new && (!parts_load(tx, charge->id, charge->paid_cents, arena, &parts, err) ||
                    !has_plan(tx, charge->id, &plan, err)))
        return false;
    PartChange change = {.cents = charge->owed_cents - charge->extra_cents,
                         .due = order->due,
                         .schedule = order->parts,
                         .schedule_count = plan ? 0 : order->part_count,
                         .today = date_absent(order->today) ? today : order->today,
                         .assessed = date_later(order->today, today)};
    parts_change(&parts, &change, arena);
    return parts_store(tx, charge->id, &parts, arena, err);
}

/* What is owed now of a charge that was there already. */
static bool change_charge(Tx *tx, const AssessOrder *order, Arena *arena, Charge *out, Err *err)
{
    /* What was waived cannot be more than what was assessed. */
    if (out->waived_cents > order->cents &&
        !decision_lower_waivers(tx, out, out->waived_cents - order->cents, order->actor, arena,
                                err))
        return false;
    out->owed_cents = order->cents + out->extra_cents - out->waived_cents;
    out->due = first_due(order);
    out->purpose = str_copy(arena, order->purpose);
    return tx_exec(tx, err,
                   "UPDATE charge SET owed_cents = $2, due = $3, purpose = $4 WHERE id = $1",
                   P_INT(out->id), P_INT(out->owed_cents), P_TEXT(date_iso(arena, out->due)),
                   P_TEXT(order->purpose));
}

bool pay_assess(Tx *tx, Tenant *tenant, const AssessOrder *order, Arena *arena, Charge *out,
                int64_t *before_cents, Err *err)
{
    if (!check_order(order, err))
        return false;
    bool is_new = !pay_charge_by_key(tx, order->key, arena, out, err);
    if (is_new && (err->kind != ERR_NOT_FOUND || !create(tx, tenant, order, arena, out, err)))
        return false;
    err_clear(err);
    int64_t before = is_new ? 0 : charge_assessed(out);
    if (before_cents)
        *before_cents = before;
    if (!note_people(tx, order, arena, out, err))
        return false;
    if (order->cents == before)
        return true;
    return (is_new || change_charge(tx, order, arena, out, err)) &&
           change_parts(tx, order, out, is_new, arena, err) &&
           book_difference(tx, order, out, before, arena, err) &&
           note_event(tx, order, out, before, arena, err) && note_reason(tx, order, out, err);
}

bool pay_reasons_of(Tx *tx, int64_t charge, Arena *arena, ChargeReason **out, size_t *count,
                    Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT at, cents, text FROM charge_reason WHERE charge_id = $1 "
                          "ORDER BY id DESC LIMIT 50",
                          P_INT(charge));

    return ROWS_LIST(rows, arena, out, count, err,
                     (ChargeReason){.at = row_int(rows, 0),
                                    .cents = row_int(rows, 1),
                                    .text = row_text(rows, 2)});
}

bool charge_pay(Tx *tx, const Charge *charge, int64_t cents, Str from, Str text, Date value_date,
                Str actor, Err *err)
{
    LedgerLine lines[] = {
        {from, charge->id, cents},
        {ACCOUNT_CLAIMS, charge->id, -cents},
    };

    return ledger_book(tx, str_eq(from, ACCOUNT_BANK) ? STR("zahlung") : STR("zuordnung"), text,
                       value_date, actor, lines, 2, NULL, err) &&
           tx_exec(tx, err, "UPDATE charge SET paid_cents = paid_cents + $2 WHERE id = $1",
                   P_INT(charge->id), P_INT(cents));
}

/* --- Letters --------------------------------------------------------------------------------- */

static bool one_subject(Rows *rows, Str *out, bool *found, Err *err)
{
    *found = rows && rows_next(rows, err);
    if (*found) {
        *out = row_text(rows, 0);
        rows_end(rows);
    }
    return rows && err->kind == ERR_NONE;
}

bool charge_letter_subject(Tx *tx, const Charge *charge, Arena *arena, Str *out, Err *err)
{
    bool found;

    *out = charge->subject;
    if (!one_subject(tx_query(tx, arena, err,
                              "SELECT subject FROM charge_subject WHERE charge_id = $1 "
                              "AND subject LIKE 'case/%' ORDER BY LENGTH(subject) DESC, "
                              "subject DESC LIMIT 1",
                              P_INT(charge->id)),
                     out, &found, err))
        return false;
    if (found)
        return true;
    /* Charged by a run, for somebody who never had a case: an imported stock. */
    if (str_starts_with(charge->subject, "run/"))
        *out = str_printf(arena, "charge/%lld", (long long)charge->id);
    if (str_empty(charge->payer))
        return true;
    return one_subject(tx_query(tx, arena, err,
                                "SELECT s.subject FROM charge c JOIN charge_subject s "
                                "ON s.charge_id = c.id WHERE c.payer = $1 AND "
                                "s.subject LIKE 'case/%' ORDER BY LENGTH(s.subject) DESC, "
                                "s.subject DESC LIMIT 1",
                                P_TEXT(charge->payer)),
                       out, &found, err);
}
