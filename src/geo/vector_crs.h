/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside vector files: in which reference system a layer is. */
#pragma once

#include "geo/vector.h"

/* Bring what was read into the system of the order's grid: from the one that the order names, else
 * from `crs`, which the file names (NULL: none), else from what its coordinates look like. Notes
 * what was done or guessed, and drops features that have no place there. */
bool geo_layer_settle(GeoLayer *layer, const GeoVectorOrder *order, const char *crs, Arena *arena,
                      Err *err);
