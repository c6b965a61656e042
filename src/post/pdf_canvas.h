/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages of a tagged PDF while they are drawn. Lengths are points from the page's top left corner.
 *
 * What is drawn while an element is open is its content; what is drawn otherwise, and all rules, is
 * an artifact (ISO 14289-1, 7.1): each operator stands in the one or the other. */
#pragma once

#include "post/typesetter.h"

static const double page_width = MM(210), page_height = MM(297);

/* A picture ready for every PDF. */
typedef struct PdfPicture {
    int width, height; /* pixels */
    Str deflated;      /* zlib stream of rows: 8-bit RGB, or a byte per pixel with a palette */
    Str palette;       /* red, green, blue of each of at most 256 colours; empty: RGB */
} PdfPicture;

typedef struct PdfColour {
    double red, green, blue; /* 0 to 1 */
} PdfColour;

typedef struct PdfPoint {
    double x, y;
} PdfPoint;

typedef struct PdfElement PdfElement;

/* A child, or content of a page. */
typedef struct PdfKid {
    PdfElement *element;
    int page, content;
} PdfKid;

/* An element of the structure (ISO 32000-1, 14.7.2). */
struct PdfElement {
    const char *type; /* "P", "TH" */
    PdfElement *parent;
    const char *alt; /* of a figure, with its box: left, bottom, right, top, y upwards */
    double box[4];
    bool last;        /* read behind its siblings, wherever it was drawn */
    bool head_of_row; /* a TH; without it, of its column */
    struct {
        PdfKid *items;
        size_t count, capacity;
    } kids;
    int number; /* of its object, when it is written */
};

typedef struct CanvasPage {
    Buf content;
    struct {
        PdfElement **items; /* of each marked content */
        size_t count, capacity;
    } marked;
    double gray, line_width; /* what the page's content has set last */
    double line_gray;
} CanvasPage;

typedef struct PdfCanvas {
    Arena *arena;
    struct {
        CanvasPage *items;
        size_t count, capacity;
    } pages;
    PdfElement *document, *open;
    PdfElement *writing; /* whose content the operators now are */
    enum { CANVAS_BARE, CANVAS_ARTIFACT, CANVAS_ELEMENT } state;
    bool furniture;
    FontUse fonts;
    struct {
        const PdfPicture **items; /* of the document: /P0, /P1, … */
        size_t count, capacity;
    } pictures;
} PdfCanvas;

void canvas_begin(PdfCanvas *canvas, Arena *arena);
/* Begin the next page. */
void canvas_page(PdfCanvas *canvas);
/* No operator may follow. */
void canvas_end(PdfCanvas *canvas);

/* Open and close an element below the one that is open. */
void canvas_open(PdfCanvas *canvas, const char *type);
void canvas_close(PdfCanvas *canvas);
/* The open element is read behind its siblings. */
void canvas_read_last(PdfCanvas *canvas);
/* The open TH names its row. */
void canvas_head_of_row(PdfCanvas *canvas);
/* While `on`, everything is an artifact. */
void canvas_furniture(PdfCanvas *canvas, bool on);

/* Draw with the top of the first line's leading at `y`. With `right_edge` > 0 lines end there
 * instead of beginning at `x`. */
void canvas_text(PdfCanvas *canvas, const SetText *text, const TextStyle *style, double x, double y,
                 double right_edge);
void canvas_line_of_text(PdfCanvas *canvas, const SetText *text, size_t line,
                         const TextStyle *style, double x, double y);
void canvas_rule(PdfCanvas *canvas, double x1, double y1, double x2, double y2, double width,
                 double gray);
/* A figure of a picture, or of operators that paint in black on a field of `units` by `units`, y
 * upwards. Pictures and `alt` must live as long as the canvas. */
void canvas_picture(PdfCanvas *canvas, const PdfPicture *picture, const char *alt, double x,
                    double y, double width, double height);
void canvas_drawing(PdfCanvas *canvas, Str operators, int units, const char *alt, double x,
                    double y, double size);

/* A figure of parts: what is drawn until it is closed (by canvas_close) belongs to it. */
void canvas_open_figure(PdfCanvas *canvas, const char *alt, double x, double y, double width,
                        double height);
/* Parts of the open element; of none, they are artifacts. */
void canvas_paint(PdfCanvas *canvas, const PdfPicture *picture, double x, double y, double width,
                  double height);
void canvas_area(PdfCanvas *canvas, const PdfPoint *points, size_t count, PdfColour colour);
/* `dash` is the length of dashes and gaps; 0: none. */
void canvas_line(PdfCanvas *canvas, const PdfPoint *points, size_t count, double width,
                 PdfColour colour, double dash);
