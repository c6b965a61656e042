/* SPDX-License-Identifier: EUPL-1.2 */
/* Reference systems as this room's files hand them to GDAL. */
#pragma once

#include "geo/gdal.h"

/* The caller destroys it; NULL when GDAL does not understand. */
OGRSpatialReferenceH crs_open(const Gdal *gdal, const char *text);
/* NULL for none. */
const char *crs_wkt(const Gdal *gdal, OGRSpatialReferenceH srs, Arena *arena);
