/* SPDX-License-Identifier: EUPL-1.2 */
/* SEPA direct debit mandates: who allowed the town to collect from which account. */
#pragma once

#include "base/clock.h"
#include "core/tenant.h"

typedef struct Mandate {
    int64_t id;
    Str reference; /* Mandatsreferenz; at most 35 characters, unique */
    Str payer;     /* whose charges are collected: the same key as charge.payer */
    Str holder;    /* of the account */
    Str iban, bic; /* the BIC may be STR_NONE */
    Str email;     /* for the pre-notification, or STR_NONE */
    Str street, postcode, town, country; /* of the holder; needed outside the EEA, else STR_NONE */
    Date signed_on;
    bool one_off;    /* for one collection only */
    Date last_use;   /* absent: never; what was taken back was none */
    Date revoked_on; /* absent: not revoked */
    Str revoked_why; /* German, or STR_NONE */
} Mandate;

/* SQL: our direct debits `u` (of collections `k`) that use the mandate whose id comes next. Nobody
 * notes that a mandate is used: what runs, was credited or came back says so, and what was taken
 * back, or refused before the bank collected, says nothing any more. What came back has used up a
 * mandate for one collection all the same (SEPA core direct debit rulebook, section 4.1). */
#define MANDATE_USES                                                                               \
    "collection_item u JOIN collection k ON k.id = u.collection_id WHERE u.status <> 'withdrawn' " \
    "AND u.mandate_id = "
/* The day of the last of them, of mandate `m`; NULL: none. */
#define MANDATE_COLLECTED_ON "(SELECT MAX(k.collect_on) FROM " MANDATE_USES "m.id)"

typedef struct MandateOrder {
    Str payer, holder, iban;                         /* the IBAN may hold spaces */
    Str bic, email, street, postcode, town, country; /* or STR_NONE */
    Str reference;                                   /* STR_NONE: one is made */
    Date signed_on;
    bool one_off;
    Str subject; /* "case/17" that brought it */
    Str actor;
    Str lang; /* of messages; STR_NONE: German */
} MandateOrder;

/* Take a mandate down. A payer has one living mandate: the same account again gives the mandate
 * that is there, another account replaces it. ERR_INPUT when the IBAN or a text cannot be used for
 * a direct debit. */
bool mandate_put(Tx *tx, const MandateOrder *order, Arena *arena, Mandate *out, Err *err);
/* Could this mandate, from another system and last used on `last_use` (absent: never), be taken
 * down beside those that are there? Nothing is written. ERR_INPUT says why not, and names the
 * field; also when the payer has another account already. */
bool mandate_check(Tx *tx, const MandateOrder *order, Date last_use, Arena *arena, Err *err);
/* The payer's mandate that may be used on this day. ERR_NOT_FOUND when there is none. */
bool mandate_of_payer(Tx *tx, Str payer, Date on, Arena *arena, Mandate *out, Err *err);
bool mandate_by_id(Tx *tx, int64_t id, Arena *arena, Mandate *out, Err *err);
/* All of a payer, the newest first, revoked ones too. */
bool mandates_of_payer(Tx *tx, Str payer, Arena *arena, Mandate **out, size_t *count, Err *err);
/* What a case brought. */
bool mandates_of_subject(Tx *tx, Str subject, Arena *arena, Mandate **out, size_t *count, Err *err);
/* From `on` it is not used any more. Revoking again changes nothing. */
bool mandate_revoke(Tx *tx, int64_t id, Date on, Str why, Str actor, Err *err);
/* Another system collected with it, last on this day. */
bool mandate_used_elsewhere(Tx *tx, int64_t id, Date on, Err *err);
/* A mandate that was read without our direct debits: let `last_use` follow from them, too. Those of
 * the collection `within` (0: none), which is brought up to date, count for a mandate for one
 * collection only: no other keeps itself alive. */
bool mandate_load_use(Tx *tx, Mandate *mandate, int64_t within, Arena *arena, Err *err);

/* The last day of use: 36 months after the last collection, or the signature (SEPA core direct
 * debit rulebook, section 4.1). */
Date mandate_last_day(const Mandate *mandate);
/* May it be used on this day? When not, `*why` says so in German. */
bool mandate_usable(const Mandate *mandate, Date on, Str *why);
/* Can a payment file hold it? The bank refuses a file as a whole, and so would collect by none. */
bool mandate_fits_file(Str holder, Str reference, Arena *arena);
