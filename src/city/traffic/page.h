/* SPDX-License-Identifier: EUPL-1.2 */
/* What citizens see of the roads. */
#pragma once

#include "city/traffic/roads.h"
#include "core/page/parts.h"

enum { ROAD_ROWS_MAX = 20, ROAD_PLACES_MAX = 400, WORK_FILTERS = 4 };

typedef struct RoadRow {
    int64_t id; /* of the speed's Datastream; 0: there is none */
    Str name, level, when;
} RoadRow;

typedef struct WorkRow {
    int64_t id;
    Str title, what, when;
    bool on;
} WorkRow;

typedef struct WorkRows {
    WorkRow *items;
    size_t count, capacity;
} WorkRows;

typedef struct FilterView {
    const char *word;
    Str label;
    bool chosen;
} FilterView;

/* Crossings to choose from, and how long it takes between the chosen ones. */
typedef struct DriveView {
    OptionView *from, *to;
    size_t count;
    Str errors[2]; /* beside from and to, or STR_NONE */
    Str answer;
    bool failed;
} DriveView;

typedef struct TrafficPage {
    bool any;
    Str ground; /* TileJSON below the map, or STR_NONE */
    Str bounds, summary;
    RoadRow *roads; /* the slowest first */
    size_t road_count, hidden;
    WorkRows works;
    FilterView filters[WORK_FILTERS];
    DriveView drive;
} TrafficPage;

typedef struct WorkPage {
    RoadWork work;
    FactView facts[8];
    size_t fact_count;
    bool over;
    Str ground;
    Str bounds;
} WorkPage;

/* GET /stadtdaten/verkehr?zeit=&von=&nach= */
bool traffic_page(Request *req, Response *res, Err *err);
/* GET /stadtdaten/baustellen/:id */
bool road_work_page(Request *req, Response *res, Err *err);

/* Crossings of roads by their names, alphabetically; the chosen one is marked. */
size_t traffic_crossings(const RoadGraph *graph, Str chosen, Arena *arena, OptionView **out);
/* "west,south,east,north" around ways, with a margin; STR_NONE: there is none. */
typedef struct WayBox {
    double west, south, east, north;
} WayBox;
WayBox way_box(void);
void way_box_add(WayBox *box, const Way *way);
Str way_box_text(const WayBox *box, Arena *arena);
