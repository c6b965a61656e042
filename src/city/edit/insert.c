/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/edit/insert.h"

enum { LINKS_MAX = 10000 };

/* --- Links ------------------------------------------------------------------------------------ */

bool city_is_link(const Node *json)
{
    return json->kind == NODE_MAP && json->count == 1 && str_is(json->keys[0], "@iot.id");
}

bool city_read_link(const CityInsert *insert, StaEntity type, const Node *json, CityEntity **out,
                    Err *err)
{
    Str text = node_text(node_get(json, "@iot.id"));
    int64_t id;

    *out = text.ptr && str_to_i64(text, &id) ? city_find(insert->graph, type, id) : NULL;
    if (*out && city_may_see(&insert->rights, (*out)->dataset))
        return true;
    return err_field(err, sta_entity(type)->name, "there is no %s with the @iot.id %.*s",
                     sta_entity(type)->name, STR_ARG(str_slice(text, 0, 40)));
}

/* The entities that a relation is to lead to: found, or made. */
typedef struct Targets {
    CityEntity **items;
    size_t count, capacity;
} Targets;

static bool add_target(CityInsert *insert, CityEntity *from, const StaRelation *relation,
                       const Node *json, Targets *out, Err *err)
{
    CityEntity *target;
    CityPlace place = {from, relation};

    if (city_is_link(json)) {
        if (!city_read_link(insert, relation->target, json, &target, err))
            return false;
        city_change_link(&insert->change, from, relation, target);
    } else if (!city_insert_entity(insert, relation->target, json, place, &target, err)) {
        return err->field[0] ? err_context(err, "%s", relation->name) : false;
    }
    VEC_PUSH(insert->arena, out, target);
    return true;
}

static bool insert_relation(CityInsert *insert, CityEntity *from, const StaRelation *relation,
                            const Node *json, Targets *out, Err *err)
{
    bool list = json && json->kind == NODE_LIST;

    if (node_is_null(json))
        return true;
    if (list && !relation->many)
        return err_field(err, relation->name, "%s is one entity, not a list", relation->name);
    if (!list)
        return add_target(insert, from, relation, json, out, err);
    if (json->count > LINKS_MAX)
        return err_field(err, relation->name, "%s are more than %d", relation->name, LINKS_MAX);
    for (size_t i = 0; i < json->count; i++)
        if (!add_target(insert, from, relation, json->items[i], out, err))
            return false;
    return true;
}

static bool insert_observations(CityInsert *insert, CityEntity *stream, const StaRelation *relation,
                                const Node *json, Err *err)
{
    if (node_is_null(json))
        return true;
    if (json->kind != NODE_LIST)
        return err_field(err, relation->name, "%s is no list", relation->name);
    for (size_t i = 0; i < json->count; i++)
        if (!city_insert_observation(insert, json->items[i], (CityPlace){stream, relation}, err))
            return false;
    return true;
}

/* --- Entities --------------------------------------------------------------------------------- */

bool city_says_the_same(const CityInsert *insert, const Node *json, CityPlace place, StaEntity type,
                        Err *err)
{
    CityEntity *said = NULL;
    Err ignored = {0};

    if (node_is_null(json))
        return true;
    return (city_is_link(json) && city_read_link(insert, type, json, &said, &ignored) &&
            said == place.parent) ||
           err_field(err, sta_entity(type)->name,
                     "%s is another than the one in whose %s the address makes this",
                     sta_entity(type)->name, place.relation->name);
}

/* Does the path that the entity comes by give it this relation? */
static bool comes_by(CityPlace place, const StaRelation *relation)
{
    return place.parent && city_inverse(place.parent->type, place.relation) == relation;
}

static bool insert_relations(CityInsert *insert, CityEntity *entity, const Node *json,
                             CityPlace place, Err *err)
{
    const StaEntityType *model = sta_entity(entity->type);

    for (size_t i = 0; i < model->relation_count; i++) {
        const StaRelation *relation = &model->relations[i];
        const Node *given = node_get(json, relation->name);
        Targets targets = {0};
        if (relation->target == STA_OBSERVATION) {
            if (!insert_observations(insert, entity, relation, given, err))
                return false;
            continue;
        }
        if (comes_by(place, relation) && !relation->many) {
            if (!city_says_the_same(insert, given, place, relation->target, err))
                return false;
            continue;
        }
        if (!insert_relation(insert, entity, relation, given, &targets, err))
            return false;
        if (relation->mandatory && !targets.count && !comes_by(place, relation))
            return err_field(err, relation->name, "%s/%s is missing", model->name, relation->name);
        /* The parent notes it for all its new Locations at once. */
        city_note_history(insert, entity, relation, targets.items, targets.count);
    }
    if (entity->type == STA_HISTORICAL_LOCATION)
        city_follow_history(insert, entity);
    return true;
}

/* A new entity belongs where what it hangs on belongs. */
static int64_t dataset_of(const CityInsert *insert, const Node *json, CityPlace place)
{
    const Node *thing = node_get(json, "Thing");
    CityEntity *linked;
    Err ignored = {0};

    if (place.parent)
        return place.parent->dataset;
    if (!node_is_null(thing) && city_is_link(thing) &&
        city_read_link(insert, STA_THING, thing, &linked, &ignored))
        return linked->dataset;
    return insert->dataset;
}

bool city_insert_entity(CityInsert *insert, StaEntity type, const Node *json, CityPlace place,
                        CityEntity **out, Err *err)
{
    Node *body = city_read_body(insert->arena, type, json, err);

    if (!body)
        return false;
    CityEntity *entity = city_entity_create(type, body);
    entity->dataset = dataset_of(insert, json, place);
    city_change_add(&insert->change, entity);
    *out = entity;
    if (place.parent)
        city_change_link(&insert->change, place.parent, place.relation, entity);
    return city_check_new_multi(entity, json, place, err) &&
           insert_relations(insert, entity, json, place, err);
}
