/* SPDX-License-Identifier: EUPL-1.2 */
/* The roads at the desk, for who may write the town's data: what is slower than usual, and road
 * works to enter, change and end. */
#pragma once

#include "city/traffic/roads.h"
#include "core/page/parts.h"

enum { WORK_ERRORS = 12, USUAL_ROWS = 15 };

/* What was typed, and what is wrong with it. */
typedef struct WorkForm {
    int64_t id; /* 0: new */
    Str title, text, begins, ends, coordinates, detour, segment, kind, restriction, night, access;
    bool detour_way;
    OptionView *segments;
    size_t segment_count;
    OptionView kinds[WORK_KINDS], restrictions[WORK_RESTRICTIONS];
    FieldError errors[WORK_ERRORS];
    size_t error_count;
    bool over;
} WorkForm;

typedef struct UsualRow {
    Str name, now, usual;
} UsualRow;

typedef struct WorkLine {
    int64_t id;
    Str title, what, when, access;
} WorkLine;

typedef struct DeskTraffic {
    Str notice;
    UsualRow slow[USUAL_ROWS];
    size_t slow_count;
    bool any;
    WorkLine *works;
    size_t work_count;
    WorkForm form;
} DeskTraffic;

bool desk_traffic(Request *req, Response *res, Err *err);
bool desk_work_add(Request *req, Response *res, Err *err);
bool desk_work(Request *req, Response *res, Err *err);
bool desk_work_change(Request *req, Response *res, Err *err);
bool desk_work_end(Request *req, Response *res, Err *err);

/* How fast one goes on a segment at this hour of this weekday: the mean of the last four weeks.
 * NAN where nothing was measured (usual.c). */
bool road_usual(CityReader *reader, const RoadSegment *segment, double *kmh, Err *err);
