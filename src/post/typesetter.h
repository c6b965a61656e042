/* SPDX-License-Identifier: EUPL-1.2 */
/* Text to lines of glyphs: pango on two fixed font families, one font map per thread.
 *
 * The fonts are Liberation Sans (fonts-liberation) and, for characters it lacks, DejaVu
 * Sans (fonts-dejavu-core), which together hold the letters of DIN SPEC 91379. The
 * machine's other fonts and settings are never looked at, so that a letter comes
 * out alike everywhere. All lengths are points (1/72 inch). */
#pragma once

#include "base/err.h"
#include "post/hyphenate.h"
#include "post/markdown.h"

#include <pango/pangocairo.h>

#define MM(millimetres) ((millimetres)*72.0 / 25.4)

typedef struct TextStyle {
    double size;
    double leading; /* from baseline to baseline */
    double gray;    /* 0 black ... 1 white */
    bool bold;
    bool hyphenated;
} TextStyle;

/* The text of one letter: its language and its layouts. */
typedef struct Typesetter {
    Arena *arena;
    Str lang;
    PangoContext *context; /* the thread's */
    const Hyphenator *hyphenator;
    PangoLayout **items; /* all layouts made, to be released together */
    size_t count, capacity;
} Typesetter;

/* Fails with ERR_INTERNAL when the fonts are not installed, naming the package. */
bool typesetter_begin(Typesetter *setter, Arena *arena, Str lang, Err *err);
void typesetter_end(Typesetter *setter);

/* Break into lines of `width`; 0 means one line per forced break. The layout lives
 * until typesetter_end. */
PangoLayout *typesetter_layout(Typesetter *setter, const TextStyle *style, const MarkdownText *text,
                               double width);
PangoLayout *typesetter_plain(Typesetter *setter, const TextStyle *style, Str text, double width);

/* Width of the widest line, and height of all at the style's leading. */
double layout_width(PangoLayout *layout);
double layout_height(PangoLayout *layout, const TextStyle *style);

/* typesetter_draw.c. Draw with the top of the first line's leading at `y`. With `right_edge` > 0
 * lines end there instead of beginning at `x`. */
void layout_draw(cairo_t *cr, PangoLayout *layout, const TextStyle *style, double x, double y,
                 double right_edge);
void layout_line_draw(cairo_t *cr, PangoLayoutLine *line, const TextStyle *style, double x,
                      double y);
