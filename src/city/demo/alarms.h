/* SPDX-License-Identifier: EUPL-1.2 */
/* Two alarms of the demonstration town: high water, which comes now and then, and a sensor of the
 * air that falls silent. */
#pragma once

#include "city/hub/hub.h"

/* Made once, when the town has none. */
bool demo_alarms(Hub *hub, Tenant *tenant, Err *err);
