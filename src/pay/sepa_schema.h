/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether a payment file is what banks take: our restatement of the schemas pain.008.001.08 and
 * pain.001.001.09 as far as the German banks (DFÜ-Abkommen, Anlage 3) use them, as a table of
 * rules: order, cardinalities, lengths, characters; and what no schema says: counts and sums, the
 * check digits of IBANs and creditor identifiers, business days that are not over, mandates signed
 * by then, an address beside accounts outside the EEA, each EndToEndId and PmtInfId once. */
#pragma once

#include "base/err.h"

typedef enum SepaMessage {
    SEPA_PAIN_008, /* direct debits */
    SEPA_PAIN_001, /* credit transfers */
} SepaMessage;

typedef struct SepaTotals {
    int64_t count;
    int64_t cents;
} SepaTotals;

/* ERR_INPUT names the line and the element. Memory grows by 8 bytes a transaction. */
bool sepa_check(Str xml, SepaMessage message, SepaTotals *totals, Err *err);
