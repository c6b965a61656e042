/* SPDX-License-Identifier: EUPL-1.2 */
/* Refunds: what was paid beyond what is owed goes back. Proposed, released (above
 * `money.four_eyes_above` by a second person), put into a file for the bank, seen on the statement.
 *
 * The release books the money away from the charge: from then on it is not overpaid any more, so
 * that nothing can be refunded twice. */
#pragma once

#include "pay/bank.h"

typedef struct Refund {
    int64_t id, charge_id;
    int64_t cents;
    Str name, iban, bic; /* to whom; the BIC may be STR_NONE */
    Str status;          /* "proposed", "released", "ordered", "paid", "returned", "dropped" */
    Str end_to_end;
    Str proposed_by, released_by; /* actors; the second may be STR_NONE */
    Timestamp at;
    int64_t run_id;
    bool sent;          /* somebody said that the bank has its file */
    int64_t owed_again; /* cents that its charge owes (its payment came back): in no file then */
    Str payment_reference, purpose, debtor; /* of the charge */
} Refund;

/* A charge on which more was paid than is owed, without a refund that waits for its release. */
typedef struct Overpaid {
    Charge charge;
    int64_t cents;
    Str name, iban; /* of the account that paid last, as far as known */
    Charge *others; /* open charges of the same payer */
    size_t other_count;
} Overpaid;
bool refund_overpaid(Tx *tx, int limit, Arena *arena, Overpaid **out, size_t *count, Err *err);

typedef struct RefundOrder {
    int64_t charge_id;
    Str name, iban, bic; /* the IBAN may hold spaces; BIC or STR_NONE */
    Str actor;
} RefundOrder;
/* Propose to pay back what is overpaid now. ERR_INPUT for a bad account, ERR_CONFLICT when nothing
 * is overpaid or a proposal waits. */
bool refund_propose(Tx *tx, const RefundOrder *order, Arena *arena, int64_t *id, Err *err);
/* Who may release: a second person above the tenant's limit. */
bool refund_needs_second(const Tenant *tenant, int64_t cents);
bool refund_release(Tx *tx, Tenant *tenant, int64_t id, Str actor, Arena *arena, Err *err);
/* A proposal is not carried out; nothing was booked. */
bool refund_drop(Tx *tx, int64_t id, Str actor, Err *err);
bool refund_by_id(Tx *tx, int64_t id, Arena *arena, Refund *out, Err *err);
/* Newest first; `status` of refund. */
bool refund_list(Tx *tx, Str status, int limit, Arena *arena, Refund **out, size_t *count,
                 Err *err);

/* Overpayment pays another charge of the same payer (or, where no payer is known, of the same
 * name), as far as that is open. */
bool refund_move(Tx *tx, int64_t from, int64_t to, Str actor, Arena *arena, Err *err);

/* --- Files
 * ---------------------------------------------------------------------------------------- */

typedef struct RefundRun {
    int64_t id;
    Str message_id;
    Date execute_on;
    int64_t count, cents;
    Str sha256; /* of the file, or STR_NONE: not written yet */
    Timestamp created_at;
    int64_t unpaid; /* of its refunds, not seen on a statement yet */
    int64_t twice; /* of its refunds, paid by a file that was discarded: this one pays them again */
    int64_t uncovered; /* of its refunds, while the bank has not got it: their charge owes again */
    Date sent_on;      /* when somebody said that the bank has it; absent: nobody did */
    bool discarded;    /* its refunds are free for another file */
} RefundRun;

/* Refunds that stand in a run's file though a discarded file has paid them. */
bool refund_run_twice(Tx *tx, int64_t id, Arena *arena, Refund **out, size_t *count, Err *err);
/* Put all released refunds whose charge owes nothing into one run. ERR_CONFLICT when there are
 * none. */
bool refund_run_make(Tx *tx, Str actor, Arena *arena, int64_t *id, Err *err);
/* Write the pain.001 file, check it and keep it (owner "refund/ID"). Again: the same file. */
bool refund_run_write(Tenant *tenant, int64_t id, Arena *arena, Err *err);
bool refund_run_render(Tx *tx, Tenant *tenant, int64_t id, Arena *arena, Str *xml, Err *err);
bool refund_run_by_id(Tx *tx, int64_t id, Arena *arena, RefundRun *out, Err *err);
bool refund_runs(Tx *tx, int limit, Arena *arena, RefundRun **out, size_t *count, Err *err);

/* --- refund_back.c: not to be paid after all ----------------------------------------------------
 */

/* Take a released refund back: what was overpaid is on its charge again. Also one that the bank
 * refused, when its file is there. Above `money.four_eyes_above` not by who released it. ERR_INPUT
 * without a reason, ERR_CONFLICT when it is too late or its file must be discarded first. */
bool refund_take_back(Tx *tx, Tenant *tenant, int64_t id, Str reason, Str actor, Arena *arena,
                      Err *err);
/* Note that the bank has the file. Again: nothing changes. */
bool refund_run_note_sent(Tx *tx, int64_t id, Date on, Str actor, Arena *arena, Err *err);
/* The file does not go to the bank: its refunds are as released as before; what another file paid
 * stays paid. */
bool refund_run_discard(Tx *tx, int64_t id, Str reason, Str actor, Arena *arena, Err *err);

/* --- Statements
 * ----------------------------------------------------------------------------------- */

/* Is this entry a refund that was paid out, the whole of a run, or one that came back? */
bool refund_match(Tx *tx, const CamtEntry *entry, Arena *arena, BankMatch *out, Err *err);
/* Note it. A refund that a discarded file paid belongs to that file again, and the one in which it
 * stands now must not reach the bank (`twice`). */
bool refund_settle(Tx *tx, const BankMatch *match, int64_t bank_item, Err *err);
bool refund_holds(Tx *tx, int64_t bank_item, bool *holds, Err *err);
