/* SPDX-License-Identifier: EUPL-1.2 */
/* Reasons for which a bank gives a payment back (ISO 20022 ExternalReturnReason1Code). */
#pragma once

#include "base/str.h"

/* In German, a sentence; for an unknown code just that it came back. STR_NONE for STR_NONE. */
Str return_code_words(Str code);
/* Does this reason end the mandate? Missing money does not; a closed account does. */
bool return_code_ends_mandate(Str code);
