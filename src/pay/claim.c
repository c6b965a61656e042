/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/claim.h"

#include "base/vec.h"
#include "pay/ledger.h"

static bool save_sums(Tx *tx, const Charge *charge, Err *err)
{
    return tx_exec(tx, err,
                   "UPDATE charge SET owed_cents = $2, extra_cents = $3, waived_cents = $4 "
                   "WHERE id = $1",
                   P_INT(charge->id), P_INT(charge->owed_cents), P_INT(charge->extra_cents),
                   P_INT(charge->waived_cents));
}

static bool book(Tx *tx, const Charge *charge, Str kind, Str account, int64_t cents, Str text,
                 Str actor, Err *err)
{
    LedgerLine lines[] = {{ACCOUNT_CLAIMS, charge->id, cents}, {account, charge->id, -cents}};

    return ledger_book(tx, kind, text, date_in_berlin(tx_now(tx)), actor, lines, 2, NULL, err);
}

static bool book_extra(Tx *tx, Charge *charge, Str kind, int64_t cents, Str text, Str actor,
                       Arena *arena, Err *err)
{
    charge->owed_cents += cents;
    charge->extra_cents += cents;
    return save_sums(tx, charge, err) &&
           book(tx, charge, kind, str_printf(arena, "ertrag/%.*s", STR_ARG(kind)), cents, text,
                actor, err);
}

bool claim_add(Tx *tx, Charge *charge, Str kind, int64_t cents, Date due, Str text, Str actor,
               Arena *arena, int *number, Err *err)
{
    PartList parts;

    if (!parts_load(tx, charge->id, charge->paid_cents, arena, &parts, err))
        return false;
    parts_add(&parts, due, cents, kind, arena);
    if (number)
        *number = parts.last_number;
    return parts_store(tx, charge->id, &parts, arena, err) &&
           book_extra(tx, charge, kind, cents, text, actor, arena, err);
}

bool claim_remove(Tx *tx, Charge *charge, int number, Str text, Str actor, Arena *arena, Err *err)
{
    PartList parts;

    if (!parts_load(tx, charge->id, charge->paid_cents, arena, &parts, err))
        return false;
    for (size_t i = 0; i < parts.count; i++) {
        ChargePart *part = &parts.items[i];
        int64_t cents = part->cents;
        if (part->number != number || cents == 0)
            continue;
        part->cents = 0;
        return parts_store(tx, charge->id, &parts, arena, err) &&
               book_extra(tx, charge, part->kind, -cents, text, actor, arena, err);
    }
    return true;
}

/* --- Waivers --------------------------------------------------------------------------------- */

bool claim_book_waiver(Tx *tx, Charge *charge, Str kind, int64_t cents, bool of_extra, Str text,
                       Str actor, Err *err)
{
    charge->owed_cents -= cents;
    if (of_extra)
        charge->extra_cents -= cents;
    else
        charge->waived_cents += cents;
    return save_sums(tx, charge, err) && book(tx, charge, kind, kind, -cents, text, actor, err);
}

bool claim_waive(Tx *tx, Charge *charge, Str kind, int64_t cents, bool of_extra, Str text,
                 Str actor, Arena *arena, TakenList *taken, Err *err)
{
    PartList parts;
    int64_t left = cents;

    *taken = (TakenList){0};
    if (!parts_load(tx, charge->id, charge->paid_cents, arena, &parts, err))
        return false;
    for (size_t i = 0; i < parts.count && left > 0; i++) {
        ChargePart *part = &parts.items[i];
        int64_t off = left < part->open_cents ? left : part->open_cents;

        if (off == 0 || str_eq(part->kind, PART_MAIN) == of_extra)
            continue;
        part->cents -= off;
        left -= off;
        VEC_PUSH(arena, taken, (Taken){part->number, off});
    }
    if (left > 0)
        return err_field(err, "betrag", "So viel ist davon nicht mehr offen: höchstens %.*s.",
                         STR_ARG(money_text(arena, cents - left, STR("de"))));
    return parts_store(tx, charge->id, &parts, arena, err) &&
           claim_book_waiver(tx, charge, kind, cents, of_extra, text, actor, err);
}

bool claim_restore(Tx *tx, Charge *charge, Str kind, int64_t cents, bool of_extra, Str text,
                   Str actor, const TakenList *taken, Arena *arena, Err *err)
{
    PartList parts;
    int64_t left = cents;

    if (cents == 0)
        return true;
    if (!parts_load(tx, charge->id, charge->paid_cents, arena, &parts, err))
        return false;
    for (size_t t = 0; t < taken->count && left > 0; t++)
        for (size_t i = 0; i < parts.count; i++) {
            ChargePart *part = &parts.items[i];
            int64_t back = left < taken->items[t].cents ? left : taken->items[t].cents;
            if (part->number != taken->items[t].number)
                continue;
            part->cents += back;
            left -= back;
        }
    return parts_store(tx, charge->id, &parts, arena, err) &&
           claim_book_waiver(tx, charge, kind, -cents, of_extra, text, actor, err);
}
