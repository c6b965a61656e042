/* SPDX-License-Identifier: EUPL-1.2 */
/* The file structure of a PDF (ISO 32000-1, 7.5): objects, streams, the table of where they are. */
#pragma once

#include "base/buf.h"

/* The second line tells programs that move files that this one is not text (7.5.2), and us which
 * form the file has. */
#define PDF_BEGINNING "%PDF-1.7\n%\xe2\xe3\xcf\xd3 Rathaus 1\n"

typedef struct PdfWriter {
    Buf out;
    size_t *offsets; /* of each object, 0 not written yet */
    size_t count, capacity;
} PdfWriter;

/* Begin a file with room for about `size` bytes. */
void pdf_write_begin(PdfWriter *w, Arena *arena, size_t size);
/* The number of a further object, to be written at any time. */
int pdf_number(PdfWriter *w);
/* "7 0 obj" and its end; what is between goes to w->out. */
void pdf_object_begin(PdfWriter *w, int number);
void pdf_object_end(PdfWriter *w);
/* A whole stream object. `entries` are those of its dictionary besides Length and Filter. */
void pdf_stream(PdfWriter *w, int number, const char *entries, Str bytes, bool deflated);
/* End the file; `id` are 16 bytes. The result lives as long as the arena. */
Str pdf_write_end(PdfWriter *w, int catalog, int info, const unsigned char id[16]);

/* " 7 0 R" */
void pdf_add_reference(Buf *out, int number);
/* A text string (7.9.2.2), from valid UTF-8. */
void pdf_add_text(Buf *out, Str text);
/* Thousandths as a decimal number: 12500 is "12.5". */
void pdf_add_thousandths(Buf *out, int64_t value);
/* Points or a shade, with three places. */
void pdf_add_real(Buf *out, double value);

/* As a zlib stream. `level` as zlib's. */
Str pdf_deflate(Arena *arena, Str bytes, int level);
