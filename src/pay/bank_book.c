/* SPDX-License-Identifier: EUPL-1.2 */
/* Money of bank items goes to what it is for, and comes back: always by another booking. */
#include "core/store/event.h"
#include "core/store/rows.h"
#include "pay/bank.h"
#include "pay/collection.h"
#include "pay/refund.h"

#include <assert.h>

/* --- One booking ---------------------------------------------------------------------------------
 */

static bool find_charge(Tx *tx, const BankBooking *booking, int64_t id, Arena *arena, Charge *out,
                        Err *err)
{
    for (size_t i = 0; i < booking->charge_count; i++)
        if (booking->charges[i].id == id) {
            *out = booking->charges[i];
            return true;
        }
    return charge_by_id(tx, id, arena, out, err);
}

static bool touch_charge(Tx *tx, const BankBooking *booking, const LedgerLine *line, Arena *arena,
                         Err *err)
{
    Node *data = node_map(arena);
    Charge charge;

    if (!find_charge(tx, booking, line->charge_id, arena, &charge, err))
        return false;
    node_set(arena, data, STR("charge"), node_int(arena, charge.id));
    node_set(arena, data, STR("cents"), node_int(arena, -line->cents));
    node_set(arena, data, STR("bank_item"), node_int(arena, booking->item));
    return tx_exec(tx, err, "UPDATE charge SET paid_cents = paid_cents + $2 WHERE id = $1",
                   P_INT(charge.id), P_INT(-line->cents)) &&
           event_add(tx, line->cents < 0 ? "charge.paid" : "charge.unpaid", charge.subject,
                     booking->actor, data, err);
}

bool bank_book(Tx *tx, const BankBooking *booking, Arena *arena, Err *err)
{
    LedgerLine *lines = arena_array(arena, LedgerLine, booking->count * 2);
    int64_t sum = 0;

    assert(booking->count > 0);
    for (size_t i = 0; i < booking->count; i++) {
        const LedgerLine *line = &booking->lines[i];
        lines[i * 2] = (LedgerLine){booking->from, line->charge_id, -line->cents};
        lines[i * 2 + 1] = *line;
        sum -= line->cents;
        if (str_eq(line->account, ACCOUNT_CLAIMS) && !touch_charge(tx, booking, line, arena, err))
            return false;
    }
    if (!ledger_book_item(tx, booking->item, booking->kind, booking->text, booking->value,
                          booking->actor, lines, booking->count * 2, err))
        return false;
    return !str_eq(booking->from, ACCOUNT_SUSPENSE) ||
           tx_exec(tx, err,
                   "UPDATE bank_item SET open_cents = open_cents - $2, status = CASE WHEN "
                   "open_cents = $2 THEN 'assigned' ELSE 'open' END WHERE id = $1",
                   P_INT(booking->item), P_INT(sum));
}

/* Items that were booked before their bookings named them went to one charge as a whole. */
static void add_whole(const BankItem *item, Arena *arena, LedgerLine **out, size_t *count)
{
    if (*count > 0 || item->charge_id == 0 || item->open_cents != 0)
        return;
    *out = arena_array(arena, LedgerLine, 1);
    (*out)[(*count)++] = (LedgerLine){ACCOUNT_CLAIMS, item->charge_id, -item->cents};
}

bool bank_lines_of(Tx *tx, const BankItem *item, Arena *arena, LedgerLine **out, size_t *count,
                   Err *err)
{
    int64_t named = 0;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT l.account, l.charge_id, SUM(l.cents) FROM ledger_line l JOIN "
                          "ledger_booking b ON b.id = l.booking_id WHERE b.bank_item_id = $1 AND "
                          "l.account NOT IN ('bank', 'verwahr') GROUP BY l.account, l.charge_id "
                          "HAVING SUM(l.cents) <> 0 ORDER BY l.charge_id, l.account",
                          P_INT(item->id));

    if (!ROWS_LIST(rows, arena, out, count, err,
                   (LedgerLine){row_text(rows, 0), row_int(rows, 1), row_int(rows, 2)}) ||
        !tx_query_int(tx, err, &named,
                      "SELECT COUNT(*) FROM ledger_booking WHERE bank_item_id = $1",
                      P_INT(item->id)))
        return false;
    if (named == 0)
        add_whole(item, arena, out, count);
    return true;
}

/* --- Assigning -----------------------------------------------------------------------------------
 */

static bool load_open(Tx *tx, int64_t item_id, Arena *arena, BankItem *item, Err *err)
{
    if (!bank_item_by_id(tx, item_id, arena, item, err))
        return false;
    return str_is(item->status, "open") ||
           err_set(err, ERR_CONFLICT, "Diese Zahlung ist schon zugeordnet.");
}

/* Each of the item's sign, together not more than what is open. */
static bool shares_fit(const BankItem *item, const Share *shares, size_t count, Err *err)
{
    bool in = item->open_cents > 0;
    int64_t left = in ? item->open_cents : -item->open_cents;

    for (size_t i = 0; i < count; i++) {
        int64_t cents = in ? shares[i].cents : -shares[i].cents;
        if (cents <= 0)
            return err_field(err, "betrag", "Jeder Betrag muss größer als null sein.");
        if (cents > left)
            return err_field(err, "betrag",
                             "Die Beträge sind zusammen höher als das, was von dieser Zahlung noch "
                             "offen ist.");
        left -= cents;
    }
    return count > 0 || err_field(err, "kassenzeichen", "Wofür die Zahlung ist, fehlt.");
}

/* The item's list shows the first charge that its money went to. */
static bool note_charge(Tx *tx, int64_t item, int64_t charge, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE bank_item SET charge_id = $2 WHERE id = $1 AND charge_id IS NULL",
                   P_INT(item), P_INT(charge)) &&
           bank_list_payer(tx, item, err);
}

bool bank_assign_shares(Tx *tx, int64_t item_id, const Share *shares, size_t count, Str actor,
                        Arena *arena, Err *err)
{
    BankItem item;
    LedgerLine *lines = arena_array(arena, LedgerLine, count + 1);
    Charge first;

    if (!load_open(tx, item_id, arena, &item, err) || !shares_fit(&item, shares, count, err) ||
        !charge_by_id(tx, shares[0].charge_id, arena, &first, err))
        return false;
    for (size_t i = 0; i < count; i++)
        lines[i] = (LedgerLine){ACCOUNT_CLAIMS, shares[i].charge_id, -shares[i].cents};
    BankBooking booking = {.item = item_id,
                           .from = ACCOUNT_SUSPENSE,
                           .kind = STR("zuordnung"),
                           .text = first.payment_reference,
                           .value = item.value,
                           .actor = actor,
                           .lines = lines,
                           .count = count};
    return bank_book(tx, &booking, arena, err) && note_charge(tx, item_id, first.id, err);
}

bool bank_assign(Tx *tx, int64_t item_id, Str payment_reference, Str actor, Arena *arena, Err *err)
{
    BankItem item;
    Charge charge;

    if (!load_open(tx, item_id, arena, &item, err))
        return false;
    if (!charge_by_reference(tx, payment_reference, arena, &charge, err))
        return err->kind == ERR_NOT_FOUND
                   ? err_field(err, "kassenzeichen",
                               "Dieses Kassenzeichen gibt es nicht. Bitte prüfen Sie die Ziffern.")
                   : false;
    Share share = {charge.id, item.open_cents};
    return bank_assign_shares(tx, item_id, &share, 1, actor, arena, err);
}

/* --- Taking back ---------------------------------------------------------------------------------
 */

/* What the program collected or paid out itself follows its own lists. */
static bool not_ours(Tx *tx, const BankItem *item, Err *err)
{
    bool collected, refunded;

    if (!collection_holds(tx, item->id, &collected, err) ||
        !refund_holds(tx, item->id, &refunded, err))
        return false;
    return !(collected || refunded) ||
           err_set(err, ERR_CONFLICT,
                   "Diese Zahlung gehört zu einer %s der Stadt. Ihre Zuordnung kann nicht "
                   "zurückgenommen werden.",
                   collected ? "Lastschrift" : "Erstattung");
}

static bool may_unassign(Tx *tx, const BankItem *item, Err *err)
{
    int64_t taken = 0;

    if (!not_ours(tx, item, err) ||
        !tx_query_int(tx, err, &taken, "SELECT COUNT(*) FROM bank_item WHERE takes_back = $1",
                      P_INT(item->id)))
        return false;
    return taken == 0 || err_set(err, ERR_CONFLICT,
                                 "Diese Zahlung hat die Bank zurückgenommen. Nehmen Sie zuerst die "
                                 "Zuordnung der Rückgabe zurück.");
}

static bool still_there(Tx *tx, const LedgerLine *line, Arena *arena, Err *err)
{
    Charge charge;

    if (!str_eq(line->account, ACCOUNT_CLAIMS) || line->cents > 0)
        return true;
    if (!charge_by_id(tx, line->charge_id, arena, &charge, err))
        return false;
    return charge.paid_cents + line->cents >= 0 ||
           err_set(err, ERR_CONFLICT,
                   "Das Geld dieser Zahlung ist inzwischen ausgezahlt oder umgebucht worden. Die "
                   "Zuordnung kann so nicht mehr zurückgenommen werden.");
}

/* The other item is as if this one had never taken it back. */
static bool let_stand(Tx *tx, const BankItem *item, Arena *arena, Err *err)
{
    BankItem taken;

    if (item->takes_back == 0)
        return true;
    return bank_item_by_id(tx, item->takes_back, arena, &taken, err) &&
           tx_exec(tx, err, "UPDATE bank_item SET takes_back = NULL, stands = 1 WHERE id = $1",
                   P_INT(item->id)) &&
           tx_exec(tx, err, "UPDATE bank_item SET stands = 1 WHERE id = $1", P_INT(taken.id)) &&
           (taken.takes_back == 0 ||
            tx_exec(tx, err, "UPDATE bank_item SET stands = 0 WHERE id = $1",
                    P_INT(taken.takes_back)));
}

bool bank_unassign(Tx *tx, int64_t item_id, Str actor, Arena *arena, Err *err)
{
    BankItem item;
    LedgerLine *lines;
    size_t count;

    if (!bank_item_by_id(tx, item_id, arena, &item, err) || !may_unassign(tx, &item, err) ||
        !bank_lines_of(tx, &item, arena, &lines, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_CONFLICT, "Diese Zahlung ist nicht zugeordnet.");
    for (size_t i = 0; i < count; i++) {
        if (!still_there(tx, &lines[i], arena, err))
            return false;
        lines[i].cents = -lines[i].cents;
    }
    BankBooking booking = {.item = item_id,
                           .from = ACCOUNT_SUSPENSE,
                           .kind = STR("rücknahme"),
                           .text = STR("Zuordnung zurückgenommen"),
                           .value = item.value,
                           .actor = actor,
                           .lines = lines,
                           .count = count};
    return bank_book(tx, &booking, arena, err) && let_stand(tx, &item, arena, err) &&
           tx_exec(tx, err, "UPDATE bank_item SET charge_id = NULL WHERE id = $1", P_INT(item_id));
}

/* --- Returns
 * --------------------------------------------------------------------------------------- */

bool bank_return_lines(Tx *tx, const BankItem *item, int64_t cents, Arena *arena, LedgerLine **out,
                       size_t *count, Err *err)
{
    LedgerLine *lines;
    size_t given;
    int64_t fee = -cents - item->cents;
    size_t n = 0;

    if (!bank_lines_of(tx, item, arena, &lines, &given, err))
        return false;
    *out = arena_array(arena, LedgerLine, given + 1);
    for (size_t i = 0; i < given; i++) {
        LedgerLine line = {lines[i].account, lines[i].charge_id, -lines[i].cents};
        if (str_eq(line.account, ACCOUNT_BANK_FEES)) {
            line.cents += fee;
            fee = 0;
        }
        if (line.cents != 0)
            (*out)[n++] = line;
    }
    if (fee != 0)
        (*out)[n++] = (LedgerLine){ACCOUNT_BANK_FEES, 0, fee};
    *count = n;
    return true;
}

bool bank_note_return(Tx *tx, int64_t item_id, const BankItem *taken, Err *err)
{
    return tx_exec(tx, err, "UPDATE bank_item SET takes_back = $2, stands = $3 WHERE id = $1",
                   P_INT(item_id), P_INT(taken->id), P_INT(taken->takes_back == 0)) &&
           tx_exec(tx, err, "UPDATE bank_item SET stands = 0 WHERE id = $1", P_INT(taken->id)) &&
           (taken->takes_back == 0 ||
            tx_exec(tx, err, "UPDATE bank_item SET stands = 1 WHERE id = $1",
                    P_INT(taken->takes_back)));
}

/* The same amount the other way; a return may be higher by the bank's fee, its end lower. */
static bool takes_back(const BankItem *item, const BankItem *taken)
{
    if (item->cents > 0 && taken->takes_back == 0)
        return false; /* only a return is undone by money that comes */
    return item->cents == -taken->cents ||
           (item->cents < 0 && taken->cents > 0 && item->return_cents == taken->cents) ||
           (item->cents > 0 && taken->cents < 0 && taken->return_cents == item->cents);
}

bool bank_assign_return(Tx *tx, int64_t item_id, int64_t returned, Str actor, Arena *arena,
                        Err *err)
{
    BankItem item, taken;
    LedgerLine *lines;
    size_t count;

    if (!load_open(tx, item_id, arena, &item, err) ||
        !bank_item_by_id(tx, returned, arena, &taken, err))
        return false;
    if (!not_ours(tx, &taken, err))
        return false;
    if (!taken.stands || taken.open_cents != 0 || item.open_cents != item.cents ||
        !takes_back(&item, &taken))
        return err_set(err, ERR_CONFLICT, "Diese Zahlung kann nicht zurückgenommen werden.");
    if (!bank_return_lines(tx, &taken, item.cents, arena, &lines, &count, err))
        return false;
    BankBooking booking = {.item = item_id,
                           .from = ACCOUNT_SUSPENSE,
                           .kind = STR("rückgabe"),
                           .text = STR("Rückgabe durch die Bank"),
                           .value = item.value,
                           .actor = actor,
                           .lines = lines,
                           .count = count};
    return bank_book(tx, &booking, arena, err) && bank_note_return(tx, item_id, &taken, err) &&
           (taken.charge_id == 0 || note_charge(tx, item_id, taken.charge_id, err));
}
