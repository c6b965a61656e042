/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/sepa_country.h"

#include <ctype.h>

static const char EEA[] = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO "
                          "PL PT RO SE SI SK ";
static const char OTHERS[] = "AD AL CH GB GI MC MD ME MK RS SM VA GG IM JE ";

static bool listed(const char *list, Str iban)
{
    for (const char *at = list; iban.len >= 2 && *at; at += 3)
        if (memcmp(at, iban.ptr, 2) == 0)
            return true;
    return false;
}

bool sepa_country_known(Str iban)
{
    return listed(EEA, iban) || listed(OTHERS, iban);
}

bool sepa_country_in_eea(Str iban)
{
    return listed(EEA, iban);
}

bool sepa_bic_ok(Str bic)
{
    if (bic.len != 8 && bic.len != 11)
        return false;
    for (size_t i = 0; i < bic.len; i++) {
        unsigned char c = (unsigned char)bic.ptr[i];
        if (i == 4 || i == 5 ? !isupper(c) : !isupper(c) && !isdigit(c))
            return false;
    }
    return true;
}
