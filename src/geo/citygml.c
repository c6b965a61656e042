/* SPDX-License-Identifier: EUPL-1.2 */
#include "geo/citygml.h"

#include "base/vec.h"
#include "base/xml_sax.h"

#include <libxml/xmlreader.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

/* Where a polygon stands in its building; lower is better. */
typedef enum Role { ROLE_GROUND, ROLE_FOOTPRINT, ROLE_SOLID, ROLE_NONE } Role;

typedef struct Face {
    Role role;
    GeoPart part;
    double low, high; /* m */
} Face;

typedef struct Faces {
    Face *items;
    size_t count, capacity;
} Faces;

typedef struct Model {
    Arena *arena;
    Arena *scratch; /* of one building */
    xmlTextReaderPtr reader;
    const char *path;
    GeoLayer *out;
    Faces faces;
    Node *properties;
    int building_depth; /* of the outermost building that is open, -1: none */
    int role_depth;
    Role role;
    const char *crs_name;
    int dimension;
} Model;

bool citygml_is(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && (strcasecmp(dot, ".gml") == 0 || strcasecmp(dot, ".citygml") == 0 ||
                   strcasecmp(dot, ".xml") == 0);
}

static bool named(const Model *model, const char *name)
{
    const xmlChar *local = xmlTextReaderConstLocalName(model->reader);

    return local && strcmp((const char *)local, name) == 0;
}

static const char *attribute(const Model *model, const char *name)
{
    xmlChar *value = xmlTextReaderGetAttribute(model->reader, (const xmlChar *)name);
    const char *copy = value ? arena_strdup(model->arena, (const char *)value) : NULL;

    xmlFree(value);
    return copy;
}

/* The text inside the element that is open, as numbers. */
static double *numbers(const Model *model, size_t *count)
{
    xmlChar *text = xmlTextReaderReadString(model->reader);
    const char *at = (const char *)text;
    struct {
        double *items;
        size_t count, capacity;
    } list = {0};

    while (at && *at) {
        char *end;
        double value = strtod(at, &end);
        if (end == at)
            break;
        VEC_PUSH(model->scratch, &list, value);
        at = end;
    }
    xmlFree(text);
    *count = list.count;
    return list.items;
}

typedef struct Ring {
    GeoPoint *items;
    size_t count, capacity;
} Ring;

typedef struct Rings {
    Ring *items;
    size_t count, capacity;
} Rings;

static void add_points(const Model *model, Ring *ring, const double *values, size_t count,
                       Face *face)
{
    size_t every = (size_t)model->dimension;

    for (size_t i = 0; i < count / every; i++) {
        double z = every > 2 ? values[i * every + 2] : 0;
        GeoPoint point = {values[i * every], values[i * every + 1]};
        VEC_PUSH(model->scratch, ring, point);
        face->low = fmin(face->low, z);
        face->high = fmax(face->high, z);
    }
}

/* A gml:Polygon: rings as posList, or pos by pos. The reader stands on it and ends behind it. */
static bool read_polygon(Model *model)
{
    int depth = xmlTextReaderDepth(model->reader);
    Face face = {.role = model->role, .low = INFINITY, .high = -INFINITY};
    Rings rings = {0};

    while (xmlTextReaderRead(model->reader) == 1 && xmlTextReaderDepth(model->reader) > depth) {
        size_t count;
        if (xmlTextReaderNodeType(model->reader) != XML_READER_TYPE_ELEMENT)
            continue;
        if (named(model, "LinearRing"))
            VEC_PUSH(model->scratch, &rings, (Ring){0});
        if ((named(model, "posList") || named(model, "pos")) && rings.count > 0) {
            double *values = numbers(model, &count);
            add_points(model, &rings.items[rings.count - 1], values, count, &face);
        }
    }
    if (rings.count == 0 || rings.items[0].count < 4)
        return true;
    face.part = (GeoPart){arena_array(model->arena, GeoLine, rings.count), rings.count};
    for (size_t i = 0; i < rings.count; i++) {
        const Ring *ring = &rings.items[i];
        face.part.lines[i] = (GeoLine){
            arena_copy(model->arena, ring->items, ring->count * sizeof *ring->items), ring->count};
    }
    VEC_PUSH(model->scratch, &model->faces, face);
    return true;
}

static double plan_area(const GeoPart *part)
{
    GeoFeature feature = {.kind = GEO_POLYGON, .parts = (GeoPart *)part, .part_count = 1};

    return geo_feature_area(&feature);
}

/* Keep the faces of the best role; of a solid, those that are level and lowest. */
static void end_building(Model *model)
{
    Role best = ROLE_NONE;
    double lowest = INFINITY;
    GeoFeature feature = {
        .kind = GEO_POLYGON, .id = (int64_t)model->out->count + 1, .properties = model->properties};

    for (size_t i = 0; i < model->faces.count; i++) {
        const Face *face = &model->faces.items[i];
        if (face->role < best)
            best = face->role;
        if (face->high - face->low < 0.05)
            lowest = fmin(lowest, face->low);
    }
    feature.parts = arena_array(model->arena, GeoPart, model->faces.count);
    for (size_t i = 0; i < model->faces.count; i++) {
        const Face *face = &model->faces.items[i];
        bool level = face->high - face->low < 0.05 && face->low < lowest + 0.05;
        if (face->role == best && (best != ROLE_SOLID || level) && plan_area(&face->part) > 0.01)
            feature.parts[feature.part_count++] = face->part;
    }
    if (feature.part_count)
        VEC_PUSH(model->arena, model->out, feature);
    else
        model->out->empty++;
    model->faces = (Faces){0};
    arena_reset(model->scratch);
}

static void begin_building(Model *model, int depth)
{
    const char *id = attribute(model, "gml:id");

    model->building_depth = depth;
    model->role_depth = -1;
    model->role = ROLE_NONE;
    model->properties = node_map(model->arena);
    if (id)
        node_set(model->arena, model->properties, STR("id"), node_string(model->arena, str_c(id)));
}

static void take_property(Model *model, const char *name, bool number)
{
    xmlChar *text = xmlTextReaderReadString(model->reader);
    Str value = str_trim(str_copy(model->arena, str_c((const char *)text)));

    if (!str_empty(value) && !node_get(model->properties, name))
        node_set(model->arena, model->properties, str_c(name),
                 number ? node_number(model->arena, value) : node_string(model->arena, value));
    xmlFree(text);
}

static void take_role(Model *model, int depth)
{
    static const struct {
        const char *name;
        Role role;
    } ROLES[] = {{"GroundSurface", ROLE_GROUND},   {"lod0FootPrint", ROLE_FOOTPRINT},
                 {"lod0RoofEdge", ROLE_FOOTPRINT}, {"lod1Solid", ROLE_SOLID},
                 {"lod1MultiSurface", ROLE_SOLID}, {"lod2Solid", ROLE_SOLID},
                 {"WallSurface", ROLE_NONE},       {"RoofSurface", ROLE_NONE}};

    for (size_t i = 0; i < sizeof ROLES / sizeof ROLES[0]; i++)
        if (named(model, ROLES[i].name)) {
            model->role = ROLES[i].role;
            model->role_depth = depth;
        }
}

static bool on_element(Model *model)
{
    int depth = xmlTextReaderDepth(model->reader);
    const char *dimension;

    if (!model->crs_name)
        model->crs_name = attribute(model, "srsName");
    if ((dimension = attribute(model, "srsDimension")))
        model->dimension = strcmp(dimension, "2") == 0 ? 2 : 3;
    if (model->building_depth < 0) {
        if (named(model, "Building"))
            begin_building(model, depth);
        return true;
    }
    if (model->role_depth >= 0 && depth <= model->role_depth) {
        model->role_depth = -1;
        model->role = ROLE_NONE;
    }
    if (model->role_depth < 0)
        take_role(model, depth);
    if (named(model, "measuredHeight"))
        take_property(model, "height", true);
    else if (named(model, "function"))
        take_property(model, "function", false);
    else if (named(model, "Polygon") && model->role != ROLE_NONE)
        return read_polygon(model);
    return true;
}

static bool read_model(Model *model, Err *err)
{
    int got;

    while ((got = xmlTextReaderRead(model->reader)) == 1) {
        int type = xmlTextReaderNodeType(model->reader);
        if (type == XML_READER_TYPE_DOCUMENT_TYPE)
            return err_at(err, model->path, xmlTextReaderGetParserLineNumber(model->reader), 0,
                          "document types are refused");
        if (type == XML_READER_TYPE_ELEMENT && !on_element(model))
            return false;
        if (type == XML_READER_TYPE_END_ELEMENT && model->building_depth >= 0 &&
            xmlTextReaderDepth(model->reader) == model->building_depth) {
            end_building(model);
            model->building_depth = -1;
        }
    }
    if (got < 0)
        return err_at(err, model->path, xmlTextReaderGetParserLineNumber(model->reader), 0,
                      "is no well-formed XML");
    if (model->out->count + model->out->empty == 0)
        return err_set(err, ERR_INPUT, "%s: has no buildings of CityGML 1 or 2", model->path);
    return true;
}

/* The surveying offices' own names of systems beside codes of EPSG. */
static const char *crs_of(const char *name, Arena *arena)
{
    static const char *const LOCAL[][2] = {
        {"ETRS89_UTM32", "EPSG:25832"}, {"ETRS89_UTM33", "EPSG:25833"},
        {"DE_DHDN_3GK2", "EPSG:31466"}, {"DE_DHDN_3GK3", "EPSG:31467"},
        {"DE_DHDN_3GK4", "EPSG:31468"},
    };
    Err ignored;

    if (!name)
        return NULL;
    for (size_t i = 0; i < sizeof LOCAL / sizeof LOCAL[0]; i++)
        if (strstr(name, LOCAL[i][0]))
            return geo_crs_parse(str_c(LOCAL[i][1]), arena, &ignored);
    /* urn:ogc:def:crs:EPSG::25832, or a compound of plane and height: the first code counts. */
    const char *code = strstr(name, "EPSG");
    while (code && *code && (*code < '0' || *code > '9'))
        code++;
    if (!code || !*code)
        return NULL;
    int digits = (int)strspn(code, "0123456789");
    return geo_crs_parse(str_printf(arena, "EPSG:%.*s", digits, code), arena, &ignored);
}

static void be_silent(void *context, const char *message, xmlParserSeverities severity,
                      xmlTextReaderLocatorPtr locator)
{
    (void)context;
    (void)message;
    (void)severity;
    (void)locator;
}

bool citygml_read(const char *path, Arena *arena, GeoLayer *out, const char **crs, Err *err)
{
    Model model = {.arena = arena,
                   .scratch = arena_create(1 << 16),
                   .path = path,
                   .out = out,
                   .building_depth = -1,
                   .role_depth = -1,
                   .dimension = 3};

    XmlListener before = xml_listen(NULL, NULL);
    model.reader = xmlReaderForFile(path, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    bool ok = model.reader != NULL || err_set(err, ERR_NOT_FOUND, "%s: cannot be read", path);
    if (ok) {
        xmlTextReaderSetErrorHandler(model.reader, be_silent, NULL);
        ok = read_model(&model, err);
        *crs = crs_of(model.crs_name, arena);
        xmlFreeTextReader(model.reader);
    }
    xml_listen_end(before);
    arena_destroy(model.scratch);
    return ok;
}
