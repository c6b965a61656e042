/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/hub/graph.h"

#include <assert.h>
#include <stdlib.h>

enum { ENTITY_CHUNK = 1024 };

/* Room for one more of `size` bytes in an array that lives on the heap. */
static void *grown(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 4;
    items = realloc(items, *capacity * size);
    if (!items)
        abort(); /* as an arena does: a server that has no such memory cannot go on */
    return items;
}

/* --- Entities -------------------------------------------------------------------------------- */

static bool has_key(StaEntity type)
{
    return type == STA_DATASTREAM || type == STA_THING;
}

/* The property that says where an entity of the type is, or NULL. */
static const char *place_in(StaEntity type)
{
    return type == STA_LOCATION ? "location" : type == STA_FEATURE_OF_INTEREST ? "feature" : NULL;
}

static void say(CityEntity *entity, const Node *body)
{
    Arena *memory = arena_create(ENTITY_CHUNK);

    entity->body = node_clone(memory, body);
    if (has_key(entity->type))
        entity->key = node_get_text(node_get(entity->body, "properties"), "key");
    entity->box = (StaBox){0};
    if (place_in(entity->type) &&
        !sta_box_add(&entity->box, node_get(entity->body, place_in(entity->type))))
        entity->box.any = false;
    arena_destroy(entity->memory);
    entity->memory = memory;
}

CityEntity *city_entity_create(StaEntity type, const Node *body)
{
    CityEntity *entity = calloc(1, sizeof *entity);

    if (!entity)
        abort();
    entity->type = type;
    say(entity, body);
    return entity;
}

void city_entity_destroy(CityEntity *entity)
{
    if (!entity)
        return;
    for (size_t i = 0; i < CITY_RELATIONS; i++)
        free(entity->links[i].items);
    arena_destroy(entity->memory);
    free(entity);
}

/* --- Sets ------------------------------------------------------------------------------------ */

/* Where the id is, or belongs. */
static size_t place_of(const CitySet *set, int64_t id)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (set->items[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

CityEntity *city_find(const CityGraph *graph, StaEntity type, int64_t id)
{
    const CitySet *set = &graph->sets[type];
    size_t at = place_of(set, id);

    return at < set->count && set->items[at]->id == id ? set->items[at] : NULL;
}

CityEntity *city_of_series(const CityGraph *graph, uint32_t series)
{
    return series < graph->series_capacity ? graph->by_series[series] : NULL;
}

static void set_series(CityGraph *graph, uint32_t series, CityEntity *entity)
{
    if (series >= graph->series_capacity) {
        size_t before = graph->series_capacity;
        graph->series_capacity = series + 1 > 2 * before ? series + 1 : 2 * before;
        graph->by_series =
            realloc(graph->by_series, graph->series_capacity * sizeof *graph->by_series);
        if (!graph->by_series)
            abort();
        memset(graph->by_series + before, 0,
               (graph->series_capacity - before) * sizeof *graph->by_series);
    }
    graph->by_series[series] = entity;
}

void city_insert(CityGraph *graph, CityEntity *entity)
{
    CitySet *set = &graph->sets[entity->type];
    size_t at = place_of(set, entity->id);

    set->items = grown(set->items, set->count, &set->capacity, sizeof *set->items);
    memmove(set->items + at + 1, set->items + at, (set->count - at) * sizeof *set->items);
    set->items[at] = entity;
    set->count++;
    if (entity->series)
        set_series(graph, entity->series, entity);
    city_index_put(&graph->keys, entity);
}

void city_set_body(CityGraph *graph, CityEntity *entity, const Node *body)
{
    city_index_drop(&graph->keys, entity);
    say(entity, body);
    city_index_put(&graph->keys, entity);
}

void city_remove(CityGraph *graph, CityEntity *entity)
{
    CitySet *set = &graph->sets[entity->type];
    const StaEntityType *type = sta_entity(entity->type);
    size_t at = place_of(set, entity->id);

    for (size_t i = 0; i < type->relation_count; i++)
        while (entity->links[i].count)
            city_unlink(entity, &type->relations[i],
                        entity->links[i].items[entity->links[i].count - 1]);
    assert(at < set->count && set->items[at] == entity);
    set->count--;
    memmove(set->items + at, set->items + at + 1, (set->count - at) * sizeof *set->items);
    if (entity->series)
        set_series(graph, entity->series, NULL);
    city_index_drop(&graph->keys, entity);
    city_entity_destroy(entity);
}

void city_graph_clear(CityGraph *graph)
{
    for (int type = 0; type < STA_ENTITIES; type++) {
        for (size_t i = 0; i < graph->sets[type].count; i++)
            city_entity_destroy(graph->sets[type].items[i]);
        free(graph->sets[type].items);
    }
    free(graph->by_series);
    city_index_clear(&graph->keys);
    *graph = (CityGraph){0};
}

/* --- Links ----------------------------------------------------------------------------------- */

static size_t place_of_relation(StaEntity from, const StaRelation *relation)
{
    return (size_t)(relation - sta_entity(from)->relations);
}

const CityLinks *city_links(const CityEntity *entity, const StaRelation *relation)
{
    return &entity->links[place_of_relation(entity->type, relation)];
}

CityEntity *city_linked(const CityEntity *entity, const char *relation)
{
    const StaRelation *found = sta_relation(entity->type, str_c(relation));
    const CityLinks *links = found ? city_links(entity, found) : NULL;

    return links && links->count ? links->items[0] : NULL;
}

const StaRelation *city_inverse(StaEntity from, const StaRelation *relation)
{
    const StaEntityType *target = sta_entity(relation->target);

    for (size_t i = 0; i < target->relation_count; i++)
        if (target->relations[i].target == from)
            return &target->relations[i];
    return NULL;
}

bool city_owns(StaEntity from, const StaRelation *relation)
{
    if (relation->target == STA_OBSERVATION)
        return false;
    return !relation->many || (from == STA_THING && relation->target == STA_LOCATION) ||
           (from == STA_HISTORICAL_LOCATION && relation->target == STA_LOCATION) ||
           (from == STA_MULTI_DATASTREAM && relation->target == STA_OBSERVED_PROPERTY);
}

static bool holds(const CityLinks *links, const CityEntity *entity)
{
    for (size_t i = 0; i < links->count; i++)
        if (links->items[i] == entity)
            return true;
    return false;
}

static void add_link(CityLinks *links, CityEntity *to)
{
    links->items = grown(links->items, links->count, &links->capacity, sizeof *links->items);
    links->items[links->count++] = to;
}

static void drop_link(CityLinks *links, const CityEntity *to)
{
    for (size_t i = links->count; i-- > 0;) {
        if (links->items[i] != to)
            continue;
        links->count--;
        memmove(links->items + i, links->items + i + 1, (links->count - i) * sizeof *links->items);
        return;
    }
}

static CityLinks *links_back(CityEntity *from, const StaRelation *relation, CityEntity *to)
{
    const StaRelation *back = city_inverse(from->type, relation);

    assert(back && to->type == relation->target);
    return &to->links[place_of_relation(to->type, back)];
}

void city_link(CityEntity *from, const StaRelation *relation, CityEntity *to)
{
    CityLinks *there = &from->links[place_of_relation(from->type, relation)];
    CityLinks *back = links_back(from, relation, to);

    /* Thousands of Datastreams may be of one ObservedProperty: ask the shorter list. */
    if (there->count < back->count ? holds(there, to) : holds(back, from))
        return;
    add_link(there, to);
    add_link(back, from);
}

void city_unlink(CityEntity *from, const StaRelation *relation, CityEntity *to)
{
    drop_link(&from->links[place_of_relation(from->type, relation)], to);
    drop_link(links_back(from, relation, to), from);
}
