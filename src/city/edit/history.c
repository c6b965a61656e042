/* SPDX-License-Identifier: EUPL-1.2 */
/* Where Things were, and are (SensorThings 1.1, section 10.2: HistoricalLocations). */
#include "city/edit/insert.h"

#include "city/sta/time.h"

void city_insert_history(CityInsert *insert, CityEntity *thing, CityEntity *const *locations,
                         size_t count)
{
    Node *body = node_map(insert->arena);
    Buf time = buf_in(insert->arena);

    sta_time_write(&time, (StaTime){.start = insert->now, .end = insert->now});
    node_set(insert->arena, body, STR("time"), node_string(insert->arena, buf_str(&time)));
    CityEntity *history = city_entity_create(STA_HISTORICAL_LOCATION, body);
    history->dataset = thing->dataset;
    city_change_add(&insert->change, history);
    city_change_link(&insert->change, history, sta_relation(STA_HISTORICAL_LOCATION, STR("Thing")),
                     thing);
    for (size_t i = 0; i < count; i++)
        city_change_link(&insert->change, history,
                         sta_relation(STA_HISTORICAL_LOCATION, STR("Locations")), locations[i]);
}

void city_move_thing(CityInsert *insert, CityEntity *thing, CityEntity *location)
{
    const StaRelation *relation = sta_relation(STA_THING, STR("Locations"));
    const CityLinks *links = city_links(thing, relation);

    for (size_t i = 0; i < links->count; i++)
        if (links->items[i] != location)
            city_change_unlink(&insert->change, thing, relation, links->items[i]);
    city_insert_history(insert, thing, &location, 1);
}

void city_note_history(CityInsert *insert, CityEntity *entity, const StaRelation *relation,
                       CityEntity *const *targets, size_t count)
{
    if (!count)
        return;
    if (entity->type == STA_THING && relation->target == STA_LOCATION)
        city_insert_history(insert, entity, targets, count);
    for (size_t i = 0; entity->type == STA_LOCATION && relation->target == STA_THING && i < count;
         i++)
        city_move_thing(insert, targets[i], entity);
}

/* --- A HistoricalLocation that somebody makes --------------------------------------------------
 */

static int64_t time_of(const CityEntity *history)
{
    StaTime time = {0};

    sta_instant_parse(node_get_text(history->body, "time"), &time);
    return time.start;
}

static bool is_latest(const CityEntity *history, const CityEntity *thing)
{
    const CityLinks *others =
        city_links(thing, sta_relation(STA_THING, STR("HistoricalLocations")));

    for (size_t i = 0; i < others->count; i++)
        if (time_of(others->items[i]) >= time_of(history))
            return false;
    return true;
}

void city_follow_history(CityInsert *insert, const CityEntity *history)
{
    const StaRelation *relation = sta_relation(STA_THING, STR("Locations"));
    CityEntity *thing =
        city_will_be_linked(insert, history, sta_relation(STA_HISTORICAL_LOCATION, STR("Thing")));
    size_t planned = insert->change.count;

    if (!thing || !thing->id || !is_latest(history, thing))
        return;
    const CityLinks *old = city_links(thing, relation);
    for (size_t i = 0; i < old->count; i++)
        city_change_unlink(&insert->change, thing, relation, old->items[i]);
    for (size_t i = 0; i < planned; i++) {
        const CityStep step = insert->change.items[i];
        if (step.kind == CITY_LINK && step.entity == history && step.relation->many)
            city_change_link(&insert->change, thing, relation, step.other);
    }
}
