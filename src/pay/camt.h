/* SPDX-License-Identifier: EUPL-1.2 */
/* camt.053.001.08: a bank-to-customer statement (ISO 20022), read as a stream. */
#pragma once

#include "base/clock.h"
#include "base/err.h"

typedef struct CamtEntry { /* one booked transaction */
    Str statement;         /* Stmt/Id */
    Str account;           /* our IBAN */
    Str reference;         /* the bank's own reference (AcctSvcrRef), or STR_NONE */
    int64_t part;          /* of a batch, from 1, when the reference is not its own; else 0 */
    int64_t index;         /* of the transaction in its statement, from 0: together they name it */
    int64_t cents;         /* credit positive, debit negative */
    bool reversal;
    Date booked;
    Date value;
    Str end_to_end;       /* EndToEndId unless NOTPROVIDED */
    Str text;             /* remittance information, unstructured, joined by spaces */
    Str name;             /* the other side */
    Str iban;             /* of the other side */
    bool returned;        /* a payment or direct debit of ours came back (R-transaction) */
    Str return_code;      /* why, as ISO 20022 names it ("AC04"), or STR_NONE */
    int64_t return_cents; /* what came back without the bank's fee, > 0; 0: not told */
    Str batch;            /* PmtInfId: of which collection or payment run of ours, or STR_NONE */
} CamtEntry;

typedef struct CamtBalance { /* the closing balance of one statement */
    Str account;
    Date day;
    int64_t cents;
} CamtBalance;

typedef struct CamtBalances {
    Arena *arena;
    CamtBalance *items;
    size_t count, capacity;
} CamtBalances;

typedef bool (*CamtFn)(const CamtEntry *entry, void *context, Err *err);

typedef struct CamtOrder {
    Str account;            /* the IBAN it must be of, or STR_NONE */
    CamtBalances *balances; /* its arena set: gets the closing balances; or NULL */
    CamtFn each;            /* called for every booked transaction; texts live until it returns */
    void *context;
    Str lang; /* of messages; STR_NONE: German */
} CamtOrder;

/* Read a statement. The whole file is checked before the first call: well-formed, the right
 * message, amounts in EUR, and for every statement opening balance + entries = closing balance. No
 * DTD, no entities, no network; at most 256 MB. */
bool camt_read(Str xml, const CamtOrder *order, Err *err);
