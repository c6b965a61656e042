/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/catalogue.h"

#include "city/features/features.h"
#include "city/features/licence.h"

enum { FILES_MAX = 4, KEYWORDS_MAX = 12 };

static const char SENSORTHINGS[] = "http://www.opengis.net/doc/is/sensorthings/1.1";
static const char FEATURES[] = "http://www.opengis.net/doc/IS/ogcapi-features-1/1.0";

typedef struct Listing {
    Request *req;
    CityReader *reader;
    const CityDataset *dataset;
    OgcExtent extent;
    size_t streams;
} Listing;

static Node *german(Arena *arena, Str text)
{
    Node *node = node_map(arena);

    node_set_text(arena, node, "de", text);
    return node;
}

/* --- Ways to get it --------------------------------------------------------------------------- */

static void add_file(const Listing *listing, OpenDataset *out, const char *form, const char *format,
                     const char *media_type, const char *standard)
{
    Arena *arena = listing->req->arena;
    Str path = str_replace(arena, str_c(form), STR("NAME"), listing->dataset->name);

    out->files[out->file_count++] = (OpenFile){.address = request_absolute_url(listing->req, path),
                                               .format = format,
                                               .media_type = media_type,
                                               .standard = standard};
}

static void add_files(const Listing *listing, OpenDataset *out)
{
    out->files = arena_array(listing->req->arena, OpenFile, FILES_MAX);
    if (listing->streams)
        add_file(listing, out,
                 "/sta/datasets/NAME/v1.1/Observations?$resultFormat=CSV&$top=200000"
                 "&$orderby=phenomenonTime%20desc",
                 "CSV", "text/csv", NULL);
    if (listing->extent.features)
        add_file(listing, out, "/sta/datasets/NAME/v1.1/Things?$resultFormat=GeoJSON&$top=10000",
                 "GEOJSON", "application/geo+json", NULL);
    add_file(listing, out, "/sta/datasets/NAME/v1.1", "JSON", "application/json", SENSORTHINGS);
    if (listing->extent.features)
        add_file(listing, out, "/ogc/v1/collections/NAME", "JSON", "application/json", FEATURES);
}

/* --- Words ------------------------------------------------------------------------------------ */

static void add_keyword(const Listing *listing, OpenDataset *out, Str word)
{
    if (str_empty(word) || out->keyword_count == KEYWORDS_MAX)
        return;
    for (size_t i = 0; i < out->keyword_count; i++)
        if (str_eq(out->keywords[i], word))
            return;
    out->keywords[out->keyword_count++] = str_copy(listing->req->arena, word);
}

/* The dataset's title and what is observed in it; counts its Datastreams. */
static void add_keywords(Listing *listing, OpenDataset *out)
{
    const CitySet *set = &listing->reader->graph->sets[STA_DATASTREAM];

    out->keywords = arena_array(listing->req->arena, Str, KEYWORDS_MAX);
    add_keyword(listing, out, listing->dataset->title);
    for (size_t i = 0; i < set->count; i++) {
        const CityEntity *stream = set->items[i];
        if (!city_sees(listing->reader, stream))
            continue;
        const CityEntity *observed = city_linked(stream, "ObservedProperty");
        listing->streams++;
        if (observed && city_sees(listing->reader, observed))
            add_keyword(listing, out, node_get_text(observed->body, "name"));
    }
}

static Str description_of(const Listing *listing, const OpenDataset *out)
{
    Arena *arena = listing->req->arena;
    Buf text = buf_in(arena);

    buf_addf(&text, "%.*s: %s der Stadt.", STR_ARG(listing->dataset->title),
             listing->streams ? "Messwerte" : "Orte");
    for (size_t i = 1; i < out->keyword_count; i++)
        buf_addf(&text, "%s%.*s", i == 1 ? " Gemessen wird: " : ", ", STR_ARG(out->keywords[i]));
    if (out->keyword_count > 1)
        buf_add_char(&text, '.');
    return buf_str(&text);
}

/* --- The dataset ------------------------------------------------------------------------------ */

static void put_extent(const Listing *listing, OpenDataset *out)
{
    const OgcExtent *extent = &listing->extent;
    const OgcBox *b = &extent->box;

    if (b->west <= b->east)
        out->bbox = str_printf(listing->req->arena,
                               "POLYGON((%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f))",
                               b->west, b->south, b->east, b->south, b->east, b->north, b->west,
                               b->north, b->west, b->south);
    if (!extent->timed)
        return;
    out->from = extent->time.start;
    out->to = extent->time.end;
    out->changed = extent->time.end;
}

/* What is empty is not offered. */
static bool add(Listing *listing, OpenDatasets *list, Err *err)
{
    Arena *arena = listing->req->arena;
    const CityDataset *dataset = listing->dataset;
    Str page = str_printf(arena, "/stadtdaten/datensatz/%.*s", STR_ARG(dataset->name));
    OpenDataset out = {.id = str_printf(arena, "stadtdaten-%.*s", STR_ARG(dataset->name)),
                       .title = german(arena, dataset->title),
                       .licence = str_copy(arena, city_licence(dataset->licence)),
                       .theme = "REGI",
                       .page = request_absolute_url(listing->req, page)};

    if (!ogc_extent(listing->reader, &listing->extent, err))
        return false;
    add_keywords(listing, &out);
    if (!listing->streams && !listing->extent.features)
        return true;
    out.description = german(arena, description_of(listing, &out));
    out.frequency = listing->streams ? "CONT" : "IRREG";
    put_extent(listing, &out);
    add_files(listing, &out);
    VEC_PUSH(arena, list, out);
    return true;
}

bool city_open_data(Request *req, OpenDatasets *list, Err *err)
{
    CityReader reader;
    bool ok = true;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    reader.rights.internal = false;
    const CityDatasets *all = reader.rights.all;
    for (size_t i = 0; ok && i < all->count; i++) {
        Listing listing = {.req = req, .reader = &reader, .dataset = &all->items[i]};
        reader.rights.only = all->items[i].id;
        if (city_may_see(&reader.rights, all->items[i].id))
            ok = add(&listing, list, err);
    }
    city_reader_end(&reader);
    return ok;
}
