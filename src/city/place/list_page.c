/* SPDX-License-Identifier: EUPL-1.2 */
/* GET /stadtdaten/orte, and the same as GeoJSON for the map and for programs. */
#include "city/place/list_page.html.h"

#include "geo/geo.h"

#include <math.h>
#include <stdlib.h>

bool place_session_begin(PlaceSession *session, Request *req, Err *err)
{
    Str land = tenant_setting(req->tenant, "state");
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && place_categories_load(tx, req->arena, &session->categories, err);

    tx_end(tx);
    if (!ok || !city_reader_begin(&session->reader, req, STR(""), err))
        return false;
    session->view = (PlaceView){&session->reader, &session->categories, land};
    return true;
}

/* --- What is asked for ---------------------------------------------------------------------------
 */

static Str typed(const Request *req, const char *name)
{
    Str text = str_trim(request_query(req, name));

    return text.ptr ? str_slice(text, 0, 200) : STR("");
}

static bool read_degree(Str text, double most, const char *name, double *out, Err *err)
{
    StaValue value = sta_number_of_text(text);

    if (!sta_is_number(value) || !(fabs(sta_as_double(value)) <= most))
        return err_field(err, name, "„%s“ muss eine Zahl von -%g bis %g sein, zum Beispiel 51.56.",
                         name, most, most);
    *out = sta_as_double(value);
    return true;
}

bool place_query_read(const PlaceSession *session, const Request *req, PlaceQuery *out, Err *err)
{
    Str lon = typed(req, "lon"), lat = typed(req, "lat");
    Place near;

    *out = (PlaceQuery){.filter = {.words = typed(req, "q"),
                                   .category = typed(req, "kategorie"),
                                   .open = typed(req, "offen").len > 0,
                                   .accessible = typed(req, "barrierefrei").len > 0},
                        .near = typed(req, "bei"),
                        .page = 1};
    if (!str_to_i64(typed(req, "seite"), &out->page) || out->page < 1)
        out->page = 1;
    if (lon.len || lat.len) {
        out->filter.near = true;
        return read_degree(lon, 180, "lon", &out->filter.x, err) &&
               read_degree(lat, 90, "lat", &out->filter.y, err);
    }
    if (!out->near.len)
        return true;
    if (!place_locate(&session->view, out->near, &near)) {
        out->near_error = tr(req->lang, "Diese Straße oder diesen Ort kennen wir nicht. Bitte "
                                        "prüfen Sie die Schreibweise.");
        return true;
    }
    out->filter.near = true;
    out->filter.x = near.x;
    out->filter.y = near.y;
    out->near_name = near.street.len ? near.street : near.name;
    return true;
}

/* The filter in an address, for other pages and for the map. */
static Str query_words(const Request *req)
{
    static const char *const NAMES[] = {"q",   "kategorie", "offen", "barrierefrei",
                                        "bei", "lon",       "lat"};
    Buf out = buf_in(req->arena);

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        Str value = typed(req, NAMES[i]);
        if (value.len)
            buf_addf(&out, "%c%s=%s", out.len ? '&' : '?', NAMES[i], url_part(req->arena, value));
    }
    return out.len ? buf_str(&out) : STR("");
}

/* --- The list ------------------------------------------------------------------------------------
 */

Str place_access_text(PlaceAccess access, Str lang)
{
    switch (access) {
    case PLACE_ACCESSIBLE: return tr(lang, "ja");
    case PLACE_PARTLY: return tr(lang, "teilweise");
    case PLACE_NOT_ACCESSIBLE: return tr(lang, "nein");
    case PLACE_UNTOLD: break;
    }
    return STR_NONE;
}

Str place_icon(const PlaceCategory *category)
{
    return category ? category->icon : STR(PLACE_ICON_OTHER);
}

Str place_colour(const PlaceCategory *category)
{
    return category ? category->colour : STR(PLACE_COLOUR_OTHER);
}

static PlaceRow row_of(const Place *place, const Request *req)
{
    return (PlaceRow){.id = place->id,
                      .name = place->name,
                      .category = place->category ? place->category->title : place->category_name,
                      .icon = place_icon(place->category),
                      .colour = place_colour(place->category),
                      .address = place_address(place, req->arena),
                      .hours = place->hours_read
                                   ? hours_now_text(&place->now, req->today, req->arena, req->lang)
                                   : place->hours_text,
                      .distance = isfinite(place->distance)
                                      ? place_distance_text(req->arena, req->lang, place->distance)
                                      : STR(""),
                      .open = place->now.open,
                      .known = place->hours_read,
                      .access = place->access};
}

static Str bounds_of(const Places *places, Arena *arena)
{
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    for (size_t i = 0; i < places->count; i++) {
        west = fmin(west, places->items[i].x);
        east = fmax(east, places->items[i].x);
        south = fmin(south, places->items[i].y);
        north = fmax(north, places->items[i].y);
    }
    if (west > east)
        return STR_NONE;
    double margin = 0.002 + 0.05 * fmax(east - west, north - south);
    return str_printf(arena, "%.5f,%.5f,%.5f,%.5f", west - margin, south - margin, east + margin,
                      north + margin);
}

Str place_propose_path(Request *req)
{
    Str service;

    for (size_t i = 0; (service = tenant_service(req->tenant, i)).ptr; i++)
        if (str_is(service, "ortsvorschlag"))
            return STR("/dienste/ortsvorschlag");
    return STR_NONE;
}

static void fill(PlaceListPage *page, const Places *places, Request *req)
{
    int64_t last = ((int64_t)places->count + PLACES_PER_PAGE - 1) / PLACES_PER_PAGE;
    Str words = query_words(req);

    if (page->query.page > last)
        page->query.page = last ? last : 1;
    page->found = places->count;
    page->geojson = str_printf(req->arena, "/stadtdaten/orte.geojson%.*s", STR_ARG(words));
    page->bounds = bounds_of(places, req->arena);
    page->ground = geo_ground(req->tenant);
    page->propose = place_propose_path(req);
    page->pages = (PagesView){str_printf(req->arena, "/stadtdaten/orte%.*s", STR_ARG(words)),
                              page->query.page, last};
    for (size_t i = (size_t)(page->query.page - 1) * PLACES_PER_PAGE;
         i < places->count && page->row_count < PLACES_PER_PAGE; i++)
        page->rows[page->row_count++] = row_of(&places->items[i], req);
}

bool city_places_page(Request *req, Response *res, Err *err)
{
    PlaceListPage *page = arena_new(req->arena, PlaceListPage);
    PlaceSession session;

    if (!place_session_begin(&session, req, err))
        return false;
    bool ok = place_query_read(&session, req, &page->query, err);
    if (ok) {
        Places places = place_select(&session.view, &page->query.filter);
        page->categories = &session.categories;
        fill(page, &places, req);
        Out out = out_for(req);
        page_city_places(&out, page);
        PageFrame frame = {.area = AREA_PORTAL,
                           .title = tr(req->lang, "Orte in der Stadt"),
                           .active = STR("/stadtdaten"),
                           .map = page->bounds.len > 0,
                           .script = "places.js"};
        ok = page_send(req, res, &frame, out_html(&out));
    }
    city_reader_end(&session.reader);
    return ok;
}

/* --- For the map and for programs ----------------------------------------------------------------
 */

static void put(Buf *out, const char *key, Str value)
{
    buf_addf(out, ",\"%s\":", key);
    json_write_string(out, value);
}

static void add_feature(const Place *place, Request *req, Buf *out, bool first)
{
    PlaceRow row = row_of(place, req);

    buf_addf(out,
             "%s{\"type\":\"Feature\",\"id\":%lld,\"geometry\":{\"type\":\"Point\","
             "\"coordinates\":[%.7f,%.7f]},\"properties\":{\"name\":",
             first ? "" : ",", (long long)place->id, place->x, place->y);
    json_write_string(out, place->name);
    put(out, "kategorie", place->category_name);
    put(out, "titel", row.category);
    put(out, "zeichen", row.icon);
    put(out, "farbe", row.colour);
    put(out, "anschrift", row.address);
    put(out, "oeffnungszeiten", place->hours_text);
    put(out, "stand", row.hours);
    put(out, "adresse", request_url(req, "/stadtdaten/orte/%lld", (long long)place->id));
    if (place->access != PLACE_UNTOLD)
        put(out, "barrierefrei", place_access_text(place->access, STR("de")));
    if (place->hours_read)
        buf_addf(out, ",\"offen\":%s", place->now.open ? "true" : "false");
    if (isfinite(place->distance))
        buf_addf(out, ",\"entfernung\":%.0f", place->distance);
    buf_add_c(out, "}}");
}

bool city_places_geojson(Request *req, Response *res, Err *err)
{
    PlaceSession session;
    PlaceQuery query;
    Buf out = buf_in(req->arena);

    if (!place_session_begin(&session, req, err))
        return false;
    bool ok = place_query_read(&session, req, &query, err);
    if (ok) {
        Places places = place_select(&session.view, &query.filter);
        buf_add_c(&out, "{\"type\":\"FeatureCollection\",\"features\":[");
        for (size_t i = 0; i < places.count; i++)
            add_feature(&places.items[i], req, &out, i == 0);
        buf_add_c(&out, "]}");
    }
    city_reader_end(&session.reader);
    return ok &&
           respond_bytes(res, req->arena, STR("application/geo+json"), buf_str(&out), STR_NONE);
}
