/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/vector.h"

#include "base/vec.h"
#include "core/folder.h"
#include "geo/citygml.h"
#include "geo/crs_gdal.h"
#include "geo/vector_crs.h"

#include <math.h>

enum { MOST_FEATURES = 20000000 };

typedef struct Reader {
    const Gdal *gdal;
    Arena *arena;
    const GeoVectorOrder *order;
    GeoLayer *out;
} Reader;

/* --- shapes --- */

static GeoLine read_line(const Reader *reader, OGRGeometryH shape)
{
    int count = reader->gdal->OGR_G_GetPointCount(shape);
    GeoLine line = {arena_array(reader->arena, GeoPoint, (size_t)(count > 0 ? count : 0)),
                    (size_t)(count > 0 ? count : 0)};

    if (count > 0)
        reader->gdal->OGR_G_GetPoints(shape, &line.points->x, sizeof(GeoPoint), &line.points->y,
                                      sizeof(GeoPoint), NULL, 0);
    return line;
}

static void add_part(const Reader *reader, GeoFeature *feature, GeoPart part)
{
    GeoPart *parts = arena_array(reader->arena, GeoPart, feature->part_count + 1);

    if (feature->part_count)
        memcpy(parts, feature->parts, feature->part_count * sizeof *parts);
    parts[feature->part_count++] = part;
    feature->parts = parts;
}

static bool shape_kind(OGRwkbGeometryType type, GeoKind *kind, bool *many)
{
    switch (type) {
    case wkbPoint: *kind = GEO_POINT; break;
    case wkbLineString: *kind = GEO_LINE; break;
    case wkbPolygon:
    case wkbTriangle: *kind = GEO_POLYGON; break;
    default: *many = true; return false;
    }
    *many = false;
    return true;
}

/* The highest kind in a shape: a collection of polygons and points is its polygons. */
static bool highest_kind(const Gdal *gdal, OGRGeometryH shape, GeoKind *kind)
{
    GeoKind one;
    bool many, found = false;

    if (shape_kind(gdal->OGR_GT_Flatten(gdal->OGR_G_GetGeometryType(shape)), &one, &many)) {
        *kind = one;
        return true;
    }
    for (int i = 0; i < gdal->OGR_G_GetGeometryCount(shape); i++) {
        if (!highest_kind(gdal, gdal->OGR_G_GetGeometryRef(shape, i), &one))
            continue;
        if (!found || one > *kind)
            *kind = one;
        found = true;
    }
    return found;
}

static void read_parts(const Reader *reader, OGRGeometryH shape, GeoFeature *feature)
{
    const Gdal *gdal = reader->gdal;
    GeoKind kind;
    bool many;
    int count = gdal->OGR_G_GetGeometryCount(shape);

    if (!shape_kind(gdal->OGR_GT_Flatten(gdal->OGR_G_GetGeometryType(shape)), &kind, &many)) {
        for (int i = 0; i < count; i++)
            read_parts(reader, gdal->OGR_G_GetGeometryRef(shape, i), feature);
        return;
    }
    if (kind != feature->kind || gdal->OGR_G_IsEmpty(shape))
        return;
    GeoPart part = {.count = kind == GEO_POLYGON ? (size_t)count : 1};
    part.lines = arena_array(reader->arena, GeoLine, part.count);
    for (size_t i = 0; i < part.count; i++)
        part.lines[i] = read_line(
            reader, kind == GEO_POLYGON ? gdal->OGR_G_GetGeometryRef(shape, (int)i) : shape);
    add_part(reader, feature, part);
}

/* --- properties --- */

static Node *real_node(Arena *arena, double value)
{
    char text[40];

    if (!isfinite(value))
        return node_null(arena);
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return node_number(arena, str_copy(arena, str_c(text)));
}

static Node *read_field(const Reader *reader, OGRFeatureH source, int i, OGRFieldDefnH field)
{
    const Gdal *gdal = reader->gdal;
    Arena *arena = reader->arena;

    if (!gdal->OGR_F_IsFieldSetAndNotNull(source, i))
        return node_null(arena);
    switch (gdal->OGR_Fld_GetType(field)) {
    case OFTInteger:
        if (gdal->OGR_Fld_GetSubType(field) == OFSTBoolean)
            return node_bool(arena, gdal->OGR_F_GetFieldAsInteger64(source, i) != 0);
        return node_int(arena, gdal->OGR_F_GetFieldAsInteger64(source, i));
    case OFTInteger64: return node_int(arena, gdal->OGR_F_GetFieldAsInteger64(source, i));
    case OFTReal: return real_node(arena, gdal->OGR_F_GetFieldAsDouble(source, i));
    default: return node_string(arena, str_c(gdal->OGR_F_GetFieldAsString(source, i)));
    }
}

static Node *read_properties(const Reader *reader, OGRFeatureH source, OGRFeatureDefnH definition)
{
    Node *properties = node_map(reader->arena);

    for (int i = 0; i < reader->gdal->OGR_FD_GetFieldCount(definition); i++) {
        OGRFieldDefnH field = reader->gdal->OGR_FD_GetFieldDefn(definition, i);
        node_set(reader->arena, properties, str_c(reader->gdal->OGR_Fld_GetNameRef(field)),
                 read_field(reader, source, i, field));
    }
    return properties;
}

static void read_feature(const Reader *reader, OGRFeatureH source, OGRFeatureDefnH definition)
{
    const Gdal *gdal = reader->gdal;
    OGRGeometryH shape = gdal->OGR_F_GetGeometryRef(source), straight = NULL;
    GeoFeature feature = {.id = gdal->OGR_F_GetFID(source)};

    if (shape && gdal->OGR_G_HasCurveGeometry(shape, FALSE))
        shape = straight = gdal->OGR_G_GetLinearGeometry(shape, 0, NULL);
    if (shape && highest_kind(gdal, shape, &feature.kind))
        read_parts(reader, shape, &feature);
    if (straight)
        gdal->OGR_G_DestroyGeometry(straight);
    if (feature.part_count == 0) {
        reader->out->empty++;
        return;
    }
    feature.properties = read_properties(reader, source, definition);
    VEC_PUSH(reader->arena, reader->out, feature);
}

/* --- files --- */

static bool vector_name(const char *name)
{
    static const char *const ENDS[] = {".shp", ".gpkg", ".geojson", ".json", ".fgb"};

    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
        if (str_ends_with(str_c(name), ENDS[i]))
            return true;
    return false;
}

/* The first map in an archive, or the path itself. */
static const char *inside_archive(const Reader *reader, const char *path)
{
    if (!str_ends_with(str_c(path), ".zip") && !str_ends_with(str_c(path), ".ZIP"))
        return path;
    const char *folder = arena_printf(reader->arena, "/vsizip/%s", path);
    const char *found = path;
    char **names = reader->gdal->VSIReadDir(folder);
    for (char **name = names; found == path && name && *name; name++)
        if (vector_name(*name))
            found = arena_printf(reader->arena, "%s/%s", folder, *name);
    reader->gdal->CSLDestroy(names);
    return found;
}

static OGRLayerH find_layer(const Reader *reader, GDALDatasetH dataset, Err *err)
{
    const Gdal *gdal = reader->gdal;
    int count = gdal->GDALDatasetGetLayerCount(dataset);
    const char *path = reader->order->path, *wanted = reader->order->layer;
    OGRLayerH layer = NULL;

    if (wanted)
        layer = gdal->GDALDatasetGetLayerByName(dataset, wanted);
    else if (count == 1)
        layer = gdal->GDALDatasetGetLayer(dataset, 0);
    if (layer)
        return layer;
    Buf names = buf_in(reader->arena);
    for (int i = 0; i < count; i++)
        buf_addf(&names, "%s%s", i ? ", " : "",
                 gdal->OGR_L_GetName(gdal->GDALDatasetGetLayer(dataset, i)));
    if (wanted)
        err_set(err, ERR_INPUT, "%s: has no layer \"%s\"; it has: %.*s", path, wanted,
                STR_ARG(buf_str(&names)));
    else
        err_set(err, ERR_INPUT, "%s: has %d layers; choose one with layer: %.*s", path, count,
                STR_ARG(buf_str(&names)));
    return NULL;
}

static bool read_layer(const Reader *reader, OGRLayerH layer, Err *err)
{
    const Gdal *gdal = reader->gdal;
    OGRFeatureDefnH definition = gdal->OGR_L_GetLayerDefn(layer);
    OGRFeatureH feature;

    gdal->OGR_L_ResetReading(layer);
    gdal->CPLErrorReset();
    while ((feature = gdal->OGR_L_GetNextFeature(layer))) {
        read_feature(reader, feature, definition);
        gdal->OGR_F_Destroy(feature);
        if (reader->out->count > MOST_FEATURES)
            return err_set(err, ERR_TOO_LARGE, "%s: has more than %d features", reader->order->path,
                           MOST_FEATURES);
    }
    if (!geo_layer_settle(reader->out, reader->order,
                          crs_wkt(gdal, gdal->OGR_L_GetSpatialRef(layer), reader->arena),
                          reader->arena, err))
        return err_context(err, "%s", reader->order->path);
    return true;
}

bool geo_vector_read(const GeoVectorOrder *order, Arena *arena, GeoLayer *out, Err *err)
{
    Reader reader = {gdal_load(err), arena, order, out};

    *out = (GeoLayer){0};
    if (!reader.gdal)
        return false;
    if (!folder_is_file(order->path))
        return err_set(err, ERR_NOT_FOUND, "%s: there is no such file", order->path);
    if (citygml_is(order->path)) {
        const char *crs = NULL;
        return citygml_read(order->path, arena, out, &crs, err) &&
               geo_layer_settle(out, order, crs, arena, err);
    }
    reader.gdal->CPLErrorReset();
    GDALDatasetH dataset = reader.gdal->GDALOpenEx(
        inside_archive(&reader, order->path), GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (!dataset)
        return err_set(err, ERR_INPUT,
                       "%s: cannot be read as a map (GeoJSON, GeoPackage, Shape, CityGML): %s",
                       order->path, gdal_said(reader.gdal));
    OGRLayerH layer = find_layer(&reader, dataset, err);
    bool ok = layer && read_layer(&reader, layer, err);
    reader.gdal->GDALClose(dataset);
    return ok;
}
