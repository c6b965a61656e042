/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms: what staff want to be told of the town's measured values.
 *
 * An alarm belongs to a dataset and watches one Datastream of it, those of one ObservedProperty, or
 * all. Its condition is FEEL over the names of condition.h. For each Datastream it has a state of
 * its own, kept in the database; each change of it is a row of the history. docs/alarms.md */
#pragma once

#include "base/clock.h"
#include "base/vec.h"
#include "core/store/db.h"

typedef enum AlarmKind {
    ALARM_THRESHOLD,
    ALARM_RATE,
    ALARM_SILENCE,
    ALARM_FENCE,
    ALARM_FEEL, /* somebody wrote the condition */
    ALARM_KINDS,
} AlarmKind;

typedef enum AlarmSeverity {
    ALARM_HINT,
    ALARM_WARNING,
    ALARM_DANGER,
    ALARM_SEVERITIES,
} AlarmSeverity;

typedef enum AlarmPhase {
    ALARM_OK, /* never raised */
    ALARM_RAISED,
    ALARM_ACKNOWLEDGED, /* raised, and somebody sees to it */
    ALARM_ENDED,
    ALARM_PHASES,
} AlarmPhase;

/* What was put together by the form; texts of numbers are FEEL's ("12.5"). */
typedef struct AlarmGiven {
    Str measure; /* threshold: "value", "mean_10min", "mean_1h" */
    bool down;   /* below, falling, left; else above, rising, entered */
    Str limit;   /* of value, change per hour, minutes */
    Str end;     /* threshold: ends on the other side of this one; empty: of the limit */
} AlarmGiven;

typedef struct Alarm {
    int64_t id; /* 0: new */
    int64_t dataset;
    int64_t stream;   /* the Datastream, or 0 */
    int64_t property; /* the ObservedProperty, or 0; both 0: all Datastreams of the dataset */
    Str name;
    AlarmKind kind;
    AlarmGiven given;
    Str condition, ends; /* FEEL; `ends` empty: when the condition is false */
    Str area;            /* GeoJSON or WKT, or empty */
    int64_t hold_minutes;
    AlarmSeverity severity;
    Str mails;  /* addresses, a line each */
    bool shown; /* to everybody while it is raised */
    Str public_text;
    bool paused;
    Timestamp created;
    Str fault; /* why the last round could not tell, in English; empty: it could */
} Alarm;

static inline bool alarm_is_up(AlarmPhase phase)
{
    return phase == ALARM_RAISED || phase == ALARM_ACKNOWLEDGED;
}

/* In addresses, the database and the API. */
extern const char *const ALARM_KIND_NAMES[ALARM_KINDS];
extern const char *const ALARM_SEVERITY_NAMES[ALARM_SEVERITIES];
extern const char *const ALARM_PHASE_NAMES[ALARM_PHASES];

/* --- Keeping (keep.c) ----------------------------------------------------------------------------
 */

typedef struct AlarmList {
    Alarm *items;
    size_t count, capacity;
} AlarmList;

/* By name. */
bool alarm_list(Tx *tx, Arena *arena, AlarmList *out, Err *err);
/* ERR_NOT_FOUND in German when there is none. */
bool alarm_by_id(Tx *tx, int64_t id, Arena *arena, Alarm *out, Err *err);
/* Add it (id 0) or change what it says, and note who did. */
bool alarm_write(Tx *tx, Alarm *alarm, Str actor, Err *err);
/* Note why a round could not tell, or (empty) that it could. */
bool alarm_write_fault(Tx *tx, int64_t alarm, Str fault, Err *err);

/* Of one alarm and one Datastream. */
typedef struct AlarmState {
    AlarmPhase phase;
    Timestamp since;       /* of the phase */
    Timestamp holds_since; /* since when the condition holds without having raised it; 0: it does
                              not */
} AlarmState;

typedef struct AlarmStateRow {
    int64_t alarm, stream;
    AlarmState state;
    Str name;  /* the Datastream's, as it was then */
    Str value; /* the last value at that change as JSON, or empty */
    Str unit;
} AlarmStateRow;

typedef struct AlarmStates {
    AlarmStateRow *items;
    size_t count, capacity;
} AlarmStates;

/* Of one alarm, or of all (0). */
bool alarm_states(Tx *tx, int64_t alarm, Arena *arena, AlarmStates *out, Err *err);
/* That of a Datastream; ALARM_OK when there is none. */
AlarmState alarm_state_of(const AlarmStates *all, int64_t alarm, int64_t stream);

typedef struct AlarmEntry {
    int64_t id, stream;
    AlarmPhase phase;
    Timestamp at;
    Str value; /* JSON, or empty */
    Str unit;
    Str name;    /* the Datastream's */
    Str actor;   /* "system", "staff/3" */
    bool mailed; /* notices were ordered */
} AlarmEntry;

typedef struct AlarmHistory {
    AlarmEntry *items;
    size_t count, capacity;
} AlarmHistory;

/* The newest first, those with an id below `before` (0: all), at most `most`. */
bool alarm_history(Tx *tx, int64_t alarm, int64_t before, int64_t most, Arena *arena,
                   AlarmHistory *out, Err *err);

/* --- The state machine (step.c) ------------------------------------------------------------------
 */

/* What condition and end say at a moment. Neither: nobody can tell, and nothing changes but that
 * the condition no longer holds. */
typedef struct AlarmSaid {
    bool holds, ends;
} AlarmSaid;

/* One look at `now`. True when the phase changed: raised when the condition has held for so long,
 * ended when the end says so and the condition does not hold any more. */
bool alarm_step(AlarmState *state, AlarmSaid said, Timestamp hold_ms, Timestamp now);
