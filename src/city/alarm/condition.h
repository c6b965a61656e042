/* SPDX-License-Identifier: EUPL-1.2 */
/* Conditions: FEEL over what is known of a Datastream at a moment. The names stand in condition.c
 * and in docs/alarms.md. */
#pragma once

#include "city/alarm/watch.h"
#include "city/store/store.h"
#include "feel/feel.h"

/* Compiled, for one round. */
typedef struct AlarmRule {
    const FeelProgram *condition, *ends; /* `ends` NULL: when the condition is false */
    const FeelType *type;                /* of the names */
    uint32_t needs;                      /* which of them they read */
} AlarmRule;

/* ERR_INPUT of the field "bedingung" or "ende", in German and with the place, when the text is no
 * condition. */
bool alarm_rule(const Alarm *alarm, Arena *arena, AlarmRule *out, Err *err);

/* What one look found. */
typedef struct AlarmLook {
    AlarmSaid said;
    Str value;    /* the last value as JSON, or empty */
    Timestamp at; /* its time; 0: there is none */
} AlarmLook;

/* As it is (or was) at `now`: what came later does not count. */
bool alarm_look(ObsStore *store, const Alarm *alarm, const AlarmRule *rule, const Watched *watched,
                Timestamp now, Arena *arena, AlarmLook *out, Err *err);

typedef struct AlarmName {
    const char *name, *meaning; /* German */
} AlarmName;
/* For who writes a condition; ended by a NULL name. */
extern const AlarmName ALARM_NAMES[];
