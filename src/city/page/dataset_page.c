/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/dataset_page.html.h"

enum { ROWS_MAX = 500, PLACES_MAX = 500 };

/* What is known of a place beside its name: "Öffnungszeiten: täglich 8 bis 20 Uhr". */
static Str about(const CityEntity *thing, Arena *arena, Str lang)
{
    const Node *properties = node_get(thing->body, "properties");
    Buf out = buf_in(arena);

    for (size_t i = 0; properties && i < properties->count; i++) {
        const Node *value = properties->items[i];
        Str key = properties->keys[i], text = node_text(value);
        if (value->kind == NODE_BOOL)
            text = value->boolean ? tr(lang, "ja") : tr(lang, "nein");
        if (!text.len || str_is(key, "key") || str_is(key, "name") || str_is(key, "id"))
            continue;
        buf_addf(&out, "%s%.*s: %.*s", out.len ? "; " : "", STR_ARG(key), STR_ARG(text));
    }
    return out.len ? buf_str(&out) : STR("");
}

static void add_places(CityReader *reader, DatasetPage *page, Str lang)
{
    const CitySet *set = &reader->graph->sets[STA_THING];
    const StaRelation *streams = sta_relation(STA_THING, STR("Datastreams"));

    for (size_t i = 0; i < set->count && page->place_count < PLACES_MAX; i++) {
        const CityEntity *thing = set->items[i];
        if (thing->dataset != page->dataset->id || city_links(thing, streams)->count)
            continue;
        page->places[page->place_count++] =
            (DatasetPlace){thing->id, str_copy(reader->arena, city_name(thing)),
                           about(thing, reader->arena, lang)};
    }
}

static bool fill(CityReader *reader, Request *req, DatasetPage *page, Err *err)
{
    const CityDataset *found = city_dataset_named(reader->rights.all, request_param(req, "name"));

    if (!found || !city_may_see(&reader->rights, found->id))
        return err_set(err, ERR_NOT_FOUND, "there is no such dataset");
    page->dataset = arena_copy(req->arena, found, sizeof *found);
    page->group.dataset = page->dataset;
    page->places = arena_array(req->arena, DatasetPlace, PLACES_MAX);
    add_places(reader, page, req->lang);
    page->api = str_printf(req->arena, "/sta/datasets/%.*s/v1.1", STR_ARG(found->name));
    page->geojson = str_printf(req->arena, "%.*s/Things?$resultFormat=GeoJSON&$top=%d",
                               STR_ARG(page->api), CITY_PAGE_MAX);
    page->csv = str_printf(req->arena,
                           "%.*s/Observations?$resultFormat=CSV&$top=%d"
                           "&$orderby=phenomenonTime%%20desc",
                           STR_ARG(page->api), CITY_TABLE_MAX);
    return city_group_rows(reader, &page->group, ROWS_MAX, req->lang, req->today, err);
}

bool city_dataset_page(Request *req, Response *res, Err *err)
{
    DatasetPage page = {0};
    CityReader reader;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    bool ok = fill(&reader, req, &page, err);
    if (ok) {
        Out out = out_for(req);
        page_city_dataset(&out, &page);
        PageFrame frame = {
            .area = AREA_PORTAL, .title = page.dataset->title, .active = STR("/stadtdaten")};
        ok = page_send(req, res, &frame, out_html(&out));
    }
    city_reader_end(&reader);
    return ok;
}
