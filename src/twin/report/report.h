/* SPDX-License-Identifier: EUPL-1.2 */
/* Report: what was computed on two pages of a tagged PDF, for councils, files and people without
 * the browser at hand. Page 1 is the map, page 2 the figures; of two simulations that are compared,
 * page 1 has before, after and the difference. */
#pragma once

#include "base/clock.h"
#include "base/node.h"
#include "twin/plan/curve.h"
#include "twin/plan/legend.h"

/* Pictures that `rathaus twin tiles` made (show/picture.h), all of one size. */
typedef struct ReportPictures {
    int width, height;
    const unsigned char *depth;      /* steps of PAINT_DEPTH */
    const unsigned char *ground;     /* NULL: none was drawn */
    const unsigned char *difference; /* steps of PAINT_DIFFERENCE; NULL: nothing changed */
} ReportPictures;

typedef struct ReportHouse {
    Str address;
    double depth, before; /* m at its walls; `before` only of a comparison */
    double speed;         /* m/s */
    int64_t damage;       /* euro */
} ReportHouse;

/* The houses of one class of the legend. */
typedef struct ReportClass {
    int64_t houses, damage; /* euro */
} ReportClass;

/* A place where the water is watched; curves in m. */
typedef struct ReportGauge {
    Curve depth;
    Curve level;    /* above the terrain's zero */
    Curve measured; /* its depth, s from the beginning of the rain; count 0: there is none */
} ReportGauge;

typedef struct Report {
    Str town;     /* "Stadt Musterstadt" */
    Str arms_png; /* or STR_NONE */
    Date date;
    Str title;    /* of the simulation */
    Str rain;     /* in words */
    Str model;    /* title of the city's model, or STR_NONE */
    Str measures; /* in words, or STR_NONE: none */
    const Node *summary;
    const Node *outline; /* scenario_outline() as it was computed, or NULL: not known */
    Legend legend;
    ReportPictures pictures;
    ReportClass classes[LEGEND_CLASSES_MAX];
    ReportHouse *houses; /* those to be listed, the worst first */
    size_t house_count;
    int64_t affected; /* with more than 10 cm */
    ReportGauge *gauges;
    size_t gauge_count;
    Str event;                   /* when the gauges were measured, or STR_NONE */
    const struct Report *before; /* what it is compared with, or NULL */
    int64_t less, more;          /* of a comparison: houses with less water, and with more */
} Report;

enum { REPORT_HOUSES_MAX = 24 };

/* What lies in the folders of a result and of its maps; what `scenario` (or NULL) says stands in
 * for results that do not tell theirs. Fills summary, outline, pictures and gauges. */
bool report_load(Report *report, const char *result, const char *maps, const char *scenario,
                 Arena *arena, Err *err);
/* The pictures in a folder of maps. */
bool report_pictures_read(ReportPictures *out, const char *maps, Arena *arena, Err *err);
/* The difference over ground, streets and houses, as a PNG. */
Str report_difference_png(Arena *arena, const ReportPictures *pictures);
/* gauges.csv; a missing file is no gauge. */
bool report_gauges_read(const char *path, Arena *arena, ReportGauge **out, size_t *count, Err *err);
/* The rain of a scenario that no planner ordered, in words. */
Str report_rain_words(const Report *report, Arena *arena);
/* The PDF; it depends on nothing but the report. */
bool report_render(const Report *report, Arena *arena, Str *pdf, Err *err);

/* `rathaus twin report RESULT --out FILE.pdf` */
int twin_report_command(int argc, char **argv);
