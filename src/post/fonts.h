/* SPDX-License-Identifier: EUPL-1.2 */
/* The fonts of the letters: Liberation Sans, and DejaVu Sans for characters it lacks, read once and
 * stripped of their hints.
 *
 * Text goes into a PDF in two ways (ISO 32000-1, 9.6 and 9.7). The *common* characters of German
 * letters are single bytes in WinAnsiEncoding on a subset that is the same in every letter, made
 * and compressed once per program. All others are glyph numbers on a subset of just the glyphs
 * that the document has. Glyphs keep their numbers in every subset, so a page's content
 * fits each file that has its glyphs: that is how print files are put together. */
#pragma once

#include "base/err.h"
#include "post/pdf_write.h"

#include <fontconfig/fontconfig.h>
#include <hb.h>

enum { FONT_COUNT = 4, FONT_SYMBOLS = 2, FONT_COMMON_COUNT = 2, SOFT_HYPHEN_CODE = 0xad };

typedef struct Font {
    const char *name; /* PostScript's */
    bool bold;
    char file[64]; /* as fontconfig knows it */
    hb_blob_t *bytes;
    hb_face_t *face;
    size_t glyph_count;
    uint32_t *widths;  /* of each glyph, in millionths of an em */
    uint32_t *unicode; /* of each glyph: the lowest character that it stands for, or 0 */
    int box[4], ascent, descent, cap_height; /* thousandths of an em */
    uint16_t glyph_of[256];                  /* common: of each code, or 0 */
    Str common;                              /* the subset, deflated; its length before */
    size_t common_len;
} Font;

/* Glyphs used of one font, in the order of their numbers. */
typedef struct GlyphSet {
    uint16_t *items;
    size_t count, capacity;
} GlyphSet;

/* FONT_COUNT fonts: text, its bold, symbols, their bold. NULL when they are not installed. */
const Font *fonts_get(void);
/* For pango: these fonts and no others. */
FcConfig *fonts_config(void);
/* Index of the font that fontconfig knows by this name, or -1. */
int font_of_file(const char *file);

/* Code of a common character whose glyph in this font is `glyph`, or 0. */
unsigned font_code(const Font *font, uint32_t character, uint32_t glyph);
uint32_t font_glyph(const Font *font, uint32_t character);
void glyphs_add(Arena *arena, GlyphSet *set, uint16_t glyph);

/* What a document uses of the fonts. */
typedef struct FontUse {
    bool common[FONT_COMMON_COUNT];
    GlyphSet others[FONT_COUNT];
} FontUse;

/* Write the fonts' objects; `entries` gets those of the resources: "/F0 7 0 R /G2 12 0 R". Fonts
 * are called F and G (for `others`) and their index. */
bool fonts_write(PdfWriter *w, const FontUse *use, Buf *entries, Err *err);
