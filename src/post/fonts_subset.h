/* SPDX-License-Identifier: EUPL-1.2 */
/* Parts of a font for a document. */
#pragma once

#include "post/fonts.h"

/* The font with these glyphs and no others, each keeping its number, as a zlib stream; `by_code`:
 * with the table from characters to glyphs, which fonts of single bytes need. */
bool font_subset(const Font *font, const GlyphSet *glyphs, bool by_code, Arena *arena,
                 Str *deflated, size_t *len);
