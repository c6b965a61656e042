/* SPDX-License-Identifier: EUPL-1.2 */
/* Legends: which depth gets which colour. Towns differ, so that each chooses: `twin: {legend: ulm}`
 * in tenant.yaml, or classes of its own:
 *
 *     twin:
 *       legend:
 *         - {from: 0.05, colour: "#c6dbef", label: "5 bis 20 cm"}
 *
 * Colours are blues of one hue with rising darkness, told apart by everybody. */
#pragma once

#include "core/tenant.h"
#include "geo/tile/paint.h"

enum { LEGEND_CLASSES_MAX = 8 };

typedef struct LegendClass {
    double from; /* m, or m/s */
    Colour colour;
    const char *label; /* German, "10 bis 50 cm"; "" is not shown */
} LegendClass;

typedef struct Legend {
    const char *title; /* German, "Wassertiefe" */
    LegendClass classes[LEGEND_CLASSES_MAX];
    size_t count;
} Legend;

/* The one that a setting chooses; the LUBW's when there is none. ERR_INPUT tells line and remedy;
 * `file` names the settings in it. */
bool legend_read(const Node *chosen, const char *file, Arena *arena, Legend *out, Err *err);
/* "ulm", "essen" or "lubw"; the LUBW's for other names. */
Legend legend_named(Str name);
/* The town's for depths: what its settings say was checked when the town was opened. */
Legend legend_depth(const Tenant *tenant, Arena *arena);
Legend legend_speed(void);
Legend legend_difference(void);
/* Depth at houses' walls. */
Legend legend_houses(void);
/* "0.05 #ffeda0 0.1 #feb24c", for the map's script. */
Str legend_text(Arena *arena, const Legend *legend);
void legend_palette(const Legend *legend, const PaintScale *scale, PaintPalette *out);
/* The class of a value, or -1 below the first. */
int legend_class(const Legend *legend, double value);
/* "#c6dbef" */
Str colour_text(Arena *arena, Colour colour);
bool colour_parse(Str text, Colour *out);
