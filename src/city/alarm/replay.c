/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/replay.h"

#include "city/alarm/condition.h"
#include "city/sta/time.h"

enum { MINUTE_MS = 60000, STEP_MS = 5 * MINUTE_MS, PATIENCE_MS = 4000 };

static AlarmSpan *add_span(AlarmReplay *out, const Watched *watched, Str value, Timestamp now,
                           Arena *arena)
{
    if (out->count == REPLAY_SPANS_MAX) {
        out->more++;
        return NULL;
    }
    AlarmSpan *span = &out->items[out->count++];
    *span = (AlarmSpan){
        .name = watched->name, .value = str_copy(arena, value), .unit = watched->unit, .from = now};
    return span;
}

/* Gives up at `until` (monotonic). */
static bool replay_one(ObsStore *store, const Alarm *alarm, const AlarmRule *rule,
                       const Watched *watched, Timestamp now, int64_t until, Arena *arena,
                       AlarmReplay *out, Err *err)
{
    Arena *scratch = arena_create(0);
    AlarmState state = {0};
    AlarmSpan *open = NULL;
    AlarmLook seen;
    bool ok = true;

    for (Timestamp at = now - REPLAY_DAYS * (Timestamp)STA_MS_PER_DAY;
         ok && at <= now && clock_monotonic_ms() < until; at += STEP_MS) {
        arena_reset(scratch);
        ok = alarm_look(store, alarm, rule, watched, at, scratch, &seen, err);
        if (!ok || !alarm_step(&state, seen.said, alarm->hold_minutes * MINUTE_MS, at))
            continue;
        if (state.phase == ALARM_RAISED)
            open = add_span(out, watched, seen.value, at, arena);
        else if (open)
            open->to = at;
    }
    arena_destroy(scratch);
    return ok;
}

bool alarm_replay(Hub *hub, const Alarm *alarm, Timestamp now, Arena *arena, AlarmReplay *out,
                  Err *err)
{
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    WatchedList watched;
    AlarmRule rule;

    *out = (AlarmReplay){0};
    if (!alarm_rule(alarm, arena, &rule, err) || !alarm_watch(hub, alarm, arena, &watched, err))
        return false;
    out->streams = watched.count;
    while (out->asked < watched.count && clock_monotonic_ms() < until) {
        if (!replay_one(hub_store(hub), alarm, &rule, &watched.items[out->asked], now, until, arena,
                        out, err))
            return false;
        out->asked += clock_monotonic_ms() < until;
    }
    return true;
}
