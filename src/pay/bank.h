/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what came in at the bank. */
#pragma once

#include "pay/charge.h"

typedef struct BankItem {
    int64_t id;
    Date booked, value;
    int64_t cents;
    Str name, iban, text, end_to_end;
    Str status; /* "matched", "open", "assigned", "cleared" */
    int64_t charge_id;
    Str payment_reference; /* of the charge, or STR_NONE */
} BankItem;

/* The newest items of a status, at most `limit`; `before_id` 0: from the newest. */
bool bank_items(Tx *tx, Str status, int64_t before_id, int limit, Arena *arena, BankItem **out,
                size_t *count, Err *err);
bool bank_item_by_id(Tx *tx, int64_t id, Arena *arena, BankItem *out, Err *err);
bool bank_count(Tx *tx, Str status, int64_t *count, Err *err);
/* A clerk says to which charge an open item belongs. ERR_CONFLICT when it is not open. */
bool bank_assign(Tx *tx, int64_t item_id, Str payment_reference, Str actor, Arena *arena, Err *err);

/* As bank_import(), with a job's progress. */
typedef struct JobRun JobRun;
bool bank_import_run(Tenant *tenant, Str xml, Str actor, JobRun *job, Arena *arena, BankImport *out,
                     Err *err);
