/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters about a subject ("case/17") from a room that does not know who that is: the engine that
 * keeps the person's mailbox knows the address and makes the letter (Engine.letter_…). */
#pragma once

#include "base/node.h"
#include "core/store/db.h"

typedef struct Tenant Tenant;

typedef struct LetterAddress {
    Str lines[6]; /* name and address, for the window */
    size_t count;
} LetterAddress;

typedef struct SubjectLetter {
    Str subject;
    Str office; /* whose letter it is: a name of the tenant's `offices` */
    Str title;
    Str body;         /* Markdown, German */
    const Node *giro; /* {name, iban, bic, cents, reference} of a GiroCode, or NULL */
} SubjectLetter;

/* Who a letter about this subject goes to. ERR_NOT_FOUND when nobody knows, or the address is not
 * complete. */
bool mailbox_address(Tx *tx, Tenant *tenant, Str subject, Arena *arena, LetterAddress *out,
                     Err *err);
/* Order a letter in this transaction: into the mailbox, as a PDF. `*name` (may be NULL) is what
 * mailbox_take_back() knows it by. ERR_NOT_FOUND as above. */
bool mailbox_send(Tx *tx, Tenant *tenant, const SubjectLetter *letter, Arena *arena, Str *name,
                  Err *err);
/* Take a letter back that nobody can have read: it is in no mailbox and no print file yet.
 * `*taken` false: it is too late. */
bool mailbox_take_back(Tx *tx, Str name, Arena *arena, bool *taken, Err *err);
