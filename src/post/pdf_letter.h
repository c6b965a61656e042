/* SPDX-License-Identifier: EUPL-1.2 */
/* A drawn letter as PDF 1.7 with what PDF/UA-1 (ISO 14289-1) asks for: structure, language, title,
 * XMP; and an identifier made from the content alone. */
#pragma once

#include "base/clock.h"
#include "post/pdf_canvas.h"

typedef struct PdfTitle {
    Str lang; /* BCP 47 */
    Str title, author;
    Date date;
} PdfTitle;

/* "/Info" of a document. */
void pdf_write_info(PdfWriter *w, int number, const PdfTitle *title);
/* One of the document's pictures. */
void pdf_write_picture(PdfWriter *w, int number, const PdfPicture *picture);

bool pdf_letter(PdfCanvas *canvas, const PdfTitle *title, Arena *arena, Str *out, Err *err);
