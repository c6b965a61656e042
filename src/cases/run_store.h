/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the runs: a run of one year as rows, and what its parts share.
 *
 * A run goes through its items in the order of their keys, a batch in each transaction: charges,
 * items, letters and the key reached are written together, so that a run that was cut off goes on
 * behind the last batch, and two that run at once get into each other's way only as a conflict. */
#pragma once

#include "cases/case_store.h"
#include "cases/run.h"
#include "core/mailbox.h"
#include "pay/collection.h"
#include "pay/pay.h"

typedef struct RunTotals {
    int64_t items, entries; /* that are charged */
    int64_t cents, last_cents;
    int64_t more, less, same, fresh, gone; /* beside last year, in items */
    int64_t gone_cents;                    /* of last year */
    int64_t made, changed, unchanged;      /* charges */
    int64_t nothing;                       /* nothing to assess, and no charge */
    int64_t stray, stray_cents; /* charges of this year of whom the register has nothing */
    int64_t left_out;
    int64_t letters, by_post;    /* the others lie in a mailbox */
    int64_t debits, debit_cents; /* of the charges made or changed: who pays by direct debit */
} RunTotals;
Node *run_totals_node(const RunTotals *totals, Arena *arena);
RunTotals run_totals_from(const Node *node);
void run_totals_add(RunTotals *totals, const RunTotals *more);

/* proposed: waits for somebody else's release; else in the order of a run's life. */
#define RUN_PREVIEWING STR("previewing")
#define RUN_PREVIEWED STR("previewed")
#define RUN_PROPOSED STR("proposed")
#define RUN_ASSESSING STR("assessing")
#define RUN_LETTERS STR("letters")
#define RUN_FILES STR("files")
#define RUN_DONE STR("done")
#define RUN_REFUSED STR("refused") /* a counter-run that nobody let begin */

typedef struct RunRow {
    int64_t id;
    Str service, name, version;
    int year;
    int64_t undoes; /* the run whose charges this one sets back, or 0 */
    Str status;
    bool active;
    Date today; /* of its letters and dates, whatever day it ends on */
    Str begun_by, released_by;
    Str returned_by, returned_why; /* who did not release it, or took the proposal back; or none */
    Timestamp returned_at;
    int64_t job_id;
    Str after_key; /* the last item done; "" before the first */
    int64_t position;
    const Node *head; /* of its letters */
    const Node *preview;
    RunTotals totals;
    Timestamp created, finished;
} RunRow;

/* --- run_store.c ------------------------------------------------------------------------------ */

bool run_by_id(Tx *tx, int64_t id, Arena *arena, RunRow *out, Err *err);
/* The newest first. */
bool run_list(Tx *tx, int limit, Arena *arena, RunRow **out, size_t *count, Err *err);
typedef struct RunBegin {
    Str service, name, version;
    int year;
    int64_t undoes;
    Str status;
    Date today;
    Str actor;
} RunBegin;
bool run_insert(Tx *tx, const RunBegin *begin, int64_t *id, Err *err);
/* The run of this kind and year that is under way; id 0: none. */
bool run_active(Tx *tx, Str service, Str name, int year, int64_t *id, Err *err);
/* "run/7": the subject of its charges and events, and who writes them. */
Str run_subject(int64_t id, Arena *arena);
bool run_set_status(Tx *tx, int64_t id, Str status, Err *err);

/* --- run_group.c: what a run goes through ----------------------------------------------------- */

/* Entries with the same value of the group's field. */
typedef struct RunGroup {
    Str key;
    RegisterEntry *entries; /* in the order in which they were added */
    size_t count;
} RunGroup;
/* At most `limit` groups behind `after`, in the order of their keys: entries that hold on any day
 * of the year. `*last` tells that there are no more. */
bool run_groups(Tx *tx, const Run *run, int year, Str after, size_t limit, Arena *arena,
                RunGroup **out, size_t *count, bool *last, Err *err);

/* A charge of a series: its key begins with the series and ends with the group's key. */
typedef struct RunCharge {
    Str key;  /* of the group */
    Str name; /* who owes it */
    int64_t cents;
} RunCharge;
/* Charges of the series behind `after` up to `until` (STR_NONE: to the end), that owe anything. */
bool run_charges(Tx *tx, Str series, Str after, Str until, Arena *arena, RunCharge **out,
                 size_t *count, Err *err);

/* --- run_case.c: open cases by the group they concern ------------------------------------------
 */

typedef struct RunCases RunCases;
RunCases *run_cases_create(Tenant *tenant, const Run *run, Str service, Date today);
void run_cases_destroy(RunCases *cases);
/* Read what happened since the last time. */
bool run_cases_update(RunCases *cases, Tx *tx, Err *err);
/* The list of {number, procedure} of a group. */
const FeelValue *run_cases_of(const RunCases *cases, Str key, Arena *arena);

/* --- run_item.c: one item computed -------------------------------------------------------------
 */

typedef enum RunOutcome {
    RUN_MADE,
    RUN_CHANGED,
    RUN_UNCHANGED,
    RUN_NOTHING,
    RUN_LEFT_OUT,
    RUN_STRAY, /* no item: a charge of this year of whom the register has nothing */
} RunOutcome;
extern const char *const RUN_OUTCOMES[];

typedef enum RunDebit { RUN_DEBIT_NOTHING, RUN_DEBIT_ONE_PART, RUN_DEBIT_ALL } RunDebit;

typedef struct RunItem {
    Str key;
    size_t entries;
    Str name; /* who owes, or as far as it is known */
    RunOutcome outcome;
    Str guard, reason;        /* why it is left out */
    int64_t before_cents;     /* assessed for this year already */
    int64_t last_cents;       /* for the year before */
    AssessOrder order;        /* what will be assessed */
    RunDebit debit;           /* and what of it the town may collect */
    const FeelValue *context; /* for the letter */
    Str lines[6];             /* of the address */
    size_t line_count;
    Str sort;
    Str email;
    int64_t citizen_id; /* who has a mailbox for it, or 0 */
} RunItem;

/* What all items of a pass share. */
typedef struct RunPass {
    Tenant *tenant;
    const Package *package;
    const Run *run;
    RunRow row;
    FeelEnv env;
    const FeelValue *base; /* names that all items see alike */
    const RunCases *cases;
} RunPass;
bool run_pass_begin(RunPass *pass, Tenant *tenant, const RunRow *row, Arena *arena, Err *err);
/* The series of charges of a year: "hundesteuer/2027/". */
bool run_series(const RunPass *pass, int year, Arena *arena, Str *out, Err *err);
/* Compute an item. What cannot be decided is left out, with a reason. */
bool run_item_compute(RunPass *pass, Tx *tx, const RunGroup *group, int64_t before_cents,
                      int64_t last_cents, Arena *arena, RunItem *out, Err *err);

/* Its name and address alone; left out, with the reason, when there is none. */
bool run_item_address(RunPass *pass, Tx *tx, const RunGroup *group, Arena *arena, RunItem *out,
                      Err *err);

/* --- run_notice.c -------------------------------------------------------------------------------
 */

/* Name and address of a key of the run's charges, as all that the register has of it says today:
 * ended entries too. ERR_NOT_FOUND when nothing is there, or no whole address. */
bool run_person_now(RunPass *pass, Tx *tx, Str key, Arena *arena, RunItem *out, Err *err);

/* --- run_list.c: whom a person must look at -----------------------------------------------------
 */

typedef struct RunName {
    Str key, name, guard, reason;
} RunName;
typedef struct RunNames {
    RunName *items;
    size_t count, capacity;
} RunNames;
typedef struct RunLists {
    RunNames left_out;
    RunNames strays; /* charges of the year of whom the register has nothing */
} RunLists;
/* Those of a run so far. */
bool run_lists(Tx *tx, int64_t id, Arena *arena, RunLists *out, Err *err);
Node *run_names_node(const RunNames *names, Arena *arena);
/* Both as one table, "guard" tells which. */
Str run_csv_lists(const RunLists *lists, Arena *arena);
Str run_csv_totals(const Run *run, int year, const RunTotals *totals, Arena *arena);

/* --- run_batch.c --------------------------------------------------------------------------------
 */

/* Some items of a pass, read and computed. */
typedef struct RunBatch {
    RunItem *items;
    size_t count;
    Str after, until;   /* keys before the first and of the last item */
    bool last;          /* nothing comes behind it */
    int64_t seen_event; /* nothing that others did later is in it */
    RunTotals totals;
    RunNames strays;
    Arena *arena;
} RunBatch;
/* Read and compute the next items behind `after` in a transaction of its own. */
bool run_batch_read(RunPass *pass, RunCases *cases, Str after, RunBatch *out, Err *err);
/* Assess, order letters, note what was done and how far it is. ERR_CONFLICT when somebody else
 * is further, or something changed meanwhile: read it again. */
bool run_batch_write(Tx *tx, const RunPass *pass, RunBatch *batch, Err *err);

/* --- run_letter.c
 * --------------------------------------------------------------------------------- */

/* The letter's text as it stands now, in the run's transaction. */
bool run_letter_order(Tx *tx, const RunPass *pass, const LetterTemplate *letter,
                      const RunItem *item, int64_t position, const FeelValue *charges, Arena *arena,
                      Err *err);
/* What it would say. */
bool run_letter_words(const RunPass *pass, const LetterTemplate *letter, const RunItem *item,
                      const FeelValue *charges, Arena *arena, Str *subject, Str *body, Err *err);
/* The head of all letters of a run. */
Node *run_letter_head(Tenant *tenant, const LetterTemplate *letter, Arena *arena);

/* --- The whole (run_whole.c)
 * ---------------------------------------------------------------------- */

/* How far it is, whether somebody wants it to stop, and whether who wants it still may. Each may be
 * NULL. */
typedef struct RunWatch {
    void (*progress)(void *context, int64_t done, int64_t total, const char *what);
    bool (*cancelled)(void *context);
    bool (*allowed)(void *context, Err *err);
    void *context;
} RunWatch;
/* Tell how far it is; false with ERR_CONFLICT when somebody wants it to stop, or with the reason
 * why it may not go on. */
bool run_watch(const RunWatch *watch, int64_t done, int64_t total, const char *what, Err *err);

typedef struct RunOrder {
    Str service, name;
    int year;
    Date today;
    Str actor;
} RunOrder;
/* The run that is under way, or a new one. */
bool run_begin(Tx *tx, Tenant *tenant, const RunOrder *order, Arena *arena, int64_t *id, Err *err);
/* Bring a run to its end from where it is. May be called by several at once, and again after
 * whatever happened: it ends in the same charges, letters and files. */
bool run_go(Tenant *tenant, int64_t id, const RunWatch *watch, Arena *arena, Err *err);
/* Both. */
bool run_do(Tenant *tenant, const RunOrder *order, const RunWatch *watch, Arena *arena, int64_t *id,
            Err *err);

/* --- run_preview.c: looking ahead --------------------------------------------------------------
 */

/* How far the town had come: its last event and its last row of the run's register. */
typedef struct RunSeen {
    int64_t event, entry;
} RunSeen;
typedef struct RunPreview {
    RunSeen seen; /* nothing that came later is in it */
    RunTotals totals;
    RunLists lists;
} RunPreview;
/* What a run would do now; nothing is changed. */
bool run_preview(Tenant *tenant, const RunOrder *order, const RunWatch *watch, Arena *arena,
                 RunPreview *out, Err *err);
/* As a desk's preview is kept with its run. */
Node *run_preview_node(const RunPreview *preview, Arena *arena);
void run_preview_from(const Node *node, Arena *arena, RunPreview *out);

/* --- run_change.c: what is other than the preview found it -------------------------------------
 */

typedef struct RunChange {
    Str name, path; /* of an entry or a case of the desk */
} RunChange;
typedef struct RunChanges {
    RunChange *items; /* the newest first */
    size_t count;
    bool more; /* than these */
    Str mark;  /* moves with each change: who decides sends it back, so that it is known what was
                  looked at */
} RunChanges;
/* Entries of the run's register and cases of its service since the preview. */
bool run_changes(Tx *tx, const RunRow *row, const Run *run, Arena *arena, RunChanges *out,
                 Err *err);

/* run_job.c: {"run": 7, "staff": 3} */
/* Let a job do what the run's state asks for, for who asks. */
bool run_job_order(Tx *tx, const Request *req, int64_t id, Err *err);
bool run_job(JobRun *job, Tenant *tenant, const Node *params, Arena *arena, Node **result,
             Err *err);

/* How many cases asked for the charge: who confirms an amount books nothing, and is told by this.
 */
#define RUN_CHARGE_CASES \
    "SELECT COUNT(*) FROM charge_subject WHERE charge_id = $1 AND subject LIKE 'case/%'"
/* run_undo.c: a counter-run. ERR_CONFLICT, in German, when the run cannot be undone (again). */
/* The last first: no later run that stands has changed what this one would set back. */
bool run_undo_check(Tx *tx, const RunRow *of, Err *err);
bool run_begin_undo(Tx *tx, Tenant *tenant, const RunRow *of, Date today, Str actor, Arena *arena,
                    int64_t *id, Err *err);
/* Set the next charges back, and note how far it is; `*done` counts them. */
bool run_undo_batch(const RunPass *pass, int64_t *done, Err *err);

/* run_command.c: `rathaus run` */
int run_command(int argc, char **argv);

/* run_print.c: the PDFs of all letters. */
bool run_print(const RunPass *pass, const RunWatch *watch, Arena *arena, Err *err);
/* run_collect.c: the direct debits of a run, a collection for each day on which something is due,
 * announced by its notices. Those of earlier runs of the year that the bank does not have follow
 * what the run changed; a counter-run only takes back. */
bool run_collect(const RunPass *pass, const RunWatch *watch, Arena *arena, Err *err);
/* The day from which notices announce direct debits. */
Date run_notice_day(const RunPass *pass, Tx *tx);
/* What the runs of this kind and year collect, by the day; without what was withdrawn. */
bool run_collections(Tx *tx, const RunRow *row, Arena *arena, Collection **out, size_t *count,
                     Err *err);
/* Why the town cannot collect, or STR_NONE: German. */
Str run_cannot_collect(const Tenant *tenant, Arena *arena);
/* run_notice.c: later letters about a charge of a run ("charge/17"), to the address that the
 * register has now; they lie with the run's own. ERR_NOT_FOUND when no run made the charge. */
bool run_notice_address(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                        Err *err);
bool run_notice_send(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                     Err *err);
bool run_notice_take_back(Tx *tx, Str name, Arena *arena, bool *taken, Err *err);
bool effect_run_letter(EffectRun *run, Err *err);
/* run_files.c: what is handed on: lists and print files. */
bool run_files(const RunPass *pass, const RunWatch *watch, Arena *arena, Err *err);
/* Later letters that go by post and are in no print file yet; some have no PDF yet. */
bool run_post_waiting(Tx *tx, int64_t *ready, int64_t *unmade, Err *err);
/* Put those that are ready into print files beside the runs' own, each letter once. */
bool run_post_print(Tenant *tenant, Str actor, int64_t *letters, Err *err);
typedef struct RunPostFile {
    int64_t run;
    Str name;
    int64_t letters;
} RunPostFile;
/* Those files, the newest first. */
bool run_post_files(Tx *tx, int limit, Arena *arena, RunPostFile **out, size_t *count, Err *err);
