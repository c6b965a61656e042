/* SPDX-License-Identifier: EUPL-1.2 */
/* Beside: a command at work in one tenant while a server may be running. */
#pragma once

#include "core/engine.h"
#include "core/tenant.h"

typedef struct Beside {
    App *app;
    Tenant *tenant;
} Beside;

/* Opens the tenant with all engines; the folder and the town must be there. `services` is the
 * folder of packages, NULL the usual one. False: nothing is open; beside_close() may be called all
 * the same. */
bool beside_open(Beside *beside, const char *data, const char *services, const char *tenant,
                 Err *err);
void beside_close(Beside *beside);
