/* SPDX-License-Identifier: EUPL-1.2 */
/* Countries of the SEPA area, as the European Payments Council lists them (EPC409-09). */
#pragma once

#include "base/str.h"

/* Does the SEPA area reach an account with this IBAN? By its first two letters. */
bool sepa_country_known(Str iban);
/* Is the account within the European Economic Area? Outside it the payer's address belongs into a
 * payment (Regulation (EU) 2015/847). */
bool sepa_country_in_eea(Str iban);
/* The form of a BIC (ISO 9362): 8 or 11 characters. */
bool sepa_bic_ok(Str bic);
