/* SPDX-License-Identifier: EUPL-1.2 */
/* The same on many cases at once (Sammelbearbeitung): chosen on the list, tried out for each, done
 * by a job, and undone where that is possible.
 *
 * A decision is tried out first: the letters that it would order are set, which takes its time,
 * while others write; then it is done, when it orders the same letters. It is left to a person when
 * what it rests on has changed since the preview.
 *
 * Each case is a transaction of its own, which also writes into the case's item that it is done: a
 * job that begins again after a crash goes on with the items that are still chosen. */
#pragma once

#include "cases/desk.h"
#include "cases/letter_signs.h"

enum {
    BULK_MAX = 200,       /* cases */
    BULK_UNDO_HOURS = 24, /* as long as a note may be put right */
};

typedef enum BulkKind {
    BULK_NONE, /* cases are chosen, what to do with them is not */
    BULK_ASSIGN,
    BULK_REMIND,
    BULK_NOTE,
    BULK_TASK,
    BULK_ACTION,
} BulkKind;

typedef struct Bulk {
    int64_t id, staff_id;
    Str query; /* of the list */
    BulkKind kind;
    const Node *params; /* staff | due, text | text | task, result | action */
    int64_t job_id;     /* 0: not begun */
    Timestamp created;
    bool undone;
} Bulk;

typedef enum BulkStatus { BULK_CHOSEN, BULK_DONE, BULK_FAILED, BULK_UNDONE, BULK_KEPT } BulkStatus;

typedef struct BulkItem {
    int64_t place, case_id;
    BulkStatus status;
    int64_t before; /* for undoing: who had the case; the reminder; the note */
    Str text;       /* what was done, or why not */
    Str basis;      /* of a decision: case_basis() in the preview; STR_NONE: none is kept */
} BulkItem;

/* --- bulk_store.c */
bool bulk_add(Tx *tx, int64_t staff_id, Str query, const int64_t *cases, size_t count, int64_t *id,
              Err *err);
/* ERR_NOT_FOUND when it is somebody else's. */
bool bulk_by_id(Tx *tx, int64_t id, int64_t staff_id, Arena *arena, Bulk *out, Err *err);
bool bulk_items(Tx *tx, int64_t id, Arena *arena, BulkItem **out, size_t *count, Err *err);
/* What is to be done; ERR_CONFLICT once it has begun. */
bool bulk_choose(Tx *tx, int64_t id, BulkKind kind, const Node *params, Err *err);
/* Which choice it is, so that nobody orders another one than they looked at. */
Str bulk_mark(const Bulk *bulk, Arena *arena);
/* What the item's decision rested on in the preview. */
bool bulk_item_seen(Tx *tx, int64_t bulk_id, int64_t place, Str basis, Err *err);
/* Order the job, once. */
bool bulk_start(Tx *tx, const Bulk *bulk, Str actor, int64_t *job_id, Err *err);
bool bulk_item_set(Tx *tx, int64_t bulk_id, const BulkItem *item, Err *err);
/* How far its job is. */
bool bulk_job_ended(Tx *tx, const Bulk *bulk, bool *ended, Err *err);

/* --- bulk_do.c */
/* Do it with one case, as `req`'s member of staff; item->text tells what was done, item->before
 * what undoing needs, `letters` what was ordered, which is not set yet. False with ERR_INPUT,
 * ERR_CONFLICT, ERR_FORBIDDEN or ERR_NOT_FOUND and words for the clerk: this case cannot. */
bool bulk_do(Request *req, Tx *tx, const Bulk *bulk, BulkItem *item, LetterList *letters, Err *err);
/* Do it and take it back, to tell what would be done, and set its letters, outside of any write.
 * False: it cannot, and item->text says why; or an error that is no case's (err is set). */
bool bulk_try(Request *req, const Bulk *bulk, BulkItem *item, LetterList *letters, Err *err);
/* Would both be set alike? Numbers may be others: every digit is as wide as the next. */
bool bulk_letters_alike(const LetterList *a, const LetterList *b, Arena *arena);
/* May what was done be taken back now? */
bool bulk_undoable(const Bulk *bulk, Timestamp now);
/* Take it back where nobody has changed it since; the item tells. */
bool bulk_undo(Request *req, Tx *tx, const Bulk *bulk, BulkItem *item, Err *err);
/* A failure that concerns one case only. */
bool bulk_case_failed(const Err *err);

/* --- bulk_job.c */
bool bulk_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
              Err *err);

/* --- desk_bulk_offer.c: what may be done with the chosen cases */
typedef struct BulkOffer {
    OptionView *people, *tasks, *actions;
    size_t people_count, task_count, action_count;
} BulkOffer;
bool bulk_offer(Request *req, Tx *tx, const Bulk *bulk, BulkOffer *out, Err *err);

/* --- desk_bulk.c */
typedef struct BulkRow {
    Str number, applicant, path, text, status, basis;
    Tone tone;
} BulkRow;

typedef struct BulkPage {
    int64_t id;
    Str list; /* path */
    Str title, notice, problem, said;
    Str sent_day, sent_about, sent_note; /* of a form that was refused */
    Str mark;                            /* of the choice that is previewed */
    BulkRow *rows;
    size_t row_count, able;
    bool previewed, begun, ended, undoable;
    int64_t job_id;
    BulkOffer offer;
    const Node *params;
} BulkPage;
bool desk_bulk_post(Request *req, Response *res, Err *err);
bool desk_bulk_page(Request *req, Response *res, Err *err);
bool desk_bulk_choose_post(Request *req, Response *res, Err *err);
bool desk_bulk_run_post(Request *req, Response *res, Err *err);
bool desk_bulk_undo_post(Request *req, Response *res, Err *err);
