/* SPDX-License-Identifier: EUPL-1.2 */
/* What lies around a GeoJSON geometry, in its own coordinates. */
#pragma once

#include "base/node.h"

typedef struct StaBox {
    double west, south, east, north;
    bool any; /* else it is around nothing */
} StaBox;

/* Widen it by a geometry, a Feature or a collection of either. False when that has no positions, or
 * one that is none: then the box says nothing of it. */
bool sta_box_add(StaBox *box, const Node *geojson);
/* By so much on each side. */
StaBox sta_box_wider(StaBox box, double margin);
/* Do they have a place in common, be it on the edge? */
bool sta_boxes_meet(const StaBox *a, const StaBox *b);
