/* SPDX-License-Identifier: EUPL-1.2 */
/* GET /stadtdaten/orte/:id and its photos. */
#include "city/place/place_page.html.h"

#include "core/tenant.h"
#include "geo/geo.h"

static bool find(const PlaceSession *session, const Request *req, Place *out, Err *err)
{
    int64_t id;

    return (str_to_i64(request_param(req, "id"), &id) && place_find(&session->view, id, out)) ||
           err_set(err, ERR_NOT_FOUND, "Diesen Ort gibt es nicht.");
}

static void fill_days(PlacePage *page, Request *req)
{
    const Place *place = page->place;

    page->hours_text = place->hours_text;
    if (!place->hours_read)
        return;
    page->now = hours_now_text(&place->now, req->today, req->arena, req->lang);
    page->has_days = true;
    for (int i = 0; i < 7; i++) {
        Date day = date_add_days(req->today, i);
        page->days[i] =
            (PlaceDay){hours_weekday(date_weekday(day), req->lang),
                       hours_day_text(&place->hours, day, req->arena, req->lang), i == 0};
    }
}

static bool load_photos(Tenant *tenant, const Place *place, Arena *arena, Photos *out, Err *err)
{
    Tx *tx = db_read(tenant->db, err);
    bool ok = tx && photos_load(tx, place->id, arena, out, err);

    tx_end(tx);
    return ok;
}

static bool send(Request *req, Response *res, PlacePage *page, Err *err)
{
    const Place *place = page->place;
    Out out = out_for(req);

    if (!load_photos(req->tenant, place, req->arena, &page->photos, err))
        return false;
    page->category = place->category;
    page->address = place_address(place, req->arena);
    page->access = place_access_text(place->access, req->lang);
    page->propose = place_propose_path(req);
    page->ground = geo_ground(req->tenant);
    page->bounds = str_printf(req->arena, "%.6f,%.6f,%.6f,%.6f", place->x - 0.004,
                              place->y - 0.0025, place->x + 0.004, place->y + 0.0025);
    fill_days(page, req);
    page_city_place(&out, page);
    PageFrame frame = {.area = AREA_PORTAL,
                       .title = place->name,
                       .active = STR("/stadtdaten"),
                       .map = true,
                       .script = "places.js"};
    return page_send(req, res, &frame, out_html(&out));
}

bool city_place_page(Request *req, Response *res, Err *err)
{
    PlaceSession session;
    PlacePage page = {0};
    Place place;

    if (!place_session_begin(&session, req, err))
        return false;
    page.place = &place;
    bool ok = find(&session, req, &place, err) && send(req, res, &page, err);
    city_reader_end(&session.reader);
    return ok;
}

static bool read_photo(Request *req, int64_t thing, Photo *out, Str *bytes, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);
    Photos photos;
    int64_t id = 0;
    bool found = false;
    bool ok = tx && photos_load(tx, thing, req->arena, &photos, err);

    str_to_i64(request_param(req, "photo"), &id);
    for (size_t i = 0; ok && i < photos.count && !found; i++) {
        *out = photos.items[i];
        found = out->id == id;
    }
    ok = ok && (found || err_set(err, ERR_NOT_FOUND, "Dieses Foto gibt es nicht.")) &&
         file_read(tx, req->tenant, out->sha256, req->arena, bytes, err);
    tx_end(tx);
    return ok;
}

bool city_place_photo(Request *req, Response *res, Err *err)
{
    PlaceSession session;
    Place place;
    Photo photo;
    Str bytes;

    if (!place_session_begin(&session, req, err))
        return false;
    bool ok = find(&session, req, &place, err);
    city_reader_end(&session.reader);
    return ok && read_photo(req, place.id, &photo, &bytes, err) &&
           respond_bytes(res, req->arena, photo.type, bytes, STR_NONE);
}
