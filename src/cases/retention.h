/* SPDX-License-Identifier: EUPL-1.2 */
/* Retention: what the process says of each final state, done every day. A case whose time is over
 * is erased: its data, documents, findings, notes, letters, log of looks and search words go; its
 * number, service, state and days stay, with a proof of what went. */
#pragma once

#include "cases/case.h"
#include "core/page/parts.h"

/* "P10Y", "P1Y6M", "P30D" after a day; false when it is no such duration. */
bool retention_until(Date closed, Str retention, Date *out);

/* Why a case that is due stays: ERR_CONFLICT with German words. */
bool case_may_be_erased(Tx *tx, const Case *c, Date today, Arena *arena, Err *err);
/* Erase it: case_erase.c. The proof is an event "case.erased" and a row for the data protection
 * officer. */
bool case_erase(Tx *tx, const Case *c, Date closed, Str retention, Arena *arena, Err *err);

typedef struct RetentionResult {
    int64_t erased, held;
    bool more; /* so many were due that the rest waits for the next run */
} RetentionResult;
/* All cases that are due on this day; each in a write of its own. */
bool retention_run(Tenant *tenant, Date today, RetentionResult *out, Err *err);
/* The same by the clock. */
bool retention_schedule(Tenant *tenant, Arena *arena, Err *err);

bool desk_privacy_page(Request *req, Response *res, Err *err);

typedef struct ErasureRow {
    Str number, service, state;
    Date closed;
    Timestamp erased;
    int64_t rows, files, event;
} ErasureRow;
typedef struct HeldRow {
    Str number, reason;
    Date since;
} HeldRow;
typedef struct PrivacyPage {
    ErasureRow *erased;
    size_t erased_count;
    int64_t erased_total;
    HeldRow *held;
    size_t held_count;
    Str number, problem; /* of the search for who has read a case */
    FactView *looks;     /* who and when, and what for */
    size_t look_count;
    bool asked;
} PrivacyPage;
