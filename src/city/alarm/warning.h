/* SPDX-License-Identifier: EUPL-1.2 */
/* What everybody is told: alarms that staff marked as public, of public datasets, while they are
 * raised. Only their own text is shown, never what they watch. */
#pragma once

#include "city/hub/hub.h"
#include "core/page/parts.h"

typedef struct CityWarning {
    Tone tone;
    Str title; /* "Warnung, seit heute, 10:35 Uhr" */
    Str text;  /* the town's, in German */
} CityWarning;

typedef struct CityWarnings {
    CityWarning *items;
    size_t count, capacity;
} CityWarnings;

/* The worst first. */
bool city_warnings(Request *req, CityWarnings *out, Err *err);
/* All that is raised, by name, for who may read what is internal. */
bool city_raised(Request *req, CityWarnings *out, Err *err);
