/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "base/str.h"

/* Values over the seconds since the rain began. */
typedef struct Curve {
    Str name;
    const double *seconds, *values;
    size_t count;
} Curve;
