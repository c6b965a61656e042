/* SPDX-License-Identifier: EUPL-1.2 */
/* Bank statements: every transaction is recorded once, booked to the charge that its
 * Kassenzeichen names, or left to a clerk on the suspense account. */
#include "pay/bank.h"

#include "base/vec.h"
#include "core/store/event.h"
#include "pay/camt.h"
#include "pay/ledger.h"

/* Entries in one transaction: pages are written once for many, others wait for a tenth of a second.
 */
enum { BATCH = 1024 };

typedef struct Batch { /* entries on their way into one transaction */
    struct Import *import;
    CamtEntry items[BATCH];
    size_t count;
    BankImport done;
    Arena *arena;
    WriteJob *job; /* being written, or NULL */
    Err err;
} Batch;

/* One batch is read while the other is written. */
typedef struct Import {
    Tenant *tenant;
    Str actor;
    JobRun *job;
    Batch batches[2];
    int filling;
    BankImport total;
} Import;

/* The bank's own reference names a transaction; without one its place in the statement does. Banks
 * count upwards, so the keys of a statement lie together in the index. */
static Str entry_key(const CamtEntry *entry, Arena *arena)
{
    Buf buf = buf_in(arena);

    buf_addf(&buf, "%.*s/", STR_ARG(entry->account));
    if (entry->reference.ptr)
        buf_addf(&buf, "ref/%.*s/%lld", STR_ARG(entry->reference), (long long)entry->cents);
    else
        buf_addf(&buf, "stmt/%.*s/%lld/%lld", STR_ARG(entry->statement), (long long)entry->index,
                 (long long)entry->cents);
    return buf_str(&buf);
}

/* The one charge that the entry names: first by EndToEndId, then in the text. False without a
 * hit or with two different ones. */
static bool find_charge(Tx *tx, const Batch *batch, const CamtEntry *entry, Charge *out)
{
    Str sources[] = {entry->end_to_end, entry->text};

    for (size_t s = 0; s < 2; s++) {
        Str *references;
        size_t hits = 0;
        size_t count = payment_reference_find(batch->import->tenant->settings, sources[s],
                                              batch->arena, &references);
        for (size_t i = 0; i < count; i++) {
            Charge charge;
            Err none = {0};
            if (charge_by_reference(tx, references[i], batch->arena, &charge, &none)) {
                *out = charge;
                hits++;
            }
        }
        if (hits > 0)
            return hits == 1;
    }
    return false;
}

static bool record(Tx *tx, const Batch *batch, const CamtEntry *entry, bool matched,
                   int64_t charge_id, int64_t *id, Err *err)
{
    Arena *arena = batch->arena;

    *id = 0;
    return tx_insert(tx, err, id,
                     "INSERT INTO bank_item (key, booked, value, cents, name, iban, text, "
                     "end_to_end, status, charge_id, created_at) VALUES ($1, $2, $3, $4, $5, "
                     "$6, $7, $8, $9, $10, $11) ON CONFLICT (key) DO NOTHING",
                     P_TEXT(entry_key(entry, arena)), P_TEXT(date_iso(arena, entry->booked)),
                     P_TEXT(date_iso(arena, entry->value)), P_INT(entry->cents),
                     P_TEXT(entry->name), P_TEXT(entry->iban), P_TEXT(entry->text),
                     P_TEXT(entry->end_to_end), P_TEXT(matched ? STR("matched") : STR("open")),
                     charge_id ? P_INT(charge_id) : P_NULL, P_INT(tx_now(tx)));
}

static bool book_matched(Tx *tx, Batch *batch, const CamtEntry *entry, const Charge *charge,
                         Err *err)
{
    Str actor = batch->import->actor;
    Node *data = node_map(batch->arena);

    batch->done.matched++;
    node_set(batch->arena, data, STR("charge"), node_int(batch->arena, charge->id));
    node_set(batch->arena, data, STR("cents"), node_int(batch->arena, entry->cents));
    return charge_pay(tx, charge, entry->cents, ACCOUNT_BANK, charge->payment_reference,
                      entry->value, actor, err) &&
           event_add(tx, "charge.paid", charge->subject, actor, data, err);
}

static bool book_entry(Tx *tx, Batch *batch, const CamtEntry *entry, Err *err)
{
    Charge charge = {0};
    /* Debits (returned payments, fees) are a clerk's business. */
    bool matched = entry->cents > 0 && !entry->reversal && find_charge(tx, batch, entry, &charge);
    int64_t id;

    if (!record(tx, batch, entry, matched, matched ? charge.id : 0, &id, err))
        return false;
    if (id == 0) {
        batch->done.known++;
        return true;
    }
    batch->done.cents += entry->cents;
    if (matched)
        return book_matched(tx, batch, entry, &charge, err);
    batch->done.open++;
    LedgerLine lines[] = {{ACCOUNT_BANK, 0, entry->cents}, {ACCOUNT_SUSPENSE, 0, -entry->cents}};
    return ledger_book(tx, STR("verwahrung"), STR("Zahlung ohne Zuordnung"), entry->value,
                       batch->import->actor, lines, 2, NULL, err);
}

static bool write_batch(Tx *tx, void *context, Err *err)
{
    Batch *batch = context;

    batch->done = (BankImport){.entries = (int64_t)batch->count};
    for (size_t i = 0; i < batch->count; i++)
        if (!book_entry(tx, batch, &batch->items[i], err))
            return false;
    return true;
}

/* Wait until the batch is written, and make it ready to be filled. */
static bool settle(Import *import, Batch *batch, Err *err)
{
    BankImport *total = &import->total;

    if (!batch->job)
        return true;
    bool ok = db_write_end(batch->job);
    batch->job = NULL;
    batch->count = 0;
    arena_reset(batch->arena);
    if (!ok) {
        *err = batch->err;
        return false;
    }
    total->entries += batch->done.entries;
    total->known += batch->done.known;
    total->matched += batch->done.matched;
    total->open += batch->done.open;
    total->cents += batch->done.cents;
    if (import->job)
        job_progress(import->job, total->entries, 0, "Umsätze gebucht");
    return true;
}

/* Hand the filled batch over, and go on with the other when that is written. */
static bool flush(Import *import, Err *err)
{
    Batch *batch = &import->batches[import->filling];
    Batch *other = &import->batches[1 - import->filling];

    if (import->job && job_cancelled(import->job))
        return settle(import, other, err) &&
               err_set(err, ERR_CONFLICT,
                       "Angehalten nach %lld Umsätzen. Der Rest wird gebucht, wenn Sie die Datei "
                       "noch einmal einlesen.",
                       (long long)import->total.entries);
    if (batch->count)
        batch->job = db_write_begin(import->tenant->db, write_batch, batch, &batch->err);
    import->filling = 1 - import->filling;
    return settle(import, other, err);
}

static bool take(const CamtEntry *entry, void *context, Err *err)
{
    Import *import = context;
    Batch *batch = &import->batches[import->filling];
    Arena *arena = batch->arena;

    batch->items[batch->count++] = (CamtEntry){
        .statement = str_copy(arena, entry->statement),
        .account = str_copy(arena, entry->account),
        .reference = str_copy(arena, entry->reference),
        .index = entry->index,
        .cents = entry->cents,
        .reversal = entry->reversal,
        .booked = entry->booked,
        .value = entry->value,
        .end_to_end = str_copy(arena, entry->end_to_end),
        .text = str_copy(arena, entry->text),
        .name = str_copy(arena, entry->name),
        .iban = str_copy(arena, entry->iban),
    };
    return batch->count < BATCH || flush(import, err);
}

/* What is under way is waited for in any case: it uses the batches. The first fault is told. */
static bool finish(Import *import, bool ok, Err *err)
{
    ok = ok && flush(import, err);
    for (int i = 0; i < 2; i++) {
        Err fault = {0};
        bool settled = settle(import, &import->batches[i], &fault);
        if (ok && !settled)
            *err = fault;
        ok = ok && settled;
        arena_destroy(import->batches[i].arena);
    }
    return ok;
}

bool bank_import_run(Tenant *tenant, Str xml, Str actor, JobRun *job, Arena *arena, BankImport *out,
                     Err *err)
{
    Import *import = arena_new(arena, Import);
    /* Money of another account is not the town's. */
    Str account = str_replace(arena, tenant_setting(tenant, "money.iban"), STR(" "), STR(""));

    import->tenant = tenant;
    import->actor = actor;
    import->job = job;
    for (int i = 0; i < 2; i++) {
        import->batches[i].import = import;
        import->batches[i].arena = arena_create(0);
    }
    bool ok = camt_read(xml, str_empty(account) ? STR_NONE : account, take, import, err);
    ok = finish(import, ok, err);
    *out = import->total;
    return ok;
}

bool bank_import(Tenant *tenant, Str xml, Str actor, Arena *arena, BankImport *out, Err *err)
{
    return bank_import_run(tenant, xml, actor, NULL, arena, out, err);
}

#define ITEM_COLUMNS                                                                     \
    "b.id, b.booked, b.value, b.cents, b.name, b.iban, b.text, b.end_to_end, b.status, " \
    "b.charge_id, c.payment_reference FROM bank_item b LEFT JOIN charge c ON c.id = b.charge_id "

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
    };

    date_parse_iso(row_text(rows, 1), &item.booked);
    date_parse_iso(row_text(rows, 2), &item.value);
    return item;
}

bool bank_items(Tx *tx, Str status, int64_t before_id, int limit, Arena *arena, BankItem **out,
                size_t *count, Err *err)
{
    struct {
        BankItem *items;
        size_t count, capacity;
    } list = {0};
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT " ITEM_COLUMNS "WHERE b.status = $1 AND b.id < $2 "
                          "ORDER BY b.id DESC LIMIT $3",
                          P_TEXT(status), P_INT(before_id ? before_id : INT64_MAX), P_INT(limit));

    err_clear(err);
    while (rows && rows_next(rows, err))
        VEC_PUSH(arena, &list, item_from_row(rows));
    *out = list.items;
    *count = list.count;
    return rows && err->kind == ERR_NONE;
}

bool bank_item_by_id(Tx *tx, int64_t id, Arena *arena, BankItem *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, "SELECT " ITEM_COLUMNS "WHERE b.id = $1", P_INT(id));

    err_clear(err);
    if (!rows || !rows_next(rows, err))
        return err->kind != ERR_NONE ? false
                                     : err_set(err, ERR_NOT_FOUND, "Diese Zahlung gibt es nicht.");
    *out = item_from_row(rows);
    rows_end(rows);
    return true;
}

bool bank_count(Tx *tx, Str status, int64_t *count, Err *err)
{
    *count = 0;
    return tx_query_int(tx, err, count, "SELECT COUNT(*) FROM bank_item WHERE status = $1",
                        P_TEXT(status));
}

bool bank_assign(Tx *tx, int64_t item_id, Str payment_reference, Str actor, Arena *arena, Err *err)
{
    BankItem item;
    Charge charge;

    if (!bank_item_by_id(tx, item_id, arena, &item, err))
        return false;
    if (!str_is(item.status, "open"))
        return err_set(err, ERR_CONFLICT, "Diese Zahlung ist schon zugeordnet.");
    if (!charge_by_reference(tx, payment_reference, arena, &charge, err))
        return err->kind == ERR_NOT_FOUND
                   ? err_field(err, "kassenzeichen",
                               "Dieses Kassenzeichen gibt es nicht. Bitte prüfen Sie die Ziffern.")
                   : false;
    Node *data = node_map(arena);
    node_set(arena, data, STR("charge"), node_int(arena, charge.id));
    node_set(arena, data, STR("cents"), node_int(arena, item.cents));
    node_set(arena, data, STR("bank_item"), node_int(arena, item.id));
    return tx_exec(tx, err,
                   "UPDATE bank_item SET status = 'assigned', charge_id = $2 WHERE id = $1",
                   P_INT(item_id), P_INT(charge.id)) &&
           charge_pay(tx, &charge, item.cents, ACCOUNT_SUSPENSE, charge.payment_reference,
                      item.value, actor, err) &&
           event_add(tx, "charge.paid", charge.subject, actor, data, err);
}
