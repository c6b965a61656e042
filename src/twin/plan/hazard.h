/* SPDX-License-Identifier: EUPL-1.2 */
/* What citizens see of the published simulation: the map, and advice for their address. */
#pragma once

#include "twin/plan/desk.h"

typedef enum Danger { DANGER_UNKNOWN, DANGER_NONE, DANGER_SOME, DANGER_HIGH } Danger;

typedef struct HazardHit {
    Str address;
    Str depth; /* "34 cm" */
    Danger danger;
} HazardHit;

typedef struct HazardPage {
    bool published;
    Str rain_text;
    Str asked; /* the address as it was typed, or STR_NONE */
    HazardHit hits[10];
    size_t count;
    bool more; /* than are shown */
    Str near;  /* the addresses of the street, where the number is not known; or STR_NONE */
    SimMap map;
} HazardPage;

/* Engine.portal_entry: as long as a map is published. */
bool hazard_entry(Request *req, PortalEntry *out, Err *err);
bool hazard_page(Request *req, Response *res, Err *err);
bool hazard_tile(Request *req, Response *res, Err *err);
bool hazard_picture(Request *req, Response *res, Err *err);
bool hazard_point(Request *req, Response *res, Err *err);
/* The published simulation; ERR_NOT_FOUND where there is none. */
bool hazard_shown(Request *req, int64_t *id, Err *err);
