/* SPDX-License-Identifier: EUPL-1.2 */
/* Check digits of numbers that people copy by hand. */
#pragma once

#include "base/str.h"

/* ISO 7064 MOD 11,10 over decimal digits: finds every single wrong digit and almost every
 * swap of neighbours. Returns 0-9, or -1 when `digits` is empty or holds anything but digits. */
int check_digit_mod11_10(Str digits);
/* Whether the last digit is the check digit of those before it. */
bool check_digit_mod11_10_ok(Str digits);
/* IBAN (ISO 13616) without spaces, upper case: form and MOD 97-10. */
bool check_iban(Str iban);
