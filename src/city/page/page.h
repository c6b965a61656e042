/* SPDX-License-Identifier: EUPL-1.2 */
/* What citizens see of the town's measured values. */
#pragma once

#include "city/alarm/warning.h"
#include "city/board/board.h"
#include "city/query/reader.h"
#include "city/traffic/group.h"
#include "core/page/parts.h"
#include "core/page/plot.h"

/* --- Words (words.c) ---------------------------------------------------------------------------
 */

/* "12,5 °C"; "keine Angabe" where it is no number. Of computed values two decimals at most. */
Str city_value_text(Arena *arena, Str lang, const Observation *o, Str unit);
Str city_number_text(Arena *arena, Str lang, double value);
/* "12,5 °C", or "12,5" where the unit is empty. */
Str city_measure_text(Arena *arena, Str lang, double value, Str unit);
/* "10:35 Uhr" of today, else the day as well. */
Str city_when_text(Arena *arena, Str lang, Timestamp at, Date today);
Str city_name(const CityEntity *entity);
Str city_unit(const CityEntity *stream);

/* --- Now (now.c): GET /stadtdaten ----------------------------------------------------------------
 */

typedef struct NowRow {
    int64_t id; /* of the Datastream */
    Str name, value, when;
} NowRow;

/* A dataset with what is measured in it at this moment, or with its places. */
typedef struct NowGroup {
    const CityDataset *dataset;
    const char *colour; /* of its dots on the map */
    bool no_roads; /* rows of road segments are not shown: the tile of the traffic tells of them */
    NowRow *items;
    size_t count, capacity;
    size_t hidden;    /* rows that are not shown */
    size_t places;    /* Things that measure nothing */
    Timestamp newest; /* of the rows; 0: none has a value */
    Str when;         /* the same in words */
} NowGroup;

typedef struct NowPage {
    NowGroup *groups;
    size_t count;
    bool any;   /* there are values or places */
    Str ground; /* TileJSON below the layers, or STR_NONE */
    Str bounds; /* "west,south,east,north" of the places, or STR_NONE */
    CityWarnings warnings;
    Boards boards; /* public ones */
    TrafficGroup traffic;
} NowPage;

bool city_now_page(Request *req, Response *res, Err *err);
/* GET /stadtdaten/karte.geojson: all Things that are somewhere, for the map. */
bool city_places(Request *req, Response *res, Err *err);
/* "west,south,east,north" of the places that the reader may see, of one dataset or of all (0);
 * STR_NONE: there are none. */
Str city_bounds(const CityReader *reader, int64_t dataset);
/* The way in from the portal's first page. */
bool city_portal_entry(Request *req, PortalEntry *out, Err *err);

/* --- One series (series.c): GET /stadtdaten/reihe/:id?zeit=
 * --------------------------------------- */

enum { SERIES_ROWS_MAX = 400, SERIES_SPANS = 5, SERIES_FINDINGS = 20 };

/* Something remarkable, and when it begins. */
typedef struct FindingRow {
    Str time, what;
} FindingRow;

typedef struct SpanView {
    const char *word; /* in the address */
    Str label;
    bool chosen;
} SpanView;

typedef struct SeriesRow {
    Str time, mean, least, most;
} SeriesRow;

typedef struct SeriesPage {
    int64_t id;
    Str name, summary;
    FactView facts[6];
    size_t fact_count;
    SpanView spans[SERIES_SPANS];
    const double *limit; /* drawn as a dashed line; or NULL */
    Plot plot;
    SeriesRow rows[SERIES_ROWS_MAX];
    size_t row_count;
    bool only_good; /* values with a status are left out of the course */
    FactView quality[5];
    size_t quality_count;
    FindingRow findings[SERIES_FINDINGS];
    size_t finding_count;
    bool more_findings, remarkable, marked, quality_partly;
    Str query;        /* that chose the time: "zeit=woche" */
    Str days[2];      /* the first and the last day, typed: "01.03.2027" */
    Str days_error;   /* or STR_NONE: no course is shown then */
    bool any;         /* numbers were measured, whenever */
    int64_t from, to; /* of what is shown, ms */
    Str unit;
    Str embed;            /* what other sites write to show it */
    Str licence, dataset; /* title */
    Str csv;              /* address */
    Str api;
} SeriesPage;

bool city_series_page(Request *req, Response *res, Err *err);
/* GET …/einbetten: the course alone, for a frame of other sites; what everybody may see. */
bool city_series_embedded(Request *req, Response *res, Err *err);
/* GET …/werte.json (points.c) */
bool city_points(Request *req, Response *res, Err *err);
/* The Datastream of this id that the reader may see, or NULL. */
const CityEntity *city_series_of(const CityReader *reader, Str id);

/* --- One dataset (dataset_page.c): GET /stadtdaten/datensatz/:name
 * -------------------------------- */

typedef struct DatasetPlace {
    Str name, about;
    Str path; /* of its own page; STR_NONE: it has none */
} DatasetPlace;

typedef struct DatasetPage {
    const CityDataset *dataset;
    NowGroup group;
    DatasetPlace *places;
    size_t place_count, capacity;
    Str geojson, csv, api;
} DatasetPage;

bool city_dataset_page(Request *req, Response *res, Err *err);
/* The colour of a dataset's dots: "#2171b5". */
const char *city_colour(const CityDatasets *all, int64_t dataset);
/* Fill the rows of a dataset's group, at most so many; the others are counted. */
bool city_group_rows(CityReader *reader, NowGroup *group, size_t most, Str lang, Date today,
                     Err *err);
