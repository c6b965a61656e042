/* SPDX-License-Identifier: EUPL-1.2 */
/* One place at the desk, and its photos. */
#include "city/place/desk_places.html.h"

#include "city/page/desk.h"
#include "core/page/problem.h"
#include "core/tenant.h"

static const CityDone DONE[] = {
    {"foto", "Das Foto ist hinzugefügt."}, {"kein-foto", "Das Foto ist entfernt."}, {0}};

static bool show_place(Request *req, Response *res, DeskPlacePage *page, Err *err)
{
    PlaceSession session;
    Place place;
    int64_t id;
    Out out = out_for(req);

    if (!place_session_begin(&session, req, err))
        return false;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok =
        tx &&
        ((str_to_i64(request_param(req, "id"), &id) && place_find(&session.view, id, &place)) ||
         err_set(err, ERR_NOT_FOUND, "Diesen Ort gibt es nicht.")) &&
        photos_load(tx, place.id, req->arena, &page->photos, err);
    tx_end(tx);
    if (ok) {
        page->place = &place;
        page_desk_place(&out, page);
        ok = city_desk_send(req, res, DESK_PLACES, place.name, &out);
    }
    city_reader_end(&session.reader);
    return ok;
}

bool desk_place(Request *req, Response *res, Err *err)
{
    return show_place(req, res, &(DeskPlacePage){.notice = city_desk_done(req, DONE)}, err);
}

typedef struct Removing {
    int64_t thing, photo;
    Str actor;
    Arena *arena;
} Removing;

static bool remove_photo(Tx *tx, void *context, Err *err)
{
    Removing *removing = context;

    return photo_remove(tx, removing->thing, removing->photo, removing->actor, removing->arena,
                        err);
}

static Str uploaded(const Request *req)
{
    for (size_t i = 0; i < req->upload_count; i++)
        if (str_is(req->uploads[i].field, "foto"))
            return req->uploads[i].bytes;
    return STR("");
}

/* The place that the address names, if whoever asks sees it. */
static bool place_id(Request *req, int64_t *out, Err *err)
{
    PlaceSession session;
    Place place;

    if (!place_session_begin(&session, req, err))
        return false;
    bool found =
        str_to_i64(request_param(req, "id"), out) && place_find(&session.view, *out, &place);
    city_reader_end(&session.reader);
    return found || err_set(err, ERR_NOT_FOUND, "Diesen Ort gibt es nicht.");
}

bool desk_place_photo(Request *req, Response *res, Err *err)
{
    Removing removing = {.actor = request_actor(req), .arena = req->arena};
    DeskPlacePage page = {.alt = request_typed(req, "alt")};

    if (!place_id(req, &removing.thing, err))
        return false;
    bool removes = str_to_i64(request_form(req, "entfernen"), &removing.photo);
    bool ok = removes ? db_write(req->tenant->db, remove_photo, &removing, err)
                      : photo_add(req->tenant, removing.thing, uploaded(req), page.alt,
                                  removing.actor, req->lang, req->arena, err);
    if (ok)
        return respond_redirect(req, res,
                                str_printf(req->arena, DESK_PLACES "/%lld?getan=%s",
                                           (long long)removing.thing,
                                           removes ? "kein-foto" : "foto"));
    if (!problem_take_field(err, req->arena, page.errors, &page.error_count))
        return false;
    res->status = 422;
    return show_place(req, res, &page, err);
}
