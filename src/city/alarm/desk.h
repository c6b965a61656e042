/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms at the desk: who may read the town's data sees them, who may write it makes them. */
#pragma once

#include "city/alarm/form.h"
#include "city/alarm/replay.h"
#include "city/page/desk.h"
#include "core/page/plot.h"

#define ALARM_PATH "/desk/alarme"

enum { ALARM_FILTERS = 4, ALARM_STREAMS_SHOWN = 100, ALARM_HISTORY_PAGE = 50 };

/* --- The list (desk_list.c) --- */
typedef struct AlarmLine {
    const Alarm *alarm;
    Str dataset, watch, since;
    size_t raised, acknowledged; /* Datastreams */
} AlarmLine;

typedef struct AlarmFilter {
    const char *word; /* in the address; "": all */
    const char *label;
    size_t count;
    bool chosen;
} AlarmFilter;

typedef struct AlarmsPage {
    AlarmLine *lines;
    size_t count, all;
    AlarmFilter filters[ALARM_FILTERS];
    bool may_write;
} AlarmsPage;

bool alarm_desk_list(Request *req, Response *res, Err *err);

/* --- One (desk_one.c) --- */
typedef struct AlarmStreamLine {
    int64_t id; /* of the Datastream */
    Str name, value, since;
    AlarmState state;
    bool chosen; /* its course is shown */
} AlarmStreamLine;

typedef struct AlarmEntryLine {
    Str when, name, value, by, mailed;
    AlarmPhase phase;
} AlarmEntryLine;

typedef struct AlarmSheet {
    Alarm alarm;
    Str title, notice; /* of the page; what was done, or empty */
    FactView facts[12];
    size_t fact_count;
    AlarmStreamLine *streams;
    size_t stream_count, more_streams;
    Str course; /* name of the Datastream whose last day is shown, or empty */
    Plot plot;
    Str plot_words;
    AlarmEntryLine *entries;
    size_t entry_count;
    int64_t older;       /* the history goes on below this id; 0: it does not */
    AlarmReplay *replay; /* or NULL */
    bool may_write;
} AlarmSheet;

bool alarm_desk_one(Request *req, Response *res, Err *err);

/* --- Making and changing (desk_form.c) --- */
typedef struct AlarmChoice {
    OptionView *datasets;
    size_t count;
    OptionView kinds[ALARM_KINDS];
    FieldError errors[2];
    size_t error_count;
} AlarmChoice;

bool alarm_desk_new(Request *req, Response *res, Err *err);
bool alarm_desk_add(Request *req, Response *res, Err *err);
bool alarm_desk_edit(Request *req, Response *res, Err *err);
bool alarm_desk_change(Request *req, Response *res, Err *err);

/* --- What is done with one (desk_act.c) --- */
bool alarm_desk_acknowledge(Request *req, Response *res, Err *err);
bool alarm_desk_pause(Request *req, Response *res, Err *err);
bool alarm_desk_check(Request *req, Response *res, Err *err);

/* The alarm that the address names; ERR_NOT_FOUND in German also for who may not see its dataset.
 */
bool alarm_asked(Request *req, Alarm *out, Err *err);
