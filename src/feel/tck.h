/* SPDX-License-Identifier: EUPL-1.2 */
/* The test kit of DMN's vendors (dmn-tck): folders with models and test cases in XML. */
#pragma once

#include "base/xml.h"
#include "feel/dmn.h"
#include "feel/eval.h"

typedef enum TckOutcome { TCK_PASSED, TCK_FAILED, TCK_SKIPPED } TckOutcome;

typedef struct TckResult {
    const char *folder;
    const char *file;
    Str test;
    Str node; /* what was asked for */
    TckOutcome outcome;
    const Node *expected;
    const Node *actual;
    Str why; /* of a failure or an omission */
} TckResult;

typedef struct TckReport {
    Arena *arena;
    TckResult *items;
    size_t count;
    size_t capacity;
    size_t outcomes[3];
} TckReport;

/* Run all test cases of a folder and the folders in it. False when it cannot be read. */
bool tck_run(TckReport *report, const char *folder, const FeelEnv *env, Err *err);

/* A value as the kit writes it: <value>, <component> or <list> inside the element. */
FeelValue tck_value(Arena *arena, const XmlElement *holder);
/* Is it what was expected? Numbers may differ by 1e-8, as the kit's own runners allow. */
bool tck_same(Arena *arena, FeelValue expected, FeelValue actual);
