/* SPDX-License-Identifier: EUPL-1.2 */
/* The Datastreams that an alarm watches, as they are at this moment: copied, so that nobody is held
 * up while they are looked at. */
#pragma once

#include "city/alarm/alarm.h"
#include "city/hub/hub.h"

typedef struct Watched {
    int64_t id; /* of the Datastream */
    uint32_t series;
    Str name, thing, unit;
    const Node *lon, *lat; /* of a Thing at a point, or NULL */
    const Node *place;     /* of the Thing, as GeoJSON, where the alarm has an area; or NULL */
    int inside;            /* does it meet the area: 1, 0, or -1 where nobody knows */
} Watched;

typedef struct WatchedList {
    Watched *items;
    size_t count, capacity;
} WatchedList;

/* Those of the alarm's dataset only, by id. */
bool alarm_watch(Hub *hub, const Alarm *alarm, Arena *arena, WatchedList *out, Err *err);
/* ERR_INPUT of the field "gebiet" when the text is no area. */
bool alarm_area_check(Str area, Err *err);
/* What it watches, in words: "alle Messreihen", "alle Messreihen „Wasserstand“", a name. */
Str alarm_watch_words(const CityGraph *graph, const Alarm *alarm, Arena *arena);
