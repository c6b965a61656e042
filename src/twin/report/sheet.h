/* SPDX-License-Identifier: EUPL-1.2 */
/* The parts that the report's pages are put together from. Lengths are points from the page's top
 * left corner. */
#pragma once

#include "post/pdf_letter.h"
#include "twin/report/report.h"

static const double sheet_left = MM(22), sheet_right = MM(190), sheet_bottom = MM(284);

extern const TextStyle SHEET_TITLE, SHEET_HEADING, SHEET_TEXT, SHEET_STRONG, SHEET_SMALL;

typedef struct Sheet {
    Arena *arena;
    PdfCanvas canvas;
    Typesetter setter;
    const Report *report;
} Sheet;

/* A paragraph or heading ("P", "H1"); its height. */
double sheet_text(Sheet *sheet, const char *type, const TextStyle *style, Str text, double x,
                  double y, double width);
/* Without an element of its own: part of the open one. */
void sheet_label(Sheet *sheet, const TextStyle *style, Str text, double x, double y, double right);
double sheet_text_height(Sheet *sheet, const TextStyle *style, Str text, double width);

enum { SHEET_COLUMNS_MAX = 6 };

/* Columns behind the first are set right; the first takes what they leave. */
typedef struct SheetTable {
    size_t columns;
    const Str *head; /* NULL: none */
    const Str *cells;
    size_t rows;
    bool row_heads; /* the first column names its row */
    bool left;      /* all columns are set left */
} SheetTable;

/* Its height. */
double sheet_table(Sheet *sheet, const SheetTable *table, double x, double y, double width);
double sheet_row_height(void);
/* A list with dashes; its height. `measure_only`: nothing is drawn. */
double sheet_list(Sheet *sheet, const TextStyle *style, const Str *items, size_t count, double x,
                  double y, double width, bool measure_only);

/* A square of the legend's colour and what it means; the width it takes. */
double sheet_swatch(Sheet *sheet, Colour colour, const char *label, double x, double y);

/* map_picture.c: the report's steps as a picture. */
typedef enum MapTheme { MAP_DEPTH, MAP_DIFFERENCE } MapTheme;
const PdfPicture *map_picture(Arena *arena, const Report *report, MapTheme theme);
Colour map_house_colour(void);
Colour map_street_colour(void);

/* The width on the ground, m. */
double map_width_m(const Report *report);
/* "1 : 9.100" */
Str map_scale(Arena *arena, const Report *report, double width);
/* A figure with frame, north arrow and scale bar; the map is `width` wide. Its height. */
double map_draw(Sheet *sheet, const Report *report, MapTheme theme, const char *alt, double x,
                double y, double width);

/* chart.c: curves over time. */
typedef struct Chart {
    const Curve *curves; /* names stand in the legend */
    size_t count;
    const char *alt;
} Chart;
enum { CHART_CURVES_MAX = 6 };
void chart_draw(Sheet *sheet, const Chart *chart, double x, double y, double width, double height);

/* assumptions.c: what was assumed, in sentences for people. */
enum { ASSUMPTIONS_MAX = 16 };
size_t report_assumptions(const Report *report, Arena *arena, Str out[ASSUMPTIONS_MAX]);
/* How damage is estimated. */
Str report_damage_words(const Report *report, Arena *arena);

void page_of_maps(Sheet *sheet);
void page_of_comparison(Sheet *sheet);
void page_of_figures(Sheet *sheet);
