/* SPDX-License-Identifier: EUPL-1.2 */
/* How a page's map gets its tiles over HTTP. */
#pragma once

#include "core/http/request.h"
#include "geo/tile/paint.h"
#include "geo/tile/tileset.h"

/* Answer with the tile that the parameters "z", "x" and "y" name ("y" may end in .pbf or .png)
 * of the set at `path`; PNG tiles get the palette, unless it is NULL. Where the set has none,
 * nothing (204) or a transparent picture. With `?v=VERSION` of the set in the address browsers keep
 * what is not painted for ever, with any other `v` for an hour; without, they ask again. */
bool tile_answer(Request *req, Response *res, const char *path, const PaintPalette *palette,
                 bool is_public, Err *err);

/* Answer with TileJSON 3.0; the tiles lie at `tiles`, a path within the tenant with {z}/{x}/{y}. */
bool tilejson_answer(Request *req, Response *res, const char *path, Str tiles, Err *err);
