/* SPDX-License-Identifier: EUPL-1.2 */
/* The form of an alarm: what was typed, and what is wrong with it. */
#pragma once

#include "city/alarm/alarm.h"
#include "city/hub/hub.h"
#include "core/page/parts.h"

enum { ALARM_ERRORS_MAX = 16, ALARM_STREAMS_MAX = 1000 };

typedef struct AlarmForm {
    AlarmKind kind;
    Str dataset_name, dataset_title;
    Str name, target, measure, direction, limit, end, area, condition, ends, hold, severity, mails,
        public_text;
    bool shown;
    int64_t id; /* 0: a new one */
    OptionView *targets;
    size_t target_count;
    FieldError errors[ALARM_ERRORS_MAX];
    size_t error_count;
} AlarmForm;

/* "-12,5" as "-12.5". A point could part thousands or decimals: it is refused. */
bool alarm_number(Str text, Arena *arena, Str *out);
void alarm_form_fail(AlarmForm *form, const char *field, Str message);

/* As an alarm says it. */
AlarmForm alarm_form_of(const Alarm *alarm, Arena *arena);
/* As it was typed; `kind` and dataset are set. */
void alarm_form_read(Request *req, AlarmForm *form);
/* Make `alarm` of it, whose dataset is set; false when something is wrong with it, which the form
 * tells then. */
bool alarm_form_take(AlarmForm *form, const CityDataset *dataset, Alarm *alarm, Arena *arena);
/* What may be watched in the dataset, and what is chosen; the hub is held. */
void alarm_form_targets(AlarmForm *form, const CityGraph *graph, int64_t dataset, Arena *arena);
