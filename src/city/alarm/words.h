/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms in German, and as FEEL. */
#pragma once

#include "city/alarm/alarm.h"
#include "core/page/parts.h"

/* Write the FEEL of what was given in the form; nothing for ALARM_FEEL. */
void alarm_write_feel(Alarm *alarm, Arena *arena);
/* "Der Messwert liegt über 250 cm, und das mindestens 10 Minuten lang. …" */
Str alarm_words(const Alarm *alarm, Str unit, Arena *arena);
/* "182 cm"; "kein Messwert" where there is none. */
Str alarm_value_words(Str value, Str unit, Arena *arena);

Str alarm_severity_word(AlarmSeverity severity);
Tone alarm_severity_tone(AlarmSeverity severity);
Str alarm_phase_word(AlarmPhase phase);
Tone alarm_phase_tone(AlarmPhase phase);
Str alarm_kind_word(AlarmKind kind);
