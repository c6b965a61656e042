/* SPDX-License-Identifier: EUPL-1.2 */
/* What is kept of people, why, and how long. Each engine declares it once (Engine.keeps); once a
 * day what is over its time is erased in slices, each with an event "data.erased" and a line of
 * `keep_erasure` in the same transaction. The declarations together are the municipality's record
 * of processing (Art. 30 GDPR) in its thinnest form.
 *
 * A town may set other periods in tenant.yaml, but none shorter than `least`:
 *
 *     retention: {bank-items: P8Y, register/hund: P12Y} */
#pragma once

#include "base/clock.h"
#include "core/store/db.h"

typedef struct Tenant Tenant;

typedef struct Keep {
    const char *name;    /* [a-z-/]: the setting's, the event's; unique over all engines */
    const char *label;   /* German: what it is */
    const char *data;    /* of which kind: "Name, IBAN, Betrag" */
    const char *people;  /* whose */
    const char *purpose; /* what for */
    const char *basis;   /* by which law, or why so long */
    const char *counted; /* from when: "nach der letzten Buchung" */
    const char *period;  /* "P10Y", as in processes */
    const char *least;   /* a town may not set less; NULL: `period` is not the town's to set */
    bool year_end;       /* counted from the end of the year, as § 147 Abs. 4 AO says */
    bool by_day;         /* `due` compares with a day ("2027-03-31"), else with a Timestamp */
    /* SELECT … AS id of what began to count before $1, without ORDER BY and LIMIT; it names nothing
     * that was erased before. $2 is `of`, where that is set. NULL: goes otherwise. Asked once for
     * all beside the writer, and again for each id before it goes. */
    const char *due;
    const char *of;
    /* What is over its time as well but stays: SELECT COUNT(*) with the same parameters; or NULL.
     * `held_why` says why. */
    const char *held, *held_why;
    /* Run for each id ($1), in this order; ended by NULL. */
    const char *const *erase;
    /* Owner of files that go too, with the id: "collection"; or NULL. */
    const char *files;
} Keep;

/* --- The rules of a town ------------------------------------------------------------------------
 */

typedef struct KeepRule {
    Keep keep;
    Str period;     /* the town's or the engine's */
    bool of_town;   /* it is the town's own */
    Timestamp ran;  /* 0: never yet */
    int64_t erased; /* so far */
    int64_t held;   /* when it ran */
    bool more;      /* more was due than one day erases */
    Str problem;    /* of the last run, in English, or STR_NONE */
} KeepRule;

typedef struct KeepList {
    Keep *items;
    size_t count, capacity;
} KeepList;

/* All rules, engine by engine, with what is known of them. */
bool keep_rules(Tx *tx, Tenant *tenant, Arena *arena, KeepRule **out, size_t *count, Err *err);
/* Is `retention` of tenant.yaml right? To be asked when every engine is open: some names come from
 * the town's packages. One under an engine's `keeps_under` that no package has is only told in the
 * log, so that a service which is no longer offered does not keep the town from being opened. */
bool keep_settings_check(Tenant *tenant, Err *err);

/* Erase what is over its time. One kind that fails does not keep the others. */
bool keep_run(Tenant *tenant, Date today, int64_t *erased, Err *err);
bool keep_schedule(Tenant *tenant, Arena *arena, Err *err);
