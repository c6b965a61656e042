/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/check_digit.h"
#include "cases/case_store.h"

#include <ctype.h>

/* Letters of the service's id, in capitals: "hund" gives HUND, "wohn_geld" WOHNGELD. */
static Str number_prefix(Str service, Arena *arena)
{
    char *out = arena_alloc(arena, service.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < service.len; i++)
        if (isalnum((unsigned char)service.ptr[i]))
            out[len++] = (char)toupper((unsigned char)service.ptr[i]);
    return (Str){out, len};
}

Str case_number_format(Str service, int year, int64_t number, Arena *arena)
{
    Str digits = str_printf(arena, "%04d%06lld", year, (long long)number);

    return str_printf(arena, "%.*s-%04d-%06lld-%d", STR_ARG(number_prefix(service, arena)), year,
                      (long long)number, check_digit_mod11_10(digits));
}

bool case_number_valid(Str number)
{
    char digits[64];
    size_t count = 0;
    Str rest = number;
    Str prefix = str_cut(&rest, '-');

    if (str_empty(prefix) || !rest.ptr)
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] == '-')
            continue;
        if (!isdigit((unsigned char)rest.ptr[i]) || count == sizeof digits)
            return false;
        digits[count++] = rest.ptr[i];
    }
    return count >= 11 && check_digit_mod11_10_ok((Str){digits, count});
}

bool case_number_next(Tx *tx, Str service, int year, Arena *arena, Str *out, Err *err)
{
    int64_t number = 0;

    if (!tx_query_int(tx, err, &number,
                      "INSERT INTO case_number (service, year, last) VALUES ($1, $2, 1) "
                      "ON CONFLICT (service, year) DO UPDATE SET last = case_number.last + 1 "
                      "RETURNING last",
                      P_TEXT(service), P_INT(year)))
        return false;
    *out = case_number_format(service, year, number, arena);
    return true;
}
