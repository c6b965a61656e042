/* SPDX-License-Identifier: EUPL-1.2 */
/* How levels of service look and what they are called. */
#pragma once

#include "city/traffic/work.h"

typedef struct LevelLook {
    const char *word; /* for programs */
    const char *name; /* German */
    const char *colour;
    int width; /* of the line on the map */
    bool dashed;
} LevelLook;

/* Told apart by width and dashes as well as by colour. */
extern const LevelLook TRAFFIC_LOOKS[TRAFFIC_LEVELS];

/* Those of road works that close nothing, and of ways round. */
extern const LevelLook WORK_LOOK, DETOUR_LOOK;

/* "Stau, 12 km/h" */
Str traffic_level_text(const RoadSegment *segment, Arena *arena, Str lang);
/* "Baustelle, halbseitig gesperrt" */
Str road_work_what(const RoadWork *work, Arena *arena, Str lang);
/* "3. März 2027, 7:00 Uhr bis 9. März 2027, 17:00 Uhr", "seit … (Ende offen)" */
Str road_work_when(const RoadWork *work, Arena *arena, Str lang, Timestamp now);
