/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts of MultiDatastreams (SensorThings 1.1, section 12). */
#include "city/edit/insert.h"

size_t city_parts(const Node *body)
{
    return node_get(body, "unitOfMeasurements")->count;
}

static bool has_items(const Node *list, size_t count)
{
    return list && list->kind == NODE_LIST && list->count == count;
}

bool city_check_parts(const Node *body, size_t parts, Err *err)
{
    return (has_items(node_get(body, "multiObservationDataTypes"), parts) &&
            has_items(node_get(body, "unitOfMeasurements"), parts)) ||
           err_field(err, "unitOfMeasurements",
                     "multiObservationDataTypes, unitOfMeasurements and ObservedProperties of a "
                     "MultiDatastream are lists of the same length, which stays as it is");
}

/* Each of the links names another. */
static bool are_different(const Node *links)
{
    for (size_t i = 0; i < links->count; i++)
        for (size_t k = 0; city_is_link(links->items[i]) && k < i; k++)
            if (node_equal(links->items[i], links->items[k]))
                return false;
    return true;
}

bool city_check_new_multi(const CityEntity *entity, const Node *json, CityPlace place, Err *err)
{
    const Node *properties = node_get(json, "ObservedProperties");

    if (entity->type == STA_OBSERVED_PROPERTY && place.parent &&
        place.parent->type == STA_MULTI_DATASTREAM && place.parent->id)
        return err_set(err, ERR_INPUT, "a MultiDatastream keeps the ObservedProperties it has");
    if (entity->type != STA_MULTI_DATASTREAM)
        return true;
    if (!properties || properties->kind != NODE_LIST || !properties->count ||
        !are_different(properties) || (place.parent && place.parent->type == STA_OBSERVED_PROPERTY))
        return err_field(err, "ObservedProperties",
                         "MultiDatastream/ObservedProperties is a list, in the order of the "
                         "results, each once");
    return city_check_parts(entity->body, properties->count, err);
}

bool city_check_result(const CityEntity *stream, const Node *json, Err *err)
{
    return stream->type != STA_MULTI_DATASTREAM ||
           has_items(node_get(json, "result"), city_parts(stream->body)) ||
           err_field(err, "result",
                     "the result of an Observation of this MultiDatastream is a list of %zu",
                     city_parts(stream->body));
}
