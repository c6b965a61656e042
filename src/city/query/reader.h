/* SPDX-License-Identifier: EUPL-1.2 */
/* What a query reads: the hub as it is while the query holds it, through the eyes of whoever asks.
 *
 * An Observation's id holds its series and its ordinal in it: (series << 33) | ordinal, below 2^53,
 * so that programs which read numbers as doubles have it exactly. It is never stored. */
#pragma once

#include "city/hub/hub.h"
#include "city/sta/evaluate.h"

enum { CITY_ORDINAL_BITS = 33 };
/* Nested $expand multiplies: so many entities it may lead to in one answer. */
enum { CITY_RELATED_MAX = 1000000 };
enum { CITY_PAGE_MAX = 10000, CITY_TABLE_MAX = 200000 /* of CSV and data arrays */ };

/* Up to so many Observations of a Datastream are looked at one by one for what it says of all. */
enum { CITY_SMALL_STREAM = 1000 };

typedef struct CityReader {
    Hub *hub;
    const CityGraph *graph;
    ObsStore *store;
    CityRights rights;
    Arena *arena;
    Timestamp now;
    Str root;         /* of links: "https://host/t/town/sta/v1.1" */
    size_t page_max;  /* how many entities one page has at most */
    size_t related;   /* entities that $expand led to so far */
    int64_t deadline; /* monotonic ms: then whatever reads Observations gives up */
    StaSource source; /* of this reader's entities */
} CityReader;

/* An Observation as the evaluator's source and the writer take it. */
typedef struct CityObservation {
    const CityEntity *stream;
    Observation is;
} CityObservation;

static inline int64_t city_observation_id(uint32_t series, uint64_t ordinal)
{
    return (int64_t)series << CITY_ORDINAL_BITS | (int64_t)ordinal;
}
static inline uint32_t city_id_series(int64_t id)
{
    return id > 0 && id >> CITY_ORDINAL_BITS <= CITY_SERIES_MAX
               ? (uint32_t)(id >> CITY_ORDINAL_BITS)
               : 0;
}
static inline uint64_t city_id_ordinal(int64_t id)
{
    return (uint64_t)id & (((uint64_t)1 << CITY_ORDINAL_BITS) - 1);
}

/* Holds the hub until the end. */
bool city_reader_begin(CityReader *reader, Request *req, Str root, Err *err);
/* The same for the program itself, which sees everything. */
bool city_reader_begin_all(CityReader *reader, Tenant *tenant, Timestamp now, Arena *arena,
                           Err *err);
void city_reader_begin_hub(CityReader *reader, Hub *hub, Timestamp now, Arena *arena);
void city_reader_end(CityReader *reader);
/* ERR_TOO_LARGE, with what to do, once the deadline is over. */
bool city_reader_goes_on(const CityReader *reader, Err *err);

/* Observations are seen as their Datastream is. */
bool city_sees(const CityReader *reader, const CityEntity *entity);
/* The Observation of this id, texts in the reader's arena; `*found` false when there is none that
 * the reader may see. */
bool city_find_observation(const CityReader *reader, int64_t id, CityObservation *out, bool *found,
                           Err *err);
/* The geometry of a Location or feature: a Feature's is inside it. NULL: it has none. */
const Node *city_geometry(const CityEntity *entity);
/* That of the first Location of a Thing that has one and that the reader may see, or NULL. */
const Node *city_place(const CityReader *reader, const CityEntity *thing);
/* What an Observation is of, or NULL. */
const CityEntity *city_observation_feature(const CityReader *reader, const CityObservation *o);
/* What phenomenonTime and resultTime of a Datastream are. */
typedef struct CityTimes {
    StaTime phenomenon, result;
    bool any, any_result; /* is there one? */
} CityTimes;

/* Exactly, of a Datastream with at most 1,000 Observations; of others as city_stream_time() has it,
 * and without resultTime. */
bool city_stream_times(const CityReader *reader, const CityEntity *stream, CityTimes *out,
                       Err *err);
/* When a Datastream's Observations are, from the first's start to the last's end; false with `err`
 * unset: it has none. */
bool city_stream_time(const CityReader *reader, const CityEntity *stream, StaTime *out, Err *err);
