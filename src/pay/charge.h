/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: charges as rows. */
#pragma once

#include "pay/pay.h"

/* The columns that charge_from_row() reads, in its order. */
#define CHARGE_COLUMNS                                                                        \
    "id, payment_reference, subject, revenue, purpose, debtor, owed_cents, paid_cents, due, " \
    "payer, extra_cents, waived_cents"

Charge charge_from_row(Rows *rows);
bool charge_by_id(Tx *tx, int64_t id, Arena *arena, Charge *out, Err *err);
bool charge_by_reference(Tx *tx, Str reference, Arena *arena, Charge *out, Err *err);
/* A payment (cents > 0) or its reversal (< 0) arrives for a charge. `from` is the account that
 * pays: the bank, or the suspense account when a clerk assigns it later. */
bool charge_pay(Tx *tx, const Charge *charge, int64_t cents, Str from, Str text, Date value_date,
                Str actor, Err *err);

/* Whose mailbox a letter about the charge goes to: the case that asked for it last, else the last
 * case that asked the same payer for something (charges of a yearly run have no case), else the
 * charge that a run made ("charge/17"), else the subject itself. */
bool charge_letter_subject(Tx *tx, const Charge *charge, Arena *arena, Str *out, Err *err);
