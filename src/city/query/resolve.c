/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/query/resolve.h"

#include "city/query/source.h"
#include "city/query/write.h"

static bool key_id(StaValue key, int64_t *out)
{
    if (key.type == STA_TEXT)
        return str_to_i64(key.text, out);
    *out = key.whole;
    return key.type == STA_WHOLE;
}

static bool none(Err *err, StaEntity type)
{
    return err_set(err, ERR_NOT_FOUND, "there is no such %s", sta_entity(type)->name);
}

static bool among(const CityReader *reader, const CityScope *scope, StaEntity type,
                  const void *entity)
{
    if (!scope->relation)
        return true;
    if (scope->of)
        return city_of_observation(reader, scope->of, scope->entity) == entity;
    if (type == STA_OBSERVATION) {
        const CityObservation *o = entity;
        return scope->parent == o->stream || scope->parent == city_observation_feature(reader, o);
    }
    const CityLinks *links = city_links(scope->parent, scope->relation);
    for (size_t i = 0; i < links->count; i++)
        if (links->items[i] == entity)
            return true;
    return false;
}

static bool find_keyed(CityReader *reader, const CityScope *scope, StaValue key, const void **out,
                       Err *err)
{
    int64_t id;
    bool found = false;

    if (!key_id(key, &id))
        return none(err, scope->entity);
    if (scope->entity == STA_OBSERVATION) {
        CityObservation *o = arena_new(reader->arena, CityObservation);
        if (!city_find_observation(reader, id, o, &found, err))
            return false;
        *out = o;
    } else {
        const CityEntity *entity = city_find(reader->graph, scope->entity, id);
        found = entity && city_sees(reader, entity);
        *out = entity;
    }
    return (found && among(reader, scope, scope->entity, *out)) || none(err, scope->entity);
}

/* The one that a relation to one leads to, or NULL. */
static const void *find_one(CityReader *reader, const CityScope *scope)
{
    if (scope->of)
        return city_of_observation(reader, scope->of, scope->entity);
    const CityLinks *links = city_links(scope->parent, scope->relation);
    return links->count && city_sees(reader, links->items[0]) ? links->items[0] : NULL;
}

static void step_into(CityScope *scope, const StaPathPart *part, const void *from)
{
    bool observation = scope->entity == STA_OBSERVATION;

    *scope = (CityScope){.entity = part->entity,
                         .relation = part->relation,
                         .parent = observation ? NULL : from,
                         .of = observation ? from : NULL};
}

bool city_resolve(CityReader *reader, const StaPath *path, CityTarget *out, Err *err)
{
    *out = (CityTarget){0};
    for (size_t i = 0; i < path->count; i++) {
        const StaPathPart *part = &path->items[i];
        if (i && !out->entity)
            return none(err, out->scope.entity);
        if (i)
            step_into(&out->scope, part, out->entity);
        else
            out->scope.entity = part->entity;
        out->entity = NULL;
        out->one = part->key.type != STA_NULL || (part->relation && !part->relation->many);
        if (part->key.type != STA_NULL) {
            if (!find_keyed(reader, &out->scope, part->key, &out->entity, err))
                return false;
        } else if (out->one) {
            out->entity = find_one(reader, &out->scope);
        }
    }
    return true;
}
