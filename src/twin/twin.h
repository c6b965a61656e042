/* SPDX-License-Identifier: EUPL-1.2 */
/* The engine that answers where the water stands after heavy rain and which houses it hits:
 * `rathaus twin`. docs/twin-scenario.md tells what goes in and what comes out. */
#pragma once

#include "core/engine.h"

extern const Engine TWIN_ENGINE;
