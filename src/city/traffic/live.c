/* SPDX-License-Identifier: EUPL-1.2 */
/* How fast one goes on each segment, from the latest values of counters and of floating cars. */
#include "city/traffic/segment.h"

#include <math.h>

/* What a speed stands for of which nobody says how many vehicles it is of. */
static const double VEHICLES = 5;

typedef struct Live {
    CityReader *reader;
    RoadSegments *all;
    SpeedMean *speeds; /* of each segment */
    double *flows;     /* vehicles an hour, of all its counters; NAN: none */
    Timestamp *flow_times;
} Live;

/* The segment of a Datastream: its Thing's own, or the nearest to where its Thing is. */
static RoadSegment *segment_of(const Live *live, const CityEntity *stream)
{
    const CityEntity *thing = city_linked(stream, "Thing");
    Arena *arena = live->reader->arena;
    WayFoot foot;
    Way way;

    RoadSegment *own = thing ? road_segment_of(live->all, thing->id) : NULL;
    if (own || !thing || !city_sees(live->reader, thing) ||
        !way_of_json(city_place(live->reader, thing), arena, &way) || way.count != 1)
        return own;
    return road_match(live->all, way.points[0], NAN, TRAFFIC_NEAR_M, &foot);
}

/* {"parameters": {"fahrzeuge": 3}} */
static double vehicles_of(const Observation *o, Arena *arena)
{
    Err err = {0};

    if (!o->extra.ptr)
        return VEHICLES;
    const Node *extra = node_parse_json(arena, o->extra, NULL, &NODE_LIMITS_REQUEST, &err);
    double vehicles = node_get_real(node_get(extra, "parameters"), "fahrzeuge");
    return vehicles >= 1 && vehicles <= 10000 ? vehicles : VEHICLES;
}

static void take_flow(Live *live, size_t place, const Observation *o)
{
    if (o->number < 0 || o->number > TRAFFIC_FLOW_MAX ||
        traffic_fade(live->reader->now - o->time) <= 0)
        return;
    live->flows[place] = isnan(live->flows[place]) ? o->number : live->flows[place] + o->number;
    if (o->time > live->flow_times[place])
        live->flow_times[place] = o->time;
}

static bool take_stream(Live *live, const CityEntity *stream, bool flow, Err *err)
{
    RoadSegment *segment = segment_of(live, stream);
    Arena *arena = live->reader->arena;
    Observation latest;
    bool found = false;

    if (!segment)
        return true;
    if (!obs_latest_until(live->reader->store, stream->series, live->reader->now, arena, &latest,
                          &found, err))
        return false;
    if (!found || latest.kind != OBS_NUMBER || !isfinite(latest.number) || latest.status)
        return true;
    size_t place = (size_t)(segment - live->all->items);
    if (flow)
        take_flow(live, place, &latest);
    else if (latest.number <= TRAFFIC_KMH_MAX)
        speed_mean_add(&live->speeds[place], latest.number, vehicles_of(&latest, arena),
                       latest.time, live->reader->now);
    return true;
}

static void conclude(Live *live)
{
    for (size_t i = 0; i < live->all->count; i++) {
        RoadSegment *segment = &live->all->items[i];
        segment->kmh = speed_mean(&live->speeds[i]);
        segment->at = live->speeds[i].latest;
        if (isnan(segment->kmh) && !isnan(live->flows[i])) {
            segment->kmh = traffic_flow_speed(segment->free_kmh, live->flows[i], segment->capacity);
            segment->at = live->flow_times[i];
        }
        road_set_level(segment);
    }
}

bool road_live(CityReader *reader, RoadSegments *all, Err *err)
{
    const CitySet *streams = &reader->graph->sets[STA_DATASTREAM];
    Live live = {reader, all, arena_array(reader->arena, SpeedMean, all->count),
                 arena_array(reader->arena, double, all->count),
                 arena_array(reader->arena, Timestamp, all->count)};

    for (size_t i = 0; i < all->count; i++)
        live.flows[i] = NAN;
    for (size_t i = 0; i < streams->count; i++) {
        const CityEntity *stream = streams->items[i];
        const CityEntity *property = city_linked(stream, "ObservedProperty");
        Str name = property ? node_get_text(property->body, "name") : STR_NONE;
        bool flow = str_is(name, TRAFFIC_FLOW);
        if ((flow || str_is(name, TRAFFIC_SPEED)) && city_sees(reader, stream) &&
            !take_stream(&live, stream, flow, err))
            return false;
    }
    conclude(&live);
    return true;
}
