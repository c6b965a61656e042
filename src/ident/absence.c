/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/store/event.h"
#include "core/store/rows.h"
#include "ident/internal.h"

#define ABSENCE_COLUMNS \
    "SELECT id, staff_id, starts, ends, deputy_id, withdrawn_at FROM staff_absence "

static Absence absence_from_row(Rows *rows)
{
    return (Absence){.id = row_int(rows, 0),
                     .staff_id = row_int(rows, 1),
                     .starts = row_date(rows, 2),
                     .ends = row_date(rows, 3),
                     .deputy_id = row_int(rows, 4),
                     .withdrawn = row_int(rows, 5)};
}

/* --- Reading -------------------------------------------------------------------------------------
 */

bool ident_absence_by_id(Tx *tx, int64_t id, Absence *out, Err *err)
{
    Arena *arena = arena_create(0);
    Rows *rows = tx_query(tx, arena, err, ABSENCE_COLUMNS "WHERE id = $1", P_INT(id));
    bool found = rows_one(rows, "Diese Abwesenheit gibt es nicht.", err);

    if (found)
        *out = absence_from_row(rows);
    rows_end(rows);
    arena_destroy(arena);
    return found;
}

bool ident_absences(Tx *tx, Date from, Arena *arena, Absence **out, size_t *count, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          ABSENCE_COLUMNS "WHERE ends >= $1 AND withdrawn_at IS NULL "
                                          "ORDER BY starts, id",
                          P_TEXT(date_iso(arena, from)));

    return ROWS_LIST(rows, arena, out, count, err, absence_from_row(rows));
}

static const Absence *away(const Absence *absences, size_t count, int64_t staff_id, Date on)
{
    for (size_t i = 0; i < count; i++)
        if (absences[i].staff_id == staff_id && date_compare(absences[i].starts, on) <= 0 &&
            date_compare(on, absences[i].ends) <= 0)
            return &absences[i];
    return NULL;
}

int64_t ident_stand_in(const Absence *absences, size_t count, int64_t staff_id, Date on)
{
    int64_t who = staff_id;

    /* Each step goes on to somebody who is away: more steps than absences would be a circle. */
    for (size_t step = 0; step <= count; step++) {
        const Absence *absence = away(absences, count, who, on);

        if (!absence || who == 0)
            return who;
        who = absence->deputy_id;
    }
    return 0;
}

bool ident_deputised(Tx *tx, int64_t deputy_id, Date on, Arena *arena, int64_t **out, size_t *count,
                     Err *err)
{
    Absence *absences;
    size_t absence_count;

    if (!ident_absences(tx, on, arena, &absences, &absence_count, err))
        return false;
    *out = arena_array(arena, int64_t, absence_count);
    *count = 0;
    for (size_t i = 0; i < absence_count; i++)
        if (away(absences, absence_count, absences[i].staff_id, on) == &absences[i] &&
            absences[i].staff_id != deputy_id &&
            ident_stand_in(absences, absence_count, absences[i].staff_id, on) == deputy_id)
            (*out)[(*count)++] = absences[i].staff_id;
    return true;
}

bool ident_stood_in(Tx *tx, int64_t deputy_id, int64_t staff_id, Timestamp at, bool *out, Err *err)
{
    Arena *arena = arena_create(0);
    Str day = date_iso(arena, date_in_berlin(at));
    Date on = date_in_berlin(at);
    Absence *list;
    size_t count;
    Rows *rows = tx_query(tx, arena, err,
                          ABSENCE_COLUMNS "WHERE ends >= $1 AND starts <= $1 AND created_at <= $2 "
                                          "AND (withdrawn_at IS NULL OR withdrawn_at >= $2)",
                          P_TEXT(day), P_INT(at));
    bool ok = ROWS_LIST(rows, arena, &list, &count, err, absence_from_row(rows));

    *out = deputy_id != staff_id && ident_stand_in(list, count, staff_id, on) == deputy_id;
    arena_destroy(arena);
    return ok;
}

/* --- Writing -------------------------------------------------------------------------------------
 */

static bool check(Tx *tx, const Absence *absence, Arena *arena, Err *err)
{
    Staff staff, deputy;
    int64_t overlapping = 0;

    if (!date_valid(absence->starts) || !date_valid(absence->ends))
        return err_field(err, "bis", "Bitte geben Sie den ersten und den letzten Tag ein.");
    if (date_compare(absence->starts, absence->ends) > 0)
        return err_field(err, "bis", "Der letzte Tag liegt vor dem ersten.");
    if (absence->deputy_id == absence->staff_id)
        return err_field(err, "vertretung", "Wer abwesend ist, kann sich nicht selbst vertreten.");
    if (!ident_staff_by_id(tx, absence->staff_id, arena, &staff, err) ||
        (absence->deputy_id && !ident_staff_by_id(tx, absence->deputy_id, arena, &deputy, err)))
        return false;
    if (absence->deputy_id && !ident_stands_beside(&staff, &deputy))
        return err_field(err, "vertretung", "%.*s hat nicht dieselbe Aufgabe in demselben Amt.",
                         STR_ARG(deputy.name));
    if (!tx_query_int(tx, err, &overlapping,
                      "SELECT COUNT(*) FROM staff_absence WHERE staff_id = $1 AND starts <= $3 AND "
                      "ends >= $2 AND withdrawn_at IS NULL",
                      P_INT(absence->staff_id), P_TEXT(date_iso(arena, absence->starts)),
                      P_TEXT(date_iso(arena, absence->ends))))
        return false;
    return overlapping == 0 ||
           err_field(err, "von",
                     "Für einen Teil dieser Zeit ist schon eine Abwesenheit eingetragen.");
}

static bool note(Tx *tx, const char *type, const Absence *absence, Str actor, Arena *arena,
                 Err *err)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("from"), node_string(arena, date_iso(arena, absence->starts)));
    node_set(arena, data, STR("to"), node_string(arena, date_iso(arena, absence->ends)));
    if (absence->deputy_id)
        node_set(arena, data, STR("deputy"), node_int(arena, absence->deputy_id));
    return event_add(tx, type, event_staff(arena, absence->staff_id), actor, data, err);
}

bool ident_absence_add(Tx *tx, const Absence *absence, Str actor, int64_t *id, Err *err)
{
    Arena *arena = arena_create(0);
    int64_t by = 0;

    if (str_starts_with(actor, "staff/"))
        str_to_i64(str_slice(actor, 6, actor.len), &by);
    bool ok = check(tx, absence, arena, err) &&
              tx_insert(tx, err, id,
                        "INSERT INTO staff_absence (staff_id, starts, ends, deputy_id, created_by, "
                        "created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                        P_INT(absence->staff_id), P_TEXT(date_iso(arena, absence->starts)),
                        P_TEXT(date_iso(arena, absence->ends)),
                        absence->deputy_id ? P_INT(absence->deputy_id) : P_NULL, P_INT(by),
                        P_INT(tx_now(tx))) &&
              note(tx, "staff.absent", absence, actor, arena, err);

    arena_destroy(arena);
    return ok;
}

bool ident_absence_withdraw(Tx *tx, int64_t id, Str actor, Err *err)
{
    Arena *arena = arena_create(0);
    Absence absence;
    int64_t changed = 0;
    bool ok = ident_absence_by_id(tx, id, &absence, err) &&
              tx_exec_count(tx, err, &changed,
                            "UPDATE staff_absence SET withdrawn_at = $2 WHERE id = $1 AND "
                            "withdrawn_at IS NULL",
                            P_INT(id), P_INT(tx_now(tx))) &&
              (changed == 0 || note(tx, "staff.absence_withdrawn", &absence, actor, arena, err));

    arena_destroy(arena);
    return ok;
}
