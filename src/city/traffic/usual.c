/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/traffic/desk.h"

#include <math.h>

enum { WEEKS = 4, HOUR_MS = 3600000, DAY_MS = 24 * HOUR_MS };

/* The same time of the clock in Berlin, weeks ago. */
static Timestamp weeks_ago(Timestamp now, int weeks)
{
    Date day = date_in_berlin(now);
    int64_t within = now - timestamp_of_berlin_day(day);

    return timestamp_of_berlin_day(date_add_days(day, -7 * (int64_t)weeks)) + within;
}

static bool add_stream(const CityReader *reader, uint32_t series, double *sum, double *count,
                       Err *err)
{
    for (int week = 1; week <= WEEKS; week++) {
        Timestamp then = weeks_ago(reader->now, week);
        int64_t bounds[2] = {then - HOUR_MS / 2, then + HOUR_MS / 2};
        ObsAggregate found;
        if (!obs_aggregate(reader->store, series, bounds, 1, true, &found, err))
            return false;
        if (found.count && isfinite(found.sum)) {
            *sum += found.sum;
            *count += (double)found.count;
        }
    }
    return true;
}

bool road_usual(CityReader *reader, const RoadSegment *segment, double *kmh, Err *err)
{
    const CityLinks *streams =
        city_links(segment->thing, sta_relation(STA_THING, STR("Datastreams")));
    double sum = 0, count = 0;

    for (size_t i = 0; i < streams->count; i++) {
        const CityEntity *stream = streams->items[i];
        const CityEntity *property = city_linked(stream, "ObservedProperty");
        bool speed = property && str_is(node_get_text(property->body, "name"), TRAFFIC_SPEED);
        if (speed && city_sees(reader, stream) &&
            !add_stream(reader, stream->series, &sum, &count, err))
            return false;
    }
    *kmh = count > 0 ? sum / count : NAN;
    return true;
}
