/* SPDX-License-Identifier: EUPL-1.2 */
/* A board of the demonstration town: its water. */
#pragma once

#include "city/hub/hub.h"

/* Made when the town has none of its name. */
bool demo_board(Hub *hub, Tenant *tenant, Err *err);
