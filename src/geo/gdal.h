/* SPDX-License-Identifier: EUPL-1.2 */
/* GDAL, loaded when the first map is read and not before: linked, it would cost every start of the
 * program 35 ms and 27 MB (docs/decisions/0010). Private to this room.
 *
 * The library is told to stay here: no network (neither files from /vsicurl nor PROJ's grids), no
 * files beside inputs, no Python in VRTs, and only the formats listed in gdal.c. */
#pragma once

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <gdal_utils.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "base/err.h"

#define GDAL_FUNCTIONS(X)                 \
    X(CPLErrorReset)                      \
    X(CPLGetLastErrorMsg)                 \
    X(CPLGetLastErrorType)                \
    X(CPLQuietErrorHandler)               \
    X(CPLSetConfigOption)                 \
    X(CPLSetErrorHandler)                 \
    X(CSLDestroy)                         \
    X(GDALAddBand)                        \
    X(GDALAllRegister)                    \
    X(GDALClose)                          \
    X(GDALCreate)                         \
    X(GDALCreateCopy)                     \
    X(GDALDatasetCreateLayer)             \
    X(GDALDatasetGetLayer)                \
    X(GDALDatasetGetLayerByName)          \
    X(GDALDatasetGetLayerCount)           \
    X(GDALDeregisterDriver)               \
    X(GDALDestroyDriver)                  \
    X(GDALFillNodata)                     \
    X(GDALGetDriver)                      \
    X(GDALGetDriverByName)                \
    X(GDALGetDriverCount)                 \
    X(GDALGetDriverShortName)             \
    X(GDALGetGeoTransform)                \
    X(GDALGetRasterBand)                  \
    X(GDALGetRasterCount)                 \
    X(GDALGetRasterNoDataValue)           \
    X(GDALGetRasterOffset)                \
    X(GDALGetRasterScale)                 \
    X(GDALGetRasterXSize)                 \
    X(GDALGetRasterYSize)                 \
    X(GDALGetSpatialRef)                  \
    X(GDALOpenEx)                         \
    X(GDALRasterIO)                       \
    X(GDALSetGeoTransform)                \
    X(GDALSetProjection)                  \
    X(GDALSetRasterNoDataValue)           \
    X(GDALWarp)                           \
    X(GDALWarpAppOptionsFree)             \
    X(GDALWarpAppOptionsNew)              \
    X(OCTDestroyCoordinateTransformation) \
    X(OCTNewCoordinateTransformation)     \
    X(OCTTransformEx)                     \
    X(OGR_FD_GetFieldCount)               \
    X(OGR_FD_GetFieldDefn)                \
    X(OGR_Fld_Create)                     \
    X(OGR_Fld_Destroy)                    \
    X(OGR_Fld_GetNameRef)                 \
    X(OGR_Fld_GetSubType)                 \
    X(OGR_Fld_GetType)                    \
    X(OGR_F_Create)                       \
    X(OGR_F_Destroy)                      \
    X(OGR_F_GetFID)                       \
    X(OGR_F_GetFieldAsDouble)             \
    X(OGR_F_GetFieldAsInteger64)          \
    X(OGR_F_GetFieldAsString)             \
    X(OGR_F_GetGeometryRef)               \
    X(OGR_F_IsFieldSetAndNotNull)         \
    X(OGR_F_SetFieldString)               \
    X(OGR_F_SetGeometryDirectly)          \
    X(OGR_GT_Flatten)                     \
    X(OGR_G_AddGeometryDirectly)          \
    X(OGR_G_AddPoint_2D)                  \
    X(OGR_G_CreateGeometry)               \
    X(OGR_G_DestroyGeometry)              \
    X(OGR_G_GetGeometryCount)             \
    X(OGR_G_GetGeometryRef)               \
    X(OGR_G_GetGeometryType)              \
    X(OGR_G_GetLinearGeometry)            \
    X(OGR_G_GetPointCount)                \
    X(OGR_G_GetPoints)                    \
    X(OGR_G_HasCurveGeometry)             \
    X(OGR_G_IsEmpty)                      \
    X(OGR_L_CreateFeature)                \
    X(OGR_L_CreateField)                  \
    X(OGR_L_GetLayerDefn)                 \
    X(OGR_L_GetName)                      \
    X(OGR_L_GetNextFeature)               \
    X(OGR_L_GetSpatialRef)                \
    X(OGR_L_ResetReading)                 \
    X(OSRAutoIdentifyEPSG)                \
    X(OSRDestroySpatialReference)         \
    X(OSRExportToWktEx)                   \
    X(OSRGetAuthorityCode)                \
    X(OSRGetAuthorityName)                \
    X(OSRGetLinearUnits)                  \
    X(OSRGetName)                         \
    X(OSRImportFromESRI)                  \
    X(OSRIsGeographic)                    \
    X(OSRIsSameEx)                        \
    X(OSRNewSpatialReference)             \
    X(OSRSetAxisMappingStrategy)          \
    X(OSRSetFromUserInput)                \
    X(OSRSetPROJEnableNetwork)            \
    X(VSIFree)                            \
    X(VSIGetMemFileBuffer)                \
    X(VSIReadDir)                         \
    X(VSIStatL)                           \
    X(VSIUnlink)

typedef struct Gdal {
#define GDAL_MEMBER(name) __typeof__(name) *name;
    GDAL_FUNCTIONS(GDAL_MEMBER)
#undef GDAL_MEMBER
} Gdal;

/* The library, or NULL: where it is missing, err tells what to install. Safe from any thread. */
const Gdal *gdal_load(Err *err);
/* What GDAL said last, for a message: one line, never empty. */
const char *gdal_said(const Gdal *gdal);
