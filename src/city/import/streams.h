/* SPDX-License-Identifier: EUPL-1.2 */
/* The Datastreams that a file names by keys of its own, found, or made many at a time.
 *
 * A new one has a planned number until city_streams_write() has put it on disk, together with the
 * others that were planned; city_streams_number() tells its series from then on. */
#pragma once

#include "city/edit/insert.h"
#include "city/import/import.h"
#include "city/import/keys.h"

/* Of the key of a Datastream, where a program makes it. */
enum { CITY_KEY_MAX = 2000 };

typedef struct CityStreamKey {
    Str key, name, unit, property, thing;
    double x, y;      /* where it is; NAN: not told */
    int64_t thing_id; /* the Thing is there; 0: it is the one of the name, or is made */
} CityStreamKey;

/* The dataset's entities of one type by their names, of a name the first. */
typedef struct CityNames {
    StaEntity type;
    CityKeys ids;
    int64_t last; /* id up to which they are known */
} CityNames;

typedef struct CityStreams {
    const CityImport *import;
    CityImportReport *report; /* counts what is made */
    Arena *arena;
    int64_t dataset;
    const CityGraph *held; /* for reading; NULL: it is not held */
    CityEntity *before;    /* that was found before, while it is held; or NULL */
    bool planning;         /* holds the right to change, and `insert` is begun */
    bool shared;           /* what is planned holds a Sensor or an ObservedProperty */
    CityInsert insert;
    CityNames things, sensors, properties;
    CityKeys planned; /* planned numbers by key */
    struct {
        CityEntity **items; /* by planned number, from `written` on */
        size_t count, capacity;
    } made;
    struct {
        CityEntity **items; /* new Things that are not yet written */
        size_t count, capacity;
    } new_things;
    uint32_t *series; /* of the first `written` of `made` */
    size_t written, room;
} CityStreams;

/* ERR_NOT_FOUND when the import's dataset is not there. */
bool city_streams_begin(CityStreams *streams, const CityImport *import, CityImportReport *report,
                        Arena *arena, Err *err);
/* The series of a key's Datastream, or its planned number. False when it is yet to be planned. The
 * graph is held from then on, until something is planned or let go. */
bool city_streams_find(CityStreams *streams, Str key, uint32_t *out);
void city_streams_let_go(CityStreams *streams);
/* Find it or plan it. ERR_INPUT when it cannot be made. */
bool city_streams_plan(CityStreams *streams, const CityStreamKey *key, uint32_t *out, Err *err);
/* On disk when this returns. Nothing is held any more, as after city_streams_end(). */
bool city_streams_write(CityStreams *streams, Err *err);
/* The series that a planned number became; others are what they are. */
uint32_t city_streams_number(const CityStreams *streams, uint32_t number);
/* Drop what is planned and not written. */
void city_streams_end(CityStreams *streams);

/* The series of one, made at once when it is missing. */
bool city_stream_series(CityStreams *streams, const CityStreamKey *key, uint32_t *out, Err *err);
