/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: dunning (Mahnlauf). The tenant's `money.dunning` has the levels; a run looks at every
 * charge with something overdue, once, and writes to the debtor or says why not. */
#pragma once

#include "core/work/work.h"
#include "pay/surcharge.h"

enum { DUNNING_LEVELS_MAX = 6 };

typedef struct DunningLevel {
    Str name;    /* "Mahnung" */
    int days;    /* after the day on which it was due */
    int64_t fee; /* cents */
    int64_t minimum;
    int pay_within; /* days; the next level waits for them */
    Str text;       /* Markdown, the letter's first words */
} DunningLevel;

typedef struct DunningRules {
    DunningLevel levels[DUNNING_LEVELS_MAX];
    int count;      /* 0: the tenant does not dun */
    bool surcharge; /* § 240 AO */
    Str land, office;
} DunningRules;
/* ERR_INPUT names the setting that is wrong. */
bool dunning_rules(const Tenant *tenant, DunningRules *out, Err *err);

typedef struct DunnedPart {
    int number;
    int level;
} DunnedPart;

typedef struct Judged { /* a charge on the day of a run */
    Charge charge;
    PartList parts;
    Date day;
    int level; /* the highest that a part has reached; 0: nothing to be done */
    DunnedPart *dunned;
    size_t dunned_count;
    int64_t overdue_cents; /* of all overdue parts */
    int64_t fee_cents;
    Surcharges surcharges;
    Date pay_until;
    Str subject; /* whose mailbox */
    Str why;     /* it is left out, in German; or STR_NONE */
} Judged;
bool dunning_judge(Tx *tx, Tenant *tenant, const DunningRules *rules, int64_t charge_id, Date day,
                   Arena *arena, Judged *out, Err *err);
/* The charge, its parts, what holds it up (`why`), its subject and the surcharges up to the day,
 * whatever its level. */
bool dunning_open(Tx *tx, Tenant *tenant, const DunningRules *rules, int64_t charge_id, Date day,
                  Arena *arena, Judged *out, Err *err);
/* Claim the surcharges of a judged charge; `*number` (may be NULL) gets the part's, or 0. */
bool dunning_claim_surcharges(Tx *tx, Judged *judged, Date due, Str actor, Arena *arena,
                              int *number, Err *err);
/* Charges with something overdue, by number. */
bool dunning_candidates(Tx *tx, Date day, int64_t after, int limit, Arena *arena, int64_t **out,
                        size_t *count, Err *err);

typedef struct DunningRun {
    int64_t id;
    Date day;
    Str status; /* "running", "done" */
    int64_t job_id;
    Str actor;
    Timestamp at;
    int64_t letters, fee_cents, surcharge_cents, left_out;
} DunningRun;
bool dunning_runs(Tx *tx, Arena *arena, DunningRun **out, size_t *count, Err *err);
bool dunning_run_by_id(Tx *tx, int64_t id, Arena *arena, DunningRun *out, Err *err);
/* Begin a run and order its job. ERR_CONFLICT while another is under way. */
bool dunning_start(Tx *tx, Tenant *tenant, Date day, Str actor, Arena *arena, int64_t *run,
                   int64_t *job, Err *err);
/* Order the job of a run that was stopped again. */
bool dunning_go_on(Tx *tx, int64_t run, Str actor, Arena *arena, int64_t *job, Err *err);
/* What a run that was cut off still has to write is written today, with days to pay from today. */
bool dunning_is_today(Tx *tx, int64_t run, Arena *arena, Err *err);
/* Do a run to its end; one that was interrupted goes on where it was. `job` may be NULL. */
bool dunning_run(Tenant *tenant, int64_t run, JobRun *job, Err *err);

typedef struct DunningLine { /* one letter of a run, or one charge that was left out */
    int64_t charge_id;
    Str payment_reference, debtor, purpose;
    int level;
    Date day, pay_until;
    int64_t cents, fee_cents, surcharge_cents;
    Str why;
} DunningLine;
/* Whom a run wrote to, or left out: of the charges behind number `after` (0: from the first) the
 * first `limit`. */
bool dunning_lines(Tx *tx, int64_t run, bool left_out, int64_t after, int limit, Arena *arena,
                   DunningLine **out, size_t *count, Err *err);
/* The letters of a charge, the oldest first. */
bool dunning_of_charge(Tx *tx, int64_t charge, Arena *arena, DunningLine **out, size_t *count,
                       Err *err);

/* dunning_letter.c */
bool dunning_send(Tx *tx, Tenant *tenant, const DunningRules *rules, const Judged *judged,
                  Arena *arena, Err *err);
