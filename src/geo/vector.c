/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/vector.h"

#include "base/vec.h"
#include "core/folder.h"
#include "geo/citygml.h"
#include "geo/crs_gdal.h"

#include <math.h>
#include <stdlib.h>

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

/* --- reference systems --- */

typedef struct Extent {
    double west, south, east, north;
} Extent;

#define EACH_LINE(layer, line)                                                                   \
    for (size_t f_ = 0; f_ < (layer)->count; f_++)                                               \
        for (size_t p_ = 0; p_ < (layer)->items[f_].part_count; p_++)                            \
            for (GeoLine *line = (layer)->items[f_].parts[p_].lines;                             \
                 line < (layer)->items[f_].parts[p_].lines + (layer)->items[f_].parts[p_].count; \
                 line++)

static Extent extent_of(const GeoLayer *layer)
{
    Extent e = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    EACH_LINE(layer, line)
    {
        for (size_t i = 0; i < line->count; i++) {
            e.west = fmin(e.west, line->points[i].x);
            e.east = fmax(e.east, line->points[i].x);
            e.south = fmin(e.south, line->points[i].y);
            e.north = fmax(e.north, line->points[i].y);
        }
    }
    return e;
}

static bool meets(Extent e, const GeoGrid *grid)
{
    return e.west <= grid->west + grid->columns * grid->cell && e.east >= grid->west &&
           e.south <= grid->north && e.north >= grid->north - grid->rows * grid->cell;
}

static bool could_be_degrees(Extent e)
{
    return e.west >= -180 && e.east <= 180 && e.south >= -90 && e.north <= 90;
}

static void bring_over(GeoLayer *layer, const GeoTransform *transform)
{
    Arena *arena = arena_create(1 << 16);

    EACH_LINE(layer, line)
    {
        double *x = arena_array(arena, double, line->count);
        double *y = arena_array(arena, double, line->count);
        for (size_t i = 0; i < line->count; i++) {
            x[i] = line->points[i].x;
            y[i] = line->points[i].y;
        }
        geo_transform_points(transform, x, y, line->count);
        for (size_t i = 0; i < line->count; i++)
            line->points[i] = (GeoPoint){x[i], y[i]};
        arena_reset(arena);
    }
    arena_destroy(arena);
}

/* Where the grid's centre lies in another system, for the guess. */
static bool grid_meets_as(Extent e, const GeoGrid *grid, const char *crs)
{
    Err ignored;
    GeoTransform *transform = geo_transform_create(grid->crs, crs, &ignored);
    double width = grid->columns * grid->cell, height = grid->rows * grid->cell;
    double x[4] = {grid->west, grid->west + width, grid->west, grid->west + width};
    double y[4] = {grid->north, grid->north, grid->north - height, grid->north - height};
    Extent g = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    if (!transform)
        return false;
    geo_transform_points(transform, x, y, 4);
    geo_transform_destroy(transform);
    for (int i = 0; i < 4; i++) {
        g.west = fmin(g.west, x[i]);
        g.east = fmax(g.east, x[i]);
        g.south = fmin(g.south, y[i]);
        g.north = fmax(g.north, y[i]);
    }
    return e.west <= g.east && e.east >= g.west && e.south <= g.north && e.north >= g.south;
}

/* Is it GeoJSON's unspoken WGS 84, though the coordinates tell of something else? */
static bool plainly_plane(const GeoLayer *layer, const GeoGrid *grid, const char *crs)
{
    Extent e = extent_of(layer);

    if (!geo_crs_same(crs, GEO_WGS84) || geo_crs_same(grid->crs, GEO_WGS84))
        return false;
    return !could_be_degrees(e) || (!grid_meets_as(e, grid, crs) && meets(e, grid));
}

static bool settle_crs(const Reader *reader, const char *crs, Err *err)
{
    const GeoGrid *grid = reader->order->grid;
    GeoLayer *layer = reader->out;
    Arena *arena = reader->arena;

    if (reader->order->crs)
        crs = reader->order->crs;
    if (!grid || layer->count == 0)
        return true;
    if (!grid->crs) {
        layer->guessed = crs && !geo_crs_same(crs, GEO_WGS84);
        if (layer->guessed)
            layer->note = arena_printf(
                arena, "is in %s, but the terrain names no reference system: taken as the same",
                geo_crs_name(crs, arena));
        return true;
    }
    if (!crs) {
        layer->guessed = true;
        layer->note = arena_printf(arena, "names no reference system: taken as the terrain's, %s",
                                   geo_crs_name(grid->crs, arena));
        return true;
    }
    if (!reader->order->crs && plainly_plane(layer, grid, crs)) {
        layer->guessed = true;
        layer->note = arena_printf(
            arena, "has plane coordinates without naming their system: taken as the terrain's, %s",
            geo_crs_name(grid->crs, arena));
        return true;
    }
    if (geo_crs_same(crs, grid->crs))
        return true;
    GeoTransform *transform = geo_transform_create(crs, grid->crs, err);
    if (!transform)
        return false;
    bring_over(layer, transform);
    geo_transform_destroy(transform);
    layer->note = arena_printf(arena, "brought from %s into the terrain's %s",
                               geo_crs_name(crs, arena), geo_crs_name(grid->crs, arena));
    return true;
}

static bool finite_feature(const GeoFeature *feature)
{
    for (size_t p = 0; p < feature->part_count; p++)
        for (size_t l = 0; l < feature->parts[p].count; l++)
            for (size_t i = 0; i < feature->parts[p].lines[l].count; i++)
                if (!isfinite(feature->parts[p].lines[l].points[i].x) ||
                    !isfinite(feature->parts[p].lines[l].points[i].y))
                    return false;
    return true;
}

static void drop_lost(GeoLayer *layer)
{
    size_t kept = 0;

    for (size_t i = 0; i < layer->count; i++) {
        if (finite_feature(&layer->items[i]))
            layer->items[kept++] = layer->items[i];
        else
            layer->empty++;
    }
    layer->count = kept;
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
    if (!settle_crs(reader, crs_wkt(gdal, gdal->OGR_L_GetSpatialRef(layer), reader->arena), err))
        return err_context(err, "%s", reader->order->path);
    drop_lost(reader->out);
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
        if (!citygml_read(order->path, arena, out, &crs, err) || !settle_crs(&reader, crs, err))
            return false;
        drop_lost(out);
        return true;
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

/* --- what follows from a shape --- */

static double ring_area(const GeoLine *ring)
{
    double twice = 0;

    for (size_t i = 0; i + 1 < ring->count; i++) {
        GeoPoint a = ring->points[i], b = ring->points[i + 1], o = ring->points[0];
        twice += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
    }
    return fabs(twice) / 2;
}

double geo_feature_area(const GeoFeature *feature)
{
    double area = 0;

    if (feature->kind != GEO_POLYGON)
        return 0;
    for (size_t p = 0; p < feature->part_count; p++)
        for (size_t l = 0; l < feature->parts[p].count; l++)
            area += (l == 0 ? 1 : -1) * ring_area(&feature->parts[p].lines[l]);
    return area;
}

static void write_line(const GeoLine *line, int digits, bool single, Buf *out)
{
    if (!single)
        buf_add_char(out, '[');
    for (size_t i = 0; i < line->count; i++)
        buf_addf(out, "%s[%.*f, %.*f]", i ? ", " : "", digits, line->points[i].x, digits,
                 line->points[i].y);
    if (!single)
        buf_add_char(out, ']');
}

void geo_feature_write_json(const GeoFeature *feature, const Node *properties, bool degrees,
                            Buf *out)
{
    static const char *const NAMES[] = {"Point", "LineString", "Polygon"};
    bool many = feature->part_count > 1;

    buf_add_c(out, "{\"type\": \"Feature\", \"properties\": ");
    node_write_json(properties, out);
    buf_addf(out, ", \"geometry\": {\"type\": \"%s%s\", \"coordinates\": ", many ? "Multi" : "",
             NAMES[feature->kind]);
    if (many)
        buf_add_char(out, '[');
    for (size_t p = 0; p < feature->part_count; p++) {
        const GeoPart *part = &feature->parts[p];
        buf_add_c(out, p ? ", " : "");
        if (feature->kind == GEO_POLYGON)
            buf_add_char(out, '[');
        for (size_t l = 0; l < part->count; l++) {
            buf_add_c(out, l ? ", " : "");
            write_line(&part->lines[l], degrees ? 8 : 3, feature->kind == GEO_POINT, out);
        }
        if (feature->kind == GEO_POLYGON)
            buf_add_char(out, ']');
    }
    if (many)
        buf_add_char(out, ']');
    buf_add_c(out, "}}");
}
