/* SPDX-License-Identifier: EUPL-1.2 */
/* The streets of the demonstration town as segments of roads, with three road works. */
#pragma once

#include "city/hub/hub.h"

/* So many segments; the number of the first among the sensors. */
enum { DEMO_ROADS = 38, DEMO_FIRST_ROAD = 60 };
/* "Marktstraße von Wiesengasse bis Kirchgasse": names its Thing. */
Str demo_road_name(int road, Arena *arena);
/* km/h when it is empty. */
double demo_road_free(int road);
/* Segments and road works, which last from `now`; the datasets "strassen" and "baustellen" are
 * there. */
bool demo_roads_make(Hub *hub, Timestamp now, Arena *arena, Err *err);
