/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/place.h"

#include "city/edit/update.h"

bool city_place_begin(CityInsert *insert, Hub *hub, Str dataset, Timestamp now, Arena *arena,
                      Err *err)
{
    const CityGraph *graph = hub_begin(hub);
    const CityDatasets *all = hub_datasets(hub);
    const CityDataset *found = city_dataset_named(all, dataset);

    *insert = (CityInsert){.graph = graph,
                           .rights = {.all = all, .internal = true, .write = true},
                           .arena = arena,
                           .now = now,
                           .dataset = found ? found->id : 0,
                           .change = {.arena = arena}};
    return found || err_set(err, ERR_NOT_FOUND, "there is no dataset \"%.*s\"", STR_ARG(dataset));
}

Node *city_place_location(Arena *arena, Str name, const Node *geometry)
{
    Node *location = node_map(arena);

    node_set(arena, location, STR("name"), node_string(arena, name));
    node_set(arena, location, STR("description"), node_string(arena, STR("")));
    node_set(arena, location, STR("encodingType"), node_string(arena, STR("application/geo+json")));
    node_set(arena, location, STR("location"), node_clone(arena, geometry));
    return location;
}

static bool plan_new(CityInsert *insert, Node *thing, Node *location, CityEntity **made, Err *err)
{
    Arena *arena = insert->arena;
    Node *locations = node_list(arena);
    CityEntity *entity;

    node_append(arena, locations, location);
    node_set(arena, thing, STR("Locations"), locations);
    return city_insert_entity(insert, STA_THING, thing, (CityPlace){0}, made ? made : &entity, err);
}

bool city_place_put(CityInsert *insert, CityEntity *known, Node *thing, Node *location,
                    CityEntity **made, Err *err)
{
    if (!known)
        return plan_new(insert, thing, location, made, err);
    const CityLinks *links = city_links(known, sta_relation(STA_THING, STR("Locations")));
    return city_update_entity(insert, known, CITY_PUT, thing, err) &&
           (!links->count || city_update_entity(insert, links->items[0], CITY_PUT, location, err));
}
