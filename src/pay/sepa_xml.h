/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what both payment files are written with. */
#pragma once

#include "base/buf.h"
#include "base/clock.h"
#include "core/tenant.h"

/* <name>text</name>; the text is of the SEPA set already (asserted). */
void sepa_tag(Buf *out, const char *name, Str text);
/* The same with the text brought into the SEPA set, at most `most` characters. */
void sepa_tag_text(Buf *out, const char *name, Str text, size_t most);
void sepa_sums(Buf *out, int64_t count, int64_t cents); /* NbOfTxs, CtrlSum */
/* 96.00 */
Str sepa_amount(Arena *arena, int64_t cents);
/* <Xagt> with the BIC, or NOTPROVIDED. */
void sepa_agent(Buf *out, const char *name, Str bic);
void sepa_account(Buf *out, const char *name, Str iban);

/* Can an address stand in a payment? Town and country must, the country by its two letters. */
bool sepa_address_ok(Str town, Str country);

typedef struct SepaParty {
    Str name, street, postcode, town, country; /* all but the name may be STR_NONE */
} SepaParty;
/* With an address when town and country are known: structured, the street with its number as a
 * line of its own (hybrid). */
void sepa_party(Buf *out, const char *name, const SepaParty *party);

typedef struct SepaHead {
    const char *space, *root; /* name space and element below Document */
    Str message_id;
    Timestamp at;
    int64_t count, cents;
} SepaHead;
/* Everything up to the first PmtInf; the town is the initiating party. */
void sepa_begin(Buf *out, Tenant *tenant, const SepaHead *head);
void sepa_end(Buf *out, const SepaHead *head);

/* The account of the town as the settings have it. */
Str sepa_own_name(const Tenant *tenant);
Str sepa_own_iban(const Tenant *tenant, Arena *arena);
Str sepa_own_bic(const Tenant *tenant, Arena *arena);
