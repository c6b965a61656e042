/* SPDX-License-Identifier: EUPL-1.2 */
/* A round: every alarm looks at what it watches, and what changed is written with its notices and
 * events in one transaction. Whoever else wrote the same change meanwhile was faster: nothing is
 * told twice. */
#pragma once

#include "city/alarm/alarm.h"
#include "core/tenant.h"

/* A Schedule's run, each minute. */
bool alarm_round(Tenant *tenant, Arena *arena, Err *err);
/* The same at once for one alarm, or for all (0). */
bool alarm_check(Tenant *tenant, int64_t alarm, Timestamp now, Arena *arena, Err *err);

/* A Datastream's change of an alarm. */
typedef struct AlarmMove {
    int64_t stream;
    Str name, unit, thing;
    const Node *lon, *lat; /* or NULL */
    Str value;             /* JSON, or empty */
    Timestamp measured;    /* 0: never */
    AlarmState before, after;
    int64_t entry; /* of the history, once it is written; 0: somebody was faster */
    bool mailed;
} AlarmMove;

typedef struct AlarmMoves {
    AlarmMove *items;
    size_t count, capacity;
} AlarmMoves;

/* Write these changes of one alarm by `actor`, where the states are still what they were `before`,
 * with history, events and notices. */
bool alarm_moves_write(Tx *tx, const Alarm *alarm, AlarmMoves *moves, Str actor, Arena *arena,
                       Err *err);
/* End all that is raised, as when an alarm is paused. */
bool alarm_end_all(Tx *tx, const Alarm *alarm, Str actor, Arena *arena, Err *err);
/* ERR_CONFLICT in German when it is not raised (any more). */
bool alarm_acknowledge(Tx *tx, const Alarm *alarm, int64_t stream, Str actor, Arena *arena,
                       Err *err);

/* Order mails of what was raised (or ended), and mark the moves that they tell; none of what flaps.
 * Unless the dataset is `open` to everybody they say which alarm it is, and nothing that it
 * watches. (notice.c) */
bool alarm_notify(Tx *tx, const Alarm *alarm, bool open, AlarmMoves *moves, AlarmPhase phase,
                  Arena *arena, Err *err);
