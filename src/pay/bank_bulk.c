/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/bank_bulk.h"

#include "base/buf.h"
#include "base/vec.h"
#include "core/store/event.h"

#include <stdlib.h>

/* --- Names
 * ---------------------------------------------------------------------------------------
 */

enum { ASKED_AT_ONCE = 200 };

typedef struct Name {
    Str text;
    int64_t id; /* of what it is the name */
} Name;
typedef struct NameList {
    Name *items;
    size_t count, capacity;
} NameList;

struct BankNamed {
    NameList charges;
    NameList debits; /* EndToEndIds of our collections */
};

static int by_text(const void *a, const void *b)
{
    const Name *x = a, *y = b;

    return str_compare(x->text, y->text);
}

static int64_t id_of(const NameList *list, Str text)
{
    const Name *found = NULL;

    if (list->count)
        found = bsearch(&(Name){.text = text}, list->items, list->count, sizeof *found, by_text);
    return found ? found->id : 0;
}

static bool ask_some(Tx *tx, const char *head, const Name *asked, size_t count, Arena *arena,
                     NameList *out, Err *err)
{
    Param *params = arena_array(arena, Param, ASKED_AT_ONCE);
    Buf sql = buf_in(arena);

    buf_add_c(&sql, head);
    for (size_t i = 0; i < ASKED_AT_ONCE; i++) {
        buf_addf(&sql, i ? ",$%zu" : "($%zu", i + 1);
        params[i] = i < count ? P_TEXT(asked[i].text) : P_NULL;
    }
    buf_add_char(&sql, ')');
    Rows *rows = tx_query_text(tx, arena, err, buf_str(&sql), params, ASKED_AT_ONCE);
    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, out, (Name){row_text(rows, 0), row_int(rows, 1)});
    return rows && err->kind == ERR_NONE;
}

/* `head`: a query for name and id that ends in "… IN ". */
static bool ask(Tx *tx, const char *head, NameList *asked, Arena *arena, NameList *out, Err *err)
{
    if (asked->count)
        qsort(asked->items, asked->count, sizeof *asked->items, by_text);
    for (size_t at = 0; at < asked->count; at += ASKED_AT_ONCE) {
        size_t left = asked->count - at;
        if (!ask_some(tx, head, asked->items + at, left < ASKED_AT_ONCE ? left : ASKED_AT_ONCE,
                      arena, out, err))
            return false;
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, by_text);
    return true;
}

static bool keep_old_keys(Tx *tx, BankComing *items, size_t count, Arena *arena, Err *err)
{
    NameList asked = {0}, there = {0};

    for (size_t i = 0; i < count; i++)
        if (items[i].old_key.ptr)
            VEC_PUSH(arena, &asked, (Name){.text = items[i].old_key});
    if (!ask(tx, "SELECT key, id FROM bank_item WHERE key IN ", &asked, arena, &there, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (items[i].old_key.ptr && id_of(&there, items[i].old_key) != 0)
            items[i].key = items[i].old_key;
    return true;
}

BankNamed *bank_look_up(Tx *tx, BankComing *items, size_t count, Arena *arena, Err *err)
{
    BankNamed *named = arena_new(arena, BankNamed);
    NameList references = {0}, ends = {0};

    *named = (BankNamed){0};
    for (size_t i = 0; i < count; i++) {
        const BankComing *item = &items[i];
        for (size_t s = 0; s < BANK_NAMES; s++)
            for (size_t n = 0; n < item->name_count[s]; n++)
                VEC_PUSH(arena, &references, (Name){.text = item->names[s][n]});
        if (item->entry.end_to_end.ptr)
            VEC_PUSH(arena, &ends, (Name){.text = item->entry.end_to_end});
    }
    bool ok = keep_old_keys(tx, items, count, arena, err) &&
              ask(tx, "SELECT payment_reference, id FROM charge WHERE payment_reference IN ",
                  &references, arena, &named->charges, err) &&
              ask(tx, "SELECT end_to_end, id FROM collection_item WHERE end_to_end IN ", &ends,
                  arena, &named->debits, err);
    return ok ? named : NULL;
}

BankPlace bank_place(const BankNamed *named, BankComing *coming)
{
    const CamtEntry *entry = &coming->entry;

    coming->charge_id = 0;
    if (entry->returned || entry->reversal)
        return BANK_DEPENDING;
    if (entry->cents <= 0)
        return BANK_OWN;
    if (entry->end_to_end.ptr ? id_of(&named->debits, entry->end_to_end) != 0
                              : entry->batch.ptr != NULL)
        return BANK_OWN;
    for (size_t s = 0; s < BANK_NAMES && coming->charge_id == 0; s++)
        for (size_t n = 0; n < coming->name_count[s]; n++) {
            int64_t id = id_of(&named->charges, coming->names[s][n]);
            if (id != 0 && coming->charge_id != 0)
                return BANK_DEPENDING;
            coming->charge_id = id ? id : coming->charge_id;
        }
    return BANK_PLAIN;
}

/* --- Rows
 * ----------------------------------------------------------------------------------------
 */

enum { ITEM_COLUMNS = 15 };

/* A return without a reason is still one: the list must tell it from other debits. */
static Str code_of(const CamtEntry *entry)
{
    return entry->return_code.ptr || !(entry->returned || entry->reversal) ? entry->return_code
                                                                           : STR("");
}

static void item_row(const BankComing *coming, bool open, Timestamp now, Param *row)
{
    const CamtEntry *entry = &coming->entry;

    memcpy(row,
           (Param[ITEM_COLUMNS]){
               P_TEXT(coming->key), P_TEXT(coming->booked), P_TEXT(coming->value),
               P_INT(entry->cents), P_TEXT(entry->name), P_TEXT(entry->iban), P_TEXT(entry->text),
               P_TEXT(entry->end_to_end), P_TEXT(open ? STR("open") : STR("matched")),
               coming->charge_id ? P_INT(coming->charge_id) : P_NULL, P_INT(now),
               P_INT(open ? entry->cents : 0), P_TEXT(code_of(entry)),
               entry->return_cents ? P_INT(entry->return_cents) : P_NULL, P_TEXT(entry->batch)},
           ITEM_COLUMNS * sizeof *row);
}

static bool put_items(Tx *tx, const Param *params, size_t count, Err *err)
{
    return tx_insert_rows(tx, err,
                          "INSERT INTO bank_item (key, booked, value, cents, name, iban, text, "
                          "end_to_end, status, charge_id, created_at, open_cents, return_code, "
                          "return_cents, batch)",
                          " ON CONFLICT (key) DO NOTHING", ITEM_COLUMNS, params, count);
}

static bool last_ids(Tx *tx, int64_t *item, int64_t *booking, Err *err)
{
    *item = *booking = 0;
    return tx_query_int(tx, err, item, "SELECT MAX(id) FROM bank_item") &&
           tx_query_int(tx, err, booking, "SELECT MAX(id) FROM ledger_booking");
}

bool bank_record(Tx *tx, const BankComing *coming, int64_t *id, Err *err)
{
    Param row[ITEM_COLUMNS];
    int64_t last = 0;

    *id = 0;
    item_row(coming, false, tx_now(tx), row);
    return tx_query_int(tx, err, &last, "SELECT MAX(id) FROM bank_item") &&
           put_items(tx, row, 1, err) &&
           tx_query_int(tx, err, id, "SELECT id FROM bank_item WHERE id > $1", P_INT(last));
}

/* --- Bookings
 * ------------------------------------------------------------------------------------
 */

/* Two lines for each item behind `last_item`: bank against the charge's claim, or suspense. */
static bool book_items(Tx *tx, int64_t last_item, int64_t last_booking, Str actor, Err *err)
{
    int64_t day;

    return ledger_day(tx, &day, err) &&
           tx_exec(tx, err,
                   "INSERT INTO ledger_booking (at, kind, text, value_date, actor, bank_item_id, "
                   "day) SELECT $2, CASE WHEN charge_id IS NULL THEN 'verwahrung' ELSE 'zahlung' "
                   "END, CASE WHEN charge_id IS NULL THEN 'Zahlung ohne Zuordnung' ELSE "
                   "'Kontoauszug' END, value, $3, id, $4 FROM bank_item WHERE id > $1 ORDER BY id",
                   P_INT(last_item), P_INT(tx_now(tx)), P_TEXT(actor), P_INT(day)) &&
           tx_exec(tx, err,
                   "INSERT INTO ledger_line (booking_id, account, charge_id, cents) SELECT k.id, "
                   "CASE WHEN s.side = 1 THEN 'bank' WHEN b.charge_id IS NULL THEN 'verwahr' ELSE "
                   "'forderung' END, b.charge_id, s.side * b.cents FROM ledger_booking k JOIN "
                   "bank_item b ON b.id = k.bank_item_id CROSS JOIN (SELECT 1 AS side UNION ALL "
                   "SELECT -1) AS s WHERE k.id > $1 ORDER BY k.id",
                   P_INT(last_booking)) &&
           tx_exec(tx, err,
                   "UPDATE charge SET paid_cents = paid_cents + p.cents FROM (SELECT charge_id, "
                   "CAST(SUM(cents) AS BIGINT) AS cents FROM bank_item WHERE id > $1 AND charge_id "
                   "IS NOT NULL GROUP BY charge_id) AS p WHERE charge.id = p.charge_id",
                   P_INT(last_item));
}

static NewEvent paid_event(Arena *arena, Rows *rows, Str actor)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("charge"), node_int(arena, row_int(rows, 2)));
    node_set(arena, data, STR("cents"), node_int(arena, row_int(rows, 1)));
    node_set(arena, data, STR("bank_item"), node_int(arena, row_int(rows, 0)));
    return (NewEvent){"charge.paid", row_text(rows, 3), actor, data};
}

/* Count what was recorded, and tell of each payment of a charge. */
static bool tell(Tx *tx, int64_t last_item, Str actor, Arena *arena, BankImport *done, Err *err)
{
    struct {
        NewEvent *items;
        size_t count, capacity;
    } events = {0};
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT b.id, b.cents, b.charge_id, c.subject FROM bank_item b LEFT JOIN "
                          "charge c ON c.id = b.charge_id WHERE b.id > $1 ORDER BY b.id",
                          P_INT(last_item));

    while (rows && rows_next(rows, err)) {
        done->known--;
        done->cents += row_int(rows, 1);
        if (row_null(rows, 2)) {
            done->open++;
        } else {
            done->matched++;
            VEC_PUSH(arena, &events, paid_event(arena, rows, actor));
        }
    }
    return rows && err->kind == ERR_NONE && event_add_all(tx, events.items, events.count, err);
}

bool bank_book_plain(Tx *tx, BankComing *const *items, size_t count, Str actor, Arena *arena,
                     BankImport *done, Err *err)
{
    Param *rows = arena_array(arena, Param, count * ITEM_COLUMNS);
    int64_t item, booking;

    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        item_row(items[i], items[i]->charge_id == 0, tx_now(tx), rows + i * ITEM_COLUMNS);
    done->known += (int64_t)count; /* until the rows tell which were new */
    return last_ids(tx, &item, &booking, err) && put_items(tx, rows, count, err) &&
           book_items(tx, item, booking, actor, err) && tell(tx, item, actor, arena, done, err);
}
