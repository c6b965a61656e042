/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/licence.h"

#define LICENCES "http://dcat-ap.de/def/licenses/"

Str city_licence(Str licence)
{
    static const char *const KNOWN[][2] = {
        {"dl-de/by-2-0", LICENCES "dl-by-de/2.0"},
        {"dl-de/zero-2-0", LICENCES "dl-zero-de/2.0"},
        {"cc-by-4.0", LICENCES "cc-by/4.0"},
        {"cc-by-sa-4.0", LICENCES "cc-by-sa/4.0"},
        {"cc0-1.0", LICENCES "cc-zero"},
        {"cc-zero", LICENCES "cc-zero"},
        {"odbl-1.0", LICENCES "odbl"},
    };

    if (str_starts_with(licence, "https://") || str_starts_with(licence, "http://"))
        return licence;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (str_eq_nocase(licence, str_c(KNOWN[i][0])))
            return str_c(KNOWN[i][1]);
    return STR(LICENCES "other-closed");
}
