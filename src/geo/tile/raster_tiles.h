/* SPDX-License-Identifier: EUPL-1.2 */
/* A field on a grid as a set of tiles, from the zoom at which a pixel is a cell up to the one at
 * which all fits into a few tiles. Further out a pixel shows the largest value of what it covers:
 * a narrow flooded street stays visible. */
#pragma once

#include "geo/raster.h"
#include "geo/tile/paint.h"
#include "geo/tile/tileset.h"

/* Where a grid lies, degrees: the rectangle around its outline. ERR_INPUT when its reference system
 * is not known. */
bool raster_bounds(const GeoGrid *grid, Bounds *out, Err *err);

/* Write the tiles of `values` (NaN: nothing) to `path`. */
bool raster_tiles_write(const GeoGrid *grid, const double *values, const PaintScale *scale,
                        Str name, const char *path, Err *err);
