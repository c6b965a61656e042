/* SPDX-License-Identifier: EUPL-1.2 */
/* Damage to a building from the depth at its wall: a curve of points, linear between them. */
#pragma once

#include "twin/table.h"

enum { DAMAGE_POINTS = 64 };

typedef struct DamageCurve {
    const char *name;
    double depth[DAMAGE_POINTS];    /* m, ascending */
    double fraction[DAMAGE_POINTS]; /* 0 to 1 of the value, not descending */
    size_t count;
} DamageCurve;

/* Europe's residential curve (Joint Research Centre, JRC105688, 2017). */
extern const DamageCurve DAMAGE_JRC;

/* Columns depth_m and fraction. */
bool damage_read(const char *path, Arena *arena, DamageCurve *out, Err *err);
/* 0 below the first point, the last fraction above the last. */
double damage_at(const DamageCurve *curve, double depth);
