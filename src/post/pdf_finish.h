/* SPDX-License-Identifier: EUPL-1.2 */
/* What cairo leaves out of a tagged PDF and PDF/UA-1 (ISO 14289-1) asks for: the document's
 * language and title, XMP with the PDF/UA mark, alternative texts of figures, scopes of table
 * heads, artifacts, glyph maps; and an identifier made from the content alone. */
#pragma once

#include "base/clock.h"
#include "base/err.h"

#include <cairo.h>

/* A picture whose ready bytes take the place of one drawn by pdf_picture_draw: cairo would
 * compress a photograph, or write each module of a code, anew for every letter. */
typedef struct PdfPicture {
    int width, height; /* pixels, or units of the drawing */
    Str deflated;      /* zlib stream of 8-bit RGB rows, or absent */
    Str drawing;       /* else operators that paint on a field of width x height, y upwards */
} PdfPicture;

typedef struct PdfFigure {
    const char *alt;
    double box[4]; /* left, bottom, right, top, from the page's lower left corner */
} PdfFigure;

typedef struct PdfMarks {
    Str lang; /* BCP 47 */
    Str title, author;
    Date date;
    PdfPicture pictures[2];
    size_t picture_count;
    PdfFigure figures[4];
    size_t figure_count; /* in the order in which they were tagged */
} PdfMarks;

/* Note the next figure; lengths are points from the page's top left corner. */
void pdf_marks_figure(PdfMarks *marks, Arena *arena, const char *alt, double x, double y,
                      double width, double height);

/* Draw the place of a picture and note what goes there. */
void pdf_picture_draw(PdfMarks *marks, cairo_t *cr, const PdfPicture *picture, double x, double y,
                      double width, double height);

/* `drawn` is cairo's tagged PDF. Fails with ERR_INTERNAL when it has another form than
 * the code knows. */
bool pdf_finish(Str drawn, const PdfMarks *marks, Arena *arena, Str *out, Err *err);
