/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/surcharge.h"

#include "base/holiday.h"
#include "base/vec.h"
#include "pay/interest.h"
#include "pay/ledger.h"

typedef struct Arrival {
    Date day;
    int64_t cents;
} Arrival;

typedef struct Late { /* a charge that is looked at */
    const PartList *parts;
    Date day;
    Str land;
    Arena *arena;
    struct {
        Arrival *items;
        size_t count, capacity;
    } arrivals;
    Surcharges known;
    const Decision *decisions;
    size_t decision_count;
} Late;

/* What arrived, by value date. */
static bool load_arrivals(Tx *tx, int64_t charge_id, Late *late, Err *err)
{
    Rows *rows = tx_query(tx, late->arena, err,
                          "SELECT b.value_date, -l.cents FROM ledger_line l "
                          "JOIN ledger_booking b ON b.id = l.booking_id "
                          "WHERE l.charge_id = $1 AND l.account = 'forderung' "
                          "AND b.kind NOT IN (" LEDGER_OWED_KINDS ")",
                          P_INT(charge_id));

    while (rows && rows_next(rows, err)) {
        Arrival arrival = {.cents = row_int(rows, 1)};
        date_parse_iso(row_text(rows, 0), &arrival.day);
        VEC_PUSH(late->arena, &late->arrivals, arrival);
    }
    return rows && err->kind == ERR_NONE;
}

static bool load_known(Tx *tx, int64_t charge_id, Late *late, Err *err)
{
    Rows *rows =
        tx_query(tx, late->arena, err, "SELECT number, month FROM surcharge WHERE charge_id = $1",
                 P_INT(charge_id));

    while (rows && rows_next(rows, err))
        VEC_PUSH(late->arena, &late->known,
                 (Surcharge){.number = (int)row_int(rows, 0), .month = (int)row_int(rows, 1)});
    return rows && err->kind == ERR_NONE;
}

static bool is_known(const Late *late, int number, int month)
{
    for (size_t i = 0; i < late->known.count; i++)
        if (late->known.items[i].number == number && late->known.items[i].month == month)
            return true;
    return false;
}

static bool is_deferral(const Decision *decision)
{
    return decision->kind == DECISION_DEFERRAL && str_is(decision->status, "stands");
}

static bool is_deferred(const Late *late, Date day)
{
    for (size_t i = 0; i < late->decision_count; i++) {
        const Decision *decision = &late->decisions[i];
        if (is_deferral(decision) && date_compare(decision->begins, day) <= 0 &&
            date_compare(day, decision_deferred_until(decision, late->land)) <= 0)
            return true;
    }
    return false;
}

/* The end of the grace that begins behind a day on which something was due. */
static Date grace_of(const Late *late, Date due)
{
    return working_day_from(date_add_days(due, SURCHARGE_GRACE_DAYS), late->land);
}

/* By the end of which day a payment spares the month that begins behind `before`: that day itself,
 * but the first month and the end of a deferral have their grace. */
static Date last_in_time(const Late *late, Date before, bool first)
{
    Date last = first ? grace_of(late, before) : before;

    for (size_t i = 0; i < late->decision_count; i++) {
        if (!is_deferral(&late->decisions[i]))
            continue;
        Date until = decision_deferred_until(&late->decisions[i], late->land);
        Date grace = grace_of(late, until);
        if (date_compare(until, before) <= 0 && date_compare(before, grace) < 0 &&
            date_compare(last, grace) < 0)
            last = grace;
    }
    return last;
}

/* What of a part was open at the end of the day. */
static int64_t open_on(const Late *late, int number, Date day)
{
    PartList parts = *late->parts;
    int64_t paid = 0;

    for (size_t i = 0; i < late->arrivals.count; i++)
        if (date_compare(late->arrivals.items[i].day, day) <= 0)
            paid += late->arrivals.items[i].cents;
    parts.items = arena_array(late->arena, ChargePart, parts.count + 1);
    memcpy(parts.items, late->parts->items, parts.count * sizeof *parts.items);
    parts_allocate(&parts, paid);
    for (size_t i = 0; i < parts.count; i++)
        if (parts.items[i].number == number)
            return parts.items[i].open_cents;
    return 0;
}

static void part_surcharges(Late *late, const ChargePart *part, Surcharges *out)
{
    Date due = part_pay_by(part, late->land);

    for (int month = 0;; month++) {
        Date before = date_add_months(due, month); /* the month begins on the next day */
        Date last = last_in_time(late, before, month == 0);
        if (date_compare(last, late->day) >= 0)
            return;
        if (is_known(late, part->number, month) || is_deferred(late, date_add_days(before, 1)))
            continue;
        int64_t cents = surcharge_of(open_on(late, part->number, last));
        if (cents == 0)
            continue;
        VEC_PUSH(late->arena, out, (Surcharge){part->number, month, cents});
        out->cents += cents;
    }
}

bool surcharges_due(Tx *tx, const Charge *charge, const PartList *parts, Date day, Str land,
                    Arena *arena, Surcharges *out, Err *err)
{
    Late late = {.parts = parts, .day = day, .land = land, .arena = arena};
    Decision *decisions;

    *out = (Surcharges){0};
    if (!load_arrivals(tx, charge->id, &late, err) || !load_known(tx, charge->id, &late, err) ||
        !decisions_of(tx, charge->id, arena, &decisions, &late.decision_count, err))
        return false;
    late.decisions = decisions;
    for (size_t i = 0; i < parts->count; i++)
        if (str_eq(parts->items[i].kind, PART_MAIN) && parts->items[i].cents > 0 &&
            !parts->items[i].enforced)
            part_surcharges(&late, &parts->items[i], out);
    return true;
}

bool surcharges_note(Tx *tx, int64_t charge_id, const Surcharges *list, Date day, Arena *arena,
                     Err *err)
{
    for (size_t i = 0; i < list->count; i++)
        if (!tx_exec(tx, err,
                     "INSERT INTO surcharge (charge_id, number, month, cents, day) "
                     "VALUES ($1, $2, $3, $4, $5)",
                     P_INT(charge_id), P_INT(list->items[i].number), P_INT(list->items[i].month),
                     P_INT(list->items[i].cents), P_TEXT(date_iso(arena, day))))
            return false;
    return true;
}
