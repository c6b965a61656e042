/* SPDX-License-Identifier: EUPL-1.2 */
/* Entries of a statement that need no more than a row each: money for one charge whatever that
 * owes, or for nothing that is certain. They are looked up and booked many at once; each other one
 * has a booking of its own (bank_match.h, bank_book.c). */
#pragma once

#include "pay/bank.h"

enum { BANK_NAMES = 2 }; /* where an entry names a charge: EndToEndId, then its text */

/* An entry, with what needs no database. */
typedef struct BankComing {
    CamtEntry entry;
    Str key, booked, value;
    Str old_key;            /* by which earlier versions knew it, or STR_NONE */
    Str *names[BANK_NAMES]; /* Kassenzeichen that may be charges */
    size_t name_count[BANK_NAMES];
    int64_t charge_id; /* set by who books it: whose money it is; 0: suspense */
} BankComing;

/* What the names of many entries are. Those that an earlier version recorded get its keys. */
typedef struct BankNamed BankNamed;
BankNamed *bank_look_up(Tx *tx, BankComing *items, size_t count, Arena *arena, Err *err);

typedef enum BankPlace {
    BANK_PLAIN,    /* `charge_id` is set */
    BANK_OWN,      /* to be matched on its own */
    BANK_DEPENDING /* the same, by what all entries before it have become */
} BankPlace;
BankPlace bank_place(const BankNamed *named, BankComing *coming);

/* Record the item; `*id` 0: it was recorded in an earlier import. */
bool bank_record(Tx *tx, const BankComing *coming, int64_t *id, Err *err);
/* Record and book plain entries, in this order; `done` counts them. */
bool bank_book_plain(Tx *tx, BankComing *const *items, size_t count, Str actor, Arena *arena,
                     BankImport *done, Err *err);
