/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/closing_internal.h"

#include "core/crypto.h"
#include "core/store/event.h"
#include "core/store/rows.h"

static bool last_row(Tx *tx, Arena *arena, Date *day, Str *hash, Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err, "SELECT day, hash FROM day_closing ORDER BY day DESC LIMIT 1");

    *day = (Date){0};
    *hash = STR("");
    if (rows && rows_next(rows, err)) {
        *day = date_from_days(row_int(rows, 0));
        *hash = row_text(rows, 1);
        rows_end(rows);
    }
    return rows && err->kind == ERR_NONE;
}

bool closing_last_day(Tx *tx, Date *out, Err *err)
{
    Arena *arena = arena_create(512);
    Str hash;
    bool ok = last_row(tx, arena, out, &hash, err);

    arena_destroy(arena);
    return ok;
}

/* --- What there is ---------------------------------------------------------------------------- */

bool closing_load_sums(Tx *tx, Arena *arena, Closing *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT l.account, b.kind, COUNT(DISTINCT b.id), "
                          "CAST(SUM(CASE WHEN l.cents > 0 THEN l.cents ELSE 0 END) AS BIGINT), "
                          "CAST(SUM(CASE WHEN l.cents < 0 THEN -l.cents ELSE 0 END) AS BIGINT) "
                          "FROM ledger_booking b JOIN ledger_line l ON l.booking_id = b.id "
                          "WHERE b.day >= $1 AND b.day <= $2 GROUP BY l.account, b.kind "
                          "ORDER BY l.account, b.kind",
                          P_INT(date_to_days(out->first)), P_INT(date_to_days(out->day)));

    return ROWS_LIST(rows, arena, &out->sums, &out->sum_count, err,
                     (ClosingSum){.account = row_text(rows, 0),
                                  .kind = row_text(rows, 1),
                                  .bookings = row_int(rows, 2),
                                  .debit_cents = row_int(rows, 3),
                                  .credit_cents = row_int(rows, 4)}) &&
           tx_query_int(tx, err, &out->bookings,
                        "SELECT COUNT(*) FROM ledger_booking WHERE day >= $1 AND day <= $2",
                        P_INT(date_to_days(out->first)), P_INT(date_to_days(out->day)));
}

static bool items_until(Tx *tx, Str day, int64_t *cents, Err *err)
{
    *cents = 0;
    return tx_query_int(tx, err, cents,
                        "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM bank_item "
                        "WHERE booked <= $1",
                        P_TEXT(day));
}

/* A balance at an end of the known statements: the first, or the last by `until`. */
static bool balance(Rows *rows, Date *day, int64_t *cents, bool *found, Err *err)
{
    *found = rows && rows_next(rows, err);
    if (*found) {
        date_parse_iso(row_text(rows, 0), day);
        *cents = row_int(rows, 1);
        rows_end(rows);
    }
    return rows && err->kind == ERR_NONE;
}

static bool load_bank(Tx *tx, Arena *arena, Closing *out, Err *err)
{
    Date first = {0};
    int64_t first_cents = 0, first_items = 0;
    bool known;

    if (!balance(
            tx_query(tx, arena, err, "SELECT day, cents FROM bank_balance ORDER BY day LIMIT 1"),
            &first, &first_cents, &known, err) ||
        !balance(tx_query(tx, arena, err,
                          "SELECT day, cents FROM bank_balance WHERE day <= $1 "
                          "ORDER BY day DESC LIMIT 1",
                          P_TEXT(date_iso(arena, out->day))),
                 &out->statement_day, &out->statement_cents, &out->bank_known, err))
        return false;
    if (!out->bank_known)
        return true;
    if (!items_until(tx, date_iso(arena, first), &first_items, err) ||
        !items_until(tx, date_iso(arena, out->statement_day), &out->booked_cents, err))
        return false;
    out->start_cents = first_cents - first_items;
    return true;
}

bool closing_look(Tx *tx, Date day, Date today, Arena *arena, Closing *out, Err *err)
{
    Date last;
    int64_t oldest = date_to_days(day);

    *out = (Closing){.day = day};
    if (!last_row(tx, arena, &last, &out->previous, err))
        return false;
    if (!date_valid(day) || date_compare(day, today) > 0)
        return err_field(err, "tag",
                         "Bitte geben Sie einen Tag an, der nicht in der Zukunft liegt.");
    if (!date_absent(last) && date_compare(day, last) <= 0)
        return err_field(err, "tag",
                         "Dieser Tag ist schon abgeschlossen. Der letzte "
                         "abgeschlossene Tag ist der %.*s.",
                         STR_ARG(date_long(arena, last, STR("de"))));
    if (date_absent(last) &&
        !tx_query_int(tx, err, &oldest, "SELECT MIN(day) FROM ledger_booking WHERE day <= $1",
                      P_INT(date_to_days(day))))
        return false;
    out->first = date_absent(last) ? date_from_days(oldest) : date_add_days(last, 1);
    return closing_load_sums(tx, arena, out, err) && load_bank(tx, arena, out, err);
}

/* --- The hash -------------------------------------------------------------------------------- */

static Node *data_node(const Closing *closing, Arena *arena)
{
    Node *data = node_map(arena);
    Node *sums = node_list(arena);

    for (size_t i = 0; i < closing->sum_count; i++) {
        const ClosingSum *sum = &closing->sums[i];
        Node *item = node_map(arena);
        node_set(arena, item, STR("account"), node_string(arena, sum->account));
        node_set(arena, item, STR("kind"), node_string(arena, sum->kind));
        node_set(arena, item, STR("bookings"), node_int(arena, sum->bookings));
        node_set(arena, item, STR("debit"), node_int(arena, sum->debit_cents));
        node_set(arena, item, STR("credit"), node_int(arena, sum->credit_cents));
        node_append(arena, sums, item);
    }
    node_set(arena, data, STR("sums"), sums);
    if (closing->bank_known) {
        node_set(arena, data, STR("statement_day"),
                 node_string(arena, date_iso(arena, closing->statement_day)));
        node_set(arena, data, STR("statement"), node_int(arena, closing->statement_cents));
        node_set(arena, data, STR("start"), node_int(arena, closing->start_cents));
        node_set(arena, data, STR("booked"), node_int(arena, closing->booked_cents));
    }
    if (!str_empty(closing->note))
        node_set(arena, data, STR("note"), node_string(arena, closing->note));
    return data;
}

typedef struct Chain {
    unsigned char hash[32];
    Buf text;
} Chain;

/* hash = SHA-256(text || hash so far), and the text begins anew. */
static void chain_step(Chain *chain)
{
    Buf *text = &chain->text;

    buf_add(text, (Str){(const char *)chain->hash, sizeof chain->hash});
    crypto_sha256((Str){text->ptr, text->len}, chain->hash);
    text->len = 0;
}

static void add_field(Buf *out, Str value)
{
    json_write_string(out, value.ptr ? value : STR(""));
    buf_add_char(out, ' ');
}

/* Each line of each booking of the days, in order: a step of the chain. */
static bool chain_bookings(Tx *tx, const Closing *closing, Arena *arena, Chain *chain, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT b.id, b.day, b.at, b.kind, b.text, b.value_date, b.actor, "
                          "l.account, l.charge_id, l.cents FROM ledger_booking b "
                          "JOIN ledger_line l ON l.booking_id = b.id "
                          "WHERE b.day >= $1 AND b.day <= $2 ORDER BY b.id, l.id",
                          P_INT(date_to_days(closing->first)), P_INT(date_to_days(closing->day)));

    while (rows && rows_next(rows, err)) {
        Buf *out = &chain->text;
        buf_addf(out, "%lld %lld %lld ", (long long)row_int(rows, 0), (long long)row_int(rows, 1),
                 (long long)row_int(rows, 2));
        for (int i = 3; i <= 7; i++)
            add_field(out, row_text(rows, i));
        buf_addf(out, "%lld %lld", (long long)row_int(rows, 8), (long long)row_int(rows, 9));
        chain_step(chain);
    }
    return rows && err->kind == ERR_NONE;
}

/* The hash of a closing: over the one before, its own words and numbers, and its bookings. */
bool closing_hash(Tx *tx, const Closing *closing, Str data, Arena *arena, Str *out, Err *err)
{
    Chain chain = {.text = buf_in(arena)};
    Buf hex = buf_in(arena);

    add_field(&chain.text, closing->previous);
    buf_addf(&chain.text, "%lld %lld %lld %lld ", (long long)date_to_days(closing->first),
             (long long)date_to_days(closing->day), (long long)closing->bookings,
             (long long)closing->at);
    add_field(&chain.text, closing->actor);
    add_field(&chain.text, data);
    chain_step(&chain);
    if (!chain_bookings(tx, closing, arena, &chain, err))
        return false;
    for (size_t i = 0; i < sizeof chain.hash; i++)
        buf_addf(&hex, "%02x", chain.hash[i]);
    *out = buf_str(&hex);
    return true;
}

/* --- Closing ----------------------------------------------------------------------------------
 */

static bool note_event(Tx *tx, const Closing *closing, Arena *arena, Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("day"), node_string(arena, date_iso(arena, closing->day)));
    node_set(arena, data, STR("bookings"), node_int(arena, closing->bookings));
    node_set(arena, data, STR("hash"), node_string(arena, closing->hash));
    return event_add(tx, "ledger.closed", str_printf(arena, "closing/%lld", (long long)closing->id),
                     closing->actor, data, err);
}

bool closing_make(Tx *tx, Date day, Date today, Str note, Str actor, Arena *arena, int64_t *id,
                  Err *err)
{
    Closing closing;

    if (!closing_look(tx, day, today, arena, &closing, err))
        return false;
    closing.note = str_trim(note);
    if (closing.note.len > 2000)
        return err_field(err, "erklaerung", "Die Erklärung ist zu lang. Bitte kürzen Sie sie.");
    if (closing_difference(&closing) != 0 && str_empty(closing.note))
        return err_field(err, "erklaerung",
                         "Auszug und Buchungen unterscheiden sich. Bitte erklären Sie den "
                         "Unterschied.");
    closing.actor = actor;
    closing.at = tx_now(tx);
    Str data = node_json(data_node(&closing, arena), arena);
    if (!closing_hash(tx, &closing, data, arena, &closing.hash, err) ||
        !tx_insert(tx, err, id,
                   "INSERT INTO day_closing (day, first_day, bookings, data, previous, hash, at, "
                   "actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   P_INT(date_to_days(closing.day)), P_INT(date_to_days(closing.first)),
                   P_INT(closing.bookings), P_TEXT(data), P_TEXT(closing.previous),
                   P_TEXT(closing.hash), P_INT(closing.at), P_TEXT(actor)))
        return false;
    closing.id = *id;
    return note_event(tx, &closing, arena, err);
}

/* --- Rows ----------------------------------------------------------------------------------- */

static void read_sums(const Node *list, Arena *arena, Closing *out)
{
    out->sum_count = list ? list->count : 0;
    out->sums = arena_array(arena, ClosingSum, out->sum_count + 1);
    for (size_t i = 0; i < out->sum_count; i++)
        out->sums[i] = (ClosingSum){.account = node_get_text(list->items[i], "account"),
                                    .kind = node_get_text(list->items[i], "kind"),
                                    .bookings = node_get_i64(list->items[i], "bookings", 0),
                                    .debit_cents = node_get_i64(list->items[i], "debit", 0),
                                    .credit_cents = node_get_i64(list->items[i], "credit", 0)};
}

Closing closing_from_row(Rows *rows, Arena *arena, Str *data)
{
    Err none = {0};
    Closing closing = {.id = row_int(rows, 0),
                       .day = date_from_days(row_int(rows, 1)),
                       .first = date_from_days(row_int(rows, 2)),
                       .bookings = row_int(rows, 3),
                       .previous = row_text(rows, 5),
                       .hash = row_text(rows, 6),
                       .at = row_int(rows, 7),
                       .actor = row_text(rows, 8)};

    *data = row_text(rows, 4);
    const Node *node = node_parse_json(arena, *data, NULL, &NODE_LIMITS_PACKAGE, &none);
    read_sums(node_get(node, "sums"), arena, &closing);
    closing.bank_known =
        date_parse_iso(node_get_text(node, "statement_day"), &closing.statement_day);
    closing.statement_cents = node_get_i64(node, "statement", 0);
    closing.start_cents = node_get_i64(node, "start", 0);
    closing.booked_cents = node_get_i64(node, "booked", 0);
    closing.note = node_get_text(node, "note");
    return closing;
}

bool closing_by_id(Tx *tx, int64_t id, Arena *arena, Closing *out, Err *err)
{
    Str data;
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT " CLOSING_COLUMNS " FROM day_closing WHERE id = $1", P_INT(id));

    if (!rows_one(rows, "Diesen Tagesabschluss gibt es nicht.", err))
        return false;
    *out = closing_from_row(rows, arena, &data);
    rows_end(rows);
    return true;
}

bool closings_list(Tx *tx, Arena *arena, Closing **out, size_t *count, Err *err)
{
    Str data;
    Rows *rows = tx_query(
        tx, arena, err, "SELECT " CLOSING_COLUMNS " FROM day_closing ORDER BY day DESC LIMIT 400");

    return ROWS_LIST(rows, arena, out, count, err, closing_from_row(rows, arena, &data));
}
