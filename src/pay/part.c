/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/part.h"

#include "base/holiday.h"
#include "base/vec.h"

#include <stdlib.h>

enum { KNOWN_DAYS = 4 };

/* --- Rows -------------------------------------------------------------------------------- */

static ChargePart part_from_row(Rows *rows)
{
    ChargePart part = {
        .number = (int)row_int(rows, 0), .cents = row_int(rows, 2), .kind = row_text(rows, 3)};

    date_parse_iso(row_text(rows, 1), &part.due);
    part.assessed = row_date(rows, 4);
    if (date_absent(part.assessed)) /* made before this was kept */
        part.assessed = date_in_berlin(row_int(rows, 5));
    return part;
}

bool parts_load(Tx *tx, int64_t charge_id, int64_t paid_cents, Arena *arena, PartList *out,
                Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT number, due, cents, kind, assessed, CASE WHEN assessed IS NULL "
                          "THEN (SELECT created_at FROM charge WHERE id = $1) END FROM charge_part "
                          "WHERE charge_id = $1 ORDER BY number",
                          P_INT(charge_id));

    *out = (PartList){0};
    while (rows && rows_next(rows, err)) {
        VEC_PUSH(arena, out, part_from_row(rows));
        out->last_number = out->items[out->count - 1].number;
    }
    if (!rows || err->kind != ERR_NONE)
        return false;
    out->stored_count = out->count;
    out->stored = arena_array(arena, ChargePart, out->count + 1);
    if (out->count)
        memcpy(out->stored, out->items, out->count * sizeof *out->items);
    parts_allocate(out, paid_cents);
    return true;
}

static const ChargePart *stored_part(const PartList *parts, int number)
{
    for (size_t i = 0; i < parts->stored_count; i++)
        if (parts->stored[i].number == number)
            return &parts->stored[i];
    return NULL;
}

bool parts_store(Tx *tx, int64_t charge_id, const PartList *parts, Arena *arena, Err *err)
{
    for (size_t i = 0; i < parts->count; i++) {
        const ChargePart *part = &parts->items[i];
        const ChargePart *before = stored_part(parts, part->number);

        if (before && before->cents == part->cents &&
            date_compare(before->assessed, part->assessed) == 0)
            continue;
        Str assessed = date_absent(part->assessed) ? STR_NONE : date_iso(arena, part->assessed);
        if (before ? !tx_exec(tx, err,
                              "UPDATE charge_part SET cents = $3, assessed = $4 WHERE "
                              "charge_id = $1 AND number = $2",
                              P_INT(charge_id), P_INT(part->number), P_INT(part->cents),
                              P_TEXT(assessed))
                   : !tx_exec(tx, err,
                              "INSERT INTO charge_part (charge_id, number, due, cents, kind, "
                              "assessed) VALUES ($1, $2, $3, $4, $5, $6)",
                              P_INT(charge_id), P_INT(part->number),
                              P_TEXT(date_iso(arena, part->due)), P_INT(part->cents),
                              P_TEXT(part->kind), P_TEXT(assessed)))
            return false;
    }
    return true;
}

bool charge_parts(Tx *tx, int64_t charge_id, Arena *arena, ChargePart **out, size_t *count,
                  Err *err)
{
    Charge charge = {.id = charge_id};

    *out = NULL;
    *count = 0;
    return tx_query_int(tx, err, &charge.paid_cents, "SELECT paid_cents FROM charge WHERE id = $1",
                        P_INT(charge_id)) &&
           charge_parts_of(tx, &charge, arena, out, count, err);
}

bool charge_parts_of(Tx *tx, const Charge *charge, Arena *arena, ChargePart **out, size_t *count,
                     Err *err)
{
    PartList parts;

    *out = NULL;
    *count = 0;
    if (!parts_load(tx, charge->id, charge->paid_cents, arena, &parts, err))
        return false;
    *out = parts.items;
    for (size_t i = 0; i < parts.count; i++)
        if (parts.items[i].cents > 0)
            parts.items[(*count)++] = parts.items[i];
    return true;
}

/* --- In order ----------------------------------------------------------------------------- */

static bool is_main(const ChargePart *part)
{
    return str_eq(part->kind, PART_MAIN);
}

static int by_due(const void *a, const void *b)
{
    const ChargePart *x = a, *y = b;
    int order = date_compare(x->due, y->due);

    if (order == 0)
        order = (int)is_main(y) - (int)is_main(x);
    return order ? order : x->number - y->number;
}

void parts_allocate(PartList *parts, int64_t paid_cents)
{
    int64_t left = paid_cents > 0 ? paid_cents : 0;

    if (parts->count)
        qsort(parts->items, parts->count, sizeof *parts->items, by_due);
    for (size_t i = 0; i < parts->count; i++) {
        ChargePart *part = &parts->items[i];
        int64_t covered = left < part->cents ? left : part->cents;

        part->open_cents = part->cents - covered;
        left -= covered;
    }
}

ChargePart *parts_add(PartList *parts, Date due, int64_t cents, Str kind, Arena *arena)
{
    VEC_PUSH(arena, parts,
             (ChargePart){.number = ++parts->last_number,
                          .due = due,
                          .cents = cents,
                          .open_cents = cents,
                          .kind = kind});
    return &parts->items[parts->count - 1];
}

/* The day on which its assessment counts as known, or absent. */
static Date known_on(const ChargePart *part)
{
    return date_absent(part->assessed) ? part->assessed : date_add_days(part->assessed, KNOWN_DAYS);
}

Date part_pay_by(const ChargePart *part, Str land)
{
    Date due = working_day_from(part->due, land), known = known_on(part);

    return date_absent(known) ? due : date_later(due, working_day_from(known, land));
}

bool part_overdue(const ChargePart *part, Date day)
{
    return part->open_cents > 0 && !part->enforced &&
           date_compare(date_later(part->due, known_on(part)), day) < 0;
}

int64_t parts_sum(const PartList *parts, Str kind)
{
    int64_t sum = 0;

    for (size_t i = 0; i < parts->count; i++)
        if (str_eq(parts->items[i].kind, kind))
            sum += parts->items[i].cents;
    return sum;
}

/* --- Change -------------------------------------------------------------------------------- */

typedef struct Days { /* on which something is due, and how much beside the others */
    AssessPart *items;
    size_t count, capacity;
} Days;

/* Was it due before today, or is it paid? */
static bool stays(const ChargePart *part, Date today)
{
    return date_compare(part->due, today) < 0 || part->open_cents == 0;
}

/* May what is asked for by this part still be moved? */
static bool is_coming(const ChargePart *part, Date today)
{
    return part->cents > 0 && is_main(part) && !stays(part, today);
}

static void add_day(Days *days, Date due, int64_t cents, Arena *arena)
{
    for (size_t i = 0; i < days->count; i++)
        if (date_compare(days->items[i].due, due) == 0) {
            days->items[i].cents += cents;
            return;
        }
    VEC_PUSH(arena, days, (AssessPart){due, cents});
}

static bool day_stays(const PartList *parts, Date due, Date today)
{
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].cents > 0 && is_main(&parts->items[i]) &&
            stays(&parts->items[i], today) && date_compare(parts->items[i].due, due) == 0)
            return true;
    return false;
}

/* The days over which the rest is shared out: those of the order that are still to come, else
 * those that the charge has. An order without parts moves a charge of a single part to its day. */
static Days coming_days(const PartList *parts, const PartChange *change, Arena *arena)
{
    Days days = {0};
    size_t had = 0;

    for (size_t i = 0; i < parts->count; i++)
        had += parts->items[i].cents > 0 && is_main(&parts->items[i]);
    for (size_t i = 0; i < change->schedule_count; i++) {
        const AssessPart *part = &change->schedule[i];
        if (had == 0 || (date_compare(part->due, change->today) >= 0 &&
                         !day_stays(parts, part->due, change->today)))
            add_day(&days, part->due, part->cents, arena);
    }
    bool own = days.count == 0 && had > 1;
    for (size_t i = 0; own && i < parts->count; i++)
        if (is_coming(&parts->items[i], change->today))
            add_day(&days, parts->items[i].due, parts->items[i].cents, arena);
    if (days.count == 0)
        add_day(&days, change->due, 1, arena);
    return days;
}

/* Share `cents` out by the weights of the days; what rounding leaves goes where it falls due, so
 * that the parts are together exactly `cents`. */
static void share_out(Days *days, int64_t cents)
{
    int64_t weights = 0, reached = 0, given = 0;

    for (size_t i = 0; i < days->count; i++)
        weights += days->items[i].cents;
    for (size_t i = 0; i < days->count; i++) {
        reached += days->items[i].cents;
        int64_t until = (int64_t)((__int128)cents * reached / weights);
        days->items[i].cents = until - given;
        given = until;
    }
}

/* Cut what stays, the latest first. */
static void cut(PartList *parts, int64_t cents)
{
    for (size_t i = parts->count; cents > 0 && i-- > 0;) {
        ChargePart *part = &parts->items[i];
        int64_t off = cents < part->cents ? cents : part->cents;

        if (!is_main(part))
            continue;
        part->cents -= off;
        cents -= off;
    }
}

/* Ask for `cents` on this day: by the part that was there, else by a new one. */
static void put_day(PartList *parts, size_t old_count, Date due, int64_t cents, Date assessed,
                    Arena *arena)
{
    for (size_t i = 0; i < old_count; i++) {
        ChargePart *part = &parts->items[i];
        if (is_main(part) && part->cents == 0 && part->open_cents > 0 &&
            date_compare(part->due, due) == 0) {
            const ChargePart *before = stored_part(parts, part->number);

            part->cents = cents;
            if (!before || cents > before->cents)
                part->assessed = assessed;
            return;
        }
    }
    if (cents > 0)
        parts_add(parts, due, cents, PART_MAIN, arena)->assessed = assessed;
}

void parts_change(PartList *parts, const PartChange *change, Arena *arena)
{
    Days days = coming_days(parts, change, arena);
    size_t old_count = parts->count;
    int64_t fixed = 0;

    for (size_t i = 0; i < old_count; i++) {
        ChargePart *part = &parts->items[i];
        if (is_coming(part, change->today))
            part->cents = 0; /* its open_cents tell that it may be asked for again */
        else if (is_main(part))
            fixed += part->cents;
    }
    if (change->cents < fixed) {
        cut(parts, fixed - change->cents);
        return;
    }
    share_out(&days, change->cents - fixed);
    for (size_t i = 0; i < days.count; i++)
        put_day(parts, old_count, days.items[i].due, days.items[i].cents, change->assessed, arena);
}
