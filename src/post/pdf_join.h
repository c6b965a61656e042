/* SPDX-License-Identifier: EUPL-1.2 */
/* Many letters one behind the other, for a printer: their pages as they are, without structure, on
 * one set of fonts and pictures for all. The same letters joined twice are the same bytes. */
#pragma once

#include "base/err.h"

typedef struct PdfJoin PdfJoin;

/* Memory for the whole file comes from the arena. */
PdfJoin *pdf_join_begin(Arena *arena);
/* Add the pages of a PDF that letter_render() made; it is not needed afterwards. With `even` an
 * empty page follows an odd number of pages, so that two-sided printing begins each letter on a
 * sheet of its own. `*pages` (may be NULL) gets how many it has. Fails with ERR_INPUT when it is no
 * such PDF, as one of an earlier version of the program is not; nothing is added then. */
bool pdf_join_add(PdfJoin *join, Str pdf, bool even, int *pages, Err *err);
/* The same, before all other pages. */
bool pdf_join_cover(PdfJoin *join, Str pdf, bool even, Err *err);
/* `title` for the document's information. */
bool pdf_join_end(PdfJoin *join, Str title, Str *out, Err *err);
