/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/dataset_page.html.h"

#include "city/place/page.h"
#include "city/traffic/words.h"

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

/* "Spielplatz; Bachgasse, Musterstadt" */
static DatasetPlace place_line(const Place *place, Arena *arena)
{
    Str kind = place->category ? place->category->title : place->category_name;
    Str address = place_address(place, arena);
    Str about = str_printf(arena, "%.*s%s%.*s", STR_ARG(kind), kind.len && address.len ? "; " : "",
                           STR_ARG(address));

    return (DatasetPlace){.name = str_copy(arena, place->name),
                          .about = about,
                          .path = str_printf(arena, "/stadtdaten/orte/%lld", (long long)place->id)};
}

/* "Baustelle, gesperrt; bis 19. Dezember 2026, 17:00 Uhr" */
static DatasetPlace work_line(const RoadWork *work, Arena *arena, Str lang, Timestamp now)
{
    return (DatasetPlace){
        .name = work->title,
        .about = str_printf(arena, "%.*s; %.*s", STR_ARG(road_work_what(work, arena, lang)),
                            STR_ARG(road_work_when(work, arena, lang, now))),
        .path = str_printf(arena, "/stadtdaten/baustellen/%lld", (long long)work->id)};
}

static DatasetPlace line_of(const PlaceView *view, const CityEntity *thing, Str lang)
{
    const CityReader *reader = view->reader;
    Arena *arena = reader->arena;
    RoadWork work;
    Place place;

    if (road_work_is(thing) && road_work_find(reader, thing->id, &work))
        return work_line(&work, arena, lang, reader->now);
    if (place_find(view, thing->id, &place))
        return place_line(&place, arena);
    return (DatasetPlace){.name = str_copy(arena, city_name(thing)),
                          .about = about(thing, arena, lang)};
}

static void add_places(const PlaceView *view, DatasetPage *page, Str lang)
{
    const CitySet *set = &view->reader->graph->sets[STA_THING];
    const StaRelation *streams = sta_relation(STA_THING, STR("Datastreams"));

    for (size_t i = 0; i < set->count && page->place_count < PLACES_MAX; i++) {
        const CityEntity *thing = set->items[i];
        if (thing->dataset == page->dataset->id && !city_links(thing, streams)->count)
            page->places[page->place_count++] = line_of(view, thing, lang);
    }
}

static bool fill(const PlaceView *view, Request *req, DatasetPage *page, Err *err)
{
    CityReader *reader = view->reader;
    const CityDataset *found = city_dataset_named(reader->rights.all, request_param(req, "name"));

    if (!found || !city_may_see(&reader->rights, found->id))
        return err_set(err, ERR_NOT_FOUND, "there is no such dataset");
    page->dataset = arena_copy(req->arena, found, sizeof *found);
    page->group.dataset = page->dataset;
    page->places = arena_array(req->arena, DatasetPlace, PLACES_MAX);
    add_places(view, page, req->lang);
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
    PlaceSession session;

    if (!place_session_begin(&session, req, err))
        return false;
    bool ok = fill(&session.view, req, &page, err);
    if (ok) {
        Out out = out_for(req);
        page_city_dataset(&out, &page);
        PageFrame frame = {
            .area = AREA_PORTAL, .title = page.dataset->title, .active = STR("/stadtdaten")};
        ok = page_send(req, res, &frame, out_html(&out));
    }
    city_reader_end(&session.reader);
    return ok;
}
