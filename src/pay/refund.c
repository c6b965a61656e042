/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/refund.h"

#include "base/check_digit.h"
#include "base/utf8.h"
#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/sepa_country.h"
#include "pay/sepa_text.h"

enum { MOST_NAME = 70, MOST_OTHERS = 10 };

/* --- What is overpaid ----------------------------------------------------------------------------
 */

/* The account of the last payment, or that of the last direct debit. */
static bool last_account(Tx *tx, Overpaid *overpaid, Arena *arena, Err *err)
{
    Rows *rows = tx_query(
        tx, arena, err,
        "SELECT name, iban FROM (SELECT b.id AS at, b.name, b.iban FROM ledger_line l JOIN "
        "ledger_booking k ON k.id = l.booking_id JOIN bank_item b ON b.id = k.bank_item_id WHERE "
        "l.charge_id = $1 AND l.account = 'forderung' AND b.cents > 0 AND b.iban IS NOT NULL "
        "UNION ALL SELECT i.bank_item_id, m.holder, m.iban FROM collection_item i JOIN mandate m "
        "ON m.id = i.mandate_id WHERE i.charge_id = $1 AND i.status = 'credited') AS accounts "
        "ORDER BY at DESC LIMIT 1",
        P_INT(overpaid->charge.id));

    if (rows && rows_next(rows, err)) {
        overpaid->name = row_text(rows, 0);
        overpaid->iban = row_text(rows, 1);
        rows_end(rows);
    }
    return rows && err->kind == ERR_NONE;
}

static bool read_charges(Rows *rows, Arena *arena, Charge **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, charge_from_row(rows));
}

static bool others_of(Tx *tx, Overpaid *overpaid, Arena *arena, Err *err)
{
    const Charge *charge = &overpaid->charge;
    Rows *rows =
        charge->payer.len
            ? tx_query(tx, arena, err,
                       "SELECT " CHARGE_COLUMNS " FROM charge WHERE payer = $1 AND "
                       "owed_cents > paid_cents ORDER BY due, id LIMIT $2",
                       P_TEXT(charge->payer), P_INT(MOST_OTHERS))
            : tx_query(tx, arena, err,
                       "SELECT " CHARGE_COLUMNS " FROM charge WHERE name_key = $1 AND payer IS "
                       "NULL AND owed_cents <> paid_cents AND owed_cents > paid_cents "
                       "ORDER BY due, id LIMIT $2",
                       P_TEXT(name_key(arena, charge->debtor)), P_INT(MOST_OTHERS));

    return read_charges(rows, arena, &overpaid->others, &overpaid->other_count, err);
}

bool refund_overpaid(Tx *tx, int limit, Arena *arena, Overpaid **out, size_t *count, Err *err)
{
    Charge *charges;

    if (!read_charges(
            tx_query(tx, arena, err,
                     "SELECT " CHARGE_COLUMNS " FROM charge WHERE owed_cents <> paid_cents AND "
                     "owed_cents < paid_cents AND id NOT IN (SELECT charge_id FROM refund WHERE "
                     "status = 'proposed') ORDER BY id LIMIT $1",
                     P_INT(limit)),
            arena, &charges, count, err))
        return false;
    *out = arena_array(arena, Overpaid, *count);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (Overpaid){.charge = charges[i],
                               .cents = charges[i].paid_cents - charges[i].owed_cents};
        if (!last_account(tx, &(*out)[i], arena, err) || !others_of(tx, &(*out)[i], arena, err))
            return false;
    }
    return true;
}

/* --- Reading -------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                              \
    "r.id, r.charge_id, r.cents, r.name, r.iban, r.bic, r.status, r.end_to_end, "            \
    "r.proposed_by, r.released_by, r.created_at, r.run_id, c.payment_reference, c.purpose, " \
    "c.debtor, n.sent_on, CASE WHEN c.owed_cents > c.paid_cents THEN c.owed_cents - "        \
    "c.paid_cents ELSE 0 END FROM refund r JOIN charge c ON c.id = r.charge_id LEFT JOIN "   \
    "refund_run n ON n.id = r.run_id "

static bool all_of(Rows *rows, Arena *arena, Refund **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err,
                     (Refund){.id = row_int(rows, 0),
                              .charge_id = row_int(rows, 1),
                              .cents = row_int(rows, 2),
                              .name = row_text(rows, 3),
                              .iban = row_text(rows, 4),
                              .bic = row_text(rows, 5),
                              .status = row_text(rows, 6),
                              .end_to_end = row_text(rows, 7),
                              .proposed_by = row_text(rows, 8),
                              .released_by = row_text(rows, 9),
                              .at = row_int(rows, 10),
                              .run_id = row_int(rows, 11),
                              .payment_reference = row_text(rows, 12),
                              .purpose = row_text(rows, 13),
                              .debtor = row_text(rows, 14),
                              .sent = !row_null(rows, 15),
                              .owed_again = row_int(rows, 16)});
}

bool refund_list(Tx *tx, Str status, int limit, Arena *arena, Refund **out, size_t *count, Err *err)
{
    return all_of(tx_query(tx, arena, err,
                           "SELECT " COLUMNS "WHERE r.status = $1 ORDER BY r.id DESC LIMIT $2",
                           P_TEXT(status), P_INT(limit)),
                  arena, out, count, err);
}

bool refund_by_id(Tx *tx, int64_t id, Arena *arena, Refund *out, Err *err)
{
    Refund *found;
    size_t count;

    if (!all_of(tx_query(tx, arena, err, "SELECT " COLUMNS "WHERE r.id = $1", P_INT(id)), arena,
                &found, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Diese Erstattung gibt es nicht.");
    *out = found[0];
    return true;
}

bool refund_run_twice(Tx *tx, int64_t id, Arena *arena, Refund **out, size_t *count, Err *err)
{
    return all_of(tx_query(tx, arena, err,
                           "SELECT " COLUMNS "WHERE r.id IN (SELECT p.refund_id FROM "
                           "refund_name_before p JOIN refund_run f ON f.id = p.run_id WHERE "
                           "p.run_id = $1 AND f.discarded_by IS NULL) ORDER BY r.id",
                           P_INT(id)),
                  arena, out, count, err);
}

/* --- Proposing and releasing ---------------------------------------------------------------------
 */

static bool note(Tx *tx, const char *type, int64_t refund, int64_t charge, int64_t cents, Str actor,
                 Err *err)
{
    Arena *arena = arena_create(512);
    Node *data = node_map(arena);

    node_set(arena, data, STR("refund"), node_int(arena, refund));
    node_set(arena, data, STR("cents"), node_int(arena, cents));
    bool ok =
        event_add(tx, type, str_printf(arena, "charge/%lld", (long long)charge), actor, data, err);
    arena_destroy(arena);
    return ok;
}

static bool account_ok(const RefundOrder *order, Str iban, Str bic, Arena *arena, Err *err)
{
    if (utf8_blank(order->name) || str_empty(sepa_text(arena, order->name, MOST_NAME)) ||
        utf8_length(order->name) > MOST_NAME)
        return err_field(err, "name", "An wen erstattet wird, fehlt (höchstens 70 Zeichen).");
    if (!check_iban(iban))
        return err_field(err, "iban", "Die IBAN „%.*s“ stimmt nicht. Bitte prüfen Sie die Ziffern.",
                         STR_ARG(order->iban));
    if (!sepa_country_known(iban))
        return err_field(err, "iban",
                         "An ein Konto in diesem Land kann so nicht überwiesen werden: Es nimmt "
                         "nicht am SEPA-Verfahren teil.");
    return !bic.ptr || sepa_bic_ok(bic) ||
           err_field(err, "bic", "Eine BIC hat 8 oder 11 Zeichen: Großbuchstaben und Ziffern.");
}

bool refund_propose(Tx *tx, const RefundOrder *order, Arena *arena, int64_t *id, Err *err)
{
    Str iban = str_replace(arena, order->iban, STR(" "), STR(""));
    Str bic = str_empty(order->bic) ? STR_NONE : str_replace(arena, order->bic, STR(" "), STR(""));
    Charge charge;

    if (!account_ok(order, iban, bic, arena, err) ||
        !charge_by_id(tx, order->charge_id, arena, &charge, err))
        return false;
    int64_t cents = charge.paid_cents - charge.owed_cents, unclear = 0;
    if (cents <= 0)
        return err_set(err, ERR_CONFLICT, "Auf dieser Forderung ist nichts überzahlt.");
    if (!tx_query_int(tx, err, &unclear,
                      "SELECT COUNT(*) FROM bank_item b WHERE b.status = 'open' AND b.cents < 0 "
                      "AND (b.end_to_end IN (SELECT r.end_to_end FROM refund r WHERE r.charge_id "
                      "= $1) OR b.end_to_end IN (SELECT n.end_to_end FROM refund_name_before n "
                      "JOIN refund r ON r.id = n.refund_id WHERE r.charge_id = $1))",
                      P_INT(charge.id)))
        return false;
    if (unclear > 0)
        return err_set(err, ERR_CONFLICT,
                       "Die Bank hat schon eine Erstattung dieser Forderung ausgeführt, die noch "
                       "offen ist. Bitte klären Sie zuerst diese Buchung.");
    if (!tx_insert(tx, err, id,
                   "INSERT INTO refund (charge_id, cents, name, iban, bic, status, proposed_by, "
                   "created_at) VALUES ($1, $2, $3, $4, $5, 'proposed', $6, $7)",
                   P_INT(charge.id), P_INT(cents), P_TEXT(str_trim(order->name)), P_TEXT(iban),
                   P_TEXT(bic), P_TEXT(order->actor), P_INT(tx_now(tx))))
        return err->kind == ERR_CONFLICT
                   ? err_set(err, ERR_CONFLICT,
                             "Für diese Forderung ist schon eine Erstattung vorgeschlagen.")
                   : false;
    return tx_exec(tx, err, "UPDATE refund SET end_to_end = $2 WHERE id = $1", P_INT(*id),
                   P_TEXT(str_printf(arena, "E%lld-%.*s", (long long)*id,
                                     STR_ARG(charge.payment_reference)))) &&
           note(tx, "refund.proposed", *id, charge.id, cents, order->actor, err);
}

bool refund_needs_second(const Tenant *tenant, int64_t cents)
{
    return cents > node_get_i64(node_get(tenant->settings, "money"), "four_eyes_above", INT64_MAX);
}

/* Away from the charge, onto its way to the bank. */
static bool book_out(Tx *tx, const Refund *refund, Str actor, Err *err)
{
    LedgerLine lines[] = {{ACCOUNT_CLAIMS, refund->charge_id, refund->cents},
                          {ACCOUNT_PAYOUT, refund->charge_id, -refund->cents}};

    return ledger_book(tx, STR("erstattung"), refund->payment_reference, date_in_berlin(tx_now(tx)),
                       actor, lines, 2, NULL, err) &&
           tx_exec(tx, err, "UPDATE charge SET paid_cents = paid_cents - $2 WHERE id = $1",
                   P_INT(refund->charge_id), P_INT(refund->cents));
}

bool refund_release(Tx *tx, Tenant *tenant, int64_t id, Str actor, Arena *arena, Err *err)
{
    Refund refund = {0};
    Charge charge;
    int64_t alone = 0;

    if (!refund_by_id(tx, id, arena, &refund, err) ||
        !charge_by_id(tx, refund.charge_id, arena, &charge, err))
        return false;
    if (!str_is(refund.status, "proposed"))
        return err_set(err, ERR_CONFLICT, "Über diese Erstattung ist schon entschieden.");
    /* Together with what one person alone gave out before, for this charge or to this account. */
    if (!tx_query_int(tx, err, &alone,
                      "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM refund WHERE "
                      "(charge_id = $1 OR iban = $2) AND released_by = proposed_by AND "
                      "status IN ('released', 'ordered', 'paid')",
                      P_INT(refund.charge_id), P_TEXT(refund.iban)))
        return false;
    if (refund_needs_second(tenant, refund.cents + alone) && str_eq(refund.proposed_by, actor))
        return err_set(err, ERR_CONFLICT,
                       "Wer eine Erstattung dieser Höhe vorschlägt, kann sie nicht selbst "
                       "freigeben. Bitte lassen Sie das eine zweite Person tun.");
    if (charge.paid_cents - charge.owed_cents < refund.cents)
        return err_set(err, ERR_CONFLICT,
                       "Inzwischen ist weniger überzahlt. Ziehen Sie den Vorschlag zurück und "
                       "machen Sie einen neuen.");
    return tx_exec(tx, err, "UPDATE refund SET status = 'released', released_by = $2 WHERE id = $1",
                   P_INT(id), P_TEXT(actor)) &&
           book_out(tx, &refund, actor, err) &&
           note(tx, "refund.released", id, charge.id, refund.cents, actor, err);
}

bool refund_drop(Tx *tx, int64_t id, Str actor, Err *err)
{
    int64_t changed = 0, charge = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE refund SET status = 'dropped' WHERE id = $1 AND status = "
                       "'proposed'",
                       P_INT(id)))
        return false;
    if (changed == 0)
        return err_set(err, ERR_CONFLICT, "Über diese Erstattung ist schon entschieden.");
    return tx_query_int(tx, err, &charge, "SELECT charge_id FROM refund WHERE id = $1",
                        P_INT(id)) &&
           note(tx, "refund.dropped", id, charge, 0, actor, err);
}

/* --- Moving instead ------------------------------------------------------------------------------
 */

static bool same_payer(const Charge *a, const Charge *b, Arena *arena)
{
    if (a->payer.len || b->payer.len)
        return str_eq(a->payer, b->payer);
    return str_eq(name_key(arena, a->debtor), name_key(arena, b->debtor));
}

bool refund_move(Tx *tx, int64_t from, int64_t to, Str actor, Arena *arena, Err *err)
{
    Charge giver, taker;

    if (!charge_by_id(tx, from, arena, &giver, err) || !charge_by_id(tx, to, arena, &taker, err))
        return false;
    int64_t over = giver.paid_cents - giver.owed_cents;
    int64_t open = taker.owed_cents - taker.paid_cents;
    int64_t cents = over < open ? over : open;
    if (from == to || !same_payer(&giver, &taker, arena))
        return err_set(err, ERR_CONFLICT,
                       "Umgebucht wird nur zwischen Forderungen derselben Person.");
    if (cents <= 0)
        return err_set(err, ERR_CONFLICT, "Inzwischen gibt es nichts mehr umzubuchen.");
    LedgerLine lines[] = {{ACCOUNT_CLAIMS, giver.id, cents}, {ACCOUNT_CLAIMS, taker.id, -cents}};
    Str text = str_printf(arena, "von %.*s an %.*s", STR_ARG(giver.payment_reference),
                          STR_ARG(taker.payment_reference));
    return ledger_book(tx, STR("umbuchung"), text, date_in_berlin(tx_now(tx)), actor, lines, 2,
                       NULL, err) &&
           tx_exec(tx, err, "UPDATE charge SET paid_cents = paid_cents - $2 WHERE id = $1",
                   P_INT(giver.id), P_INT(cents)) &&
           tx_exec(tx, err, "UPDATE charge SET paid_cents = paid_cents + $2 WHERE id = $1",
                   P_INT(taker.id), P_INT(cents)) &&
           note(tx, "charge.moved", 0, giver.id, -cents, actor, err) &&
           note(tx, "charge.moved", 0, taker.id, cents, actor, err);
}
