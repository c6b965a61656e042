/* SPDX-License-Identifier: EUPL-1.2 */
/* What is remarkable about a row of measured values: gaps, values that stand still, values that
 * stand out, values that the sensor itself marked.
 *
 * The usual distance in time is the median of all distances. A gap is more than 2.5 of them. A
 * value stands still when it is the same, and not 0, at least twelve times and six hours on end. It
 * stands out when it is nine times as far from the median of the eleven around it as usual, which
 * is the median of these distances among the eleven or, where that is more, the median of all steps
 * from one value to the next: Hampel's identifier (L. Davies, U. Gather: The identification of
 * multiple outliers, JASA 88, 1993), with 6 * 1.4826 for its threshold. Rows of fewer than 30
 * values have none that stand out. */
#pragma once

#include "base/arena.h"

#include <stdint.h>

typedef struct QualityValue {
    int64_t time;   /* ms UTC */
    double number;  /* NAN: there is none */
    uint8_t status; /* 0: good; others are looked at for gaps alone */
} QualityValue;

typedef enum QualityKind {
    QUALITY_GAP,
    QUALITY_STILL,
    QUALITY_OUTLIER,
    QUALITY_MARKED, /* has a status; those that follow each other are one */
    QUALITY_KINDS,
} QualityKind;

typedef struct QualityFinding {
    QualityKind kind;
    int64_t from, to; /* of a gap the values beside it; else the first and the last */
    double number;    /* that stands still or out */
    double usual;     /* of an outlier the median around it */
    uint8_t status;
    uint64_t count; /* values */
} QualityFinding;

enum { QUALITY_FINDINGS_MAX = 200 };

typedef struct Quality {
    int64_t interval; /* the usual distance, ms; 0: fewer than three values */
    uint64_t values;
    uint64_t expected;             /* from the first to `until`; 0: unknown */
    int64_t longest_gap;           /* ms */
    int64_t silent;                /* ms from the last to `until`, when that is a gap; else 0 */
    uint64_t found[QUALITY_KINDS]; /* of marked ones and outliers the values, else the findings */
    QualityFinding *items;         /* by time, the last QUALITY_FINDINGS_MAX of them */
    size_t count;
} Quality;

/* Times ascend. `until`: how far there should be values. */
Quality quality_of(const QualityValue *values, size_t count, int64_t until, Arena *arena);
/* From 0 to 1; 1 when nothing is expected. */
double quality_completeness(const Quality *quality);
/* Is there anything to look at? */
bool quality_is_good(const Quality *quality);
