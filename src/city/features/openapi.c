/* SPDX-License-Identifier: EUPL-1.2 */
/* GET /ogc/v1/api: the interface as OpenAPI 3.0, written down as YAML for whoever reads it here. */
#include "city/features/features.h"

typedef struct Operation {
    const char *path, *id;
    const char *parameters; /* names, with commas */
    const char *type, *schema;
} Operation;

static const Operation OPERATIONS[] = {
    {"/", "getLandingPage", "f", "application/json", "landingPage"},
    {"/conformance", "getConformance", "f", "application/json", "confClasses"},
    {"/collections", "getCollections", "f", "application/json", "collections"},
    {"/collections/{collectionId}", "describeCollection", "collectionId,f", "application/json",
     "collection"},
    {"/collections/{collectionId}/items", "getFeatures",
     "collectionId,limit,after,bbox,bbox-crs,datetime,crs,properties,f", "application/geo+json",
     "featureCollectionGeoJSON"},
    {"/collections/{collectionId}/items/{featureId}", "getFeature", "collectionId,featureId,crs,f",
     "application/geo+json", "featureGeoJSON"},
};

static const char PARAMETERS[] =
    "  parameters:\n"
    "    f: {name: f, in: query, description: the format; there is one,"
    " schema: {type: string, enum: [json]}}\n"
    "    collectionId: {name: collectionId, in: path, required: true,"
    " description: the id of a collection, schema: {type: string}}\n"
    "    featureId: {name: featureId, in: path, required: true,"
    " description: the id of a feature, schema: {type: string}}\n"
    "    limit: {name: limit, in: query, description: how many features a page has,"
    " style: form, explode: false, required: false,"
    " schema: {type: integer, minimum: 1, maximum: 10000, default: 10}}\n"
    "    after: {name: after, in: query, required: false,"
    " description: features with greater ids only; links to the next page have it,"
    " schema: {type: integer, minimum: 0}}\n"
    "    bbox:\n"
    "      name: bbox\n"
    "      in: query\n"
    "      description: features that meet this box; west, south, east, north, with heights six"
    " numbers\n"
    "      required: false\n"
    "      style: form\n"
    "      explode: false\n"
    "      schema:\n"
    "        type: array\n"
    "        oneOf: [{minItems: 4, maxItems: 4}, {minItems: 6, maxItems: 6}]\n"
    "        items: {type: number}\n"
    "    bbox-crs: {name: bbox-crs, in: query, required: false,"
    " description: the reference system of the box,"
    " schema: {type: string, format: uri,"
    " default: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'}}\n"
    "    crs: {name: crs, in: query, required: false,"
    " description: the reference system of the answer; each collection lists those that there are,"
    " schema: {type: string, format: uri,"
    " default: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'}}\n"
    "    datetime: {name: datetime, in: query, required: false, style: form, explode: false,"
    " description: 'features that measured then: a moment, a day, or FROM/TO with .. for open',"
    " schema: {type: string}}\n"
    "    properties: {name: properties, in: query, required: false, style: form, explode: true,"
    " description: 'any property of a feature and its value, as in ?name=Marktplatz',"
    " schema: {type: object, additionalProperties: {type: string}}}\n";

static const char SCHEMAS[] =
    "  schemas:\n"
    "    link: {type: object, required: [href, rel], properties: {href: {type: string},"
    " rel: {type: string}, type: {type: string}, title: {type: string}}}\n"
    "    links: {type: array, items: {$ref: '#/components/schemas/link'}}\n"
    "    exception: {type: object, required: [code], properties: {code: {type: string},"
    " description: {type: string}}}\n"
    "    landingPage: {type: object, required: [links], properties: {title: {type: string},"
    " description: {type: string}, links: {$ref: '#/components/schemas/links'}}}\n"
    "    confClasses: {type: object, required: [conformsTo], properties: {conformsTo:"
    " {type: array, items: {type: string}}}}\n"
    "    collections: {type: object, required: [links, collections], properties: {links:"
    " {$ref: '#/components/schemas/links'}, crs: {type: array, items: {type: string}},"
    " collections: {type: array, items: {$ref: '#/components/schemas/collection'}}}}\n"
    "    collection: {type: object, required: [id, links], properties: {id: {type: string},"
    " title: {type: string}, itemType: {type: string}, extent: {type: object},"
    " crs: {type: array, items: {type: string}}, storageCrs: {type: string},"
    " links: {$ref: '#/components/schemas/links'}}}\n"
    "    featureGeoJSON: {type: object, required: [type, geometry, properties], properties:"
    " {type: {type: string, enum: [Feature]}, id: {type: integer},"
    " geometry: {type: object, nullable: true}, properties: {type: object, nullable: true},"
    " links: {$ref: '#/components/schemas/links'}}}\n"
    "    featureCollectionGeoJSON: {type: object, required: [type, features], properties:"
    " {type: {type: string, enum: [FeatureCollection]}, timeStamp: {type: string,"
    " format: date-time}, numberMatched: {type: integer}, numberReturned: {type: integer},"
    " links: {$ref: '#/components/schemas/links'},"
    " features: {type: array, items: {$ref: '#/components/schemas/featureGeoJSON'}}}}\n"
    "  responses:\n"
    "    Exception:\n"
    "      description: what was asked cannot be answered\n"
    "      content: {application/json: {schema: {$ref: '#/components/schemas/exception'}}}\n"
    "    ServerError: {description: the server failed}\n";

static void add_operation(Buf *yaml, const Operation *operation)
{
    buf_addf(yaml,
             "  %s:\n"
             "    get:\n"
             "      operationId: %s\n"
             "      tags: [Features]\n"
             "      parameters:\n",
             operation->path, operation->id);
    for (Str rest = str_c(operation->parameters); rest.ptr;) {
        Str name = str_cut(&rest, ',');
        buf_addf(yaml, "        - {$ref: '#/components/parameters/%.*s'}\n", STR_ARG(name));
    }
    buf_addf(yaml,
             "      responses:\n"
             "        '200':\n"
             "          description: %s\n"
             "          content: {%s: {schema: {$ref: '#/components/schemas/%s'}}}\n"
             "        '400': {$ref: '#/components/responses/Exception'}\n"
             "        '404': {$ref: '#/components/responses/Exception'}\n"
             "        '500': {$ref: '#/components/responses/ServerError'}\n",
             operation->schema, operation->type, operation->schema);
}

static Str document(const OgcCall *call)
{
    Buf yaml = buf_in(call->arena);

    buf_add_c(&yaml, "openapi: 3.0.3\n"
                     "info:\n"
                     "  title: OGC API - Features\n"
                     "  version: 1.0.0\n"
                     "  description: places and measured values of the town\n"
                     "servers:\n"
                     "  - url: ");
    json_write_string(&yaml, call->root);
    buf_add_c(&yaml, "\npaths:\n");
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++)
        add_operation(&yaml, &OPERATIONS[i]);
    buf_add_c(&yaml, "components:\n");
    buf_add_c(&yaml, PARAMETERS);
    buf_add_c(&yaml, SCHEMAS);
    return buf_str(&yaml);
}

static bool answer(OgcCall *call, Err *err)
{
    Node *json =
        node_parse_yaml(call->arena, document(call), "openapi.c", &NODE_LIMITS_PACKAGE, err);

    if (!json)
        return err_set(err, ERR_INTERNAL, "%s", err_text(err, call->arena));
    return respond_bytes(call->res, call->arena,
                         STR("application/vnd.oai.openapi+json;version=3.0"),
                         node_json(json, call->arena), STR_NONE);
}

bool ogc_api(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, answer, false, err);
}
