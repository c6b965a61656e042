/* SPDX-License-Identifier: EUPL-1.2 */
/* DATEX II, version 3 (CEN/TS 16157): situations, measurement sites, predefined locations and what
 * was measured, read and written. What we write is what the schemas of 3.3 demand (schema_test.c)
 * and is read by the reader here as the same. */
#pragma once

#include "city/traffic/work.h"

#define DATEX_SPACE "http://datex2.eu/schema/3/"

/* A place that is told beforehand: a site of measurement, or a part of a road. */
typedef struct DatexSite {
    Str id, version, name, road;
    Way place;
    int line;
} DatexSite;

typedef struct DatexSites {
    DatexSite *items;
    size_t count, capacity;
} DatexSites;

/* One measured value of a site. */
typedef struct DatexValue {
    Str site;
    Str index; /* which of the site's measurements */
    bool flow; /* vehicles an hour; else km/h */
    double number;
    double vehicles; /* that it stands for; 0: not told */
    Timestamp time;
    int line;
} DatexValue;

typedef struct DatexValues {
    DatexValue *items;
    size_t count, capacity;
} DatexValues;

/* A situation as one of our road works; `key` is its id. */
typedef struct DatexSituation {
    RoadWork work;
    int line;
} DatexSituation;

typedef struct DatexSituations {
    DatexSituation *items;
    size_t count, capacity;
} DatexSituations;

typedef void DatexTell(void *context, int line, const char *what);

typedef struct DatexWords {
    Str *items;
    size_t count, capacity;
} DatexWords;

typedef struct DatexFile {
    bool snapshot;       /* it has all that there is: what is missing of `creators` is over */
    Str creator;         /* of the publication that was read last; empty: it does not say */
    DatexWords creators; /* those of its publications of situations */
    DatexWords ids;      /* of all situations that are real, also of those that were left out */
    DatexSituations situations;
    DatexSites sites;
    DatexValues values;
    int64_t wrong; /* what was left out, and told */
} DatexFile;

/* Does the text begin like a file of DATEX II (any version), or of XML at all? */
bool datex_is_xml(Str text);
/* ERR_INPUT with the line when it is no DATEX II v3 or not well-formed. Single situations, sites
 * and values that make no sense are told and left out. `now` is the time of what has none. */
bool datex_read(Str text, Timestamp now, DatexTell *tell, void *context, Arena *arena,
                DatexFile *out, Err *err);

/* --- Writing -----------------------------------------------------------------------------------
 */

typedef struct DatexCreator {
    Str name; /* of the town, as an identifier */
    Timestamp now;
} DatexCreator;

/* What it is known by: its key, or a prefix and the Thing's id for what is our own. */
Str datex_situation_id(const RoadWork *work, Str prefix, Arena *arena);

/* Each writes a whole document. */
void datex_write_situations(const DatexCreator *creator, const RoadWork *works, size_t count,
                            Str prefix, Buf *out);
void datex_write_sites(const DatexCreator *creator, const DatexSite *sites, size_t count, Buf *out);
void datex_write_values(const DatexCreator *creator, const DatexValue *values, size_t count,
                        Buf *out);
