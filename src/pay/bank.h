/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what came in at the bank, and what it is for. */
#pragma once

#include "pay/camt.h"
#include "pay/charge.h"
#include "pay/ledger.h"

typedef struct BankItem {
    int64_t id;
    Date booked, value;
    int64_t cents;
    int64_t open_cents; /* of it on the suspense account */
    Str name, iban, text, end_to_end;
    Str status; /* "matched": booked by the program, "open", "assigned": by a clerk */
    int64_t charge_id;
    Str payment_reference; /* of the charge, or STR_NONE */
    Str return_code;       /* why a payment came back: "AC04"; STR_NONE: no return */
    int64_t return_cents;  /* what came back without the bank's fee, > 0; 0: not told */
    Str batch;             /* PmtInfId of our collection or payment run, or STR_NONE */
    int64_t takes_back;    /* the item that this one takes back, or 0 */
    bool stands;           /* false: another item took it back */
} BankItem;

/* The newest items that wait for a clerk, at most `limit`; `before_id` 0: from the newest. */
bool bank_open_items(Tx *tx, int64_t before_id, int limit, Arena *arena, BankItem **out,
                     size_t *count, Err *err);
bool bank_item_by_id(Tx *tx, int64_t id, Arena *arena, BankItem *out, Err *err);
bool bank_count_open(Tx *tx, int64_t *count, Err *err);
/* Items whose money went to this charge, the newest first. */
bool bank_items_of_charge(Tx *tx, int64_t charge_id, Arena *arena, BankItem **out, size_t *count,
                          Err *err);

/* --- bank_book.c: what money is for ------------------------------------------------------------
 */

typedef struct BankBooking {
    int64_t item;
    Str from; /* ACCOUNT_BANK for an item just read, else ACCOUNT_SUSPENSE */
    Str kind, text;
    Date value;
    Str actor;
    const LedgerLine *lines; /* the other side: claims, fees, payouts */
    size_t count;
    const Charge *charges; /* those of them that were read already, or NULL */
    size_t charge_count;
} BankBooking;

/* Book the lines against `from`, and bring what the charges and the item keep up to date. */
bool bank_book(Tx *tx, const BankBooking *booking, Arena *arena, Err *err);
/* What became of an item: its lines that are neither bank nor suspense, summed up. */
bool bank_lines_of(Tx *tx, const BankItem *item, Arena *arena, LedgerLine **out, size_t *count,
                   Err *err);

/* The last booking of an item: another one since a page was shown means that it is not as seen. */
bool bank_last_booking(Tx *tx, int64_t item_id, int64_t *out, Err *err);

typedef struct Share { /* of a payment */
    int64_t charge_id;
    int64_t cents; /* > 0 pays; < 0 takes back */
} Share;

/* A clerk says what an open item is for; what is left stays open. ERR_CONFLICT when it is not
 * open, ERR_INPUT when the shares are more than what is open or of the other sign. */
bool bank_assign_shares(Tx *tx, int64_t item_id, const Share *shares, size_t count, Str actor,
                        Arena *arena, Err *err);
/* The whole of what is open, to one charge. */
bool bank_assign(Tx *tx, int64_t item_id, Str payment_reference, Str actor, Arena *arena, Err *err);
/* Take all of that back: a counter booking, and the item is open again. Refused (ERR_CONFLICT) when
 * it was a direct debit or refund of ours, was taken back by the bank, or when the money was paid
 * out or moved meanwhile. */
bool bank_unassign(Tx *tx, int64_t item_id, Str actor, Arena *arena, Err *err);
/* An open item takes back another one: all that became of it is booked the other way. */
bool bank_assign_return(Tx *tx, int64_t item_id, int64_t returned, Str actor, Arena *arena,
                        Err *err);
/* Note that an item takes another back. */
bool bank_note_return(Tx *tx, int64_t item_id, const BankItem *taken, Err *err);

/* --- bank_match.c: what is certain -------------------------------------------------------------
 */

typedef struct BankMatch {
    Str kind;          /* of the booking; STR_NONE: nothing is certain */
    LedgerLine *lines; /* the other side */
    size_t count;
    const Charge *charges; /* of the lines, as far as they were read; or NULL */
    size_t charge_count;
    int64_t charge_id;  /* the first of the charges, or 0 */
    int64_t takes_back; /* the item that comes back, or 0 */
    int64_t fee_cents;  /* of it kept by the bank */
    int64_t *debits;    /* items of a collection that this is about */
    size_t debit_count;
    Str debit_status; /* what they are then */
    int64_t *refunds; /* refunds that this is about */
    size_t refund_count;
    Str refund_status;
} BankMatch;

/* What the entry is for, as far as it is certain. */
bool bank_match(Tx *tx, Tenant *tenant, const CamtEntry *entry, Arena *arena, BankMatch *out,
                Err *err);
/* The charges that a text names by their Kassenzeichen, each once, by when they are due. */
bool bank_named_charges(Tx *tx, Tenant *tenant, Str text, Arena *arena, Charge **out, size_t *count,
                        Err *err);
/* An entry as the item keeps it, to be matched again. */
CamtEntry bank_entry_of(const BankItem *item);
/* The standing items for `charge_id` that an entry of `cents` (its sign is the other one) with
 * `return_cents` can take back, the newest first. */
bool bank_returnable(Tx *tx, int64_t charge_id, int64_t cents, int64_t return_cents, Arena *arena,
                     BankItem **out, size_t *count, Err *err);
/* The other side of an entry of `cents` that takes `item` back: its lines the other way, and what
 * the bank keeps as its fee. */
bool bank_return_lines(Tx *tx, const BankItem *item, int64_t cents, Arena *arena, LedgerLine **out,
                       size_t *count, Err *err);

/* --- bank_payer.c: which account paid what -------------------------------------------------------
 */

/* Items with money from the account $1, for a query. */
#define BANK_ITEMS_OF_IBAN                                                                      \
    "(SELECT item_id FROM bank_payer WHERE iban = $1 UNION ALL SELECT id FROM bank_item WHERE " \
    "id > (SELECT item_id FROM bank_payer_until) AND iban = $1 AND cents > 0)"
/* List what was booked since the last time; to be called behind an import. */
bool bank_list_payers(Tenant *tenant, Err *err);
/* List an item that a clerk assigned. */
bool bank_list_payer(Tx *tx, int64_t item_id, Err *err);

/* --- bank_import.c -------------------------------------------------------------------------------
 */

typedef struct BankOrder {
    Str xml, actor;
    Str lang; /* of messages; STR_NONE: German */
    /* Called now and then with what was booked so far; false stops the import. May be NULL. */
    bool (*tell)(const BankImport *so_far, void *context);
    void *context;
} BankOrder;

/* As bank_import(), with somebody who wants to know how far it is. */
bool bank_import_run(Tenant *tenant, const BankOrder *order, Arena *arena, BankImport *out,
                     Err *err);
