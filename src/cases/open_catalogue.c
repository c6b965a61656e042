/* SPDX-License-Identifier: EUPL-1.2 */
/* The catalogue of the open data as DCAT-AP.de 2.0 has it (GovData: properties of catalogue, data
 * set, distribution and agent; licences, contributors and political geocoding by the addresses of
 * dcat-ap.de/def), written as JSON-LD. */
#include "cases/open_data.h"
#include "core/page/out.h"

#define LICENCES "http://dcat-ap.de/def/licenses/"
#define EUROPE "http://publications.europa.eu/resource/authority/"

Str open_licence(const Tenant *tenant)
{
    Str licence = tenant_setting(tenant, "open_data.licence");

    return str_empty(licence) ? STR(LICENCES "dl-by-de/2.0") : licence;
}

Str open_licence_name(const Tenant *tenant)
{
    Str licence = open_licence(tenant);

    if (str_is(licence, LICENCES "dl-by-de/2.0"))
        return STR("Datenlizenz Deutschland – Namensnennung – Version 2.0");
    if (str_is(licence, LICENCES "dl-zero-de/2.0"))
        return STR("Datenlizenz Deutschland – Zero – Version 2.0");
    return str_is(licence, LICENCES "cc-zero") ? STR("Creative Commons CC Zero (CC0 1.0)")
                                               : licence;
}

Str open_publisher(const Tenant *tenant)
{
    Str name = tenant_setting(tenant, "full_name");

    return str_empty(name) ? tenant_title(tenant) : name;
}

/* --- Small pieces ------------------------------------------------------------------------------
 */

static void put(Arena *arena, Node *map, const char *key, Str text)
{
    if (!str_empty(text))
        node_set(arena, map, str_c(key), node_string(arena, text));
}

static Node *reference(Arena *arena, Str address)
{
    Node *node = node_map(arena);

    put(arena, node, "@id", address);
    return node;
}

static void put_reference(Arena *arena, Node *map, const char *key, Str address)
{
    if (!str_empty(address))
        node_set(arena, map, str_c(key), reference(arena, address));
}

static Node *typed(Arena *arena, const char *type, Str value)
{
    Node *node = node_map(arena);

    put(arena, node, "@type", str_c(type));
    put(arena, node, "@value", value);
    return node;
}

static Node *in_language(Arena *arena, const char *language, Str text)
{
    Node *node = node_map(arena);

    put(arena, node, "@language", str_c(language));
    put(arena, node, "@value", str_trim(text));
    return node;
}

/* A text in the languages that machines know and it is there in: Leichte Sprache has no code of its
 * own there. */
static Node *in_languages(Arena *arena, const Node *text)
{
    Node *list = node_list(arena);

    node_append(arena, list, in_language(arena, "de", text_in(text, STR("de"))));
    if (node_get(text, "en"))
        node_append(arena, list, in_language(arena, "en", text_in(text, STR("en"))));
    return list;
}

static Node *thing(Arena *arena, Str id, const char *type)
{
    Node *node = reference(arena, id);

    put(arena, node, "@type", str_c(type));
    return node;
}

static Node *context(Arena *arena)
{
    static const char *const PREFIXES[][2] = {
        {"dcat", "http://www.w3.org/ns/dcat#"},
        {"dct", "http://purl.org/dc/terms/"},
        {"dcatde", "http://dcat-ap.de/def/dcatde/"},
        {"foaf", "http://xmlns.com/foaf/0.1/"},
        {"vcard", "http://www.w3.org/2006/vcard/ns#"},
        {"xsd", "http://www.w3.org/2001/XMLSchema#"},
        {"gsp", "http://www.opengis.net/ont/geosparql#"},
    };
    Node *node = node_map(arena);

    for (size_t i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++)
        put(arena, node, PREFIXES[i][0], str_c(PREFIXES[i][1]));
    return node;
}

/* --- The parts ---------------------------------------------------------------------------------
 */

typedef struct Catalogue {
    const Tenant *tenant;
    Str url;
    Arena *arena;
} Catalogue;

static Node *publisher(const Catalogue *catalogue)
{
    Node *node =
        thing(catalogue->arena, str_printf(catalogue->arena, "%.*s#stadt", STR_ARG(catalogue->url)),
              "foaf:Organization");

    put(catalogue->arena, node, "foaf:name", open_publisher(catalogue->tenant));
    return node;
}

static Node *contact(const Catalogue *catalogue)
{
    Arena *arena = catalogue->arena;
    Node *node = node_map(arena);
    Str email = tenant_setting(catalogue->tenant, "open_data.contact_email");

    if (str_empty(email))
        email = tenant_setting(catalogue->tenant, "email");
    put(arena, node, "@type", STR("vcard:Organization"));
    put(arena, node, "vcard:fn", open_publisher(catalogue->tenant));
    if (!str_empty(email))
        put_reference(arena, node, "vcard:hasEmail",
                      str_printf(arena, "mailto:%.*s", STR_ARG(email)));
    return node;
}

static void put_moment(Arena *arena, Node *map, const char *key, Timestamp at)
{
    if (at)
        node_set(arena, map, str_c(key), typed(arena, "xsd:dateTime", timestamp_iso(arena, at)));
}

static Node *distribution(const Catalogue *catalogue, const OpenDataset *set, const OpenFile *file)
{
    Arena *arena = catalogue->arena;
    Node *node =
        thing(arena, str_printf(arena, "%.*s#datei", STR_ARG(file->address)), "dcat:Distribution");
    Str title =
        str_printf(arena, "%.*s (%s)", STR_ARG(text_in(set->title, STR("de"))), file->format);

    node_set(arena, node, STR("dct:title"), in_language(arena, "de", title));
    put_reference(arena, node, "dcat:accessURL", file->address);
    if (file->standard)
        put_reference(arena, node, "dct:conformsTo", str_c(file->standard));
    else
        put_reference(arena, node, "dcat:downloadURL", file->address);
    put_reference(arena, node, "dct:license",
                  set->licence.ptr ? set->licence : open_licence(catalogue->tenant));
    put(arena, node, "dcatde:licenseAttributionByText", open_publisher(catalogue->tenant));
    put_reference(arena, node, "dct:format",
                  str_printf(arena, EUROPE "file-type/%s", file->format));
    put_reference(
        arena, node, "dcat:mediaType",
        str_printf(arena, "https://www.iana.org/assignments/media-types/%s", file->media_type));
    put_moment(arena, node, "dct:modified", set->changed);
    return node;
}

static Node *keywords(const Catalogue *catalogue, const OpenDataset *set)
{
    Node *list = node_list(catalogue->arena);

    for (size_t i = 0; i < set->keyword_count; i++)
        node_append(catalogue->arena, list, in_language(catalogue->arena, "de", set->keywords[i]));
    return list;
}

/* Where, and of which time. */
static void put_coverage(Arena *arena, Node *node, const OpenDataset *set)
{
    if (set->bbox.ptr) {
        Node *place = node_map(arena);
        put(arena, place, "@type", STR("dct:Location"));
        node_set(arena, place, STR("dcat:bbox"), typed(arena, "gsp:wktLiteral", set->bbox));
        node_set(arena, node, STR("dct:spatial"), place);
    }
    if (set->from || set->to) {
        Node *period = node_map(arena);
        put(arena, period, "@type", STR("dct:PeriodOfTime"));
        put_moment(arena, period, "dcat:startDate", set->from);
        put_moment(arena, period, "dcat:endDate", set->to);
        node_set(arena, node, STR("dct:temporal"), period);
    }
}

/* Who gives it, and for which town. */
static void put_publisher(const Catalogue *catalogue, Node *node)
{
    Arena *arena = catalogue->arena;
    Str key = tenant_setting(catalogue->tenant, "open_data.municipality_key");

    put_reference(arena, node, "dct:publisher",
                  str_printf(arena, "%.*s#stadt", STR_ARG(catalogue->url)));
    node_set(arena, node, STR("dcat:contactPoint"), contact(catalogue));
    put_reference(arena, node, "dcatde:contributorID",
                  tenant_setting(catalogue->tenant, "open_data.contributor"));
    put_reference(arena, node, "dcatde:politicalGeocodingLevelURI",
                  STR("http://dcat-ap.de/def/politicalGeocoding/Level/municipality"));
    if (!str_empty(key))
        put_reference(arena, node, "dcatde:politicalGeocodingURI",
                      str_printf(arena,
                                 "http://dcat-ap.de/def/politicalGeocoding/municipalityKey/%.*s",
                                 STR_ARG(key)));
}

static Node *data_set(const Catalogue *catalogue, const OpenDataset *set, Node *graph)
{
    Arena *arena = catalogue->arena;
    Str id = str_printf(arena, "%.*s#%.*s", STR_ARG(catalogue->url), STR_ARG(set->id));
    Node *node = thing(arena, id, "dcat:Dataset");
    Node *files = node_list(arena);

    node_append(arena, graph, node);
    put(arena, node, "dct:identifier", id);
    node_set(arena, node, STR("dct:title"), in_languages(arena, set->title));
    node_set(arena, node, STR("dct:description"), in_languages(arena, set->description));
    put_publisher(catalogue, node);
    put_reference(arena, node, "dcat:landingPage", set->page);
    put_reference(arena, node, "dcat:theme", str_printf(arena, EUROPE "data-theme/%s", set->theme));
    put_reference(arena, node, "dct:accrualPeriodicity",
                  str_printf(arena, EUROPE "frequency/%s", set->frequency));
    put_reference(arena, node, "dct:accessRights", STR(EUROPE "access-right/PUBLIC"));
    put_coverage(arena, node, set);
    put_moment(arena, node, "dct:modified", set->changed);
    node_set(arena, node, STR("dcat:keyword"), keywords(catalogue, set));
    for (size_t i = 0; i < set->file_count; i++) {
        Node *file = distribution(catalogue, set, &set->files[i]);
        node_append(arena, graph, file);
        node_append(arena, files, reference(arena, node_get_text(file, "@id")));
    }
    node_set(arena, node, STR("dcat:distribution"), files);
    return reference(arena, id);
}

Node *open_catalogue(const Tenant *tenant, const OpenDatasets *list, Str url, Arena *arena)
{
    Catalogue catalogue = {tenant, url, arena};
    Node *root = node_map(arena);
    Node *graph = node_list(arena);
    Node *node = thing(arena, url, "dcat:Catalog");
    Node *listed = node_list(arena);
    Timestamp changed = 0;

    node_set(arena, root, STR("@context"), context(arena));
    node_set(arena, root, STR("@graph"), graph);
    node_append(arena, graph, node);
    node_append(arena, graph, publisher(&catalogue));
    for (size_t i = 0; i < list->count; i++) {
        node_append(arena, listed, data_set(&catalogue, &list->items[i], graph));
        changed = list->items[i].changed > changed ? list->items[i].changed : changed;
    }
    put(arena, node, "dct:title",
        str_printf(arena, "Offene Daten: %.*s", STR_ARG(tenant_title(tenant))));
    put(arena, node, "dct:description",
        str_printf(arena, "Zahlen aus den Registern, Orte und Messwerte: %.*s",
                   STR_ARG(open_publisher(tenant))));
    put_reference(arena, node, "dct:publisher", str_printf(arena, "%.*s#stadt", STR_ARG(url)));
    put_reference(arena, node, "dct:license", open_licence(tenant));
    put_reference(arena, node, "dct:language", STR(EUROPE "language/DEU"));
    put_reference(arena, node, "foaf:homepage", url);
    put_moment(arena, node, "dct:modified", changed);
    node_set(arena, node, STR("dcat:dataset"), listed);
    return root;
}
