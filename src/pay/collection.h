/* SPDX-License-Identifier: EUPL-1.2 */
/* Direct debits: which open parts are collected, in one file for the bank, and what came of each.
 *
 * A part is in at most one running collection: the database refuses another. What is collected
 * stays "running" until the statement shows the credit; a return makes it owed again. */
#pragma once

#include "pay/bank.h"
#include "pay/mandate.h"

typedef struct SepaOrder {
    Str key;                /* unique: the same key again gives the same collection */
    Date due_until;         /* parts that are due up to this day */
    Date collect_on;        /* a business day of the banks, see collect_earliest() */
    const int64_t *charges; /* only these, by rising number; NULL: all with a payer */
    size_t charge_count;
    bool retry;     /* also what came back before */
    bool announced; /* a notice has told day, amount and mandate: no other pre-notification */
    int64_t within; /* what runs in this collection counts as not running; 0: none */
    Str actor;
} SepaOrder;

typedef struct Collection {
    int64_t id;
    Str message_id;
    Date due_until, collect_on;
    Str status; /* "making", "made", "withdrawn" */
    int64_t count, cents;
    Str sha256;       /* of the file, or STR_NONE: not written yet */
    int64_t revision; /* of the items: another whenever one comes or goes */
    Timestamp created_at;
    Date sent_on; /* when somebody said that the bank has it; absent: nobody did */
    int64_t running, credited, returned; /* items */
} Collection;

/* A part that is due and belongs to somebody who pays by direct debit, or might. */
typedef struct CollectChoice {
    int64_t charge_id;
    Str payment_reference, purpose, debtor;
    int part;
    Date due;
    int64_t cents;
    Mandate mandate; /* id 0: none */
    Str left_out;    /* why it is not collected, German; STR_NONE: it is */
    bool running;    /* in a direct debit already */
    bool told;       /* an announcement that went out says just this */
    bool replaces;   /* one that went out says something else */
} CollectChoice;

typedef struct CollectChoices {
    CollectChoice *items;
    size_t count, capacity;
    int64_t next; /* charges up to this number were looked at; 0: all were */
} CollectChoices;

/* The first day on which the bank can collect what is ordered today: `money.lead_days` business
 * days (2) later. */
Date collect_earliest(const Tenant *tenant, Date today);
/* Is the day one for this tenant? ERR_INPUT says why not. Also without `money.creditor_id`. */
bool collect_day_ok(const Tenant *tenant, Date today, Date collect_on, Err *err);
/* The day on which the bank collects what is due on `due` and is announced on `today` by the notice
 * itself: a business day, not before the day due and not sooner than the notice days after it (SEPA
 * core direct debit rulebook, section 4.4.1) or than the bank can do. */
Date collect_day(const Tenant *tenant, Date today, Date due);
/* Days between the pre-notification and the collection: `money.notice_days` (14). */
int collect_notice_days(const Tenant *tenant);
/* Is there time to tell the payers? Always, when a notice has told them (`order->announced`), or
 * announcements of a collection that was taken back name this day. ERR_INPUT says from when on. */
bool collect_noticed_ok(Tx *tx, const Tenant *tenant, const SepaOrder *order, Err *err);
/* Who was told already? Leave out whom no pre-notification can reach any more: it is too late, or
 * neither an e-mail address nor a postal one is known. */
bool collect_reach(Tx *tx, Tenant *tenant, const SepaOrder *order, CollectChoices *choices,
                   Arena *arena, Err *err);
/* What of the charges behind number `after` (0: from the first) is due, at most `limit` charges. */
bool collect_choose(Tx *tx, const SepaOrder *order, int64_t after, int limit, Arena *arena,
                    CollectChoices *out, Err *err);

typedef struct CollectPlan { /* of one charge */
    Mandate mandate;         /* by which something of it is collected; id 0: nothing is */
    ChargePart *parts;       /* those that ask for something, see charge_parts() */
    Date *days;              /* of each: when it is collected; absent: it is not, or is paid */
    size_t count;
    int64_t transfer_cents; /* of what is open: what no direct debit takes */
} CollectPlan;
/* What of a charge the town will collect by itself, told on `today`, and what the payer has to
 * pay: by the same rules as collect_choose(). */
bool collect_plan(Tx *tx, const Charge *charge, Date today, Arena *arena, CollectPlan *out,
                  Err *err);

/* Make one collection of all that can be collected: rows and pre-notifications, in this
 * transaction; its file is written by collection_write(). ERR_INPUT, in German, for a wrong day.
 * With nothing to collect `out->count` is 0 and the collection is empty. */
bool sepa_collect(Tx *tx, Tenant *tenant, const SepaOrder *order, Arena *arena, Collection *out,
                  Err *err);
/* The same in steps, for long ones: begin, then add until `*next` is 0. */
bool collection_begin(Tx *tx, Tenant *tenant, const SepaOrder *order, Arena *arena, Collection *out,
                      Err *err);
bool collection_add(Tx *tx, Tenant *tenant, int64_t id, const SepaOrder *order, int64_t *next,
                    int limit, Arena *arena, Err *err);
/* Write the pain.008 file, check it, and keep it with the collection (owner "collection/ID"). Not
 * inside a write. Again: the same file. */
bool collection_write(Tenant *tenant, int64_t id, Arena *arena, Err *err);
struct SepaFile;
/* SepaFile.note: `*keep` false where somebody else has written it meanwhile, or its rows are not
 * those any more that it was rendered from. */
bool collection_note_file(Tx *tx, const struct SepaFile *file, Str sha256, bool *keep, Err *err);
/* The file's text, from the rows. */
bool collection_render(Tx *tx, Tenant *tenant, int64_t id, Arena *arena, Str *xml, Err *err);

/* All of it, in as many writes as it takes, up to its file. Again, after whatever happened: goes on
 * where it was. With nothing to collect it is withdrawn, `out->count` is 0. `go_on` (or NULL) is
 * told how many there are so far; when it says no, the collection is withdrawn: ERR_CONFLICT. Not
 * inside a write. */
bool collection_make(Tenant *tenant, const SepaOrder *order, bool (*go_on)(void *, int64_t),
                     void *context, Arena *arena, Collection *out, Err *err);

/* --- collection_renew.c: files that are not at the bank yet --------------------------------------
 */

/* Does the bank have the file? Somebody said so, money came of it, or it is too late to hand it
 * in. */
bool collection_sent(const Tenant *tenant, const Collection *collection, Date today);
/* Note that the bank has it. Again: nothing changes. ERR_CONFLICT without a file. */
bool collection_note_sent(Tx *tx, int64_t id, Date on, Str actor, Err *err);
/* How many direct debits of a file that is not at the bank are not as they would be now, because a
 * charge or mandate changed since. 0 for all others. */
bool collection_stale(Tx *tx, Tenant *tenant, int64_t id, Date today, Arena *arena, int64_t *count,
                      Err *err);
/* Bring such a collection up to date; its file is written anew. What was announced stands in the
 * notices of the changes. One of which nothing is left is withdrawn. Not inside a write. */
bool collection_renew(Tenant *tenant, int64_t id, Str actor, Arena *arena, Err *err);
/* Is a direct debit of this charge running in a file that the bank has? */
bool collection_at_bank(Tx *tx, Tenant *tenant, int64_t charge, Date today, Arena *arena, bool *out,
                        Err *err);

bool collection_by_id(Tx *tx, int64_t id, Arena *arena, Collection *out, Err *err);
bool collections_list(Tx *tx, int64_t before, int limit, Arena *arena, Collection **out,
                      size_t *count, Err *err);

typedef struct CollectionItem {
    int64_t id, charge_id;
    int part;
    int64_t cents;
    Str end_to_end, sequence; /* "RCUR", "OOFF" */
    Str status;               /* "running", "credited", "returned", "withdrawn" */
    Str return_code;
    int64_t bank_item; /* the credit, or 0 */
    Str payment_reference, purpose;
    Mandate mandate;
} CollectionItem;
/* Those behind `after`, by number; of one status, or of all (STR_NONE). */
bool collection_items(Tx *tx, int64_t id, Str status, int64_t after, int limit, Arena *arena,
                      CollectionItem **out, size_t *count, Err *err);

/* The file was not, or will not be, taken to the bank: nothing of it is running any more.
 * ERR_CONFLICT when money of it has arrived. */
bool collection_withdraw(Tx *tx, int64_t id, Str actor, Err *err);
/* The bank refused the whole file: nothing of it is running any more. ERR_CONFLICT as above. */
bool collection_refuse(Tx *tx, int64_t id, Str actor, Err *err);
/* One item of it that the bank refused before it collected. ERR_CONFLICT when it is not running, or
 * of another collection. */
bool collection_release(Tx *tx, int64_t id, int64_t item, Str actor, Err *err);

/* --- collection_match.c: statements -------------------------------------------------------------
 */

/* Is this entry the credit of a collection, a return of it, or the end of a return? */
bool collection_match(Tx *tx, const CamtEntry *entry, Arena *arena, BankMatch *out, Err *err);
/* After the booking: note what became of the items. */
bool collection_settle(Tx *tx, Tenant *tenant, const BankMatch *match, int64_t bank_item,
                       const CamtEntry *entry, Str actor, Arena *arena, Err *err);
/* Does this bank item belong to a collection? */
bool collection_holds(Tx *tx, int64_t bank_item, bool *holds, Err *err);
