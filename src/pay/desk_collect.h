/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what the pages of direct debits show. */
#pragma once

#include "core/http/request.h"
#include "pay/collection.h"

typedef struct CollectList {
    Collection *items;
    size_t count;
    int64_t next;
    bool may_book;
    Date due_until, collect_on; /* what the form proposes */
} CollectList;

typedef struct LeftOut { /* one reason for which parts are not collected */
    Str reason;
    int64_t count, cents;
} LeftOut;

enum { LEFT_REASONS = 16, SHOWN_CHOICES = 50 };

typedef struct CollectPreview {
    Str typed_due, typed_collect; /* as they were entered */
    bool retry;
    Str error; /* why it cannot be made, or STR_NONE */
    Str error_field;
    Date collect_on;
    int64_t count, cents;
    LeftOut left[LEFT_REASONS];
    size_t left_count;
    CollectChoice chosen[SHOWN_CHOICES], others[SHOWN_CHOICES];
    size_t chosen_count, others_count;
    int64_t told;      /* of the collected: announced before, and just so */
    int64_t letters;   /* told by letter, for want of an e-mail address */
    int64_t replacing; /* whose announcement replaces an earlier one */
    bool announced;    /* the notices have told day, amount and mandate */
    bool may_book;
} CollectPreview;

typedef struct CollectSheet {
    Collection collection;
    CollectionItem *items;
    size_t count;
    int64_t next;
    Str filter; /* status, or STR_NONE */
    bool may_book;
    bool unsent;              /* the bank does not have the file */
    int64_t changes;          /* of its direct debits, since it was written */
    int64_t told, taken_back; /* announcements */
    Str error;
} CollectSheet;

bool collect_list_page(Request *req, Response *res, Err *err);
bool collect_preview_page(Request *req, Response *res, Err *err);
bool collect_post(Request *req, Response *res, Err *err);
bool collect_sheet_page(Request *req, Response *res, Err *err);
bool collect_file(Request *req, Response *res, Err *err);
bool collect_withdraw_post(Request *req, Response *res, Err *err);
bool collect_refuse_post(Request *req, Response *res, Err *err);
bool collect_sent_post(Request *req, Response *res, Err *err);
bool collect_renew_post(Request *req, Response *res, Err *err);
bool collect_release_post(Request *req, Response *res, Err *err);
/* The job "direct-debit". */
typedef struct JobRun JobRun;
bool collect_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                 Err *err);
/* A collection without a file (it was refused, say) is nobody's to finish: its parts are free. */
bool collect_job_ended(Tx *tx, const Node *params, JobEnd end, Err *err);
