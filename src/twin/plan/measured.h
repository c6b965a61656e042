/* SPDX-License-Identifier: EUPL-1.2 */
/* Measured series: what a gauge or a rain station wrote down in one event, kept with the city's
 * model and shown beside what is computed. */
#pragma once

#include "core/tenant.h"
#include "twin/report/report.h"

typedef enum MeasuredKind {
    MEASURED_LEVEL, /* m above the terrain's zero */
    MEASURED_DEPTH, /* m */
    MEASURED_RAIN,  /* mm/h, each value until the next */
} MeasuredKind;

/* How an uploaded table writes its values. */
typedef enum MeasuredForm {
    FORM_LEVEL_M,
    FORM_DEPTH_M,
    FORM_DEPTH_CM,
    FORM_RAIN_RATE, /* mm/h from this row on */
    FORM_RAIN_STEP, /* mm since the row before; the first row is the beginning */
    FORM_COUNT,
} MeasuredForm;
/* "pegel-m", as forms send it; and in words. */
extern const char *const FORM_NAMES[FORM_COUNT];
extern const char *const FORM_WORDS[FORM_COUNT];

typedef struct Measured {
    int64_t id;
    Str model;
    MeasuredKind kind;
    Str station;    /* the gauge's name in the model, or a rain station's */
    Str event;      /* what belongs together: "Gewitter am 14. Juli 2026" */
    int64_t begins; /* wall clock of the first value, s since 1970 as if it were UTC; 0: not told */
    Curve curve;    /* s since the first value */
    Str author;
    Timestamp created;
} Measured;

enum { MEASURED_MAX_BYTES = 250 * 1024, MEASURED_ROWS_MAX = 10000, MEASURED_DAYS_MAX = 7 };

/* A table of two columns, time and value: commas, semicolons or tabs. Time is seconds (time_s, or a
 * column without a known name), minutes (time_min), hours (time_h), or a moment ("14.07.2026
 * 15:05", "2026-07-14T15:05"). Fills kind, begins and curve. Messages are German, with err->line.
 */
bool measured_parse(Str csv, MeasuredForm form, Arena *arena, Measured *out, Err *err);

/* The one way to a series' values, wherever they come from. */
bool measured_series(Tx *tx, Arena *arena, int64_t id, Measured *out, Err *err);
/* All of a model without their values, by event and station. */
bool measured_list(Tx *tx, Arena *arena, Str model, Measured **out, size_t *count, Err *err);
/* The same station, kind and event again takes the place of the former. Sets ->id. */
bool measured_put(Tx *tx, Measured *measured, Str actor, Err *err);
bool measured_delete(Tx *tx, int64_t id, Str actor, Err *err);
/* A rain series as a storm to compute with: "time_s,mm_per_h", ending with 0. */
Str measured_storm(Arena *arena, const Measured *rain);

/* A curve's value, linear between its points or, with `steps`, that of the point before; NaN
 * outside. */
double curve_at(const Curve *curve, double seconds, bool steps);

/* How well a computed curve meets a measured one, at the moments that were measured and computed.
 */
typedef struct Goodness {
    size_t count;      /* of these moments */
    double peak;       /* computed less measured peak */
    double peak_later; /* s, computed less measured moment of the peak */
    double rmse;
    double efficiency; /* Nash and Sutcliffe (1970): 1 is perfect, below 0 worse than the mean */
    bool varies;       /* else there is no efficiency */
} Goodness;

/* `measured` is shifted by `shift` seconds. False with fewer than two common moments. */
bool goodness_of(const Curve *measured, double shift, const Curve *computed, Goodness *out);
/* "gut": after Moriasi et al. (2007), for people. */
const char *goodness_word(double efficiency);
