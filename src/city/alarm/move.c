/* SPDX-License-Identifier: EUPL-1.2 */
/* Changes of state as they are written. */
#include "city/alarm/round.h"
#include "city/hub/dataset.h"
#include "core/store/event.h"

/* The states that it was begun from may be another's by now: nothing is changed then. */
static bool put_state(Tx *tx, const Alarm *alarm, const AlarmMove *move, bool *put, Err *err)
{
    int64_t changed = 0;
    bool ok = tx_exec_count(
        tx, err, &changed,
        "INSERT INTO city_alarm_state (alarm, stream, phase, since, holds_since, name, value, "
        "unit) VALUES ($1, $2, $3, $4, $5, $6, $7, $10) ON CONFLICT (alarm, stream) DO UPDATE SET "
        "phase = excluded.phase, since = excluded.since, holds_since = excluded.holds_since, "
        "name = excluded.name, value = excluded.value, unit = excluded.unit "
        "WHERE city_alarm_state.phase = $8 AND city_alarm_state.since = $9",
        P_INT(alarm->id), P_INT(move->stream), P_TEXT(str_c(ALARM_PHASE_NAMES[move->after.phase])),
        P_INT(move->after.since), P_INT(move->after.holds_since), P_TEXT(move->name),
        P_TEXT(move->value), P_TEXT(str_c(ALARM_PHASE_NAMES[move->before.phase])),
        P_INT(move->before.since), P_TEXT(move->unit));

    *put = changed > 0;
    return ok;
}

static bool add_entry(Tx *tx, const Alarm *alarm, AlarmMove *move, Str actor, Err *err)
{
    return tx_insert(tx, err, &move->entry,
                     "INSERT INTO city_alarm_change (alarm, stream, phase, moment, value, unit, "
                     "name, actor, mailed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
                     P_INT(alarm->id), P_INT(move->stream),
                     P_TEXT(str_c(ALARM_PHASE_NAMES[move->after.phase])), P_INT(move->after.since),
                     P_TEXT(move->value), P_TEXT(move->unit), P_TEXT(move->name), P_TEXT(actor));
}

/* Who is told of events need not be allowed to read what is internal: of that they learn only which
 * alarm it is. */
static Node *event_data(const Alarm *alarm, const AlarmMove *move, bool open, Arena *arena)
{
    Node *data = node_map(arena);

    node_set(arena, data, STR("alarm"), node_int(arena, alarm->id));
    node_set(arena, data, STR("severity"),
             node_string(arena, str_c(ALARM_SEVERITY_NAMES[alarm->severity])));
    if (!open)
        return data;
    node_set(arena, data, STR("name"), node_string(arena, alarm->name));
    node_set(arena, data, STR("datastream"), node_int(arena, move->stream));
    node_set(arena, data, STR("datastream_name"), node_string(arena, move->name));
    node_set(arena, data, STR("value"), node_string(arena, move->value));
    node_set(arena, data, STR("unit"), node_string(arena, move->unit));
    return data;
}

static bool add_event(Tx *tx, const Alarm *alarm, const AlarmMove *move, bool open, Str actor,
                      Arena *arena, Err *err)
{
    static const char *const TYPES[ALARM_PHASES] = {[ALARM_RAISED] = "alarm.raised",
                                                    [ALARM_ACKNOWLEDGED] = "alarm.acknowledged",
                                                    [ALARM_ENDED] = "alarm.ended"};

    return event_add(tx, TYPES[move->after.phase],
                     str_printf(arena, "alarm/%lld", (long long)alarm->id), actor,
                     event_data(alarm, move, open, arena), err);
}

static bool is_open(Tx *tx, const Alarm *alarm, bool *open, Err *err)
{
    int64_t count = 0;
    bool ok = tx_query_int(tx, err, &count,
                           "SELECT COUNT(*) FROM city_dataset WHERE id = $1 AND access = 'public'",
                           P_INT(alarm->dataset));

    *open = count > 0;
    return ok;
}

bool alarm_moves_write(Tx *tx, const Alarm *alarm, AlarmMoves *moves, Str actor, Arena *arena,
                       Err *err)
{
    bool open, put;

    if (!is_open(tx, alarm, &open, err))
        return false;
    for (size_t i = 0; i < moves->count; i++) {
        AlarmMove *move = &moves->items[i];
        move->entry = 0; /* a transaction may be tried again */
        move->mailed = false;
        if (!put_state(tx, alarm, move, &put, err))
            return false;
        if (!put || move->before.phase == move->after.phase)
            continue;
        if (!add_entry(tx, alarm, move, actor, err) ||
            !add_event(tx, alarm, move, open, actor, arena, err))
            return false;
    }
    return alarm_notify(tx, alarm, open, moves, ALARM_RAISED, arena, err) &&
           alarm_notify(tx, alarm, open, moves, ALARM_ENDED, arena, err);
}

static AlarmMove move_of(const AlarmStateRow *row, AlarmPhase phase, Timestamp now)
{
    return (AlarmMove){.stream = row->stream,
                       .name = row->name,
                       .unit = row->unit,
                       .thing = STR(""),
                       .value = row->value,
                       .before = row->state,
                       .after = {.phase = phase, .since = now}};
}

bool alarm_end_all(Tx *tx, const Alarm *alarm, Str actor, Arena *arena, Err *err)
{
    AlarmStates states;
    AlarmMoves moves = {0};

    if (!alarm_states(tx, alarm->id, arena, &states, err))
        return false;
    for (size_t i = 0; i < states.count; i++)
        if (alarm_is_up(states.items[i].state.phase))
            VEC_PUSH(arena, &moves, move_of(&states.items[i], ALARM_ENDED, tx_now(tx)));
    return alarm_moves_write(tx, alarm, &moves, actor, arena, err);
}

bool alarm_acknowledge(Tx *tx, const Alarm *alarm, int64_t stream, Str actor, Arena *arena,
                       Err *err)
{
    AlarmStates states;
    AlarmMoves moves = {0};

    if (!alarm_states(tx, alarm->id, arena, &states, err))
        return false;
    for (size_t i = 0; i < states.count; i++)
        if (states.items[i].stream == stream && states.items[i].state.phase == ALARM_RAISED)
            VEC_PUSH(arena, &moves, move_of(&states.items[i], ALARM_ACKNOWLEDGED, tx_now(tx)));
    if (!moves.count)
        return err_set(err, ERR_CONFLICT,
                       "Dieser Alarm ist nicht mehr ausgelöst, oder jemand hat ihn schon "
                       "bestätigt. Bitte laden Sie die Seite neu.");
    return alarm_moves_write(tx, alarm, &moves, actor, arena, err);
}
