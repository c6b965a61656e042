/* SPDX-License-Identifier: EUPL-1.2 */
/* PATCH, PUT and DELETE. */
#include "city/edit/update.h"
#include "city/http/edit.h"
#include "city/hub/watch.h"
#include "city/query/scan.h"
#include "city/query/write.h"

/* --- PATCH and PUT -----------------------------------------------------------------------------
 */

static bool need_entity(StaEdit *edit, Err *err)
{
    return edit->target.entity || err_set(err, ERR_NOT_FOUND, "there is no such %s",
                                          sta_entity(edit->target.scope.entity)->name);
}

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
    if (!need_entity(&edit, err)) {
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

/* --- DELETE ------------------------------------------------------------------------------------
 */

/* Observations of a feature go with it. */
typedef struct OfFeature {
    uint64_t *items;
    size_t count, capacity;
} OfFeature;

static bool delete_of_feature(CityReader *reader, const CityEntity *feature, Err *err)
{
    for (uint32_t series = 1; series < reader->graph->series_capacity; series++) {
        const CityEntity *stream = city_of_series(reader->graph, series);
        OfFeature found = {0};
        CityObservation o;
        if (!stream)
            continue;
        CityScan *scan = city_scan_begin(reader, &stream, 1, (CityScanOrder){0});
        while (city_scan_next(scan, &o, err))
            if ((o.is.feature ? o.is.feature : stream->feature) == feature->id)
                VEC_PUSH(reader->arena, &found, o.is.ordinal);
        city_scan_end(scan);
        if (err->kind != ERR_NONE ||
            (found.count && !city_need_write(&reader->rights, stream->dataset, err)) ||
            (found.count && !obs_delete(reader->store, series, found.items, found.count, err)))
            return false;
    }
    return true;
}

static bool delete_link(StaEdit *edit, Err *err)
{
    const CityScope *scope = &edit->target.scope;
    const StaRelation *back =
        scope->parent ? city_inverse(scope->parent->type, scope->relation) : NULL;

    if (!back || scope->relation->mandatory || back->mandatory)
        return err_set(err, ERR_INPUT, "this link cannot be without; delete the entity instead");
    city_change_unlink(&edit->insert.change, (CityEntity *)scope->parent, scope->relation,
                       (CityEntity *)edit->target.entity);
    return true;
}

static bool plan_delete(StaEdit *edit, Err *err)
{
    const void *entity = edit->target.entity;

    if (!need_entity(edit, err))
        return false;
    if (edit->path.links)
        return delete_link(edit, err);
    if (edit->target.scope.entity == STA_FEATURE_OF_INTEREST &&
        !(city_need_write(&edit->reader.rights, ((const CityEntity *)entity)->dataset, err) &&
          delete_of_feature(&edit->reader, entity, err)))
        return false;
    city_change_remove(&edit->insert.change, (CityEntity *)entity);
    return true;
}

static bool delete_observation(StaEdit *edit, Err *err)
{
    const CityObservation *o = edit->target.entity;
    uint32_t series = o->stream->series;
    uint64_t ordinal = o->is.ordinal;
    bool may = city_need_write(&edit->reader.rights, o->stream->dataset, err);

    sta_edit_abandon(edit);
    return may && obs_delete(edit->reader.store, series, &ordinal, 1, err);
}

bool sta_delete(StaCall *call, Err *err)
{
    StaEdit edit;

    if (!sta_edit_read(&edit, call, false, err))
        return false;
    if (edit.path.kind != STA_AT_ENTITY)
        return err_set(err, ERR_INPUT, "one entity is deleted: %.*s/Things(1)",
                       STR_ARG(call->root));
    if (!sta_edit_begin(&edit, true, err))
        return false;
    if (edit.target.scope.entity == STA_OBSERVATION && edit.target.entity)
        return delete_observation(&edit, err);
    if (!plan_delete(&edit, err)) {
        sta_edit_abandon(&edit);
        return false;
    }
    call->res->status = 200;
    return sta_edit_commit(&edit, NULL, err);
}
