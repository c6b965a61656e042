/* SPDX-License-Identifier: EUPL-1.2 */
/* What an open payment is probably for. Nothing of it is booked without a clerk. */
#pragma once

#include "pay/bank.h"

typedef struct Proposal {
    Str reason;            /* German, a sentence or two */
    const Share *shares;   /* where the money would go; none: it takes a payment back */
    const Charge *charges; /* of the shares */
    size_t count;
    const BankItem *takes_back; /* or NULL */
} Proposal;

/* The likeliest first, at most a handful; none for an item that is not open. */
bool bank_proposals(Tx *tx, Tenant *tenant, const BankItem *item, Arena *arena, Proposal **out,
                    size_t *count, Err *err);
