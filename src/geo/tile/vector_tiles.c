/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/tile/vector_tiles.h"

#include "core/folder.h"
#include "geo/gdal.h"
#include "geo/tile/tileset.h"
#include "geo/vector.h"

#include <stdio.h>
#include <unistd.h>

static const char ZOOM_MIN[] = "MINZOOM=9", ZOOM_MAX[] = "MAXZOOM=16";

typedef struct MapWriter {
    const Gdal *gdal;
    GDALDatasetH dataset;
    OGRSpatialReferenceH degrees;
    Arena *arena;
} MapWriter;

static bool failed(const MapWriter *w, Err *err)
{
    return err_set(err, ERR_INTERNAL, "the map's tiles cannot be written: %s", gdal_said(w->gdal));
}

/* --- Shapes --------------------------------------------------------------------------------------
 */

static void add_points(const Gdal *gdal, OGRGeometryH line, const GeoLine *from)
{
    for (size_t i = 0; i < from->count; i++)
        gdal->OGR_G_AddPoint_2D(line, from->points[i].x, from->points[i].y);
}

static OGRGeometryH shape_of(const Gdal *gdal, const GeoFeature *feature)
{
    static const OGRwkbGeometryType WHOLE[] = {wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon};
    OGRGeometryH whole = gdal->OGR_G_CreateGeometry(WHOLE[feature->kind]);

    for (size_t p = 0; p < feature->part_count; p++) {
        const GeoPart *part = &feature->parts[p];
        OGRGeometryH area =
            feature->kind == GEO_POLYGON ? gdal->OGR_G_CreateGeometry(wkbPolygon) : NULL;
        for (size_t l = 0; l < part->count; l++) {
            OGRGeometryH line =
                gdal->OGR_G_CreateGeometry(feature->kind == GEO_POLYGON ? wkbLinearRing
                                           : feature->kind == GEO_LINE  ? wkbLineString
                                                                        : wkbPoint);
            add_points(gdal, line, &part->lines[l]);
            gdal->OGR_G_AddGeometryDirectly(area ? area : whole, line);
        }
        if (area)
            gdal->OGR_G_AddGeometryDirectly(whole, area);
    }
    return whole;
}

/* --- Layers
 * --------------------------------------------------------------------------------------- */

static bool add_field(const MapWriter *w, OGRLayerH layer, const char *name)
{
    OGRFieldDefnH field = w->gdal->OGR_Fld_Create(name, OFTString);
    bool good = w->gdal->OGR_L_CreateField(layer, field, TRUE) == OGRERR_NONE;

    w->gdal->OGR_Fld_Destroy(field);
    return good;
}

static OGRLayerH open_layer(const MapWriter *w, const char *name, Err *err)
{
    OGRLayerH layer = w->gdal->GDALDatasetGetLayerByName(w->dataset, name);

    if (layer)
        return layer;
    layer = w->gdal->GDALDatasetCreateLayer(w->dataset, name, w->degrees, wkbUnknown, NULL);
    if (!layer || !add_field(w, layer, "kind") || !add_field(w, layer, "name")) {
        failed(w, err);
        return NULL;
    }
    return layer;
}

static bool add_feature(const MapWriter *w, OGRLayerH layer, const GeoFeature *feature, Str kind)
{
    const Gdal *gdal = w->gdal;
    OGRFeatureH out = gdal->OGR_F_Create(gdal->OGR_L_GetLayerDefn(layer));
    Str name = node_get_text(feature->properties, "name");

    if (kind.len)
        gdal->OGR_F_SetFieldString(out, 0, str_cstr(w->arena, kind));
    if (name.len)
        gdal->OGR_F_SetFieldString(out, 1, str_cstr(w->arena, name));
    bool good = gdal->OGR_F_SetGeometryDirectly(out, shape_of(gdal, feature)) == OGRERR_NONE &&
                gdal->OGR_L_CreateFeature(layer, out) == OGRERR_NONE;
    gdal->OGR_F_Destroy(out);
    return good;
}

static bool add_layer(const MapWriter *w, const MapLayer *from, Err *err)
{
    const GeoGrid degrees = {.crs = GEO_WGS84};
    GeoVectorOrder order = {.path = from->file, .grid = &degrees};
    GeoLayer shapes;
    OGRLayerH layer = open_layer(w, from->name, err);

    if (!layer || !geo_vector_read(&order, w->arena, &shapes, err))
        return false;
    for (size_t i = 0; i < shapes.count; i++) {
        Str kind = node_get_text(shapes.items[i].properties, from->field ? from->field : "kind");
        if (from->only && !str_is(kind, from->only))
            continue;
        if (!add_feature(w, layer, &shapes.items[i], from->as ? str_c(from->as) : kind))
            return failed(w, err);
    }
    return true;
}

/* --- The set
 * ----------------------------------------------------------------------------------------- */

static bool write_all(MapWriter *w, const MapLayer *layers, size_t count, const char *name,
                      const char *beside, Err *err)
{
    char *options[] = {"FORMAT=MBTILES",
                       (char *)ZOOM_MIN,
                       (char *)ZOOM_MAX,
                       arena_printf(w->arena, "NAME=%s", name),
                       arena_printf(w->arena, "DESCRIPTION=%s", name),
                       "TYPE=baselayer",
                       "MAX_SIZE=1000000",
                       NULL};
    GDALDriverH driver = w->gdal->GDALGetDriverByName("MVT");
    bool good = true;

    w->dataset = driver ? w->gdal->GDALCreate(driver, beside, 0, 0, 0, GDT_Unknown, options) : NULL;
    if (!w->dataset)
        return failed(w, err);
    for (size_t i = 0; good && i < count; i++)
        good = add_layer(w, &layers[i], err);
    w->gdal->CPLErrorReset();
    w->gdal->GDALClose(w->dataset); /* the tiles are made here */
    return good && (w->gdal->CPLGetLastErrorType() < CE_Failure || failed(w, err));
}

bool vector_tiles_write(const MapLayer *layers, size_t count, const char *name, const char *path,
                        Err *err)
{
    MapWriter w = {0};

    if (!folder_try_output(path, err) || !(w.gdal = gdal_load(err)))
        return false;
    w.arena = arena_create(1 << 20);
    const char *beside = arena_printf(w.arena, "%s.new.mbtiles", path);
    unlink(beside);
    w.degrees = w.gdal->OSRNewSpatialReference(NULL);
    w.gdal->OSRSetFromUserInput(w.degrees, GEO_WGS84);
    w.gdal->OSRSetAxisMappingStrategy(w.degrees, OAMS_TRADITIONAL_GIS_ORDER);
    bool good = write_all(&w, layers, count, name, beside, err);
    w.gdal->OSRDestroySpatialReference(w.degrees);
    good = good && tileset_put_in_place(beside, path, err);
    unlink(beside);
    arena_destroy(w.arena);
    return good;
}
