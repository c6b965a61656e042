/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/features/features.h"
#include "city/features/licence.h"

#include <math.h>

bool ogc_reader_begin(OgcCall *call, CityReader *reader, const CityDataset **out, Err *err)
{
    Str name = request_param(call->req, "collection");

    if (!city_reader_begin(reader, call->req, call->root, err))
        return false;
    *out = city_dataset_named(reader->rights.all, name);
    if (*out && city_may_see(&reader->rights, (*out)->id)) {
        reader->rights.only = (*out)->id;
        return true;
    }
    city_reader_end(reader);
    return err_set(err, ERR_NOT_FOUND, "there is no collection \"%.*s\"",
                   STR_ARG(str_slice(name, 0, 60)));
}

/* --- Where and when --------------------------------------------------------------------------- */

static bool widen(CityReader *reader, const OgcFeature *feature, OgcExtent *extent, Err *err)
{
    const OgcFrame degrees = {.crs = &OGC_CRS[0]};
    OgcBox box;
    StaTime time;
    bool timed;

    extent->features++;
    if (ogc_bounds(feature->geometry, &degrees, &box)) {
        extent->box.west = fmin(extent->box.west, box.west);
        extent->box.south = fmin(extent->box.south, box.south);
        extent->box.east = fmax(extent->box.east, box.east);
        extent->box.north = fmax(extent->box.north, box.north);
    }
    if (!ogc_feature_time(reader, feature, &time, &timed, err))
        return false;
    if (!timed)
        return true;
    if (!extent->timed || time.start < extent->time.start)
        extent->time.start = time.start;
    if (!extent->timed || time.end > extent->time.end)
        extent->time.end = time.end;
    extent->timed = true;
    return true;
}

bool ogc_extent(CityReader *reader, OgcExtent *out, Err *err)
{
    const CitySet *things = &reader->graph->sets[STA_THING];
    OgcFeature feature;

    *out = (OgcExtent){.box = {INFINITY, INFINITY, -INFINITY, -INFINITY, false, 0, 0}};
    for (size_t i = 0; i < things->count; i++)
        if (ogc_feature(reader, things->items[i], &feature) &&
            (!widen(reader, &feature, out, err) || !city_reader_goes_on(reader, err)))
            return false;
    return true;
}

static Node *one_list(Arena *arena, Node *item)
{
    Node *list = node_list(arena);

    node_append(arena, list, item);
    return list;
}

static Node *spatial(const OgcBox *box, Arena *arena)
{
    const double edges[] = {box->west, box->south, box->east, box->north};
    Node *out = node_map(arena), *list = node_list(arena);

    for (size_t i = 0; i < 4; i++)
        node_append(arena, list, node_number(arena, sta_value_text(arena, sta_number(edges[i]))));
    node_set(arena, out, STR("bbox"), one_list(arena, list));
    node_set_text(arena, out, "crs", str_c(OGC_CRS[0].uri));
    return out;
}

static Node *temporal(StaTime time, Arena *arena)
{
    Node *out = node_map(arena), *list = node_list(arena);

    node_append(arena, list, node_string(arena, timestamp_iso(arena, time.start)));
    node_append(arena, list, node_string(arena, timestamp_iso(arena, time.end)));
    node_set(arena, out, STR("interval"), one_list(arena, list));
    node_set_text(arena, out, "trs", STR("http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"));
    return out;
}

static Node *extent_of(const OgcExtent *extent, Arena *arena)
{
    Node *out = node_map(arena);

    if (extent->box.west <= extent->box.east)
        node_set(arena, out, STR("spatial"), spatial(&extent->box, arena));
    if (extent->timed)
        node_set(arena, out, STR("temporal"), temporal(extent->time, arena));
    return out;
}

/* --- The collection --------------------------------------------------------------------------- */

static Node *links_of(const OgcCall *call, const CityDataset *dataset)
{
    Node *links = node_list(call->arena);
    Str name = dataset->name;

    ogc_link(call, links, "self", "application/json", "Diese Sammlung",
             ogc_address(call, "/collections/%.*s", STR_ARG(name)));
    ogc_link(call, links, "items", "application/geo+json", "Objekte der Sammlung",
             ogc_address(call, "/collections/%.*s/items", STR_ARG(name)));
    ogc_link(call, links, "alternate", "text/html", "Seite des Datensatzes",
             request_absolute_url(
                 call->req, str_printf(call->arena, "/stadtdaten/datensatz/%.*s", STR_ARG(name))));
    ogc_link(call, links, "alternate", "application/json", "Vektorkacheln (TileJSON)",
             ogc_address(call, "/collections/%.*s/tiles/WebMercatorQuad", STR_ARG(name)));
    ogc_link(call, links, "license", NULL, "Lizenz", city_licence(dataset->licence));
    return links;
}

static Node *crs_list(Arena *arena)
{
    Node *list = node_list(arena);

    for (size_t i = 0; i < OGC_CRS_COUNT; i++)
        node_append(arena, list, node_string(arena, str_c(OGC_CRS[i].uri)));
    return list;
}

bool ogc_collection(OgcCall *call, CityReader *reader, const CityDataset *dataset, Node **out,
                    Err *err)
{
    Arena *arena = call->arena;
    OgcExtent extent;

    *out = NULL;
    if (!ogc_extent(reader, &extent, err))
        return false;
    if (!extent.features)
        return true;
    *out = node_map(arena);
    node_set_text(arena, *out, "id", dataset->name);
    node_set_text(arena, *out, "title", dataset->title);
    node_set_text(arena, *out, "itemType", STR("feature"));
    node_set(arena, *out, STR("extent"), extent_of(&extent, arena));
    node_set(arena, *out, STR("crs"), crs_list(arena));
    node_set_text(arena, *out, "storageCrs", str_c(OGC_CRS[0].uri));
    node_set(arena, *out, STR("links"), links_of(call, dataset));
    return true;
}

static bool answer_one(OgcCall *call, Err *err)
{
    CityReader reader;
    const CityDataset *dataset;
    Node *json;

    if (!ogc_reader_begin(call, &reader, &dataset, err))
        return false;
    bool ok = ogc_collection(call, &reader, dataset, &json, err);
    if (ok && !json)
        ok = err_set(err, ERR_NOT_FOUND, "the dataset \"%.*s\" has nothing that is somewhere",
                     STR_ARG(dataset->name));
    city_reader_end(&reader);
    return ok && respond_json(call->res, 200, json, call->arena);
}

static bool list_all(OgcCall *call, CityReader *reader, Node *list, Err *err)
{
    const CityDatasets *all = reader->rights.all;

    for (size_t i = 0; i < all->count; i++) {
        Node *json;
        reader->rights.only = all->items[i].id;
        if (!city_may_see(&reader->rights, all->items[i].id))
            continue;
        if (!ogc_collection(call, reader, &all->items[i], &json, err))
            return false;
        if (json)
            node_append(call->arena, list, json);
    }
    return true;
}

static bool answer_all(OgcCall *call, Err *err)
{
    Node *json = node_map(call->arena), *links = node_list(call->arena),
         *list = node_list(call->arena);
    CityReader reader;

    if (!city_reader_begin(&reader, call->req, call->root, err))
        return false;
    bool ok = list_all(call, &reader, list, err);
    city_reader_end(&reader);
    if (!ok)
        return false;
    ogc_link(call, links, "self", "application/json", "Die Sammlungen",
             ogc_address(call, "/collections"));
    node_set(call->arena, json, STR("links"), links);
    node_set(call->arena, json, STR("crs"), crs_list(call->arena));
    node_set(call->arena, json, STR("collections"), list);
    return respond_json(call->res, 200, json, call->arena);
}

bool ogc_collections_get(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, answer_all, false, err);
}

bool ogc_collection_get(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, answer_one, false, err);
}
