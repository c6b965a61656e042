/* SPDX-License-Identifier: EUPL-1.2 */
/* Observations that are written: of which Datastream, and of what. */
#include "city/edit/insert.h"

/* --- The stream ------------------------------------------------------------------------------- */

static bool is_stream(StaEntity type)
{
    return type == STA_DATASTREAM || type == STA_MULTI_DATASTREAM;
}

static bool find_stream(CityInsert *insert, const Node *json, CityPlace place, CityEntity **out,
                        Err *err)
{
    const Node *one = node_get(json, "Datastream"), *multi = node_get(json, "MultiDatastream");
    const Node *link = !node_is_null(one) ? one : multi;

    if (place.parent && is_stream(place.parent->type)) {
        *out = place.parent;
        return city_says_the_same(insert, link, place, place.parent->type, err);
    }
    if (node_is_null(link) || !city_is_link(link))
        return err_field(err, "Datastream", "Observation/Datastream is missing: {\"@iot.id\": 1}");
    return city_read_link(insert, link == one ? STA_DATASTREAM : STA_MULTI_DATASTREAM, link, out,
                          err);
}

/* --- The feature ------------------------------------------------------------------------------ */

CityEntity *city_will_be_linked(const CityInsert *insert, const CityEntity *from,
                                const StaRelation *relation)
{
    const CityLinks *links = city_links(from, relation);

    for (size_t i = insert->change.count; i-- > 0;) {
        const CityStep *step = &insert->change.items[i];
        if (step->kind == CITY_LINK && step->entity == from && step->relation == relation)
            return step->other;
    }
    return links->count ? links->items[links->count - 1] : NULL;
}

/* The last of the Thing's Locations that is a shape, and not an address or directions. */
static CityEntity *shape_of_thing(const CityInsert *insert, const CityEntity *thing,
                                  const StaRelation *relation)
{
    const CityLinks *links = city_links(thing, relation);
    bool moved = false;

    for (size_t i = insert->change.count; i-- > 0;) {
        const CityStep *step = &insert->change.items[i];
        if (step->kind != CITY_LINK || step->entity != thing || step->relation != relation)
            continue;
        if (city_is_shape(step->other->body))
            return step->other;
        moved = true;
    }
    for (size_t i = moved ? 0 : links->count; i-- > 0;)
        if (city_is_shape(links->items[i]->body))
            return links->items[i];
    return NULL;
}

static CityEntity *place_of_thing(const CityInsert *insert, const CityEntity *stream)
{
    const StaRelation *relation = sta_relation(STA_THING, STR("Locations"));
    const CityEntity *thing =
        city_will_be_linked(insert, stream, sta_relation(stream->type, STR("Thing")));
    CityEntity *shape = thing ? shape_of_thing(insert, thing, relation) : NULL;

    return !thing || shape ? shape : city_will_be_linked(insert, thing, relation);
}

static CityEntity *make_feature(CityInsert *insert, CityEntity *location)
{
    Node *body = node_map(insert->arena);

    for (size_t i = 0; i < location->body->count; i++) {
        Str key = location->body->keys[i];
        node_set(insert->arena, body, str_is(key, "location") ? STR("feature") : key,
                 location->body->items[i]);
    }
    CityEntity *feature = city_entity_create(STA_FEATURE_OF_INTEREST, body);
    feature->dataset = location->dataset;
    city_change_add(&insert->change, feature);
    VEC_PUSH(insert->arena, &insert->change,
             (CityStep){.kind = CITY_FEATURE, .entity = location, .other = feature});
    return feature;
}

/* The feature that the change makes of the Location, or NULL. */
static CityEntity *planned_feature(const CityInsert *insert, const CityEntity *of)
{
    for (size_t i = insert->change.count; i-- > 0;)
        if (insert->change.items[i].kind == CITY_FEATURE && insert->change.items[i].entity == of)
            return insert->change.items[i].other;
    return NULL;
}

static CityEntity *feature_of(CityInsert *insert, CityEntity *location)
{
    CityEntity *planned = planned_feature(insert, location);

    if (planned)
        return planned;
    CityEntity *there = location->feature
                            ? city_find(insert->graph, STA_FEATURE_OF_INTEREST, location->feature)
                            : NULL;
    return there ? there : make_feature(insert, location);
}

void city_default_feature(CityInsert *insert, CityArrival *arrival)
{
    CityEntity *stream = arrival->stream;
    CityEntity *location = place_of_thing(insert, stream);

    if (!location)
        return;
    CityEntity *feature = feature_of(insert, location);
    CityEntity *present = planned_feature(insert, stream);
    int64_t known = stream->feature;
    if (!present && !known)
        VEC_PUSH(insert->arena, &insert->change,
                 (CityStep){.kind = CITY_FEATURE, .entity = stream, .other = feature});
    bool streams_own = present ? present == feature : !known || known == feature->id;
    arrival->feature = streams_own ? NULL : feature;
}

static bool find_feature(CityInsert *insert, const Node *json, CityPlace place,
                         CityArrival *arrival, Err *err)
{
    const Node *given = node_get(json, "FeatureOfInterest");

    if (place.parent && place.parent->type == STA_FEATURE_OF_INTEREST) {
        arrival->feature = place.parent;
        return city_says_the_same(insert, given, place, STA_FEATURE_OF_INTEREST, err);
    }
    if (node_is_null(given)) {
        city_default_feature(insert, arrival);
        return true;
    }
    if (city_is_link(given))
        return city_read_link(insert, STA_FEATURE_OF_INTEREST, given, &arrival->feature, err);
    return city_insert_entity(insert, STA_FEATURE_OF_INTEREST, given, (CityPlace){0},
                              &arrival->feature, err);
}

bool city_insert_observation(CityInsert *insert, const Node *json, CityPlace place, Err *err)
{
    CityArrival arrival = {0};

    if (!city_read_observation(insert->arena, json, insert->now, &arrival.is, err) ||
        !find_stream(insert, json, place, &arrival.stream, err) ||
        !city_check_result(arrival.stream, json, err) ||
        !find_feature(insert, json, place, &arrival, err))
        return false;
    VEC_PUSH(insert->arena, &insert->arrivals, arrival);
    return true;
}
