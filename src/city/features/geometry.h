/* SPDX-License-Identifier: EUPL-1.2 */
/* GeoJSON geometries: where they lie, and what they are in another reference system. */
#pragma once

#include "base/node.h"
#include "city/features/ask.h"
#include "city/sta/geometry.h"

/* The rectangle around it, in the frame's reference system, with heights where it has some; false
 * when it has no point there. */
bool ogc_bounds(const Node *geometry, const OgcFrame *frame, OgcBox *out);
/* The geometry in the frame's reference system, itself where nothing changes; the axes in its order
 * or, not `ordered`, east first. NULL when a point cannot be brought over. */
const Node *ogc_geometry_in(const Node *geometry, const OgcFrame *frame, bool ordered,
                            Arena *arena);
/* Is this one of GeoJSON's seven kinds? */
bool ogc_is_geometry(const Node *geometry);

/* A box that geometries are held against. */
typedef struct OgcWindow {
    OgcBox parts[2]; /* two where it lies over the antimeridian */
    size_t count;
    const OgcFrame *frame;
    StaShapes *shapes;
    const StaShape *areas[2];
} OgcWindow;

/* GEOS is asked about lines and areas only, and loaded with the first of them. */
void ogc_window_open(const OgcBox *box, const OgcFrame *frame, OgcWindow *out);
void ogc_window_close(OgcWindow *window);
bool ogc_window_meets(OgcWindow *window, const Node *geometry, Arena *arena, bool *meets, Err *err);
