/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/crs.h"

#include "geo/crs_gdal.h"

#include <math.h>
#include <stdlib.h>

const char GEO_WGS84[] = "EPSG:4326";

struct GeoTransform {
    const Gdal *gdal;
    OGRCoordinateTransformationH handle;
};

/* GDAL would also take a file or an address: only codes, PROJ strings and WKT get through. */
static bool names_no_place(const char *text)
{
    Str s = str_c(text);

    return str_starts_with(s, "EPSG:") || str_starts_with(s, "ESRI:") ||
           str_starts_with(s, "OGC:") || str_starts_with(s, "urn:ogc:def:crs:") ||
           str_starts_with(s, "+proj=") || strchr(text, '[');
}

OGRSpatialReferenceH crs_open(const Gdal *gdal, const char *text)
{
    OGRSpatialReferenceH srs;

    if (!names_no_place(text))
        return NULL;
    srs = gdal->OSRNewSpatialReference(NULL);
    gdal->CPLErrorReset();
    if (gdal->OSRSetFromUserInput(srs, text) != OGRERR_NONE) {
        gdal->OSRDestroySpatialReference(srs);
        return NULL;
    }
    gdal->OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    return srs;
}

const char *crs_wkt(const Gdal *gdal, OGRSpatialReferenceH srs, Arena *arena)
{
    char *text = NULL;
    const char *const options[] = {"FORMAT=WKT2_2019", NULL};

    if (!srs || gdal->OSRExportToWktEx(srs, &text, options) != OGRERR_NONE)
        return NULL;
    const char *wkt = text && *text ? arena_strdup(arena, text) : NULL;
    gdal->VSIFree(text);
    return wkt;
}

/* The lines of a .prj of the nineties: "Projection UTM / Zone 56 / ...". */
static bool import_old_prj(const Gdal *gdal, OGRSpatialReferenceH srs, Str text, Arena *arena)
{
    char **lines = arena_array(arena, char *, text.len + 2);
    size_t count = 0;

    for (Str rest = text; rest.ptr;) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (!str_empty(line))
            lines[count++] = str_cstr(arena, line);
    }
    return gdal->OSRImportFromESRI(srs, lines) == OGRERR_NONE;
}

const char *geo_crs_parse(Str text, Arena *arena, Err *err)
{
    const Gdal *gdal = gdal_load(err);

    if (!gdal)
        return NULL;
    text = str_trim(text);
    OGRSpatialReferenceH srs = crs_open(gdal, str_cstr(arena, text));
    if (!srs) {
        srs = gdal->OSRNewSpatialReference(NULL);
        if (!import_old_prj(gdal, srs, text, arena)) {
            gdal->OSRDestroySpatialReference(srs);
            err_set(err, ERR_INPUT,
                    "\"%.*s\" is no coordinate reference system; write it as EPSG:25832",
                    (int)(text.len < 60 ? text.len : 60), text.ptr);
            return NULL;
        }
    }
    gdal->OSRAutoIdentifyEPSG(srs);
    const char *wkt = crs_wkt(gdal, srs, arena);
    gdal->OSRDestroySpatialReference(srs);
    if (!wkt)
        err_set(err, ERR_INPUT, "this coordinate reference system cannot be written as WKT");
    return wkt;
}

bool geo_crs_same(const char *a, const char *b)
{
    static const char *const OPTIONS[] = {"CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS",
                                          "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", NULL};
    Err err;
    const Gdal *gdal = a && b ? gdal_load(&err) : NULL;

    if (!gdal)
        return false;
    if (strcmp(a, b) == 0)
        return true;
    OGRSpatialReferenceH one = crs_open(gdal, a), other = crs_open(gdal, b);
    bool same = one && other && gdal->OSRIsSameEx(one, other, OPTIONS);
    if (one)
        gdal->OSRDestroySpatialReference(one);
    if (other)
        gdal->OSRDestroySpatialReference(other);
    return same;
}

const char *geo_crs_name(const char *wkt, Arena *arena)
{
    Err err;
    const Gdal *gdal = wkt ? gdal_load(&err) : NULL;
    OGRSpatialReferenceH srs = gdal ? crs_open(gdal, wkt) : NULL;

    if (!srs)
        return "an unknown reference system";
    const char *authority = gdal->OSRGetAuthorityName(srs, NULL);
    const char *code = gdal->OSRGetAuthorityCode(srs, NULL);
    const char *name = gdal->OSRGetName(srs);
    const char *text = authority && code ? arena_printf(arena, "%s:%s (%s)", authority, code,
                                                        name ? name : "no name")
                                         : arena_printf(arena, "\"%s\"", name ? name : "no name");
    gdal->OSRDestroySpatialReference(srs);
    return text;
}

bool geo_crs_metric(const char *wkt)
{
    Err err;
    const Gdal *gdal = wkt ? gdal_load(&err) : NULL;
    OGRSpatialReferenceH srs = gdal ? crs_open(gdal, wkt) : NULL;

    if (!srs)
        return true;
    bool metric =
        !gdal->OSRIsGeographic(srs) && fabs(gdal->OSRGetLinearUnits(srs, NULL) - 1) < 1e-9;
    gdal->OSRDestroySpatialReference(srs);
    return metric;
}

GeoTransform *geo_transform_create(const char *from, const char *to, Err *err)
{
    const Gdal *gdal = gdal_load(err);
    GeoTransform *transform = NULL;

    if (!gdal)
        return NULL;
    OGRSpatialReferenceH a = crs_open(gdal, from), b = crs_open(gdal, to);
    OGRCoordinateTransformationH handle =
        a && b ? gdal->OCTNewCoordinateTransformation(a, b) : NULL;
    if (handle) {
        transform = malloc(sizeof *transform);
        if (!transform)
            abort();
        *transform = (GeoTransform){gdal, handle};
    } else {
        err_set(err, ERR_INPUT, "there is no way between these reference systems: %s",
                gdal_said(gdal));
    }
    if (a)
        gdal->OSRDestroySpatialReference(a);
    if (b)
        gdal->OSRDestroySpatialReference(b);
    return transform;
}

void geo_transform_destroy(GeoTransform *transform)
{
    if (!transform)
        return;
    transform->gdal->OCTDestroyCoordinateTransformation(transform->handle);
    free(transform);
}

bool geo_transform_points(const GeoTransform *transform, double *x, double *y, size_t count)
{
    enum { AT_ONCE = 4096 };
    int good[AT_ONCE];
    size_t brought = 0;

    for (size_t from = 0; from < count; from += AT_ONCE) {
        int part = (int)(count - from < AT_ONCE ? count - from : AT_ONCE);
        memset(good, 0, sizeof good);
        transform->gdal->OCTTransformEx(transform->handle, part, x + from, y + from, NULL, good);
        for (int i = 0; i < part; i++) {
            if (good[i] && isfinite(x[from + i]) && isfinite(y[from + i]))
                brought++;
            else
                x[from + i] = y[from + i] = NAN;
        }
    }
    return brought > 0 || count == 0;
}
