/* SPDX-License-Identifier: EUPL-1.2 */
/* Retention: what the process says of each final state, done every day. A case whose time is over
 * is erased: its data, documents, findings, notes, letters, log of looks and search words go; its
 * number, service, state and days stay, with a proof of what went. */
#pragma once

#include "cases/case.h"
#include "core/page/parts.h"

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
/* The record of processing (Art. 30 GDPR) as a file. */
bool desk_privacy_csv(Request *req, Response *res, Err *err);
bool desk_privacy_json(Request *req, Response *res, Err *err);

/* One kind of data that the town keeps. */
typedef struct KeptView {
    Str name; /* as in tenant.yaml; of cases "case/hund/anmeldung/erledigt" */
    Str label, data, people, purpose, basis;
    Str period;    /* "P10Y" */
    Str how_long;  /* "10 Jahre nach dem letzten Tag" */
    Str held_why;  /* or STR_NONE */
    bool of_town;  /* the town's own period */
    bool settable; /* the town may set it */
    bool is_case;
    int64_t erased, held;
    Timestamp ran; /* 0: not yet, or not by this job */
    bool more;
    Str problem; /* of the last run */
} KeptView;
/* desk_privacy_list.c: all of them, cases first. */
bool privacy_list(Tx *tx, Tenant *tenant, Arena *arena, KeptView **out, size_t *count, Err *err);

typedef struct ErasureRow {
    int64_t id;
    Str number, service, state;
    Date closed;
    Timestamp erased;
    int64_t rows, files, event;
} ErasureRow;
typedef struct HeldRow {
    int64_t case_id;
    Str number, reason;
    Date since;
} HeldRow;
/* What went that was no case. */
typedef struct KeepErasureRow {
    int64_t id;
    Str label, before;
    Timestamp erased;
    int64_t entries, rows, event;
} KeepErasureRow;
/* Who looked at which entry of a register. */
typedef struct EntryLookRow {
    int64_t id;
    Str when, who, entry, purpose;
} EntryLookRow;
/* `…_rest` is the path of what the list does not show, or STR_NONE: nothing is left out. */
typedef struct PrivacyPage {
    KeptView *kept;
    size_t kept_count;
    KeepErasureRow *gone;
    size_t gone_count;
    Str gone_rest;
    ErasureRow *erased;
    size_t erased_count;
    int64_t erased_total;
    Str erased_rest;
    HeldRow *held;
    size_t held_count;
    Str held_rest;
    Str number, problem; /* of the search for who has read a case */
    FactView *looks;     /* who and when, and what for */
    size_t look_count;
    PagesView look_pages;
    bool asked;
    Str entry_words, entry_who; /* of the search for who has read entries of registers */
    Str entry_problem, who_problem;
    EntryLookRow *entry_looks; /* the latest first */
    size_t entry_look_count;
    Str entry_rest;
    bool entry_asked;
} PrivacyPage;
/* desk_privacy_entries.c: looks at entries, by words of the entry and by who looked. */
bool privacy_entry_looks(Request *req, Tx *tx, PrivacyPage *page, Err *err);
