/* SPDX-License-Identifier: EUPL-1.2 */
/* The pages of a letter that pdf_letter() wrote, found without a reader for all PDFs: the form
 * is ours. Bytes of any other form are refused, never read beyond their end. */
#pragma once

#include "post/pdf_canvas.h"

typedef struct LetterPages {
    struct {
        Str *items; /* deflated content of each page; parts of the PDF */
        size_t count, capacity;
    } contents;
    FontUse fonts;
    PdfPicture picture; /* `deflated` absent: none */
} LetterPages;

bool pdf_read_letter(Str pdf, Arena *arena, LetterPages *out);
