/* SPDX-License-Identifier: EUPL-1.2 */
/* Footprints of buildings from CityGML 1 and 2 (OGC 08-007, 12-019), private to this room.
 *
 * Of each building and building part: its ground surfaces, else the footprint or roof edge of level
 * of detail 0, else the lowest level faces of its solid. Read as a stream: tiles have hundreds of
 * megabytes. Nothing is fetched, entities are not expanded. */
#pragma once

#include "geo/vector.h"

bool citygml_is(const char *path);
/* `crs` is the model's (srsName), or NULL. Axes are east before north. */
bool citygml_read(const char *path, Arena *arena, GeoLayer *out, const char **crs, Err *err);
