/* SPDX-License-Identifier: EUPL-1.2 */
/* What will be collected of a charge: what notices tell, and for which part a mandate for one
 * collection is. */
#include "pay/collection_store.h"

#include "core/store/rows.h"
#include "pay/part.h"

/* --- The part of a mandate for one collection ---------------------------------------------------
 */

typedef struct OpenCharge {
    int64_t id, paid_cents;
} OpenCharge;

/* What is with enforcement is never collected any more. */
static bool load_open(Tx *tx, int64_t mandate, Arena *arena, OpenCharge **out, size_t *count,
                      Err *err)
{
    Rows *rows =
        tx_query(tx, arena, err,
                 "SELECT c.id, c.paid_cents FROM charge c WHERE c.payer = (SELECT payer FROM "
                 "mandate WHERE id = $1) AND c.owed_cents > c.paid_cents AND NOT EXISTS (SELECT 1 "
                 "FROM charge_decision d WHERE d.charge_id = c.id AND d.status = 'stands' AND "
                 "d.kind = 'vollstreckung') ORDER BY c.id",
                 P_INT(mandate));

    return ROWS_LIST(rows, arena, out, count, err,
                     (OpenCharge){row_int(rows, 0), row_int(rows, 1)});
}

/* Does a direct debit run, or did one come to its end, so that another is tried only on demand? */
static bool is_tried(Tx *tx, int64_t charge, int part, const SepaOrder *order, Arena *arena,
                     bool *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, "SELECT " COLLECT_LAST_TRY("$1", "$2", "$3"),
                          P_INT(charge), P_INT(part), P_INT(order->within));

    if (!rows || !rows_next(rows, err))
        return false;
    Str last = row_text(rows, 0);
    *out = last.ptr && !str_is(last, "within") && (str_is(last, "running") || !order->retry);
    rows_end(rows);
    return true;
}

bool collect_one_off_part(Tx *tx, const Mandate *mandate, const SepaOrder *order, Arena *arena,
                          PartName *out, Err *err)
{
    OpenCharge *charges;
    size_t count;

    *out = (PartName){0};
    if (!load_open(tx, mandate->id, arena, &charges, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        PartList parts;

        if (!parts_load(tx, charges[i].id, charges[i].paid_cents, arena, &parts, err))
            return false;
        for (size_t k = 0; k < parts.count; k++) {
            bool tried = true;

            if (parts.items[k].open_cents > 0 &&
                !is_tried(tx, charges[i].id, parts.items[k].number, order, arena, &tried, err))
                return false;
            if (tried)
                continue;
            *out = (PartName){charges[i].id, parts.items[k].number};
            return true;
        }
    }
    return true;
}

/* --- What is told of a charge -------------------------------------------------------------------
 */

static bool running_day(Tx *tx, int64_t charge, int part, Arena *arena, Date *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT k.collect_on FROM collection_item i JOIN collection k ON "
                          "k.id = i.collection_id WHERE i.charge_id = $1 AND i.part = $2 AND "
                          "i.status = 'running'",
                          P_INT(charge), P_INT(part));

    if (!rows || !rows_next(rows, err))
        return false;
    *out = row_date(rows, 0);
    rows_end(rows);
    return true;
}

/* Would a collection of this day take the part? */
static bool plan_part(Tx *tx, const Charge *charge, const ChargePart *part, Date today,
                      Arena *arena, Mandate *mandate, Date *day, Err *err)
{
    SepaOrder order = {.due_until = part->due,
                       .collect_on = collect_day(tx_tenant(tx), today, part->due),
                       .charges = &charge->id,
                       .charge_count = 1};
    CollectChoices choices = {0};

    if (!collect_choose(tx, &order, 0, 1, arena, &choices, err))
        return false;
    for (size_t i = 0; i < choices.count; i++) {
        const CollectChoice *choice = &choices.items[i];

        if (choice->part != part->number || (choice->left_out.ptr && !choice->running))
            continue;
        *mandate = choice->mandate;
        *day = order.collect_on;
        return !choice->running || running_day(tx, charge->id, part->number, arena, day, err);
    }
    return true;
}

static bool has_mandate(Tx *tx, const Charge *charge, bool *out, Err *err)
{
    int64_t count = 0;

    if (!str_empty(charge->payer) &&
        !tx_query_int(tx, err, &count,
                      "SELECT COUNT(*) FROM mandate WHERE payer = $1 AND revoked_on IS NULL",
                      P_TEXT(charge->payer)))
        return false;
    *out = count > 0;
    return true;
}

bool collect_plan(Tx *tx, const Charge *charge, Date today, Arena *arena, CollectPlan *out,
                  Err *err)
{
    bool mandate;

    *out = (CollectPlan){0};
    if (!charge_parts_of(tx, charge, arena, &out->parts, &out->count, err) ||
        !has_mandate(tx, charge, &mandate, err))
        return false;
    out->days = arena_array(arena, Date, out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        const ChargePart *part = &out->parts[i];

        out->days[i] = (Date){0};
        if (mandate && part->open_cents > 0 &&
            !plan_part(tx, charge, part, today, arena, &out->mandate, &out->days[i], err))
            return false;
        if (date_absent(out->days[i]))
            out->transfer_cents += part->open_cents;
    }
    return true;
}
