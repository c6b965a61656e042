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

bool check_iban(Str iban)
{
    int rest = 0;

    if (iban.len < 15 || iban.len > 34 || letter_or_digit(iban.ptr[0]) < 10 ||
        letter_or_digit(iban.ptr[1]) < 10)
        return false;
    if (str_starts_with(iban, "DE") && iban.len != 22)
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
