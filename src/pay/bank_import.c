/* SPDX-License-Identifier: EUPL-1.2 */
/* Bank statements: every transaction is recorded once, booked to the charge that its
 * Kassenzeichen names, or left to a clerk on the suspense account. */
#include "core/page/out.h"
#include "pay/bank_bulk.h"
#include "pay/collection.h"
#include "pay/refund.h"

/* Entries in one transaction: pages are written once for many, others wait for a tenth of a second.
 */
enum { BATCH = 1024 };

typedef struct Batch { /* entries on their way into one transaction */
    struct Import *import;
    BankComing items[BATCH]; /* what needs no database is worked out while another is written */
    size_t count;
    BankImport done;
    Arena *arena;
    WriteJob *job; /* being written, or NULL */
    Err err;
} Batch;

/* One batch is read while the other is written. */
typedef struct Import {
    Tenant *tenant;
    const BankOrder *order;
    Batch batches[2];
    int filling;
    BankImport total;
} Import;

static Str place_key(const CamtEntry *entry, Arena *arena)
{
    return str_printf(arena, "%.*s/stmt/%.*s/%lld/%lld", STR_ARG(entry->account),
                      STR_ARG(entry->statement), (long long)entry->index, (long long)entry->cents);
}

/* The bank's own reference names a transaction; without one its place in the statement does. Banks
 * count upwards, so the keys of a statement lie together in the index. */
static Str entry_key(const CamtEntry *entry, Arena *arena)
{
    Buf buf = buf_in(arena);

    if (!entry->reference.ptr)
        return place_key(entry, arena);
    buf_addf(&buf, "%.*s/", STR_ARG(entry->account));
    if (entry->part)
        buf_addf(&buf, "part/%lld/", (long long)entry->part);
    else
        buf_add_c(&buf, "ref/");
    buf_addf(&buf, "%.*s/%lld", STR_ARG(entry->reference), (long long)entry->cents);
    return buf_str(&buf);
}

static bool book_matched(Tx *tx, Batch *batch, const BankComing *coming, const BankMatch *match,
                         int64_t item, Err *err)
{
    const CamtEntry *entry = &coming->entry;
    bool back = match->takes_back != 0;
    BankItem taken;
    BankBooking booking = {.item = item,
                           .from = ACCOUNT_BANK,
                           .kind = match->kind,
                           .text = back ? STR("Rückgabe durch die Bank") : STR("Kontoauszug"),
                           .value = entry->value,
                           .actor = batch->import->order->actor,
                           .lines = match->lines,
                           .count = match->count,
                           .charges = match->charges,
                           .charge_count = match->charge_count};

    batch->done.matched++;
    batch->done.cents += entry->cents;
    return bank_book(tx, &booking, batch->arena, err) &&
           collection_settle(tx, batch->import->tenant, match, item, entry, booking.actor,
                             batch->arena, err) &&
           refund_settle(tx, match, item, err) &&
           (!back || (bank_item_by_id(tx, match->takes_back, batch->arena, &taken, err) &&
                      bank_note_return(tx, item, &taken, err)));
}

typedef struct Plain { /* entries that are booked together */
    BankComing **items;
    size_t count;
} Plain;

static bool book_plain(Tx *tx, Batch *batch, Plain *plain, Err *err)
{
    size_t count = plain->count;

    plain->count = 0;
    return bank_book_plain(tx, plain->items, count, batch->import->order->actor, batch->arena,
                           &batch->done, err);
}

/* An entry that is for nothing certain is a plain one after all. */
static bool book_own(Tx *tx, Batch *batch, Plain *plain, BankComing *coming, Err *err)
{
    BankMatch match;
    int64_t id;

    if (!bank_match(tx, batch->import->tenant, &coming->entry, batch->arena, &match, err))
        return false;
    coming->charge_id = match.charge_id;
    if (!match.kind.ptr) {
        plain->items[plain->count++] = coming;
        return true;
    }
    if (!bank_record(tx, coming, &id, err))
        return false;
    batch->done.known += id == 0;
    return id == 0 || book_matched(tx, batch, coming, &match, id, err);
}

static bool write_batch(Tx *tx, void *context, Err *err)
{
    Batch *batch = context;
    Plain plain = {.items = arena_array(batch->arena, BankComing *, batch->count)};
    BankNamed *named = bank_look_up(tx, batch->items, batch->count, batch->arena, err);

    batch->done = (BankImport){.entries = (int64_t)batch->count};
    for (size_t i = 0; named && i < batch->count; i++) {
        BankComing *coming = &batch->items[i];
        BankPlace place = bank_place(named, coming);
        if (place == BANK_PLAIN)
            plain.items[plain.count++] = coming;
        else if ((place == BANK_DEPENDING && !book_plain(tx, batch, &plain, err)) ||
                 !book_own(tx, batch, &plain, coming, err))
            return false;
    }
    return named && book_plain(tx, batch, &plain, err);
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

    if (import->order->tell && !import->order->tell(&import->total, import->order->context))
        return settle(import, other, err) &&
               err_set_in(
                   err, ERR_CONFLICT, import->order->lang,
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

    /* A bank's closing entry over 0.00 moves nothing, and nobody could assign it. */
    if (entry->cents == 0) {
        import->total.entries++;
        return true;
    }
    BankComing *coming = &batch->items[batch->count++];
    CamtEntry *own = &coming->entry;

    *own = (CamtEntry){
        .statement = str_copy(arena, entry->statement),
        .account = str_copy(arena, entry->account),
        .reference = str_copy(arena, entry->reference),
        .part = entry->part,
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
    coming->old_key = own->part ? place_key(own, arena) : STR_NONE;
    coming->booked = date_iso(arena, own->booked);
    coming->value = date_iso(arena, own->value);
    for (size_t i = 0; i < BANK_NAMES; i++)
        coming->name_count[i] = payment_reference_find(
            import->tenant->settings, i ? own->text : own->end_to_end, arena, &coming->names[i]);
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

bool bank_import_run(Tenant *tenant, const BankOrder *order, Arena *arena, BankImport *out,
                     Err *err)
{
    Import *import = arena_new(arena, Import);
    /* Money of another account is not the town's. */
    Str account = str_replace(arena, tenant_setting(tenant, "money.iban"), STR(" "), STR(""));

    import->tenant = tenant;
    import->order = order;
    for (int i = 0; i < 2; i++) {
        import->batches[i].import = import;
        import->batches[i].arena = arena_create(0);
    }
    CamtBalances balances = {.arena = arena};
    CamtOrder statement = {.account = account,
                           .balances = &balances,
                           .each = take,
                           .context = import,
                           .lang = order->lang};
    bool ok = camt_read(order->xml, &statement, err);
    ok = finish(import, ok, err) &&
         (balances.count == 0 || db_write(tenant->db, write_balances, &balances, err)) &&
         bank_list_payers(tenant, err);
    *out = import->total;
    return ok;
}

bool bank_import(Tenant *tenant, Str xml, Str actor, Arena *arena, BankImport *out, Err *err)
{
    return bank_import_run(tenant, &(BankOrder){.xml = xml, .actor = actor}, arena, out, err);
}
