/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_figure.h"

#include "base/vec.h"
#include "cases/case_store.h"
#include "core/store/event.h"

#include <stdlib.h>

static Date monday_of(Date date)
{
    return date_add_days(date, -date_weekday(date));
}

/* --- Counting
 * -------------------------------------------------------------------------------------- */

static bool count(CaseWork *work, const char *kind, int64_t value, Err *err)
{
    return tx_exec(work->tx, err,
                   "INSERT INTO case_figure (scope, week, service, procedure_id, kind, value, "
                   "count) SELECT office, $2, $3, $4, $5, $6, 1 FROM case_desk WHERE case_id = $1 "
                   "ON CONFLICT (scope, week, service, procedure_id, kind, value) DO UPDATE SET "
                   "count = case_figure.count + 1",
                   P_INT(work->c->id), P_TEXT(date_iso(work->arena, monday_of(work->today))),
                   P_TEXT(work->c->service), P_TEXT(work->c->procedure), P_TEXT(str_c(kind)),
                   P_INT(value));
}

static bool count_own(CaseWork *work, Str actor, const char *kind, int64_t value, Err *err)
{
    return tx_exec(work->tx, err,
                   "INSERT INTO case_figure (scope, week, service, procedure_id, kind, value, "
                   "count) VALUES ($1, $2, $3, $4, $5, $6, 1) "
                   "ON CONFLICT (scope, week, service, procedure_id, kind, value) DO UPDATE SET "
                   "count = case_figure.count + 1",
                   P_TEXT(actor), P_TEXT(date_iso(work->arena, monday_of(work->today))),
                   P_TEXT(work->c->service), P_TEXT(work->c->procedure), P_TEXT(str_c(kind)),
                   P_INT(value));
}

bool case_count_received(CaseWork *work, Err *err)
{
    return count(work, "received", 0, err);
}

/* Days from receipt until today, without those that began while the clock was paused; and how often
 * the applicant was asked. */
static bool read_course(CaseWork *work, int64_t *days, int64_t *asked, Err *err)
{
    Event *events;
    size_t event_count;
    int64_t paused = 0;
    Date since = {0};

    *asked = 0;
    if (!event_list(work->tx, case_subject(work->c, work->arena), work->arena, &events,
                    &event_count, err))
        return false;
    for (size_t i = 0; i < event_count; i++) {
        Date day = date_in_berlin(events[i].at);

        *asked += str_is(events[i].type, "case.asked");
        if (!str_is(events[i].type, "case.state"))
            continue;
        const State *state = process_state(work->process, node_get_text(events[i].data, "state"));

        if (!date_absent(since))
            paused += date_to_days(day) - date_to_days(since);
        since = state && state->clock_paused ? day : (Date){0};
    }
    if (!date_absent(since))
        paused += date_to_days(work->today) - date_to_days(since);
    *days = date_to_days(work->today) - date_to_days(work->c->submitted_on) - paused;
    if (*days < 0)
        *days = 0;
    return true;
}

/* Figures about one person are theirs alone, and go after a year. */
static bool count_person(CaseWork *work, Str actor, int64_t days, Err *err)
{
    Date oldest = date_add_days(monday_of(work->today), -7 * FIGURE_WEEKS);

    if (!str_starts_with(actor, "staff/") || str_is(actor, "staff/0"))
        return true;
    return count_own(work, actor, "decided", days, err) &&
           tx_exec(work->tx, err, "DELETE FROM case_figure WHERE scope = $1 AND week < $2",
                   P_TEXT(actor), P_TEXT(date_iso(work->arena, oldest)));
}

bool case_count_closed(CaseWork *work, Str actor, Err *err)
{
    const Case *c = work->c;
    int64_t days, asked;

    if (!read_course(work, &days, &asked, err) || !count(work, "decided", days, err) ||
        !count(work, "asked", asked, err) || !count_person(work, actor, days, err))
        return false;
    if (!c->paused && date_absent(c->deadline))
        return true; /* there was none to keep */
    return count(work, "kept", c->paused || date_compare(work->today, c->deadline) <= 0, err);
}

/* --- Reading
 * --------------------------------------------------------------------------------------- */

typedef struct Count {
    int64_t value, times;
} Count;

typedef struct Spread { /* how often a number of days occurred */
    Count *items;
    size_t count, capacity;
} Spread;

typedef struct Reading {
    Arena *arena;
    Date first; /* Monday */
    Figures *out;
    struct {
        FigureProcedure *items;
        size_t count, capacity;
    } procedures;
    Spread *spreads; /* one a procedure */
} Reading;

enum { PROCEDURES_MAX = 100 };

static size_t procedure_index(Reading *reading, Str service, Str procedure)
{
    for (size_t i = 0; i < reading->procedures.count; i++)
        if (str_eq(reading->procedures.items[i].service, service) &&
            str_eq(reading->procedures.items[i].procedure, procedure))
            return i;
    if (reading->procedures.count == PROCEDURES_MAX)
        return PROCEDURES_MAX - 1;
    VEC_PUSH(reading->arena, &reading->procedures,
             (FigureProcedure){.service = service, .procedure = procedure});
    return reading->procedures.count - 1;
}

static void take_row(Reading *reading, Rows *rows)
{
    size_t at = procedure_index(reading, row_text(rows, 1), row_text(rows, 2));
    FigureProcedure *procedure = &reading->procedures.items[at];
    Str kind = row_text(rows, 3);
    int64_t value = row_int(rows, 4);
    int64_t times = row_int(rows, 5);
    Date week = reading->first;

    date_parse_iso(row_text(rows, 0), &week);
    int64_t index = (date_to_days(week) - date_to_days(reading->first)) / 7;
    FigureWeek *place = &reading->out->weeks[index < 0               ? 0
                                             : index >= FIGURE_WEEKS ? FIGURE_WEEKS - 1
                                                                     : index];

    if (str_is(kind, "received")) {
        procedure->received += times;
        place->received += times;
    } else if (str_is(kind, "decided")) {
        procedure->decided += times;
        place->decided += times;
        VEC_PUSH(reading->arena, &reading->spreads[at], (Count){value, times});
    } else if (str_is(kind, "kept")) {
        procedure->due += times;
        procedure->kept += value ? times : 0;
    } else if (str_is(kind, "asked")) {
        procedure->asked += value * times;
    }
}

static int by_value(const void *a, const void *b)
{
    const Count *x = a;
    const Count *y = b;

    return x->value < y->value ? -1 : x->value > y->value;
}

/* The smallest value that at least `per_cent` of all do not exceed (nearest rank). */
static int64_t rank(const Count *counts, size_t count_of, int64_t all, int64_t per_cent)
{
    int64_t wanted = (all * per_cent + 99) / 100;
    int64_t seen = 0;

    for (size_t i = 0; i < count_of; i++) {
        seen += counts[i].times;
        if (seen >= wanted)
            return counts[i].value;
    }
    return 0;
}

bool case_figures(Tx *tx, Str scope, Date today, Arena *arena, Figures *out, Err *err)
{
    Reading reading = {.arena = arena,
                       .first = date_add_days(monday_of(today), -7 * (FIGURE_WEEKS - 1)),
                       .out = out};
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT week, service, procedure_id, kind, value, count FROM case_figure "
                          "WHERE scope = $1 AND week >= $2",
                          P_TEXT(scope), P_TEXT(date_iso(arena, reading.first)));

    *out = (Figures){0};
    for (size_t i = 0; i < FIGURE_WEEKS; i++)
        out->weeks[i].monday = date_add_days(reading.first, 7 * (int64_t)i);
    reading.spreads = arena_array(arena, Spread, PROCEDURES_MAX);
    while (rows && rows_next(rows, err))
        take_row(&reading, rows);
    for (size_t i = 0; i < reading.procedures.count; i++) {
        FigureProcedure *procedure = &reading.procedures.items[i];

        if (reading.spreads[i].count)
            qsort(reading.spreads[i].items, reading.spreads[i].count, sizeof(Count), by_value);
        procedure->median =
            rank(reading.spreads[i].items, reading.spreads[i].count, procedure->decided, 50);
        procedure->p90 =
            rank(reading.spreads[i].items, reading.spreads[i].count, procedure->decided, 90);
    }
    out->procedures = reading.procedures.items;
    out->procedure_count = reading.procedures.count;
    return rows && err->kind == ERR_NONE;
}

bool case_ages(Tx *tx, Str office, int64_t staff_id, Date today, Arena *arena,
               AgeBucket out[AGE_BUCKETS], Err *err)
{
    static const struct {
        const char *label;
        int64_t days;
    } BUCKETS[AGE_BUCKETS] = {{"bis 7 Tage", 7},
                              {"8 bis 30 Tage", 30},
                              {"31 bis 90 Tage", 90},
                              {"91 bis 365 Tage", 365},
                              {"über 1 Jahr", INT64_MAX}};
    Rows *rows =
        staff_id
            ? tx_query(tx, arena, err,
                       "SELECT received, COUNT(*) FROM case_desk WHERE assigned_to <> 0 AND "
                       "assigned_to = $1 AND office = $2 AND open = 1 GROUP BY received",
                       P_INT(staff_id), P_TEXT(office))
            : tx_query(tx, arena, err,
                       "SELECT received, COUNT(*) FROM case_desk WHERE office = $1 AND open = 1 "
                       "GROUP BY received",
                       P_TEXT(office));

    for (size_t i = 0; i < AGE_BUCKETS; i++)
        out[i] = (AgeBucket){BUCKETS[i].label, 0};
    while (rows && rows_next(rows, err)) {
        Date received = today;

        date_parse_iso(row_text(rows, 0), &received);
        int64_t age = date_to_days(today) - date_to_days(received);
        size_t bucket = 0;

        while (age > BUCKETS[bucket].days)
            bucket++;
        out[bucket].count += row_int(rows, 1);
    }
    return rows && err->kind == ERR_NONE;
}
