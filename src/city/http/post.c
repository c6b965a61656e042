/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/http/edit.h"

#include "city/edit/update.h"
#include "city/http/batch.h"
#include "city/http/data_array.h"
#include "city/http/later.h"

/* --- Observations ------------------------------------------------------------------------------
 */

static CityPlace place_of(const StaEdit *edit)
{
    return (CityPlace){(CityEntity *)edit->target.scope.parent, edit->target.scope.relation};
}

bool sta_plan_observation(StaEdit *edit, void *context, Err *err)
{
    (void)context;
    return city_insert_observation(&edit->insert, edit->json, place_of(edit), err);
}

static bool post_observation(StaEdit *edit, Err *err)
{
    int64_t id;

    if (!sta_edit_plan(edit, sta_plan_observation, NULL, err))
        return false;
    if (edit->call->later && edit->held)
        return sta_commit_later(edit, err);
    return sta_edit_commit(edit, &id, err) && sta_respond_created(edit->call, STA_OBSERVATION, id);
}

/* --- Entities ----------------------------------------------------------------------------------
 */

static bool post_entity(StaEdit *edit, Err *err)
{
    StaEntity type = edit->path.entity;
    CityEntity *made;

    if (!sta_edit_begin(edit, true, err))
        return false;
    CityPlace place = place_of(edit);
    if (!city_insert_entity(&edit->insert, type, edit->json, place, &made, err)) {
        sta_edit_abandon(edit);
        return false;
    }
    if (place.parent && place.parent->type == STA_THING && type == STA_LOCATION)
        city_move_thing(&edit->insert, place.parent, made);
    return sta_edit_commit(edit, NULL, err) &&
           sta_respond_created(edit->call, type, edit->insert.made);
}

/* --- Links: POST Things(1)/Locations/$ref -------------------------------------------------------
 */

static bool plan_link(StaEdit *edit, Err *err)
{
    CityPlace place = place_of(edit);
    StaEntity type = edit->target.scope.entity;
    CityEntity *other;

    if (!place.parent || type == STA_OBSERVATION || !place.relation->many)
        return err_set(err, ERR_UNSUPPORTED,
                       "only relations to many are linked by $ref; PATCH the entity instead");
    if ((place.parent->type == STA_MULTI_DATASTREAM && type == STA_OBSERVED_PROPERTY) ||
        (place.parent->type == STA_OBSERVED_PROPERTY && type == STA_MULTI_DATASTREAM))
        return err_set(err, ERR_INPUT, "a MultiDatastream keeps the ObservedProperties it has");
    if (!city_read_link(&edit->insert, type, edit->json, &other, err))
        return false;
    const StaRelation *back = city_inverse(place.parent->type, place.relation);
    if (back->many)
        city_change_link(&edit->insert.change, place.parent, place.relation, other);
    else
        city_relink(&edit->insert, other, back, place.parent);
    return true;
}

static bool post_link(StaEdit *edit, Err *err)
{
    if (!sta_edit_begin(edit, true, err))
        return false;
    if (!plan_link(edit, err)) {
        sta_edit_abandon(edit);
        return false;
    }
    edit->call->res->status = 204;
    return sta_edit_commit(edit, NULL, err);
}

bool sta_post(StaCall *call, Err *err)
{
    StaEdit edit;

    if (str_is(call->rest, "/$batch"))
        return sta_batch(call, err);
    if (str_is(call->rest, "/CreateObservations"))
        return sta_create_observations(call, err);
    if (!sta_edit_read(&edit, call, true, err))
        return false;
    if (edit.path.kind != STA_AT_SET)
        return err_set(err, ERR_INPUT, "entities are made by POST to a set: %.*s/Things",
                       STR_ARG(call->root));
    if (edit.path.links)
        return post_link(&edit, err);
    return edit.path.entity == STA_OBSERVATION ? post_observation(&edit, err)
                                               : post_entity(&edit, err);
}
