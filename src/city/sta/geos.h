/* SPDX-License-Identifier: EUPL-1.2 */
/* GEOS, loaded when the first shape is read and not before: linked, it would cost every start of
 * the program 2.5 ms and 3.5 MB. Private to this room. */
#pragma once

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>

#include "base/err.h"

#define GEOS_FUNCTIONS(X)                    \
    X(GEOSContains_r)                        \
    X(GEOSContext_setErrorMessageHandler_r)  \
    X(GEOSContext_setNoticeMessageHandler_r) \
    X(GEOSCrosses_r)                         \
    X(GEOSDisjoint_r)                        \
    X(GEOSDistance_r)                        \
    X(GEOSEquals_r)                          \
    X(GEOSGeoJSONReader_create_r)            \
    X(GEOSGeoJSONReader_destroy_r)           \
    X(GEOSGeoJSONReader_readGeometry_r)      \
    X(GEOSGeomTypeId_r)                      \
    X(GEOSGeom_createPointFromXY_r)          \
    X(GEOSGeom_destroy_r)                    \
    X(GEOSGeom_getDimensions_r)              \
    X(GEOSGeom_getXMax_r)                    \
    X(GEOSGeom_getXMin_r)                    \
    X(GEOSGeom_getYMax_r)                    \
    X(GEOSGeom_getYMin_r)                    \
    X(GEOSGetGeometryN_r)                    \
    X(GEOSGetNumGeometries_r)                \
    X(GEOSIntersects_r)                      \
    X(GEOSLength_r)                          \
    X(GEOSOverlaps_r)                        \
    X(GEOSRelatePattern_r)                   \
    X(GEOSTouches_r)                         \
    X(GEOSWKTReader_create_r)                \
    X(GEOSWKTReader_destroy_r)               \
    X(GEOSWKTReader_read_r)                  \
    X(GEOSWithin_r)                          \
    X(GEOS_finish_r)                         \
    X(GEOS_init_r)                           \
    X(GEOSisEmpty_r)

typedef struct Geos {
#define GEOS_MEMBER(name) __typeof__(name) *name;
    GEOS_FUNCTIONS(GEOS_MEMBER)
#undef GEOS_MEMBER
} Geos;

/* The library, or NULL: where it is missing, err tells what to install. Safe from any thread. */
const Geos *geos_load(Err *err);
