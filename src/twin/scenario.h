/* SPDX-License-Identifier: EUPL-1.2 */
/* Scenario: a YAML file and what it names, read and checked, as the solver's input.
 *
 * Everything lives in the scenario's arena but the large rasters, which scenario_free() gives back.
 * docs/twin-scenario.md is the reference of the file. */
#pragma once

#include "base/node.h"
#include "geo/cover.h"
#include "twin/classes.h"
#include "twin/damage.h"
#include "twin/flow/flow.h"
#include "twin/radolan.h"
#include "twin/remark.h"
#include "twin/table.h"

enum { SCENARIO_SOILS = 256 };

typedef struct TwinGauge {
    const char *name;
    GeoPoint at;
    uint32_t cell;
    double ground; /* m, of the model's terrain */
} TwinGauge;

/* Cells as pieces of rows: of wide rings there are many. */
typedef struct TwinPiece {
    uint32_t first, count;
} TwinPiece;

typedef struct TwinRing {
    TwinPiece *items;
    size_t count, capacity;
    size_t cells;
} TwinRing;

/* One building and the cells around its walls, where its water stands. */
typedef struct TwinBuilding {
    const GeoFeature *shape;
    GeoCells cells; /* those it covers */
    TwinRing ring;  /* free cells around them; none where it is walled in */
    double height;
} TwinBuilding;

typedef struct TwinOutput {
    double interval;   /* s between snapshots; 0: none */
    double series;     /* s between rows of gauges.csv and volume.csv */
    bool series_exact; /* rows at these times; else at the next step's end */
    bool snapshots;    /* write them */
    double checkpoint; /* s of wall clock between checkpoints */
    double ring;       /* m, how far from the wall a building's water is looked for; 0: one cell */
} TwinOutput;

typedef struct TwinScenario {
    Arena *arena;
    const char *file;
    Str title;
    double duration; /* s */

    GeoRaster terrain; /* blocks are raised in it */
    uint8_t *outside;  /* NULL: none */
    size_t outside_count;
    float *roughness; /* NULL: roughness_all */
    double roughness_all;
    uint8_t *soil; /* NULL: soils[0] everywhere */
    FlowSoil soils[SCENARIO_SOILS];
    size_t soil_count;

    FlowRainStep *rain;
    size_t rain_count;
    float *share;     /* NULL: 1 */
    Radolan *radolan; /* NULL: the same everywhere */

    FlowBoundary boundaries[FLOW_SIDES];
    FlowSource *sources;
    size_t source_count;
    FlowInlet *inlets;
    size_t inlet_count;
    double *depth, *u, *v; /* NULL: dry; at rest */

    TwinGauge *gauges;
    size_t gauge_count;
    GeoLayer layer; /* the buildings as they were read */
    TwinBuilding *buildings;
    size_t building_count;
    DamageCurve damage;
    double damage_value; /* EUR/m2 at total loss; 0: not told */
    TwinClasses classes;
    TwinOutput output;
    Remarks remarks; /* what is doubtful */
    Remarks notes;   /* what was done, as it should be */
} TwinScenario;

/* Read all. The result is freed with scenario_free() in any case. ERR_INPUT names file and line. */
bool scenario_read(const char *path, Arena *arena, TwinScenario *out, Err *err);
/* The same from text; `path` names it and tells where relative paths begin. */
bool scenario_parse(Str text, const char *path, Arena *arena, TwinScenario *out, Err *err);
/* Only the terrain, without the buildings on it. */
bool scenario_read_ground(const char *path, Arena *arena, TwinScenario *out, Err *err);
/* What the file and its base say, unread, as one map: for who tells people about it. NULL with err.
 */
Node *scenario_outline(const char *path, Arena *arena, Err *err);
void scenario_free(TwinScenario *scenario);
/* Views of the scenario for the solver. */
FlowInput scenario_input(TwinScenario *scenario);
