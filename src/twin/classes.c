/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/classes.h"

/* Where rain falls on the grid a film of up to some millimetres, on long slopes a centimetre, runs
 * everywhere: a first class from 0 would show all streets as hit. */
static const TwinClasses NAMED[] = {
    {"lubw", {0.05, 0.10, 0.50, 1.0}, 4},
    {"ulm", {0.03, 0.10, 0.50}, 3},
    {"essen", {0.02, 0.05, 0.25}, 3},
};

bool classes_named(Str name, TwinClasses *out)
{
    for (size_t i = 0; i < sizeof NAMED / sizeof NAMED[0]; i++)
        if (str_is(name, NAMED[i].name)) {
            *out = NAMED[i];
            return true;
        }
    *out = NAMED[0];
    return false;
}
