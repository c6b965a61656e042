/* SPDX-License-Identifier: EUPL-1.2 */
/* Gauges and rain of a simulation beside what was measured: charts, tables and how well they meet.
 */
#pragma once

#include "twin/plan/desk.h"
#include "twin/plan/measured.h"

enum { CHART_ROWS_MAX = 60, CHART_WORDS_MAX = 4 };

typedef struct GaugeChart {
    Str title; /* "Pegel Senke: Wassertiefe" */
    Plot plot; /* what was computed, and (dashed) what was measured */
    struct {
        Str time, computed, measured;
    } rows[CHART_ROWS_MAX];
    size_t row_count;
    Str goodness[CHART_WORDS_MAX]; /* sentences */
    size_t goodness_count;
} GaugeChart;

/* What one chart shows; NULL: is not there. `measured` begins `shift` seconds after the rain. */
typedef struct ChartOrder {
    Str title;
    MeasuredKind kind;
    const Curve *computed, *measured;
    double shift;
} ChartOrder;

GaugeChart gauge_chart(Arena *arena, const ChartOrder *order);

typedef struct GaugesView {
    const GaugeChart *charts;
    size_t count;
    size_t hidden; /* gauges that are not shown */
    OptionView events[50];
    size_t event_count;
    bool series; /* the model has measured ones */
} GaugesView;

/* The measured series of one event of a model, read. */
typedef struct MeasuredEvent {
    Str name; /* STR_NONE: nothing was measured */
    Measured *items;
    size_t count;
    int64_t begins; /* wall clock at the beginning of the rain; 0: not known */
} MeasuredEvent;

/* Which event: "?ereignis=", else the one whose rain was computed, else the newest. `all` are the
 * model's series, unread. */
bool gauges_event(Request *req, Tx *tx, const Sim *sim, MeasuredEvent *out, Measured **all,
                  size_t *all_count, Err *err);
/* What was measured at the gauge as depths over the computation's time, into gauge->measured. */
void gauges_measured_depth(Arena *arena, const MeasuredEvent *event, ReportGauge *gauge);

/* Of a finished simulation and gauges_event(). */
bool gauges_load(Request *req, const Sim *sim, GaugesView *out, Err *err);

typedef struct MeasuredLine {
    Str model, event, station, what, when, path; /* of deleting it */
} MeasuredLine;

typedef struct MeasuredPage {
    OptionView models[50], forms[FORM_COUNT];
    size_t model_count;
    Str model, form, station, event, names; /* `names`: gauges of the model */
    FieldError errors[6];
    size_t error_count;
    const MeasuredLine *lines;
    size_t count;
    bool stored;
} MeasuredPage;

bool desk_measured(Request *req, Response *res, Err *err);
bool desk_measured_take(Request *req, Response *res, Err *err);
bool desk_measured_drop(Request *req, Response *res, Err *err);
