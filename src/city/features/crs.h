/* SPDX-License-Identifier: EUPL-1.2 */
/* The reference systems in which features are asked for and answered (OGC API - Features, Part 2).
 * What a town keeps is in degrees on WGS 84, longitude first (CRS84). */
#pragma once

#include "geo/crs.h"

typedef struct OgcCrs {
    const char *uri;
    const char *epsg; /* what degrees are brought over to; NULL: they stay */
    bool degrees;
    bool north_first; /* as the reference system's own definition orders its axes */
} OgcCrs;

enum { OGC_CRS_COUNT = 5 };
/* CRS84 is the first. */
extern const OgcCrs OGC_CRS[OGC_CRS_COUNT];

/* By its address; `parameter` is named in the error. */
const OgcCrs *ogc_crs(Str uri, const char *parameter, Err *err);

/* A reference system with the way to it. */
typedef struct OgcFrame {
    const OgcCrs *crs;
    GeoTransform *way; /* NULL: coordinates stay */
} OgcFrame;

bool ogc_frame_open(const OgcCrs *crs, OgcFrame *out, Err *err);
void ogc_frame_close(OgcFrame *frame);
