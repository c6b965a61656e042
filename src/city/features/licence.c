/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/licence.h"

#define LICENCES "http://dcat-ap.de/def/licenses/"
#define CC "https://creativecommons.org/"
#define CC_ZERO \
    LICENCES "cc-zero", "Creative Commons Zero – Version 1.0", CC "publicdomain/zero/1.0/"

typedef struct Licence {
    const char *name;
    const char *uri; /* as the list of DCAT-AP.de has it */
    const char *title, *text;
} Licence;

static const Licence KNOWN[] = {
    {"dl-de/by-2-0", LICENCES "dl-by-de/2.0",
     "Datenlizenz Deutschland – Namensnennung – Version 2.0",
     "https://www.govdata.de/dl-de/by-2-0"},
    {"dl-de/zero-2-0", LICENCES "dl-zero-de/2.0", "Datenlizenz Deutschland – Zero – Version 2.0",
     "https://www.govdata.de/dl-de/zero-2-0"},
    {"cc-by-4.0", LICENCES "cc-by/4.0", "Creative Commons Namensnennung – Version 4.0",
     CC "licenses/by/4.0/"},
    {"cc-by-sa-4.0", LICENCES "cc-by-sa/4.0",
     "Creative Commons Namensnennung – Weitergabe unter gleichen Bedingungen – Version 4.0",
     CC "licenses/by-sa/4.0/"},
    {"cc0-1.0", CC_ZERO},
    {"cc-zero", CC_ZERO},
    {"odbl-1.0", LICENCES "odbl", "Open Database License – Version 1.0",
     "https://opendatacommons.org/licenses/odbl/1-0/"},
};

static const Licence *known(Str licence)
{
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (str_eq_nocase(licence, str_c(KNOWN[i].name)))
            return &KNOWN[i];
    return NULL;
}

static bool is_address(Str licence)
{
    return str_starts_with(licence, "https://") || str_starts_with(licence, "http://");
}

Str city_licence(Str licence)
{
    const Licence *found = known(licence);

    return found ? str_c(found->uri) : is_address(licence) ? licence : STR(LICENCES "other-closed");
}

Str city_licence_title(Str licence)
{
    const Licence *found = known(licence);

    return found ? str_c(found->title) : licence;
}

Str city_licence_text(Str licence)
{
    const Licence *found = known(licence);

    return found ? str_c(found->text) : is_address(licence) ? licence : STR_NONE;
}
