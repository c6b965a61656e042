/* SPDX-License-Identifier: EUPL-1.2 */
/* The demonstration city: 1.8 by 1.35 km of a small river's valley that is nowhere. Everything
 * comes from formulas, so that each run makes the same bytes. Metres from the south-west corner. */
#pragma once

#include "geo/vector.h"

enum {
    DEMO_WIDTH = 1800,
    DEMO_HEIGHT = 1350,
    DEMO_CELL = 3,
    DEMO_WEST = 566100, /* of the corner, EPSG:25832 */
    DEMO_SOUTH = 5712300,
    DEMO_STREET_EVERY = 90,
    DEMO_STREET_WIDTH = 9
};

/* Height of the ground, m above the datum, with streets and river, without buildings. */
double demo_height(double x, double y);
/* The river's middle at x. */
double demo_river(double x);
/* The middle of the dry valley that comes down from the north, at y. */
double demo_hollow(double y);
/* Is there town? */
bool demo_in_town(double x, double y);

/* buildings.geojson, landuse.geojson (longitude and latitude), landuse.csv, inlets.csv. */
bool demo_write_town(const char *folder, Arena *arena, Err *err);
