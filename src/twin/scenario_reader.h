/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files that read parts of a scenario share. */
#pragma once

#include "base/node.h"
#include "twin/scenario.h"

typedef struct ScenarioReader {
    TwinScenario *scenario;
    Arena *arena;
    const char *folder; /* of the file, which relative paths are relative to */
} ScenarioReader;

/* A number with its unit: the first of each list may be left out. */
typedef enum Quantity {
    QUANTITY_NONE,
    QUANTITY_TIME,       /* s, min, h */
    QUANTITY_MINUTES,    /* min, s, h; in minutes */
    QUANTITY_LENGTH,     /* m, cm, mm */
    QUANTITY_INTENSITY,  /* mm/h, l/(s*ha) */
    QUANTITY_MILLIMETRE, /* mm, cm, m; in millimetres */
    QUANTITY_DISCHARGE,  /* m3/s, l/s */
    QUANTITY_LITRES,     /* l/s, m3/s; in l/s */
    QUANTITY_SPEED,      /* m/s */
} Quantity;

/* Refuse at the node's line. */
bool scenario_wrong(const ScenarioReader *reader, const Node *node, Err *err, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
/* Remark upon a node, with its place. */
void scenario_remark(const ScenarioReader *reader, const Node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Every key of the map must be among `keys` (ended by NULL); the nearest is offered otherwise. */
bool scenario_keys(const ScenarioReader *reader, const Node *map, const char *where,
                   const char *const *keys, Err *err);
/* A finite number from `least` to `most`; `where` names it in messages. */
bool scenario_number(const ScenarioReader *reader, const Node *node, const char *where,
                     Quantity quantity, double least, double most, double *out, Err *err);
/* The same of a map's key; a missing one leaves `*out`. */
bool scenario_get_number(const ScenarioReader *reader, const Node *map, const char *key,
                         Quantity quantity, double least, double most, double *out, Err *err);
bool scenario_is_number(const Node *node);
/* Text of a key; NULL when it is missing or no text. */
const char *scenario_text(const ScenarioReader *reader, const Node *map, const char *key);
/* A path of the file, seen from here. */
const char *scenario_path(const ScenarioReader *reader, Str path);
/* The path at a key that must be there. NULL with err. */
const char *scenario_file(const ScenarioReader *reader, const Node *map, const char *key,
                          const char *where, Err *err);
/* [x, y] on the terrain's plane. */
bool scenario_point(const ScenarioReader *reader, const Node *node, const char *where,
                    GeoPoint *out, Err *err);
/* A map's `file`, `layer` and `crs`, read and brought into the terrain's system; notes become
 * remarks. */
bool scenario_layer(const ScenarioReader *reader, const Node *map, const char *where, GeoLayer *out,
                    Err *err);
/* A raster of the terrain's cells from {raster: file, resample: …} or the key given. Cells of the
 * model without a value are refused, unless `missing` is finite. From malloc. */
double *scenario_raster(const ScenarioReader *reader, const Node *map, const char *key,
                        const char *where, double missing, Err *err);
/* A number, or the path of a series. */
bool scenario_series(const ScenarioReader *reader, const Node *node, const char *where,
                     SeriesKind kind, FlowSeries *out, Err *err);
/* Is the cell part of the model? */
bool scenario_wet(const TwinScenario *scenario, size_t cell);
/* Has a building raised it? */
bool scenario_on_roof(const TwinScenario *scenario, size_t cell);

/* --- the parts, in the order in which they are read --- */
bool scenario_read_terrain(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_roughness(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_infiltration(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_buildings(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_measures(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_rain(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_boundaries(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_check_sides(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_initial(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_sources(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_inlets(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_gauges(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_output(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_classes(ScenarioReader *reader, const Node *node, Err *err);
bool scenario_read_damage(ScenarioReader *reader, const Node *node, Err *err);
