/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/segment.h"

#include "base/vec.h"
#include "city/traffic/group.h"
#include "city/traffic/work.h"

#include <math.h>

enum { FREE_KMH = 50, LANE_CAPACITY = 900, HEADING_OFF = 60, SAME_LINE_M = 3 };

/* --- Reading ------------------------------------------------------------------------------------
 */

/* A number within bounds, or what is taken where there is none. */
static double number_of(const Node *properties, const char *name, double least, double most,
                        double otherwise)
{
    double value = node_get_real(properties, name);

    return value >= least && value <= most ? value : otherwise;
}

static void find_box(RoadSegment *segment)
{
    segment->low = segment->high = segment->way.points[0];
    for (size_t i = 1; i < segment->way.count; i++) {
        WayPoint p = segment->way.points[i];
        segment->low = (WayPoint){fmin(segment->low.x, p.x), fmin(segment->low.y, p.y)};
        segment->high = (WayPoint){fmax(segment->high.x, p.x), fmax(segment->high.y, p.y)};
    }
}

bool traffic_is_road(const CityEntity *thing)
{
    return node_get_text(node_get(thing->body, "properties"), TRAFFIC_ROAD).len > 0 &&
           !road_work_is(thing);
}

static bool read_segment(const CityReader *reader, const CityEntity *thing, RoadSegment *out)
{
    const Node *properties = node_get(thing->body, "properties");
    Str road = node_get_text(properties, TRAFFIC_ROAD);

    if (!traffic_is_road(thing) || !city_sees(reader, thing) ||
        !way_of_json(city_place(reader, thing), reader->arena, &out->way) || out->way.count < 2)
        return false;
    out->thing = thing;
    out->road = road;
    out->class = node_get_text(properties, "klasse");
    out->free_kmh = number_of(properties, "freieGeschwindigkeit", 1, TRAFFIC_KMH_MAX, FREE_KMH);
    double lanes = number_of(properties, "spuren", 1, 10, 1);
    out->capacity = number_of(properties, "kapazitaet", 1, TRAFFIC_FLOW_MAX, lanes * LANE_CAPACITY);
    out->length = way_length(&out->way);
    out->oneway = node_get_bool(properties, "einbahn", false);
    out->kmh = NAN;
    find_box(out);
    return out->length > 0;
}

void road_segments(const CityReader *reader, RoadSegments *out)
{
    const CitySet *things = &reader->graph->sets[STA_THING];

    *out = (RoadSegments){0};
    for (size_t i = 0; i < things->count; i++) {
        RoadSegment segment = {0};
        if (read_segment(reader, things->items[i], &segment))
            VEC_PUSH(reader->arena, out, segment);
    }
}

RoadSegment *road_segment_of(const RoadSegments *all, int64_t thing)
{
    size_t from = 0, to = all->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (all->items[middle].thing->id < thing)
            from = middle + 1;
        else
            to = middle;
    }
    return from < all->count && all->items[from].thing->id == thing ? &all->items[from] : NULL;
}

/* --- Matching -----------------------------------------------------------------------------------
 */

/* Degrees of longitude and latitude that are surely more than these metres. */
static WayPoint reach_of(WayPoint p, double metres)
{
    double y = metres / 100000;

    return (WayPoint){y / fmax(cos(p.y * 0.0174533), 0.01), y};
}

static bool box_is_near(const RoadSegment *segment, WayPoint p, WayPoint reach)
{
    return p.x >= segment->low.x - reach.x && p.x <= segment->high.x + reach.x &&
           p.y >= segment->low.y - reach.y && p.y <= segment->high.y + reach.y;
}

static double turn_between(double a, double b)
{
    double turn = fabs(fmod(a - b, 360));

    return turn > 180 ? 360 - turn : turn;
}

static bool may_go(const RoadSegment *segment, double way_heading, double heading)
{
    double turn = turn_between(way_heading, heading);

    return !isfinite(heading) || turn <= HEADING_OFF ||
           (!segment->oneway && turn >= 180 - HEADING_OFF);
}

RoadSegment *road_match(const RoadSegments *all, WayPoint point, double heading, double most_m,
                        WayFoot *foot)
{
    WayPoint reach = reach_of(point, most_m);
    RoadSegment *best = NULL;

    for (size_t i = 0; i < all->count; i++) {
        RoadSegment *segment = &all->items[i];
        if (!box_is_near(segment, point, reach))
            continue;
        WayFoot found = way_nearest(&segment->way, point);
        if (found.distance > most_m || !may_go(segment, found.heading, heading))
            continue;
        best = segment;
        most_m = found.distance;
        *foot = found;
    }
    return best;
}

void road_count_near(const RoadSegments *all, WayPoint point, size_t *counts)
{
    WayFoot foot;

    if (!road_match(all, point, NAN, TRAFFIC_NEAR_M, &foot))
        return;
    double most = foot.distance + SAME_LINE_M;
    WayPoint reach = reach_of(point, most);
    for (size_t i = 0; i < all->count; i++)
        if (box_is_near(&all->items[i], point, reach))
            counts[i] += way_nearest(&all->items[i].way, point).distance <= most;
}

void road_set_level(RoadSegment *segment)
{
    segment->level =
        segment->closed ? TRAFFIC_CLOSED : traffic_level(segment->kmh, segment->free_kmh);
}
