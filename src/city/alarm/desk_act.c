/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/desk.h"

#include "city/alarm/round.h"

static bool may_see(Request *req, int64_t dataset, bool *seen, Err *err)
{
    Hub *hub = hub_of(req->tenant, err);

    if (!hub)
        return false;
    hub_hold(hub);
    CityRights rights = city_rights(req, hub_datasets(hub));
    *seen = city_may_see(&rights, dataset);
    hub_release(hub);
    return true;
}

bool alarm_asked(Request *req, Alarm *out, Err *err)
{
    int64_t id = 0;
    bool seen = false;
    Tx *tx = db_read(req->tenant->db, err);

    str_to_i64(request_param(req, "id"), &id);
    bool ok = tx && alarm_by_id(tx, id, req->arena, out, err);
    tx_end(tx);
    if (!ok || !may_see(req, out->dataset, &seen, err))
        return false;
    return seen || err_set(err, ERR_NOT_FOUND, "Diesen Alarm gibt es nicht.");
}

typedef struct Act {
    Request *req;
    Alarm alarm;
    int64_t stream;
} Act;

static bool done(Request *req, Response *res, const Act *act, const char *what)
{
    return respond_redirect(
        req, res,
        str_printf(req->arena, ALARM_PATH "/%lld?getan=%s", (long long)act->alarm.id, what));
}

static bool write_acknowledge(Tx *tx, void *context, Err *err)
{
    Act *act = context;

    return alarm_acknowledge(tx, &act->alarm, act->stream, request_actor(act->req), act->req->arena,
                             err);
}

bool alarm_desk_acknowledge(Request *req, Response *res, Err *err)
{
    Act act = {.req = req};

    str_to_i64(request_form(req, "reihe"), &act.stream);
    return alarm_asked(req, &act.alarm, err) &&
           db_write(req->tenant->db, write_acknowledge, &act, err) &&
           done(req, res, &act, "bestaetigt");
}

/* As it is by now: somebody may have changed it meanwhile. */
static bool write_pause(Tx *tx, void *context, Err *err)
{
    Act *act = context;
    Arena *arena = act->req->arena;
    Str actor = request_actor(act->req);
    bool pause = act->alarm.paused;

    if (!alarm_by_id(tx, act->alarm.id, arena, &act->alarm, err))
        return false;
    act->alarm.paused = pause;
    return alarm_write(tx, &act->alarm, actor, err) &&
           (!pause || alarm_end_all(tx, &act->alarm, actor, arena, err));
}

bool alarm_desk_pause(Request *req, Response *res, Err *err)
{
    Act act = {.req = req};

    if (!alarm_asked(req, &act.alarm, err))
        return false;
    act.alarm.paused = !str_is(request_form(req, "weiter"), "ja");
    return db_write(req->tenant->db, write_pause, &act, err) &&
           done(req, res, &act, act.alarm.paused ? "angehalten" : "weiter");
}

bool alarm_desk_check(Request *req, Response *res, Err *err)
{
    Act act = {.req = req};

    if (!alarm_asked(req, &act.alarm, err))
        return false;
    if (!alarm_check(req->tenant, act.alarm.id, req->now, req->arena, err)) {
        if (err->kind != ERR_INPUT)
            return false;
        err_clear(err); /* the alarm's page tells it */
    }
    return done(req, res, &act, "geprueft");
}
