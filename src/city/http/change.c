/* SPDX-License-Identifier: EUPL-1.2 */
/* PATCH and PUT. */
#include "city/edit/update.h"
#include "city/http/edit.h"
#include "city/hub/watch.h"
#include "city/query/write.h"

static bool respond_entity(StaEdit *edit, Err *err)
{
    static const StaOptions PLAIN = {0};
    StaCall *call = edit->call;
    CityReader reader;
    CityTarget target;
    Buf out = buf_in(call->req->arena);

    if (!sta_reader_begin(call, &reader, err))
        return false;
    bool ok = city_resolve(&reader, &edit->path, &target, err) && target.entity &&
              city_write_entity(&reader, target.scope.entity, target.entity, &PLAIN, &out, err);
    city_reader_end(&reader);
    return ok && sta_respond(call, 200, &out);
}

static bool update_observation(StaEdit *edit, CityUpdateKind kind, Err *err)
{
    CityObservation *o = (CityObservation *)edit->target.entity;
    bool ok = city_need_write(&edit->reader.rights, o->stream->dataset, err) &&
              city_update_observation(&edit->reader, o, kind, edit->json, err);
    ObsEntry entry = {o->stream->series, o->is};

    sta_edit_abandon(edit);
    return ok && hub_edit(edit->reader.hub, &entry, err) && respond_entity(edit, err);
}

static bool update(StaCall *call, CityUpdateKind kind, Err *err)
{
    StaEdit edit;

    if (!sta_edit_read(&edit, call, true, err))
        return false;
    if (edit.path.kind != STA_AT_ENTITY || edit.path.links)
        return err_set(err, ERR_INPUT, "one entity is changed: %.*s/Things(1)",
                       STR_ARG(call->root));
    if (!sta_edit_begin(&edit, true, err))
        return false;
    if (!sta_edit_need(&edit, err)) {
        sta_edit_abandon(&edit);
        return false;
    }
    if (edit.target.scope.entity == STA_OBSERVATION)
        return update_observation(&edit, kind, err);
    if (!city_update_entity(&edit.insert, (CityEntity *)edit.target.entity, kind, edit.json, err)) {
        sta_edit_abandon(&edit);
        return false;
    }
    return sta_edit_commit(&edit, NULL, err) && respond_entity(&edit, err);
}

bool sta_patch(StaCall *call, Err *err)
{
    Str rest = call->req->content_type, type = str_trim(str_cut(&rest, ';'));

    if (str_eq_nocase(type, STR("application/json-patch+json")))
        return update(call, CITY_JSON_PATCH, err);
    if (str_eq_nocase(type, STR("application/json")))
        return update(call, CITY_PATCH, err);
    return err_set(err, ERR_INPUT, "the body is application/json or application/json-patch+json");
}

bool sta_put(StaCall *call, Err *err)
{
    return update(call, CITY_PUT, err);
}
