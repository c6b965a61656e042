/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/check_digit.h"

int check_digit_mod11_10(Str digits)
{
    int product = 10;

    if (digits.len == 0)
        return -1;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digits.ptr[i] - '0';
        if (digit < 0 || digit > 9)
            return -1;
        int sum = (product + digit) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10;
}

bool check_digit_mod11_10_ok(Str digits)
{
    return digits.len >= 2 && check_digit_mod11_10(str_slice(digits, 0, digits.len - 1)) ==
                                  digits.ptr[digits.len - 1] - '0';
}

static int letter_or_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return -1;
}

/* How long an IBAN is, by country: those of the SEPA area (ISO 13616, the registry of SWIFT). */
static const char LENGTHS[] =
    "AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 "
    "HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 "
    "RS22 SE24 SI19 SK24 SM27 VA22 ";

static bool length_fits(Str iban)
{
    for (const char *at = LENGTHS; *at; at += 5)
        if (memcmp(at, iban.ptr, 2) == 0)
            return iban.len == (size_t)(at[2] - '0') * 10 + (size_t)(at[3] - '0');
    return iban.len <= 34;
}

bool check_iban(Str iban)
{
    int rest = 0;

    if (iban.len < 15 || !length_fits(iban) || letter_or_digit(iban.ptr[0]) < 10 ||
        letter_or_digit(iban.ptr[1]) < 10)
        return false;
    for (size_t i = 0; i < iban.len; i++) {
        int value = letter_or_digit(iban.ptr[(i + 4) % iban.len]);
        if (value < 0 || (value > 9 && (i + 4) % iban.len >= 2 && (i + 4) % iban.len < 4))
            return false;
        rest = value > 9 ? (rest * 100 + value) % 97 : (rest * 10 + value) % 97;
    }
    return rest == 1;
}

/* MOD 97-10 goes over national part, country, check digits; letters count as 10 to 35. */
static int creditor_remainder(Str id)
{
    int rest = 0;

    for (size_t i = 0; i < id.len - 3; i++) {
        size_t at = i < id.len - 7 ? i + 7 : i - (id.len - 7);
        int value = letter_or_digit(id.ptr[at]);
        if (value < 0)
            return -1;
        rest = value > 9 ? (rest * 100 + value) % 97 : (rest * 10 + value) % 97;
    }
    return rest;
}

bool check_creditor_id(Str id)
{
    if (id.len < 8 || id.len > 35 || (str_starts_with(id, "DE") && id.len != 18))
        return false;
    for (size_t i = 0; i < 7; i++) {
        int value = letter_or_digit(id.ptr[i]);
        if (value < 0 || (i < 2 && value < 10) || (i >= 2 && i < 4 && value > 9))
            return false;
    }
    return creditor_remainder(id) == 1;
}
