/* SPDX-License-Identifier: EUPL-1.2 */
/* Vector tiles of a town's map, made once from files of shapes (GDAL's MVT driver simplifies, cuts
 * and packs them). The styles of web/map know these layers and properties:
 *
 *     land      kind: built, field, meadow, wood, park       areas
 *     water     kind, name                                   areas, lines
 *     road      kind: main, minor, path, rail; name          lines
 *     building  kind                                         areas
 *     place     kind: town, district; name                   points
 */
#pragma once

#include "base/err.h"

typedef struct MapLayer {
    const char *name;  /* "road" */
    const char *file;  /* GeoJSON, GeoPackage, Shape … */
    const char *field; /* property that becomes `kind`; NULL: "kind" */
    const char *only;  /* take only shapes whose `field` is this one; NULL: all */
    const char *as;    /* kind of all of them; NULL: as they say */
} MapLayer;

/* Write the set to `path`. `name` stands in it. */
bool vector_tiles_write(const MapLayer *layers, size_t count, const char *name, const char *path,
                        Err *err);
