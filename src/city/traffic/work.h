/* SPDX-License-Identifier: EUPL-1.2 */
/* Road works and incidents. Each is a Thing of a dataset whose properties say what is restricted
 * and since when, at a place that is a point or a line: so datasets say who may see them, and each
 * way to get Things (OGC API - Features, GeoJSON, SensorThings, the catalogue) has them as well. */
#pragma once

#include "city/query/reader.h"
#include "city/traffic/segment.h"

typedef enum WorkKind {
    WORK_BUILDING,
    WORK_CLOSURE,
    WORK_ACCIDENT,
    WORK_EVENT,
    WORK_JAM,
    WORK_HAZARD,
    WORK_KINDS,
} WorkKind;

typedef enum WorkRestriction {
    WORK_CLOSED,
    WORK_NIGHT,  /* closed each night, open by day */
    WORK_HALF,   /* one direction at a time */
    WORK_NARROW, /* less room */
    WORK_FREE,   /* nothing is restricted */
    WORK_RESTRICTIONS,
} WorkRestriction;

/* How they are written in `art` and `einschraenkung`: "baustelle", "gesperrt". */
extern const char *const WORK_KIND_WORDS[WORK_KINDS];
extern const char *const WORK_RESTRICTION_WORDS[WORK_RESTRICTIONS];
/* What people read, in German: "Baustelle", "gesperrt". */
extern const char *const WORK_KIND_NAMES[WORK_KINDS];
extern const char *const WORK_RESTRICTION_NAMES[WORK_RESTRICTIONS];

typedef struct RoadWork {
    int64_t id; /* of the Thing; 0: new */
    int64_t dataset;
    Str key; /* what another program knows it by; empty: nobody else does */
    Str version;
    Str creator; /* of the feed that it came by; empty: that does not say */
    Str title, road, text;
    WorkKind kind;
    WorkRestriction restriction;
    Timestamp begins;
    Timestamp ends;           /* 0: nobody knows */
    int night_from, night_to; /* minutes of clocks in Berlin; both 0: from 20:00 to 6:00 */
    Way place;
    Str detour;     /* in words */
    Way detour_way; /* no point: there is none */
    Str source;
} RoadWork;

typedef struct RoadWorks {
    RoadWork *items;
    size_t count, capacity;
} RoadWorks;

/* Does the Thing tell of one, whether or not it can be read? */
bool road_work_is(const CityEntity *thing);
/* Those that the reader sees, by when they begin; texts are copies in the reader's arena. */
void road_works(const CityReader *reader, RoadWorks *out);
/* False when there is none that the reader sees. */
bool road_work_find(const CityReader *reader, int64_t id, RoadWork *out);

static inline bool road_work_is_over(const RoadWork *work, Timestamp now)
{
    return work->ends && work->ends <= now;
}
static inline bool road_work_is_on(const RoadWork *work, Timestamp now)
{
    return work->begins <= now && !road_work_is_over(work, now);
}

/* Is nobody let through at this moment? */
bool road_work_closes(const RoadWork *work, Timestamp now);
/* The hours of WORK_NIGHT: "20:00-05:00". */
Str road_work_night(const RoadWork *work, Arena *arena);
/* False when they are none. */
bool road_work_read_night(Str text, RoadWork *out);

/* Close the segments along those that close their road now. */
void road_close(RoadSegments *segments, const RoadWorks *works, Timestamp now, Arena *arena);
/* The segments that a place runs along, in the order of the segments. */
typedef struct RoadPicks {
    RoadSegment **items;
    size_t count, capacity;
} RoadPicks;
void road_segments_along(const RoadSegments *segments, const Way *place, Arena *arena,
                         RoadPicks *out);

/* --- Writing (work_write.c) --------------------------------------------------------------------
 */

/* ERR_INPUT with the field (of the desk's form) when it says something that cannot be. */
bool road_work_check(const RoadWork *work, Str lang, Err *err);
/* Its two parts: the texts, and the rest. */
bool road_work_check_words(const RoadWork *work, Str lang, Err *err);
bool road_work_check_where_and_when(const RoadWork *work, Str lang, Err *err);
/* Write them all, or none: new ones (id 0) get their ids. They belong to the dataset of this name,
 * those that are there keep theirs. */
bool road_works_write(Hub *hub, Str dataset, RoadWork *works, size_t count, Timestamp now,
                      Arena *arena, Err *err);
/* The same for one, in one transaction with its event ("roadwork.added") by the actor. A form that
 * `sent` it twice has it saved once (form_once.h); NULL: no form did. */
bool road_work_save(Hub *hub, Str dataset, RoadWork *work, const char *event, Str actor,
                    const Request *sent, Timestamp now, Arena *arena, Err *err);
/* The same for works that another program knows by their keys: one that is there with the key is
 * replaced unless it has a later version; those that are not taken for that have the id 0 then.
 * `made` is how many are new. */
bool road_works_take(Hub *hub, Str dataset, RoadWork *works, size_t count, Timestamp now,
                     size_t *made, Arena *arena, Err *err);
