/* SPDX-License-Identifier: EUPL-1.2 */
/* What the pages about cases show. */
#pragma once

#include "cases/portal.h"

typedef struct DocumentView {
    Str path; /* STR_NONE while it is being made */
    Str title, about;
    Str note; /* what the town wrote with it, or empty */
} DocumentView;

typedef struct StatusView {
    Str kept; /* of a duplicate: the status page of the case in which it goes on, or STR_NONE */
    Str name, state;
    bool thanks;
    const Str *requests;
    size_t request_count;
    Str note, ask_until, correction;
    const FactView *facts;
    size_t fact_count;
    const DocumentView *documents;
    size_t document_count;
    const TimelineItem *timeline;
    size_t timeline_count;
    Html answers;
    Str own_data;          /* path of one's own data as a file */
    const FactView *looks; /* who has looked at it, when and what for */
    size_t look_count;
} StatusView;

typedef struct CorrectionView {
    Str back, action;
    const Str *requests;
    size_t request_count;
    Str note;
    const FieldError *errors;
    size_t error_count;
    const Str *attached;
    size_t attached_count;
    Html fields, explanation;
} CorrectionView;

typedef struct CaseView {
    Str path, name, state, number, when;
} CaseView;

/* What stands about the person in a register, and who looked at it. */
typedef struct EntryView {
    Str register_name, title, since;
    const FactView *looks;
    size_t look_count;
} EntryView;

typedef struct MineView {
    const CaseView *asked; /* all that wait for the citizen */
    const CaseView *cases; /* on this page */
    size_t asked_count, count;
    PagesView pages;
    const Str *drafts;
    size_t draft_count;
    const EntryView *entries;
    size_t entry_count;
} MineView;

typedef struct MailboxView {
    DocumentView *documents; /* on this page, the latest first */
    size_t count, total;
    PagesView pages;
} MailboxView;

/* A case as its citizen may see it. */
typedef struct OpenCase {
    Case c;
    const Package *package;
    const Procedure *procedure;
    Finding *asked; /* those that wait for an answer */
    size_t asked_count;
} OpenCase;
/* By the status token of the path. ERR_NOT_FOUND when it opens nothing. */
bool open_case_read(Request *req, Tx *tx, OpenCase *out, Err *err);
/* The documents that lie ready for the citizen. */
const DocumentView *open_case_documents(Request *req, Tx *tx, const Case *c, size_t *count,
                                        Err *err);
/* Who looked at a case, the latest first: days, offices and purposes, in the reader's words. */
bool open_case_looks(Request *req, Tx *tx, const Case *c, const FactView **out, size_t *count,
                     Err *err);
const Str *open_case_requests(Request *req, const OpenCase *open);
