/* SPDX-License-Identifier: EUPL-1.2 */
/* Several PDFs one behind the other, for a printer: the pages and what they show, without structure
 * and forms. The same PDFs joined twice are the same bytes. */
#pragma once

#include "base/err.h"

typedef struct PdfJoin PdfJoin;

PdfJoin *pdf_join_begin(void);
/* Add the pages of a PDF; `pdf` must live until pdf_join_end(). With `even` an empty page follows
 * an odd number of pages, so that two-sided printing begins each letter on a sheet of its own.
 * `*pages` (may be NULL) gets how many it has. */
bool pdf_join_add(PdfJoin *join, Str pdf, bool even, int *pages, Err *err);
/* Put the pages of a PDF before all others. */
bool pdf_join_cover(PdfJoin *join, Str pdf, bool even, Err *err);
/* Write; gives the join back in any case. `title` for the document's information. */
bool pdf_join_end(PdfJoin *join, Str title, Arena *arena, Str *out, Err *err);
void pdf_join_cancel(PdfJoin *join);
