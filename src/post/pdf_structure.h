/* SPDX-License-Identifier: EUPL-1.2 */
/* The structure tree of a drawn document (ISO 32000-1, 14.7). */
#pragma once

#include "post/pdf_canvas.h"

/* Write the tree's root as object `root` and all elements; the first page is object `page`, each
 * further one two numbers later. */
void pdf_write_structure(PdfWriter *w, int root, int page, PdfCanvas *canvas);
