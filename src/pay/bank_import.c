/* SPDX-License-Identifier: EUPL-1.2 */
/* Bank statements: every transaction is recorded once, booked to the charge that its
 * Kassenzeichen names, or left to a clerk on the suspense account. */
#include "pay/bank.h"
#include "pay/collection.h"
#include "pay/refund.h"

/* Entries in one transaction: pages are written once for many, others wait for a tenth of a second.
 */
enum { BATCH = 1024 };

/* An entry, with what needs no database: it is worked out while the batch before is written. */
typedef struct Coming {
    CamtEntry entry;
    Str key, booked, value;
} Coming;

typedef struct Batch { /* entries on their way into one transaction */
    struct Import *import;
    Coming items[BATCH];
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
    BankTell tell; /* or NULL */
    void *context; /* of `tell` */
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

/* A return without a reason is still one: the list must tell it from other debits. */
static Str code_of(const CamtEntry *entry)
{
    return entry->return_code.ptr || !(entry->returned || entry->reversal) ? entry->return_code
                                                                           : STR("");
}

/* `*id` 0: it was recorded in an earlier import. */
static bool record(Tx *tx, const Coming *coming, const BankMatch *match, int64_t *id, Err *err)
{
    const CamtEntry *entry = &coming->entry;
    bool open = !match->kind.ptr;

    *id = 0;
    return tx_insert(
        tx, err, id,
        "INSERT INTO bank_item (key, booked, value, cents, name, iban, text, end_to_end, status, "
        "charge_id, created_at, open_cents, return_code, return_cents, batch) VALUES ($1, $2, $3, "
        "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (key) DO NOTHING",
        P_TEXT(coming->key), P_TEXT(coming->booked), P_TEXT(coming->value), P_INT(entry->cents),
        P_TEXT(entry->name), P_TEXT(entry->iban), P_TEXT(entry->text), P_TEXT(entry->end_to_end),
        P_TEXT(open ? STR("open") : STR("matched")),
        match->charge_id ? P_INT(match->charge_id) : P_NULL, P_INT(tx_now(tx)),
        P_INT(open ? entry->cents : 0), P_TEXT(code_of(entry)),
        entry->return_cents ? P_INT(entry->return_cents) : P_NULL, P_TEXT(entry->batch));
}

static bool book_matched(Tx *tx, Batch *batch, const CamtEntry *entry, const BankMatch *match,
                         int64_t item, Err *err)
{
    bool back = match->takes_back != 0;
    BankItem taken;
    BankBooking booking = {.item = item,
                           .from = ACCOUNT_BANK,
                           .kind = match->kind,
                           .text = back ? STR("Rückgabe durch die Bank") : STR("Kontoauszug"),
                           .value = entry->value,
                           .actor = batch->import->actor,
                           .lines = match->lines,
                           .count = match->count,
                           .charges = match->charges,
                           .charge_count = match->charge_count};

    batch->done.matched++;
    return bank_book(tx, &booking, batch->arena, err) &&
           collection_settle(tx, batch->import->tenant, match, item, entry, booking.actor,
                             batch->arena, err) &&
           refund_settle(tx, match, item, err) &&
           (!back || (bank_item_by_id(tx, match->takes_back, batch->arena, &taken, err) &&
                      bank_note_return(tx, item, &taken, err)));
}

static bool book_entry(Tx *tx, Batch *batch, const Coming *coming, Err *err)
{
    const CamtEntry *entry = &coming->entry;
    BankMatch match;
    int64_t id;

    if (!bank_match(tx, batch->import->tenant, entry, batch->arena, &match, err) ||
        !record(tx, coming, &match, &id, err))
        return false;
    if (id == 0) {
        batch->done.known++;
        return true;
    }
    batch->done.cents += entry->cents;
    if (match.kind.ptr)
        return book_matched(tx, batch, entry, &match, id, err);
    batch->done.open++;
    LedgerLine lines[] = {{ACCOUNT_BANK, 0, entry->cents}, {ACCOUNT_SUSPENSE, 0, -entry->cents}};
    return ledger_book_item(tx, id, STR("verwahrung"), STR("Zahlung ohne Zuordnung"), entry->value,
                            batch->import->actor, lines, 2, err);
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
    return true;
}

/* Hand the filled batch over, and go on with the other when that is written. */
static bool flush(Import *import, Err *err)
{
    Batch *batch = &import->batches[import->filling];
    Batch *other = &import->batches[1 - import->filling];

    if (import->tell && !import->tell(&import->total, import->context))
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

    Coming *coming = &batch->items[batch->count++];
    CamtEntry *own = &coming->entry;

    *own = (CamtEntry){
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
        .returned = entry->returned,
        .return_code = str_copy(arena, entry->return_code),
        .return_cents = entry->return_cents,
        .batch = str_copy(arena, entry->batch),
    };
    coming->key = entry_key(own, arena);
    coming->booked = date_iso(arena, own->booked);
    coming->value = date_iso(arena, own->value);
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

/* What the bank says there is at the end of a day; the last file told is right. */
static bool write_balances(Tx *tx, void *context, Err *err)
{
    const CamtBalances *balances = context;

    for (size_t i = 0; i < balances->count; i++)
        if (!tx_exec(tx, err,
                     "INSERT INTO bank_balance (account, day, cents) VALUES ($1, $2, $3) "
                     "ON CONFLICT (account, day) DO UPDATE SET cents = $3",
                     P_TEXT(balances->items[i].account),
                     P_TEXT(date_iso(balances->arena, balances->items[i].day)),
                     P_INT(balances->items[i].cents)))
            return false;
    return true;
}

bool bank_import_run(Tenant *tenant, Str xml, Str actor, BankTell tell, void *context, Arena *arena,
                     BankImport *out, Err *err)
{
    Import *import = arena_new(arena, Import);
    /* Money of another account is not the town's. */
    Str account = str_replace(arena, tenant_setting(tenant, "money.iban"), STR(" "), STR(""));

    import->tenant = tenant;
    import->actor = actor;
    import->tell = tell;
    import->context = context;
    for (int i = 0; i < 2; i++) {
        import->batches[i].import = import;
        import->batches[i].arena = arena_create(0);
    }
    CamtBalances balances = {.arena = arena};
    bool ok = camt_read(xml, str_empty(account) ? STR_NONE : account, &balances, take, import, err);
    ok = finish(import, ok, err) &&
         (balances.count == 0 || db_write(tenant->db, write_balances, &balances, err)) &&
         bank_list_payers(tenant, err);
    *out = import->total;
    return ok;
}

bool bank_import(Tenant *tenant, Str xml, Str actor, Arena *arena, BankImport *out, Err *err)
{
    return bank_import_run(tenant, xml, actor, NULL, NULL, arena, out, err);
}
