/* SPDX-License-Identifier: EUPL-1.2 */
/* The engine of the town's measured values: sensors speak to it, citizens see it, other programs
 * build on it (OGC SensorThings API 1.1). docs/city.md
 *
 * Other engines ask it for the roads as they are now: city_roads() and road_route(). */
#pragma once

#include "city/traffic/graph.h"
#include "core/engine.h"

extern const Engine CITY_ENGINE;
