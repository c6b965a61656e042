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

/* --- What can be taken back --------------------------------------------------------------------
 */

static bool write_plain(StaEdit *edit, Str *out, Err *err)
{
    static const StaOptions PLAIN = {0};
    Buf text = buf_in(edit->reader.arena);
    bool ok = city_write_entity(&edit->reader, edit->target.scope.entity, edit->target.entity,
                                &PLAIN, &text, err);

    *out = buf_str(&text);
    return ok;
}

/* What two states of it are held against each other by. */
static bool state_of(StaEdit *edit, const Node **out, Err *err)
{
    Arena *arena = edit->reader.arena;
    Str text;

    if (edit->target.scope.entity != STA_OBSERVATION) {
        *out = node_clone(arena, ((const CityEntity *)edit->target.entity)->body);
        return true;
    }
    return write_plain(edit, &text, err) &&
           (*out = node_parse_json(arena, text, NULL, &NODE_LIMITS_PACKAGE, err));
}

static bool trace_before(StaEdit *edit, Err *err)
{
    StaTrace *trace = edit->call->trace;
    const Node *now;

    if (!trace)
        return true;
    if (!state_of(edit, &now, err) || !write_plain(edit, &trace->was, err))
        return false;
    trace->became = now;
    return !trace->expected || node_equal(now, trace->expected) ||
           err_set(err, ERR_CONFLICT, "somebody else changed it meanwhile");
}

/* The body that the change gives the entity, where it gives it another. */
static void trace_after(StaEdit *edit)
{
    const CityChange *change = &edit->insert.change;

    for (size_t i = 0; edit->call->trace && i < change->count; i++)
        if (change->items[i].kind == CITY_BODY && change->items[i].entity == edit->target.entity)
            edit->call->trace->became = node_clone(edit->reader.arena, change->items[i].body);
}

static bool update_observation(StaEdit *edit, CityUpdateKind kind, Err *err)
{
    CityObservation *o = (CityObservation *)edit->target.entity;
    StaTrace *trace = edit->call->trace;
    bool ok = city_need_write(&edit->reader.rights, o->stream->dataset, err) &&
              trace_before(edit, err) &&
              city_update_observation(&edit->reader, o, kind, edit->json, err) &&
              (!trace || state_of(edit, &trace->became, err));
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
    if (!trace_before(&edit, err) ||
        !city_update_entity(&edit.insert, (CityEntity *)edit.target.entity, kind, edit.json, err)) {
        sta_edit_abandon(&edit);
        return false;
    }
    trace_after(&edit);
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
