/* SPDX-License-Identifier: EUPL-1.2 */
/* Classes of depth, as cities have agreed on them: said once, for results and for maps. */
#pragma once

#include "base/str.h"

enum { SCENARIO_CLASSES = 12 };

/* Class i is from `from[i]`, metres, up to the next one's. Below the first: none. */
typedef struct TwinClasses {
    const char *name; /* "ulm" */
    double from[SCENARIO_CLASSES];
    size_t count;
} TwinClasses;

/* ulm, essen or lubw; lubw and false where it is none of them. */
bool classes_named(Str name, TwinClasses *out);
