/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/ledger.h"

#include "base/vec.h"

#include <assert.h>

static bool put_line(Tx *tx, int64_t booking, const LedgerLine *line, Err *err)
{
    return tx_exec(tx, err,
                   "INSERT INTO ledger_line (booking_id, account, charge_id, cents) "
                   "VALUES ($1, $2, $3, $4)",
                   P_INT(booking), P_TEXT(line->account),
                   line->charge_id ? P_INT(line->charge_id) : P_NULL, P_INT(line->cents));
}

/* One statement each: a statement of several rows keeps a copy of each page that it touches, so as
 * to undo itself when a later row is refused, and costs half as much again. */
static bool put_lines(Tx *tx, int64_t booking, const LedgerLine *lines, size_t count, Err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!put_line(tx, booking, &lines[i], err))
            return false;
    return true;
}

/* A day that is closed takes no booking any more: the next one does. */
bool ledger_day(Tx *tx, int64_t *day, Err *err)
{
    int64_t closed = INT64_MIN;

    *day = date_to_days(date_in_berlin(tx_now(tx)));
    if (!tx_query_int(tx, err, &closed, "SELECT MAX(day) FROM day_closing"))
        return false;
    if (closed >= *day)
        *day = closed + 1;
    return true;
}

static bool book(Tx *tx, int64_t bank_item, Str kind, Str text, Date value_date, Str actor,
                 const LedgerLine *lines, size_t count, int64_t *booking_id, Err *err)
{
    int64_t sum = 0;
    int64_t id = 0, day;
    Arena *arena = arena_create(512);

    assert(count >= 2);
    for (size_t i = 0; i < count; i++)
        sum += lines[i].cents;
    assert(sum == 0);
    bool ok = ledger_day(tx, &day, err) &&
              tx_insert(tx, err, &id,
                        "INSERT INTO ledger_booking (at, kind, text, value_date, actor, "
                        "bank_item_id, day) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        P_INT(tx_now(tx)), P_TEXT(kind), P_TEXT(text),
                        P_TEXT(date_iso(arena, value_date)), P_TEXT(actor),
                        bank_item ? P_INT(bank_item) : P_NULL, P_INT(day)) &&
              put_lines(tx, id, lines, count, err);
    arena_destroy(arena);
    if (booking_id)
        *booking_id = id;
    return ok;
}

bool ledger_book(Tx *tx, Str kind, Str text, Date value_date, Str actor, const LedgerLine *lines,
                 size_t count, int64_t *booking_id, Err *err)
{
    return book(tx, 0, kind, text, value_date, actor, lines, count, booking_id, err);
}

bool ledger_book_item(Tx *tx, int64_t bank_item, Str kind, Str text, Date value_date, Str actor,
                      const LedgerLine *lines, size_t count, Err *err)
{
    return book(tx, bank_item, kind, text, value_date, actor, lines, count, NULL, err);
}

bool ledger_of_charge(Tx *tx, int64_t charge_id, Arena *arena, LedgerEntry **out, size_t *count,
                      Err *err)
{
    struct {
        LedgerEntry *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT b.id, b.at, b.kind, b.text, b.value_date, l.account, l.cents "
                          "FROM ledger_line l JOIN ledger_booking b ON b.id = l.booking_id "
                          "WHERE l.charge_id = $1 AND l.account = 'forderung' ORDER BY l.id",
                          P_INT(charge_id));

    while (rows && rows_next(rows, err)) {
        LedgerEntry entry = {
            .booking_id = row_int(rows, 0),
            .at = row_int(rows, 1),
            .kind = row_text(rows, 2),
            .text = row_text(rows, 3),
            .account = row_text(rows, 5),
            .cents = row_int(rows, 6),
        };
        date_parse_iso(row_text(rows, 4), &entry.value_date);
        VEC_PUSH(arena, &list, entry);
    }
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

bool ledger_balance(Tx *tx, Str account, int64_t *cents, Err *err)
{
    *cents = 0;
    return tx_query_int(tx, err, cents,
                        "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_line "
                        "WHERE account = $1",
                        P_TEXT(account));
}
