/* SPDX-License-Identifier: EUPL-1.2 */
/* Geo: maps and what lies on them.
 *
 * Each tenant has its tile sets under DIR/tenants/NAME/geo/SET.mbtiles; the set "stadt" is the map
 * of the town that all pages show below their own layers. */
#pragma once

#include "core/engine.h"
#include "core/page/out.h"

extern const Engine GEO_ENGINE;

/* The file of a tile set. */
char *geo_tileset_path(Arena *arena, const Tenant *tenant, Str set);
/* The path of the TileJSON below all layers: the base map from OpenStreetMap, else the map of the
 * town; STR_NONE: there is neither, and pages show their layers on a plain ground. */
Str geo_ground(const Tenant *tenant);

/* `rathaus map …` */
int map_command(int argc, char **argv);
