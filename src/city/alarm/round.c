/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/round.h"

#include "city/alarm/condition.h"
#include "core/log.h"

enum { MINUTE_MS = 60000 };

typedef struct Round {
    Tenant *tenant;
    Hub *hub;
    Timestamp now;
    AlarmStates states;
    Arena *arena;
} Round;

/* --- Looking -------------------------------------------------------------------------------------
 */

static bool same(const AlarmState *a, const AlarmState *b)
{
    return a->phase == b->phase && a->since == b->since && a->holds_since == b->holds_since;
}

static bool look(const Round *round, const Alarm *alarm, const AlarmRule *rule,
                 const Watched *watched, AlarmMoves *moves, Err *err)
{
    AlarmState before = alarm_state_of(&round->states, alarm->id, watched->id), after = before;
    AlarmLook seen;

    if (!alarm_look(hub_store(round->hub), alarm, rule, watched, round->now, round->arena, &seen,
                    err))
        return false;
    alarm_step(&after, seen.said, alarm->hold_minutes * MINUTE_MS, round->now);
    if (!same(&before, &after))
        VEC_PUSH(round->arena, moves,
                 (AlarmMove){.stream = watched->id,
                             .name = watched->name,
                             .unit = watched->unit,
                             .thing = watched->thing,
                             .lon = watched->lon,
                             .lat = watched->lat,
                             .value = seen.value,
                             .measured = seen.at,
                             .before = before,
                             .after = after});
    return true;
}

static bool is_watched(const WatchedList *list, int64_t stream)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].id == stream)
            return true;
    return false;
}

/* What was raised and is not watched any more has ended. */
static void end_forgotten(const Round *round, const Alarm *alarm, const WatchedList *watched,
                          AlarmMoves *moves)
{
    for (size_t i = 0; i < round->states.count; i++) {
        const AlarmStateRow *row = &round->states.items[i];
        if (row->alarm != alarm->id || !alarm_is_up(row->state.phase) ||
            is_watched(watched, row->stream))
            continue;
        VEC_PUSH(round->arena, moves,
                 (AlarmMove){.stream = row->stream,
                             .name = row->name,
                             .unit = row->unit,
                             .thing = STR(""),
                             .value = row->value,
                             .before = row->state,
                             .after = {.phase = ALARM_ENDED, .since = round->now}});
    }
}

typedef struct Writing {
    const Alarm *alarm;
    AlarmMoves *moves;
    Arena *arena;
} Writing;

static bool write_moves(Tx *tx, void *context, Err *err)
{
    Writing *writing = context;
    int64_t active = 0;

    return tx_query_int(tx, err, &active,
                        "SELECT COUNT(*) FROM city_alarm WHERE id = $1 AND paused = 0",
                        P_INT(writing->alarm->id)) &&
           (!active || alarm_moves_write(tx, writing->alarm, writing->moves, STR("system"),
                                         writing->arena, err));
}

static bool one_alarm(const Round *round, const Alarm *alarm, Err *err)
{
    WatchedList watched;
    AlarmMoves moves = {0};
    AlarmRule rule;
    Writing writing = {alarm, &moves, round->arena};
    Err first = {0};

    if (!alarm_rule(alarm, round->arena, &rule, err) ||
        !alarm_watch(round->hub, alarm, round->arena, &watched, err))
        return false;
    /* One Datastream that cannot be read keeps no other from being watched. */
    for (size_t i = 0; i < watched.count; i++) {
        Err why = {0};
        if (!look(round, alarm, &rule, &watched.items[i], &moves, &why) && first.kind == ERR_NONE)
            first = why;
    }
    end_forgotten(round, alarm, &watched, &moves);
    if (moves.count && !db_write(round->tenant->db, write_moves, &writing, err))
        return false;
    if (first.kind != ERR_NONE)
        *err = first;
    return first.kind == ERR_NONE;
}

typedef struct Faulty {
    int64_t alarm;
    Str fault;
} Faulty;

static bool write_fault(Tx *tx, void *context, Err *err)
{
    const Faulty *faulty = context;

    return alarm_write_fault(tx, faulty->alarm, faulty->fault, err);
}

/* Staff must see that nobody is watching; once, not each minute. */
static void note_fault(const Round *round, const Alarm *alarm, Str fault)
{
    Faulty faulty = {alarm->id, fault};
    Err err = {0};

    if (!str_eq(alarm->fault, fault) && !db_write(round->tenant->db, write_fault, &faulty, &err))
        log_line(LOG_ERROR, "alarm %lld: %s", (long long)alarm->id, err.message);
}

/* --- The round -----------------------------------------------------------------------------------
 */

static bool load(Tenant *tenant, int64_t alarm, Arena *arena, AlarmList *alarms,
                 AlarmStates *states, Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    bool ok =
        tx && alarm_list(tx, arena, alarms, err) && alarm_states(tx, alarm, arena, states, err);

    tx_end(tx);
    return ok;
}

static size_t count_active(const AlarmList *alarms, int64_t only)
{
    size_t count = 0;

    for (size_t i = 0; i < alarms->count; i++)
        count += !alarms->items[i].paused && (!only || alarms->items[i].id == only);
    return count;
}

/* One alarm that cannot be asked keeps no other from being. */
bool alarm_check(Tenant *tenant, int64_t alarm, Timestamp now, Arena *arena, Err *err)
{
    Round round = {.tenant = tenant, .now = now, .arena = arena_create(0)};
    AlarmList alarms;
    bool all = true;

    if (!load(tenant, alarm, arena, &alarms, &round.states, err) ||
        (count_active(&alarms, alarm) && !(round.hub = hub_of(tenant, err)))) {
        arena_destroy(round.arena);
        return false;
    }
    for (size_t i = 0; i < alarms.count; i++) {
        const Alarm *one = &alarms.items[i];
        Err why = {0};
        if (one->paused || (alarm && alarm != one->id))
            continue;
        if (!one_alarm(&round, one, &why)) {
            log_line(LOG_ERROR, "alarm %lld of %.*s: %s", (long long)one->id, STR_ARG(tenant->name),
                     err_text(&why, arena));
            if (all)
                *err = why;
            all = false;
        }
        note_fault(&round, one, str_c(why.message));
        arena_reset(round.arena);
    }
    arena_destroy(round.arena);
    return all;
}

bool alarm_round(Tenant *tenant, Arena *arena, Err *err)
{
    return alarm_check(tenant, 0, clock_now(), arena, err);
}
