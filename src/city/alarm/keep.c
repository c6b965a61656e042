/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/alarm.h"

#include "base/node.h"
#include "core/store/event.h"
#include "core/store/rows.h"

#include <stdio.h>

const char *const ALARM_KIND_NAMES[ALARM_KINDS] = {"threshold", "rate", "silence", "fence", "feel"};
const char *const ALARM_SEVERITY_NAMES[ALARM_SEVERITIES] = {"hint", "warning", "danger"};
const char *const ALARM_PHASE_NAMES[ALARM_PHASES] = {"ok", "raised", "acknowledged", "ended"};

/* --- Alarms --------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                             \
    "SELECT id, dataset, stream, property, name, kind, measure, down, border, border_end, " \
    "condition, ends, area, hold_minutes, severity, mails, shown, public_text, paused, "    \
    "created_at, fault FROM city_alarm "

static Alarm from_row(Rows *rows)
{
    return (Alarm){.id = row_int(rows, 0),
                   .dataset = row_int(rows, 1),
                   .stream = row_int(rows, 2),
                   .property = row_int(rows, 3),
                   .name = row_text(rows, 4),
                   .kind = (AlarmKind)(str_among(row_text(rows, 5), ALARM_KIND_NAMES, ALARM_FEEL)),
                   .given = {.measure = row_text(rows, 6),
                             .down = row_int(rows, 7) != 0,
                             .limit = row_text(rows, 8),
                             .end = row_text(rows, 9)},
                   .condition = row_text(rows, 10),
                   .ends = row_text(rows, 11),
                   .area = row_text(rows, 12),
                   .hold_minutes = row_int(rows, 13),
                   .severity = (AlarmSeverity)(str_among(row_text(rows, 14), ALARM_SEVERITY_NAMES,
                                                         ALARM_DANGER)),
                   .mails = row_text(rows, 15),
                   .shown = row_int(rows, 16) != 0,
                   .public_text = row_text(rows, 17),
                   .paused = row_int(rows, 18) != 0,
                   .created = row_int(rows, 19),
                   .fault = row_text(rows, 20)};
}

bool alarm_list(Tx *tx, Arena *arena, AlarmList *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, COLUMNS "ORDER BY name, id");

    *out = (AlarmList){0};
    return ROWS_LIST(rows, arena, &out->items, &out->count, err, from_row(rows));
}

bool alarm_by_id(Tx *tx, int64_t id, Arena *arena, Alarm *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err, COLUMNS "WHERE id = $1", P_INT(id));

    if (!rows_one(rows, "Diesen Alarm gibt es nicht.", err))
        return false;
    *out = from_row(rows);
    rows_end(rows);
    return true;
}

static bool insert(Tx *tx, Alarm *a, Err *err)
{
    a->created = tx_now(tx);
    return tx_insert(
        tx, err, &a->id,
        "INSERT INTO city_alarm (dataset, stream, property, name, kind, measure, down, border, "
        "border_end, condition, ends, area, hold_minutes, severity, mails, shown, public_text, "
        "paused, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
        "$15, $16, $17, $18, $19)",
        P_INT(a->dataset), P_INT(a->stream), P_INT(a->property), P_TEXT(a->name),
        P_TEXT(str_c(ALARM_KIND_NAMES[a->kind])), P_TEXT(a->given.measure), P_INT(a->given.down),
        P_TEXT(a->given.limit), P_TEXT(a->given.end), P_TEXT(a->condition), P_TEXT(a->ends),
        P_TEXT(a->area), P_INT(a->hold_minutes), P_TEXT(str_c(ALARM_SEVERITY_NAMES[a->severity])),
        P_TEXT(a->mails), P_INT(a->shown), P_TEXT(a->public_text), P_INT(a->paused),
        P_INT(a->created));
}

static bool update(Tx *tx, const Alarm *a, Err *err)
{
    return tx_exec(
        tx, err,
        "UPDATE city_alarm SET stream = $2, property = $3, name = $4, kind = $5, measure = $6, "
        "down = $7, border = $8, border_end = $9, condition = $10, ends = $11, area = $12, "
        "hold_minutes = $13, severity = $14, mails = $15, shown = $16, public_text = $17, "
        "paused = $18, fault = '' WHERE id = $1",
        P_INT(a->id), P_INT(a->stream), P_INT(a->property), P_TEXT(a->name),
        P_TEXT(str_c(ALARM_KIND_NAMES[a->kind])), P_TEXT(a->given.measure), P_INT(a->given.down),
        P_TEXT(a->given.limit), P_TEXT(a->given.end), P_TEXT(a->condition), P_TEXT(a->ends),
        P_TEXT(a->area), P_INT(a->hold_minutes), P_TEXT(str_c(ALARM_SEVERITY_NAMES[a->severity])),
        P_TEXT(a->mails), P_INT(a->shown), P_TEXT(a->public_text), P_INT(a->paused));
}

static bool note(Tx *tx, const char *type, int64_t alarm, Str actor, Err *err)
{
    char subject[40];

    snprintf(subject, sizeof subject, "alarm/%lld", (long long)alarm);
    return event_add(tx, type, str_c(subject), actor, NULL, err);
}

bool alarm_write_fault(Tx *tx, int64_t alarm, Str fault, Err *err)
{
    return tx_exec(tx, err, "UPDATE city_alarm SET fault = $2 WHERE id = $1", P_INT(alarm),
                   P_TEXT(fault)) &&
           note(tx, fault.len ? "alarm.failed" : "alarm.works", alarm, STR("system"), err);
}

bool alarm_write(Tx *tx, Alarm *alarm, Str actor, Err *err)
{
    bool added = alarm->id == 0;

    return (added ? insert(tx, alarm, err) : update(tx, alarm, err)) &&
           note(tx, added ? "alarm.added" : "alarm.changed", alarm->id, actor, err);
}

/* --- States --------------------------------------------------------------------------------------
 */

static AlarmStateRow state_from_row(Rows *rows)
{
    return (AlarmStateRow){
        .alarm = row_int(rows, 0),
        .stream = row_int(rows, 1),
        .state = {.phase = (AlarmPhase)str_among(row_text(rows, 2), ALARM_PHASE_NAMES, ALARM_ENDED),
                  .since = row_int(rows, 3),
                  .holds_since = row_int(rows, 4)},
        .name = row_text(rows, 5),
        .value = row_text(rows, 6),
        .unit = row_text(rows, 7)};
}

bool alarm_states(Tx *tx, int64_t alarm, Arena *arena, AlarmStates *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT alarm, stream, phase, since, holds_since, name, value, unit "
                          "FROM city_alarm_state WHERE $1 = 0 OR alarm = $1 "
                          "ORDER BY alarm, since DESC, stream",
                          P_INT(alarm));

    *out = (AlarmStates){0};
    return ROWS_LIST(rows, arena, &out->items, &out->count, err, state_from_row(rows));
}

AlarmState alarm_state_of(const AlarmStates *all, int64_t alarm, int64_t stream)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].alarm == alarm && all->items[i].stream == stream)
            return all->items[i].state;
    return (AlarmState){0};
}

/* --- History -------------------------------------------------------------------------------------
 */

static AlarmEntry entry_from_row(Rows *rows)
{
    return (AlarmEntry){
        .id = row_int(rows, 0),
        .stream = row_int(rows, 1),
        .phase = (AlarmPhase)str_among(row_text(rows, 2), ALARM_PHASE_NAMES, ALARM_ENDED),
        .at = row_int(rows, 3),
        .value = row_text(rows, 4),
        .unit = row_text(rows, 5),
        .name = row_text(rows, 6),
        .actor = row_text(rows, 7),
        .mailed = row_int(rows, 8) != 0};
}

bool alarm_history(Tx *tx, int64_t alarm, int64_t before, int64_t most, Arena *arena,
                   AlarmHistory *out, Err *err)
{
    Rows *rows = tx_query(tx, arena, err,
                          "SELECT id, stream, phase, moment, value, unit, name, actor, mailed "
                          "FROM city_alarm_change WHERE alarm = $1 AND ($2 = 0 OR id < $2) "
                          "ORDER BY id DESC LIMIT $3",
                          P_INT(alarm), P_INT(before), P_INT(most));

    *out = (AlarmHistory){0};
    return ROWS_LIST(rows, arena, &out->items, &out->count, err, entry_from_row(rows));
}
