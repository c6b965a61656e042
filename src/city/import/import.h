/* SPDX-License-Identifier: EUPL-1.2 */
/* Files of measured values and places read into a dataset. The same file may be read again: what is
 * there already stays or is put right, nothing is there twice. */
#pragma once

#include "city/hub/hub.h"

/* A line, or feature, that was left out, or a remark. `line` 0: of the whole. */
typedef void CityImportTell(void *context, int line, const char *what);

typedef struct CityImport {
    Hub *hub;
    Str dataset; /* name; it is there */
    Str source;  /* what the file is called, for the Thing of new Datastreams */
    Str folder;  /* that it lies in: a column of this name is the site; or STR_NONE */
    Str text;
    /* Of new Datastreams, where the file does not say it. No Thing: the site, or the dataset. */
    Str thing, property, unit;
    Timestamp now;
    int64_t ticks_per_ms; /* of times in line protocol; 0: they are seconds */
    CityImportTell *tell; /* or NULL */
    void *context;
} CityImport;

typedef struct CityImportReport {
    const char *kind; /* "wide table", "long table", "GeoJSON", "DATEX II",
                         "line protocol" */
    int64_t lines;    /* rows or features */
    int64_t observations;
    int64_t things, streams; /* that were made */
    int64_t wrong;           /* rows, values or features that were left out */
} CityImportReport;

/* By what stands in it. ERR_INPUT when it is no file of a kind that is known; then nothing was
 * written. What was wrong in single lines is told and left out. */
bool city_import(const CityImport *import, Arena *arena, CityImportReport *out, Err *err);

/* InfluxDB's line protocol (line.h). Where `thing` and `property` are empty, a Datastream's Thing
 * is named after measurement and tags, its property after the field. */
bool city_import_lines(const CityImport *import, Arena *arena, CityImportReport *out, Err *err);

/* Prometheus' remote write 1.0 (remote_write.h), as it comes, packed by snappy. Where `thing` and
 * `property` are empty, a Datastream's Thing is its label `instance` or `job`, its property its
 * name. ERR_INPUT when the bytes are none; series before that are written. */
bool city_import_prometheus(const CityImport *import, Arena *arena, CityImportReport *out,
                            Err *err);

/* The report as programs read it; `problems` is the list of what was told. */
Node *city_import_node(const CityImportReport *report, Node *problems, Arena *arena);

/* --- Inside ------------------------------------------------------------------------------------
 */

bool city_import_table(const CityImport *import, Arena *arena, CityImportReport *out, Err *err);
bool city_import_geojson(const CityImport *import, Arena *arena, CityImportReport *out, Err *err);
void city_import_wrong(const CityImport *import, CityImportReport *out, int line,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A moment as tables write it: "2027-03-01 09:30", "01.03.2027 09:30:00", ISO 8601; without an
 * offset it is what clocks in Berlin show. In the hour that they show twice, a time that is not
 * after `before` (INT64_MIN: none) is the later one. */
bool city_moment_parse(Str text, Timestamp before, Timestamp *out);
