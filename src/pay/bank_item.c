/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/bank.h"

#include "core/store/rows.h"

#define ITEM_COLUMNS                                                                           \
    "b.id, b.booked, b.value, b.cents, b.name, b.iban, b.text, b.end_to_end, b.status, "       \
    "b.charge_id, c.payment_reference, b.open_cents, b.return_code, b.return_cents, b.batch, " \
    "b.takes_back, b.stands FROM bank_item b LEFT JOIN charge c ON c.id = b.charge_id "

static BankItem item_from_row(Rows *rows)
{
    BankItem item = {
        .id = row_int(rows, 0),
        .cents = row_int(rows, 3),
        .name = row_text(rows, 4),
        .iban = row_text(rows, 5),
        .text = row_text(rows, 6),
        .end_to_end = row_text(rows, 7),
        .status = row_text(rows, 8),
        .charge_id = row_int(rows, 9),
        .payment_reference = row_text(rows, 10),
        .open_cents = row_int(rows, 11),
        .return_code = row_text(rows, 12),
        .return_cents = row_int(rows, 13),
        .batch = row_text(rows, 14),
        .takes_back = row_int(rows, 15),
        .stands = row_int(rows, 16) != 0,
    };

    date_parse_iso(row_text(rows, 1), &item.booked);
    date_parse_iso(row_text(rows, 2), &item.value);
    return item;
}

static bool all_of(Rows *rows, Arena *arena, BankItem **out, size_t *count, Err *err)
{
    return ROWS_LIST(rows, arena, out, count, err, item_from_row(rows));
}

bool bank_open_items(Tx *tx, int64_t before_id, int limit, Arena *arena, BankItem **out,
                     size_t *count, Err *err)
{
    return all_of(tx_query(tx, arena, err,
                           "SELECT " ITEM_COLUMNS "WHERE b.status = 'open' AND b.id < $1 "
                           "ORDER BY b.id DESC LIMIT $2",
                           P_INT(before_id ? before_id : INT64_MAX), P_INT(limit)),
                  arena, out, count, err);
}

bool bank_item_by_id(Tx *tx, int64_t id, Arena *arena, BankItem *out, Err *err)
{
    BankItem *items;
    size_t count;

    if (!all_of(tx_query(tx, arena, err, "SELECT " ITEM_COLUMNS "WHERE b.id = $1", P_INT(id)),
                arena, &items, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "Diese Zahlung gibt es nicht.");
    *out = items[0];
    return true;
}

bool bank_items_of_charge(Tx *tx, int64_t charge_id, Arena *arena, BankItem **out, size_t *count,
                          Err *err)
{
    return all_of(tx_query(tx, arena, err,
                           "SELECT " ITEM_COLUMNS "WHERE b.id IN (SELECT k.bank_item_id FROM "
                           "ledger_line l JOIN ledger_booking k ON k.id = l.booking_id WHERE "
                           "l.charge_id = $1 AND l.account = 'forderung' AND k.bank_item_id IS NOT "
                           "NULL GROUP BY k.bank_item_id HAVING SUM(l.cents) <> 0) "
                           "ORDER BY b.id DESC LIMIT 100",
                           P_INT(charge_id)),
                  arena, out, count, err);
}

bool bank_returnable(Tx *tx, int64_t charge_id, int64_t cents, int64_t return_cents, Arena *arena,
                     BankItem **out, size_t *count, Err *err)
{
    return all_of(
        tx_query(tx, arena, err,
                 "SELECT " ITEM_COLUMNS "WHERE b.id IN (SELECT k.bank_item_id FROM ledger_line l "
                 "JOIN ledger_booking k ON k.id = l.booking_id WHERE l.charge_id = $1 AND "
                 "l.account = 'forderung' AND k.bank_item_id IS NOT NULL GROUP BY k.bank_item_id "
                 "HAVING SUM(l.cents) <> 0) AND b.stands = 1 AND b.open_cents = 0 AND "
                 "(b.cents = -$2 OR ($3 > 0 AND $2 < 0 AND b.cents = $3) OR "
                 "($2 > 0 AND b.return_cents = $2)) AND ($2 < 0 OR b.takes_back IS NOT NULL) "
                 "AND NOT EXISTS (SELECT 1 FROM collection_item i WHERE i.bank_item_id = b.id) "
                 "AND NOT EXISTS (SELECT 1 FROM collection_item i WHERE i.return_item_id = b.id) "
                 "AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.bank_item_id = b.id) "
                 "AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.return_item_id = b.id) "
                 "ORDER BY b.id DESC",
                 P_INT(charge_id), P_INT(cents), P_INT(return_cents)),
        arena, out, count, err);
}

bool bank_count_open(Tx *tx, int64_t *count, Err *err)
{
    *count = 0;
    return tx_query_int(tx, err, count, "SELECT COUNT(*) FROM bank_item WHERE status = 'open'");
}

bool bank_last_booking(Tx *tx, int64_t item_id, int64_t *out, Err *err)
{
    *out = 0;
    return tx_query_int(tx, err, out,
                        "SELECT COALESCE(MAX(id), 0) FROM ledger_booking WHERE bank_item_id = $1",
                        P_INT(item_id));
}
