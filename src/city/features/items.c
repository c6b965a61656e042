/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/percent.h"
#include "city/features/features.h"

static const char GEOJSON[] = "application/geo+json";

static bool respond(OgcCall *call, const OgcCrs *crs, Buf *json)
{
    response_header(call->res, "Content-Crs", str_printf(call->arena, "<%s>", crs->uri));
    return respond_bytes(call->res, call->arena, str_c(GEOJSON), buf_str(json), STR_NONE);
}

/* --- Many ------------------------------------------------------------------------------------- */

/* The address as it was asked for; with `after` that of the page behind this item. */
static Str page_address(const OgcCall *call, const CityDataset *dataset, int64_t after)
{
    const Request *req = call->req;
    Buf out = buf_in(call->arena);
    char between = '?';

    buf_add(&out, ogc_address(call, "/collections/%.*s/items", STR_ARG(dataset->name)));
    for (size_t i = 0; i < req->query_count; i++) {
        if (after && str_is(req->query[i].name, "after"))
            continue;
        buf_add_char(&out, between);
        between = '&';
        percent_encode(&out, req->query[i].name, "");
        buf_add_char(&out, '=');
        percent_encode(&out, req->query[i].value, ",:/");
    }
    if (after)
        buf_addf(&out, "%cafter=%lld", between, (long long)after);
    return buf_str(&out);
}

static Node *page_links(const OgcCall *call, const CityDataset *dataset, const OgcPage *page)
{
    Node *links = node_list(call->arena);

    ogc_link(call, links, "self", GEOJSON, "Diese Seite", page_address(call, dataset, 0));
    if (page->more)
        ogc_link(call, links, "next", GEOJSON, "Die nächste Seite",
                 page_address(call, dataset, page->items[page->count - 1].thing->id));
    ogc_link(call, links, "collection", "application/json", "Die Sammlung",
             ogc_address(call, "/collections/%.*s", STR_ARG(dataset->name)));
    return links;
}

static bool write_page(OgcCall *call, CityReader *reader, const CityDataset *dataset,
                       const OgcFrame *frame, const OgcPage *page, Buf *out, Err *err)
{
    buf_addf(out,
             "{\"type\":\"FeatureCollection\",\"timeStamp\":\"%.*s\",\"numberMatched\":%lld,"
             "\"numberReturned\":%zu,\"links\":",
             STR_ARG(timestamp_iso(call->arena, call->req->now)), (long long)page->matched,
             page->count);
    node_write_json(page_links(call, dataset, page), out);
    buf_add_c(out, ",\"features\":[");
    for (size_t i = 0; i < page->count; i++) {
        if (i)
            buf_add_char(out, ',');
        if (!ogc_write_feature(reader, &page->items[i], frame, NULL, out, err) ||
            !city_reader_goes_on(reader, err))
            return false;
    }
    buf_add_c(out, "]}");
    return true;
}

static bool read_page(OgcCall *call, const OgcAsk *ask, const OgcFrame *frame, Buf *out, Err *err)
{
    CityReader reader;
    const CityDataset *dataset;
    OgcPage page;

    if (!ogc_reader_begin(call, &reader, &dataset, err))
        return false;
    bool ok = ogc_select(&reader, ask, &page, err) &&
              write_page(call, &reader, dataset, frame, &page, out, err);
    city_reader_end(&reader);
    return ok;
}

static bool answer_many(OgcCall *call, Err *err)
{
    OgcAsk ask;
    OgcFrame frame;
    Buf out = buf_in(call->arena);

    if (!ogc_ask_parse(call->req, &ask, err) || !ogc_frame_open(ask.crs, &frame, err))
        return false;
    bool ok = read_page(call, &ask, &frame, &out, err);
    ogc_frame_close(&frame);
    return ok && respond(call, ask.crs, &out);
}

bool ogc_items_get(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, answer_many, true, err);
}

/* --- One -------------------------------------------------------------------------------------- */

static Node *item_links(const OgcCall *call, const CityDataset *dataset, int64_t id)
{
    Node *links = node_list(call->arena);

    ogc_link(
        call, links, "self", GEOJSON, "Dieses Objekt",
        ogc_address(call, "/collections/%.*s/items/%lld", STR_ARG(dataset->name), (long long)id));
    ogc_link(call, links, "alternate", "application/json", "Dasselbe in SensorThings",
             request_absolute_url(
                 call->req, str_printf(call->arena, "/sta/v1.1/Things(%lld)", (long long)id)));
    ogc_link(call, links, "collection", "application/json", "Die Sammlung",
             ogc_address(call, "/collections/%.*s", STR_ARG(dataset->name)));
    return links;
}

static bool write_item(OgcCall *call, CityReader *reader, const CityDataset *dataset,
                       const OgcFrame *frame, Buf *out, Err *err)
{
    Str asked = request_param(call->req, "feature");
    const CityEntity *thing = NULL;
    OgcFeature feature;
    int64_t id;

    if (str_to_i64(asked, &id))
        thing = city_find(reader->graph, STA_THING, id);
    if (!thing || !ogc_feature(reader, thing, &feature))
        return err_set(err, ERR_NOT_FOUND, "the collection has no feature \"%.*s\"",
                       STR_ARG(str_slice(asked, 0, 60)));
    return ogc_write_feature(reader, &feature, frame, item_links(call, dataset, id), out, err);
}

static bool read_item(OgcCall *call, const OgcFrame *frame, Buf *out, Err *err)
{
    CityReader reader;
    const CityDataset *dataset;

    if (!ogc_reader_begin(call, &reader, &dataset, err))
        return false;
    bool ok = write_item(call, &reader, dataset, frame, out, err);
    city_reader_end(&reader);
    return ok;
}

/* Of one feature only the reference system is asked. */
static bool item_crs(const Request *req, const OgcCrs **out, Err *err)
{
    *out = &OGC_CRS[0];
    for (size_t i = 0; i < req->query_count; i++) {
        Str name = req->query[i].name;
        if (str_is(name, "f"))
            continue;
        if (!str_is(name, "crs"))
            return err_set(err, ERR_INPUT, "there is no parameter \"%.*s\" here",
                           STR_ARG(str_slice(name, 0, 60)));
        if (!(*out = ogc_crs(req->query[i].value, "crs", err)))
            return false;
    }
    return true;
}

static bool answer_item(OgcCall *call, Err *err)
{
    const OgcCrs *crs;
    OgcFrame frame;
    Buf out = buf_in(call->arena);

    if (!item_crs(call->req, &crs, err) || !ogc_frame_open(crs, &frame, err))
        return false;
    bool ok = read_item(call, &frame, &out, err);
    ogc_frame_close(&frame);
    return ok && respond(call, crs, &out);
}

bool ogc_item_get(Request *req, Response *res, Err *err)
{
    return ogc_answer(req, res, answer_item, true, err);
}
