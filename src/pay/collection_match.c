/* SPDX-License-Identifier: EUPL-1.2 */
/* What a statement says of our direct debits: credits, singly or as the whole batch, returns, and
 * returns that the bank takes back. */
#include "base/vec.h"
#include "pay/claim.h"
#include "pay/collection.h"
#include "pay/decision.h"
#include "pay/return_code.h"

enum {
    FEE_DAYS = 14,  /* to pay the fee of a return */
    FEE_MOST = 2500 /* cents that a bank may take for one */
};

typedef struct Item {
    int64_t id, charge_id, cents, mandate_id;
} Item;
typedef struct ItemList {
    Item *items;
    size_t count, capacity;
} ItemList;

static bool read_items(Rows *rows, Arena *arena, ItemList *out, Err *err)
{
    *out = (ItemList){0};
    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, out,
                 (Item){row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), row_int(rows, 3)});
    return rows && err->kind == ERR_NONE;
}

/* The newest one of a name with this status. One that runs is of a collection whose day had come
 * when the bank booked the entry: who transfers money may give it any name, also that of a direct
 * debit whose file is not at the bank yet. */
static bool by_name(Tx *tx, const CamtEntry *entry, Str status, Arena *arena, ItemList *out,
                    Err *err)
{
    Date day = date_later(entry->booked, entry->value);

    return read_items(tx_query(tx, arena, err,
                               "SELECT i.id, i.charge_id, i.cents, i.mandate_id FROM "
                               "collection_item i JOIN collection k ON k.id = i.collection_id "
                               "WHERE i.end_to_end = $1 AND i.status = $2 AND (i.status <> "
                               "'running' OR k.collect_on <= $3) "
                               "ORDER BY i.id DESC LIMIT 1",
                               P_TEXT(entry->end_to_end), P_TEXT(status),
                               P_TEXT(date_iso(arena, day))),
                      arena, out, err);
}

/* PmtInfId is the message and its sequence type: "LS-20270215-000012-RCUR". */
static bool by_batch(Tx *tx, Str batch, Arena *arena, ItemList *out, Err *err)
{
    Str sequence = batch.len > 5 ? str_slice(batch, batch.len - 4, batch.len) : STR_NONE;
    Str message = batch.len > 5 ? str_slice(batch, 0, batch.len - 5) : STR_NONE;

    return read_items(tx_query(tx, arena, err,
                               "SELECT i.id, i.charge_id, i.cents, i.mandate_id FROM "
                               "collection_item i JOIN collection k ON k.id = i.collection_id "
                               "WHERE k.message_id = $1 AND i.sequence = $2 AND "
                               "i.status = 'running' ORDER BY i.id",
                               P_TEXT(message), P_TEXT(sequence)),
                      arena, out, err);
}

static void book_items(const ItemList *list, int64_t fee, Str kind, bool back, Arena *arena,
                       BankMatch *out)
{
    out->lines = arena_array(arena, LedgerLine, list->count + 1);
    out->debits = arena_array(arena, int64_t, list->count);
    for (size_t i = 0; i < list->count; i++) {
        int64_t cents = back ? list->items[i].cents : -list->items[i].cents;
        out->lines[out->count++] = (LedgerLine){ACCOUNT_CLAIMS, list->items[i].charge_id, cents};
        out->debits[out->debit_count++] = list->items[i].id;
    }
    if (fee != 0)
        out->lines[out->count++] = (LedgerLine){ACCOUNT_BANK_FEES, 0, fee};
    out->kind = kind;
    out->charge_id = list->items[0].charge_id;
}

static bool match_credit(Tx *tx, const CamtEntry *entry, Arena *arena, BankMatch *out, Err *err)
{
    ItemList list = {0};
    int64_t sum = 0;

    if (entry->end_to_end.ptr) {
        if (!by_name(tx, entry, STR("running"), arena, &list, err))
            return false;
    } else if (entry->batch.ptr && !by_batch(tx, entry->batch, arena, &list, err)) {
        return false;
    }
    for (size_t i = 0; i < list.count; i++)
        sum += list.items[i].cents;
    if (list.count > 0 && sum == entry->cents) {
        book_items(&list, 0, STR("lastschrift"), false, arena, out);
        out->debit_status = STR("credited");
    }
    return true;
}

/* The bank's fee is what the debit is higher than what was collected. */
static bool match_return(Tx *tx, const CamtEntry *entry, Arena *arena, BankMatch *out, Err *err)
{
    ItemList list;

    if (!by_name(tx, entry, STR("credited"), arena, &list, err) || list.count == 0)
        return err->kind == ERR_NONE;
    int64_t cents = list.items[0].cents;
    int64_t fee = -entry->cents - cents;
    /* Who does not tell the amount apart from the fee names it by its EndToEndId all the same. */
    bool named = entry->return_cents ? entry->return_cents == cents : fee <= FEE_MOST;
    if (named && fee >= 0) {
        out->fee_cents = fee;
        book_items(&list, out->fee_cents, STR("rückgabe"), true, arena, out);
        out->debit_status = STR("returned");
    }
    return true;
}

/* With or without the fee that the bank had kept. */
static bool match_again(Tx *tx, const CamtEntry *entry, Arena *arena, BankMatch *out, Err *err)
{
    ItemList list;
    int64_t fee = 0;

    if (!by_name(tx, entry, STR("returned"), arena, &list, err) || list.count == 0)
        return err->kind == ERR_NONE;
    if (!tx_query_int(tx, err, &fee,
                      "SELECT -b.cents - i.cents FROM collection_item i JOIN bank_item b ON "
                      "b.id = i.return_item_id WHERE i.id = $1",
                      P_INT(list.items[0].id)))
        return false;
    int64_t more = entry->cents - list.items[0].cents;
    if (more == 0 || more == fee) {
        book_items(&list, -more, STR("lastschrift"), false, arena, out);
        out->fee_cents = -more;
        out->debit_status = STR("credited");
    }
    return true;
}

bool collection_match(Tx *tx, const CamtEntry *entry, Arena *arena, BankMatch *out, Err *err)
{
    bool back = entry->returned || entry->reversal;

    err_clear(err);
    if (!back)
        return entry->cents <= 0 || match_credit(tx, entry, arena, out, err);
    if (!entry->end_to_end.ptr)
        return true;
    return entry->cents < 0 ? match_return(tx, entry, arena, out, err)
                            : match_again(tx, entry, arena, out, err);
}

/* A closed account, or somebody who objects, ends the mandate. */
static bool end_mandate(Tx *tx, int64_t item, Str code, Str actor, Err *err)
{
    int64_t mandate = 0;

    return !return_code_ends_mandate(code) ||
           (tx_query_int(tx, err, &mandate, "SELECT mandate_id FROM collection_item WHERE id = $1",
                         P_INT(item)) &&
            mandate_revoke(tx, mandate, date_in_berlin(tx_now(tx)), return_code_words(code), actor,
                           err));
}

/* `money.return_fee`: "bank" passes on what the bank took, a number of cents is claimed each time.
 */
static int64_t fee_to_claim(const Tenant *tenant, int64_t bank_fee)
{
    const Node *fee = node_path(tenant->settings, STR("money.return_fee"));

    return str_is(node_text(fee), "bank")
               ? bank_fee
               : node_get_i64(node_get(tenant->settings, "money"), "return_fee", 0);
}

static bool claim_fee(Tx *tx, Tenant *tenant, const BankMatch *match, Str actor, Arena *arena,
                      Err *err)
{
    int64_t cents = fee_to_claim(tenant, match->fee_cents);
    Date due = date_add_days(date_in_berlin(tx_now(tx)), FEE_DAYS);
    Charge charge;
    int number = 0;

    return cents <= 0 || (charge_by_id(tx, match->charge_id, arena, &charge, err) &&
                          claim_add(tx, &charge, PART_RETURN_FEE, cents, due,
                                    STR("Rücklastschrift"), actor, arena, &number, err) &&
                          tx_exec(tx, err, "UPDATE collection_item SET fee_part = $2 WHERE id = $1",
                                  P_INT(match->debits[0]), P_INT(number)));
}

/* The return did not count after all. */
static bool drop_fee(Tx *tx, int64_t item, int64_t charge_id, Str actor, Arena *arena, Err *err)
{
    int64_t part = 0;
    Charge charge;

    if (!tx_query_int(tx, err, &part, "SELECT fee_part FROM collection_item WHERE id = $1",
                      P_INT(item)))
        return false;
    return part == 0 ||
           (charge_by_id(tx, charge_id, arena, &charge, err) &&
            decision_drop_extra(tx, &charge, (int)part, STR("Rücklastschrift zurückgenommen"),
                                actor, arena, err) &&
            tx_exec(tx, err, "UPDATE collection_item SET fee_part = NULL WHERE id = $1",
                    P_INT(item)));
}

static bool settle_returned(Tx *tx, Tenant *tenant, const BankMatch *match, int64_t bank_item,
                            Str code, Str actor, Arena *arena, Err *err)
{
    int64_t item = match->debits[0];

    return claim_fee(tx, tenant, match, actor, arena, err) &&
           tx_exec(tx, err,
                   "UPDATE collection_item SET status = 'returned', return_item_id = $2, "
                   "return_code = $3 WHERE id = $1",
                   P_INT(item), P_INT(bank_item), P_TEXT(code)) &&
           end_mandate(tx, item, code, actor, err);
}

bool collection_settle(Tx *tx, Tenant *tenant, const BankMatch *match, int64_t bank_item,
                       const CamtEntry *entry, Str actor, Arena *arena, Err *err)
{
    if (match->debit_count == 0)
        return true;
    if (str_is(match->debit_status, "returned"))
        return settle_returned(tx, tenant, match, bank_item, entry->return_code, actor, arena, err);
    for (size_t i = 0; i < match->debit_count; i++)
        if (!tx_exec(tx, err,
                     "UPDATE collection_item SET status = 'credited', bank_item_id = $2 "
                     "WHERE id = $1",
                     P_INT(match->debits[i]), P_INT(bank_item)))
            return false;
    return match->debit_count != 1 ||
           drop_fee(tx, match->debits[0], match->charge_id, actor, arena, err);
}
