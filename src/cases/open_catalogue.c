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

/* A text in the languages that machines know: Leichte Sprache has no code of its own there. */
static Node *in_languages(Arena *arena, const Node *text)
{
    static const char *const LANGUAGES[] = {"de", "en"};
    Node *list = node_list(arena);

    for (size_t i = 0; i < 2; i++) {
        Node *node = node_map(arena);

        put(arena, node, "@language", str_c(LANGUAGES[i]));
        put(arena, node, "@value", str_trim(text_in(text, str_c(LANGUAGES[i]))));
        node_append(arena, list, node);
    }
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
        {"dcat", "http://www.w3.org/ns/dcat#"},        {"dct", "http://purl.org/dc/terms/"},
        {"dcatde", "http://dcat-ap.de/def/dcatde/"},   {"foaf", "http://xmlns.com/foaf/0.1/"},
        {"vcard", "http://www.w3.org/2006/vcard/ns#"}, {"xsd", "http://www.w3.org/2001/XMLSchema#"},
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

static Node *distribution(const Catalogue *catalogue, const OpenSet *set, const char *extension,
                          const char *format, const char *media_type)
{
    Arena *arena = catalogue->arena;
    Str address = str_printf(arena, "%.*s/%.*s.%s", STR_ARG(catalogue->url), STR_ARG(set->data->id),
                             extension);
    Node *node =
        thing(arena, str_printf(arena, "%.*s#datei", STR_ARG(address)), "dcat:Distribution");
    Node *title = node_map(arena);

    put(arena, title, "@language", STR("de"));
    put(arena, title, "@value",
        str_printf(arena, "%.*s (%s)", STR_ARG(text_in(set->data->title, STR("de"))), format));
    node_set(arena, node, STR("dct:title"), title);
    put_reference(arena, node, "dcat:accessURL", address);
    put_reference(arena, node, "dcat:downloadURL", address);
    put_reference(arena, node, "dct:license", open_licence(catalogue->tenant));
    put(arena, node, "dcatde:licenseAttributionByText", open_publisher(catalogue->tenant));
    put_reference(arena, node, "dct:format", str_printf(arena, EUROPE "file-type/%s", format));
    put_reference(arena, node, "dcat:mediaType",
                  str_printf(arena, "https://www.iana.org/assignments/media-types/%s", media_type));
    node_set(arena, node, STR("dct:modified"),
             typed(arena, "xsd:dateTime", timestamp_iso(arena, set->changed)));
    return node;
}

static Node *keywords(const Catalogue *catalogue, const OpenData *data)
{
    Node *list = node_list(catalogue->arena);

    for (size_t i = 0; i < data->keyword_count; i++) {
        Node *word = node_map(catalogue->arena);

        put(catalogue->arena, word, "@language", STR("de"));
        put(catalogue->arena, word, "@value", data->keywords[i]);
        node_append(catalogue->arena, list, word);
    }
    return list;
}

static Node *data_set(const Catalogue *catalogue, const OpenSet *set, Node *graph)
{
    Arena *arena = catalogue->arena;
    Str id = str_printf(arena, "%.*s#%.*s", STR_ARG(catalogue->url), STR_ARG(set->data->id));
    Node *node = thing(arena, id, "dcat:Dataset");
    Node *files = node_list(arena);
    Node *csv = distribution(catalogue, set, "csv", "CSV", "text/csv");
    Node *json = distribution(catalogue, set, "json", "JSON", "application/json");
    Str key = tenant_setting(catalogue->tenant, "open_data.municipality_key");

    node_append(arena, graph, node);
    node_append(arena, graph, csv);
    node_append(arena, graph, json);
    put(arena, node, "dct:identifier", id);
    node_set(arena, node, STR("dct:title"), in_languages(arena, set->data->title));
    node_set(arena, node, STR("dct:description"), in_languages(arena, set->data->description));
    put_reference(arena, node, "dct:publisher",
                  str_printf(arena, "%.*s#stadt", STR_ARG(catalogue->url)));
    node_set(arena, node, STR("dcat:contactPoint"), contact(catalogue));
    put_reference(arena, node, "dcatde:contributorID",
                  tenant_setting(catalogue->tenant, "open_data.contributor"));
    put_reference(arena, node, "dcat:theme", STR(EUROPE "data-theme/GOVE"));
    put_reference(arena, node, "dct:accrualPeriodicity", STR(EUROPE "frequency/MONTHLY"));
    put_reference(arena, node, "dct:accessRights", STR(EUROPE "access-right/PUBLIC"));
    put_reference(arena, node, "dcatde:politicalGeocodingLevelURI",
                  STR("http://dcat-ap.de/def/politicalGeocoding/Level/municipality"));
    if (!str_empty(key))
        put_reference(arena, node, "dcatde:politicalGeocodingURI",
                      str_printf(arena,
                                 "http://dcat-ap.de/def/politicalGeocoding/municipalityKey/%.*s",
                                 STR_ARG(key)));
    node_set(arena, node, STR("dct:modified"),
             typed(arena, "xsd:dateTime", timestamp_iso(arena, set->changed)));
    node_set(arena, node, STR("dcat:keyword"), keywords(catalogue, set->data));
    node_append(arena, files, reference(arena, node_get_text(csv, "@id")));
    node_append(arena, files, reference(arena, node_get_text(json, "@id")));
    node_set(arena, node, STR("dcat:distribution"), files);
    return reference(arena, id);
}

Node *open_catalogue(const Tenant *tenant, const OpenSet *sets, size_t count, Str url, Arena *arena)
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
    for (size_t i = 0; i < count; i++) {
        node_append(arena, listed, data_set(&catalogue, &sets[i], graph));
        changed = sets[i].changed > changed ? sets[i].changed : changed;
    }
    put(arena, node, "dct:title",
        str_printf(arena, "Offene Daten: %.*s", STR_ARG(tenant_title(tenant))));
    put(arena, node, "dct:description",
        str_printf(arena, "Zahlen aus den Registern: %.*s", STR_ARG(open_publisher(tenant))));
    put_reference(arena, node, "dct:publisher", str_printf(arena, "%.*s#stadt", STR_ARG(url)));
    put_reference(arena, node, "dct:license", open_licence(tenant));
    put_reference(arena, node, "dct:language", STR(EUROPE "language/DEU"));
    put_reference(arena, node, "foaf:homepage", url);
    if (changed)
        node_set(arena, node, STR("dct:modified"),
                 typed(arena, "xsd:dateTime", timestamp_iso(arena, changed)));
    node_set(arena, node, STR("dcat:dataset"), listed);
    return root;
}
