/* SPDX-License-Identifier: EUPL-1.2 */
/* The sensors and places of the demonstration town: made when it first runs, with a month behind
 * them, and alive from then on. Values come from formulas of the sensor and the moment alone. */
#pragma once

#include "core/tenant.h"

/* Is it the demonstration town? */
bool city_demo_here(const Tenant *tenant);
/* What is due: everything at first, then what was measured since. A Schedule's run. */
bool city_demo_run(Tenant *tenant, Arena *arena, Err *err);
