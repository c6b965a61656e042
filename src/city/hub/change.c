/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/change.h"

/* --- Planning -------------------------------------------------------------------------------- */

static void push(CityChange *change, CityStep step)
{
    VEC_PUSH(change->arena, change, step);
}

void city_change_add(CityChange *change, CityEntity *entity)
{
    push(change, (CityStep){.kind = CITY_ADD, .entity = entity});
}

void city_change_body(CityChange *change, CityEntity *entity, const Node *body)
{
    push(change, (CityStep){.kind = CITY_BODY, .entity = entity, .body = body});
}

/* As the owner of the link says it. */
static CityStep owned(CityStepKind kind, CityEntity *from, const StaRelation *relation,
                      CityEntity *to)
{
    if (city_owns(from->type, relation))
        return (CityStep){.kind = kind, .entity = from, .relation = relation, .other = to};
    return (CityStep){
        .kind = kind, .entity = to, .relation = city_inverse(from->type, relation), .other = from};
}

void city_change_link(CityChange *change, CityEntity *from, const StaRelation *relation,
                      CityEntity *to)
{
    push(change, owned(CITY_LINK, from, relation, to));
}

void city_change_unlink(CityChange *change, CityEntity *from, const StaRelation *relation,
                        CityEntity *to)
{
    push(change, owned(CITY_UNLINK, from, relation, to));
}

static bool is_removed(const CityChange *change, const CityEntity *entity)
{
    for (size_t i = 0; i < change->count; i++)
        if (change->items[i].kind == CITY_REMOVE && change->items[i].entity == entity)
            return true;
    return false;
}

/* Does what the relation leads to go with the entity? */
static bool goes_with(StaEntity from, const StaRelation *relation)
{
    const StaRelation *back = city_inverse(from, relation);

    return relation->target != STA_OBSERVATION && back && back->mandatory;
}

void city_change_remove(CityChange *change, CityEntity *entity)
{
    const StaEntityType *type = sta_entity(entity->type);

    if (is_removed(change, entity))
        return;
    push(change, (CityStep){.kind = CITY_REMOVE, .entity = entity});
    for (size_t i = 0; i < type->relation_count; i++) {
        const CityLinks *links = &entity->links[i];
        for (size_t k = 0; goes_with(entity->type, &type->relations[i]) && k < links->count; k++)
            city_change_remove(change, links->items[k]);
    }
}

/* --- On disk --------------------------------------------------------------------------------- */

static bool write_new(Tx *tx, CityEntity *entity, Arena *arena, Err *err)
{
    bool stream = entity->type == STA_DATASTREAM || entity->type == STA_MULTI_DATASTREAM;

    if (!tx_insert(tx, err, &entity->id,
                   "INSERT INTO city_entity (type, dataset, body) VALUES ($1, $2, $3)",
                   P_TEXT(str_c(sta_entity(entity->type)->name)), P_INT(entity->dataset),
                   P_TEXT(node_json(entity->body, arena))))
        return false;
    int64_t series = 0;
    if (stream && !tx_insert(tx, err, &series, "INSERT INTO city_series (entity) VALUES ($1)",
                             P_INT(entity->id)))
        return false;
    if (series > CITY_SERIES_MAX)
        return err_set(err, ERR_TOO_LARGE, "a town has at most %d Datastreams", CITY_SERIES_MAX);
    entity->series = (uint32_t)series;
    return true;
}

static bool write_step(Tx *tx, const CityStep *step, Arena *arena, Err *err)
{
    int64_t id = step->entity->id;
    Str relation = step->relation ? str_c(step->relation->name) : STR_NONE;

    switch (step->kind) {
    case CITY_ADD: return write_new(tx, step->entity, arena, err);
    case CITY_BODY:
        return tx_exec(tx, err, "UPDATE city_entity SET body = $2 WHERE id = $1", P_INT(id),
                       P_TEXT(node_json(step->body, arena)));
    case CITY_LINK:
        return tx_exec(tx, err,
                       "INSERT INTO city_link (entity, relation, target) VALUES ($1, $2, $3) "
                       "ON CONFLICT DO NOTHING",
                       P_INT(id), P_TEXT(relation), P_INT(step->other->id));
    case CITY_UNLINK:
        return tx_exec(tx, err,
                       "DELETE FROM city_link WHERE entity = $1 AND relation = $2 AND target = $3",
                       P_INT(id), P_TEXT(relation), P_INT(step->other->id));
    case CITY_REMOVE:
        return tx_exec(tx, err, "DELETE FROM city_link WHERE entity = $1 OR target = $1",
                       P_INT(id)) &&
               tx_exec(tx, err, "DELETE FROM city_series WHERE entity = $1", P_INT(id)) &&
               tx_exec(tx, err, "DELETE FROM city_entity WHERE id = $1", P_INT(id));
    case CITY_FEATURE:
        return tx_exec(tx, err, "UPDATE city_entity SET feature = $2 WHERE id = $1", P_INT(id),
                       P_INT(step->other ? step->other->id : 0));
    }
    return false;
}

bool city_change_write(Tx *tx, void *context, Err *err)
{
    CityChange *change = context;

    for (size_t i = 0; i < change->count; i++)
        if (!write_step(tx, &change->items[i], change->arena, err))
            return false;
    return !change->also || change->also(tx, change->context, err);
}

/* --- In memory ------------------------------------------------------------------------------- */

void city_change_apply(const CityChange *change, CityGraph *graph)
{
    for (size_t i = 0; i < change->count; i++) {
        const CityStep *step = &change->items[i];
        switch (step->kind) {
        case CITY_ADD: city_insert(graph, step->entity); break;
        case CITY_BODY: city_set_body(graph, step->entity, step->body); break;
        case CITY_LINK: city_link(step->entity, step->relation, step->other); break;
        case CITY_UNLINK: city_unlink(step->entity, step->relation, step->other); break;
        case CITY_REMOVE: city_remove(graph, step->entity); break;
        case CITY_FEATURE: step->entity->feature = step->other ? step->other->id : 0; break;
        }
    }
}

void city_change_drop(const CityChange *change)
{
    for (size_t i = 0; i < change->count; i++)
        if (change->items[i].kind == CITY_ADD)
            city_entity_destroy(change->items[i].entity);
}
