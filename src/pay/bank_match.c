/* SPDX-License-Identifier: EUPL-1.2 */
/* What an entry of a statement is for, as far as it is certain. Whatever is not goes to the
 * suspense account, and the desk proposes (bank_propose.c). */
#include "base/vec.h"
#include "pay/bank.h"
#include "pay/collection.h"
#include "pay/refund.h"

#include <stdlib.h>

static int by_due(const void *a, const void *b)
{
    const Charge *x = a, *y = b;
    int order = date_compare(x->due, y->due);

    return order ? order : (x->id > y->id) - (x->id < y->id);
}

bool bank_named_charges(Tx *tx, Tenant *tenant, Str text, Arena *arena, Charge **out, size_t *count,
                        Err *err)
{
    Str *references;
    size_t found = payment_reference_find(tenant->settings, text, arena, &references);

    *out = arena_array(arena, Charge, found);
    *count = 0;
    for (size_t i = 0; i < found; i++) {
        if (charge_by_reference(tx, references[i], arena, &(*out)[*count], err))
            ++*count;
        else if (err->kind != ERR_NOT_FOUND)
            return false;
        err_clear(err);
    }
    if (*count > 1)
        qsort(*out, *count, sizeof **out, by_due);
    return true;
}

/* --- Money that comes in -----------------------------------------------------------------------
 */

/* One charge takes all, whatever it owes: a part payment, or too much. Several take what they owe
 * when that is exactly what came. */
static bool share_out(const CamtEntry *entry, const Charge *charges, size_t count, Arena *arena,
                      BankMatch *out)
{
    int64_t open = 0;

    if (count == 0)
        return false;
    out->lines = arena_array(arena, LedgerLine, count);
    for (size_t i = 0; i < count; i++) {
        int64_t cents = count == 1 ? entry->cents : charges[i].owed_cents - charges[i].paid_cents;
        if (cents <= 0)
            return false;
        out->lines[i] = (LedgerLine){ACCOUNT_CLAIMS, charges[i].id, -cents};
        open += cents;
    }
    if (open != entry->cents)
        return false;
    out->kind = STR("zahlung");
    out->count = count;
    out->charges = charges;
    out->charge_count = count;
    out->charge_id = charges[0].id;
    return true;
}

/* First by EndToEndId, then in the text. What one of them names is not overruled by the other. */
static bool match_credit(Tx *tx, Tenant *tenant, const CamtEntry *entry, Arena *arena,
                         BankMatch *out, Err *err)
{
    Str sources[] = {entry->end_to_end, entry->text};

    for (size_t s = 0; s < 2; s++) {
        Charge *charges;
        size_t count;
        if (!bank_named_charges(tx, tenant, sources[s], arena, &charges, &count, err))
            return false;
        if (count > 0) {
            share_out(entry, charges, count, arena, out);
            return true;
        }
    }
    return true;
}

/* --- What comes back ---------------------------------------------------------------------------
 */

/* The bank names the payment that it takes back as that was: by the Kassenzeichen of one charge,
 * the amount and, where both tell it, the account. */
static bool match_return(Tx *tx, Tenant *tenant, const CamtEntry *entry, Arena *arena,
                         BankMatch *out, Err *err)
{
    Str sources[] = {entry->end_to_end, entry->text};
    Charge *charges = NULL;
    size_t count = 0;
    BankItem *items;
    size_t found;

    for (size_t s = 0; s < 2 && count == 0; s++)
        if (!bank_named_charges(tx, tenant, sources[s], arena, &charges, &count, err))
            return false;
    if (count != 1)
        return true;
    if (!bank_returnable(tx, charges[0].id, entry->cents, entry->return_cents, arena, &items,
                         &found, err))
        return false;
    for (size_t i = 0; i < found; i++) {
        bool other = entry->iban.len && items[i].iban.len && !str_eq(entry->iban, items[i].iban);
        if (other)
            continue;
        out->kind = STR("rückgabe");
        out->takes_back = items[i].id;
        out->charge_id = charges[0].id;
        return bank_return_lines(tx, &items[i], entry->cents, arena, &out->lines, &out->count, err);
    }
    return true;
}

bool bank_match(Tx *tx, Tenant *tenant, const CamtEntry *entry, Arena *arena, BankMatch *out,
                Err *err)
{
    *out = (BankMatch){0};
    if (!collection_match(tx, entry, arena, out, err) ||
        (!out->kind.ptr && !refund_match(tx, entry, arena, out, err)))
        return false;
    if (out->kind.ptr)
        return true;
    if (entry->returned || entry->reversal)
        return match_return(tx, tenant, entry, arena, out, err);
    /* Other debits (fees, what the town pays) are a clerk's business. */
    return entry->cents <= 0 || match_credit(tx, tenant, entry, arena, out, err);
}

CamtEntry bank_entry_of(const BankItem *item)
{
    return (CamtEntry){.cents = item->cents,
                       .booked = item->booked,
                       .value = item->value,
                       .end_to_end = item->end_to_end,
                       .text = item->text,
                       .name = item->name,
                       .iban = item->iban,
                       .returned = item->return_code.ptr != NULL,
                       .return_code = item->return_code,
                       .return_cents = item->return_cents,
                       .batch = item->batch};
}
