/* SPDX-License-Identifier: EUPL-1.2 */
/* Check digits of numbers that people copy by hand. */
#pragma once

#include "base/str.h"

/* ISO 7064 MOD 11,10 over decimal digits: finds every single wrong digit and almost every
 * swap of neighbours. Returns 0-9, or -1 when `digits` is empty or holds anything but digits. */
int check_digit_mod11_10(Str digits);
/* Whether the last digit is the check digit of those before it. */
bool check_digit_mod11_10_ok(Str digits);
/* IBAN (ISO 13616) without spaces, upper case: form, the length of its country (of the SEPA area)
 * and MOD 97-10. */
bool check_iban(Str iban);
/* SEPA creditor identifier (Gläubiger-Identifikationsnummer, "DE98ZZZ09999999999"): country, two
 * check digits by MOD 97-10 over the national part, three characters of the creditor's own choice
 * that do not count, national part. For Germany 18 characters. */
bool check_creditor_id(Str id);
