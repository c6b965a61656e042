/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/fonts_subset.h"

#include "base/vec.h"

#include <hb-subset.h>

bool font_subset(const Font *font, const GlyphSet *glyphs, bool by_code, Arena *arena,
                 Str *deflated, size_t *len)
{
    /* Words are shaped before they come here, and names and metrics stand in the PDF. */
    static const hb_tag_t dropped[] = {HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'),
                                       HB_TAG('G', 'D', 'E', 'F'), HB_TAG('n', 'a', 'm', 'e'),
                                       HB_TAG('O', 'S', '/', '2'), HB_TAG('p', 'o', 's', 't')};
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    unsigned int size = 0;

    if (!input)
        return false;
    for (size_t i = 0; i < glyphs->count; i++) {
        hb_set_add(hb_subset_input_glyph_set(input), glyphs->items[i]);
        if (by_code && font->unicode[glyphs->items[i]])
            hb_set_add(hb_subset_input_unicode_set(input), font->unicode[glyphs->items[i]]);
    }
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        hb_set_add(hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG), dropped[i]);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_RETAIN_GIDS);
    hb_face_t *face = hb_subset_or_fail(font->face, input);

    hb_subset_input_destroy(input);
    if (!face)
        return false;
    hb_blob_t *blob = hb_face_reference_blob(face);
    const char *bytes = hb_blob_get_data(blob, &size);

    *deflated = pdf_deflate(arena, (Str){bytes, size}, by_code ? 9 : 6);
    *len = size;
    hb_blob_destroy(blob);
    hb_face_destroy(face);
    return size > 0;
}

/* --- Objects -----------------------------------------------------------------------------------
 */

/* Subsets of different glyphs have different names (ISO 32000-1, 9.6.4). */
static void add_name(Buf *out, const Font *font, const GlyphSet *glyphs)
{
    uint64_t hash =
        glyphs ? str_hash((Str){(const char *)glyphs->items, glyphs->count * sizeof *glyphs->items})
               : 0;

    for (int i = 0; i < 6; i++, hash /= 26)
        buf_add_char(out, (char)('A' + hash % 26));
    buf_add_char(out, '+');
    buf_add_c(out, font->name);
}

static void add_millionths(Buf *out, uint32_t width)
{
    pdf_add_thousandths(out, width);
}

static int write_descriptor(PdfWriter *w, const Font *font, const GlyphSet *glyphs, Str file,
                            size_t len)
{
    int stream = pdf_number(w), descriptor = pdf_number(w);

    pdf_stream(w, stream, arena_printf(w->out.arena, "/Length1 %zu", len), file, true);
    pdf_object_begin(w, descriptor);
    buf_add_c(&w->out, "<< /Type /FontDescriptor /FontName /");
    add_name(&w->out, font, glyphs);
    /* Nonsymbolic where the encoding tells the characters, symbolic where numbers do. */
    buf_addf(&w->out,
             " /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d "
             "/CapHeight %d /StemV %d /FontFile2",
             glyphs ? 4 : 32, font->box[0], font->box[1], font->box[2], font->box[3], font->ascent,
             font->descent, font->cap_height, font->bold ? 140 : 80);
    pdf_add_reference(&w->out, stream);
    buf_add_c(&w->out, " >>");
    pdf_object_end(w);
    return descriptor;
}

static const char *const map_head = "/CIDInit /ProcSet findresource begin\n12 dict begin\n"
                                    "begincmap\n/CIDSystemInfo << /Registry (Adobe) "
                                    "/Ordering (UCS) /Supplement 0 >> def\n"
                                    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n";
static const char *const map_end =
    "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";

/* What the codes mean; a soft hyphen looks like a hyphen and is none. */
static int write_common_map(PdfWriter *w, const Font *font)
{
    Buf map = buf_in(w->out.arena);
    int number = pdf_number(w);

    buf_add_c(&map, map_head);
    buf_add_c(&map, "1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
                    "2 beginbfrange\n<20> <7E> <0020>\n<A7> <FC> <00A7>\nendbfrange\n");
    Buf chars = buf_in(w->out.arena);
    int count = 0;

    for (unsigned code = 0x80; code < 0xa0; code++)
        if (font->glyph_of[code]) {
            buf_addf(&chars, "<%02X> <%04X>\n", code, font->unicode[font->glyph_of[code]]);
            count++;
        }
    buf_addf(&map, "%d beginbfchar\n%.*sendbfchar\n", count, STR_ARG(buf_str(&chars)));
    buf_add_c(&map, map_end);
    pdf_stream(w, number, "", pdf_deflate(w->out.arena, buf_str(&map), 6), true);
    return number;
}

static int write_common(PdfWriter *w, const Font *font, int *map)
{
    int descriptor = write_descriptor(w, font, NULL, font->common, font->common_len);
    int number;

    if (!*map)
        *map = write_common_map(w, font);
    number = pdf_number(w);
    pdf_object_begin(w, number);
    buf_add_c(&w->out, "<< /Type /Font /Subtype /TrueType /BaseFont /");
    add_name(&w->out, font, NULL);
    buf_add_c(&w->out, " /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 252 /Widths [");
    for (unsigned code = 32; code <= 252; code++) {
        add_millionths(&w->out, font->glyph_of[code] ? font->widths[font->glyph_of[code]] : 0);
        buf_add_char(&w->out, code % 32 == 31 ? '\n' : ' ');
    }
    buf_add_c(&w->out, "] /FontDescriptor");
    pdf_add_reference(&w->out, descriptor);
    buf_add_c(&w->out, " /ToUnicode");
    pdf_add_reference(&w->out, *map);
    buf_add_c(&w->out, " >>");
    pdf_object_end(w);
    return number;
}

static int write_glyph_map(PdfWriter *w, const Font *font, const GlyphSet *glyphs)
{
    enum { AT_ONCE = 100 }; /* the most that a section may hold */
    Buf map = buf_in(w->out.arena);
    int number = pdf_number(w);

    buf_add_c(&map, map_head);
    buf_add_c(&map, "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    for (size_t from = 0; from < glyphs->count; from += AT_ONCE) {
        size_t to = from + AT_ONCE < glyphs->count ? from + AT_ONCE : glyphs->count;

        buf_addf(&map, "%zu beginbfchar\n", to - from);
        for (size_t i = from; i < to; i++) {
            uint32_t c = font->unicode[glyphs->items[i]];

            buf_addf(&map, "<%04X> ", glyphs->items[i]);
            if (c >= 0x10000)
                buf_addf(&map, "<%04X%04X>\n", 0xd800 + ((c - 0x10000) >> 10),
                         0xdc00 + ((c - 0x10000) & 0x3ff));
            else
                buf_addf(&map, "<%04X>\n", c ? c : 0xfffd);
        }
        buf_add_c(&map, "endbfchar\n");
    }
    buf_add_c(&map, map_end);
    pdf_stream(w, number, "", pdf_deflate(w->out.arena, buf_str(&map), 6), true);
    return number;
}

static bool write_others(PdfWriter *w, const Font *font, const GlyphSet *glyphs, int *out, Err *err)
{
    Str file;
    size_t len;

    if (!font_subset(font, glyphs, false, w->out.arena, &file, &len))
        return err_set(err, ERR_INTERNAL, "no subset of the font %s could be made", font->name);
    int descriptor = write_descriptor(w, font, glyphs, file, len);
    int map = write_glyph_map(w, font, glyphs), below = pdf_number(w);

    pdf_object_begin(w, below);
    buf_add_c(&w->out, "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /");
    add_name(&w->out, font, glyphs);
    buf_add_c(&w->out, " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
                       "/CIDToGIDMap /Identity /FontDescriptor");
    pdf_add_reference(&w->out, descriptor);
    buf_add_c(&w->out, " /W [");
    for (size_t i = 0; i < glyphs->count; i++) {
        buf_add_i64(&w->out, glyphs->items[i]);
        buf_add_c(&w->out, " [");
        add_millionths(&w->out, font->widths[glyphs->items[i]]);
        buf_add_c(&w->out, "]\n");
    }
    buf_add_c(&w->out, "] >>");
    pdf_object_end(w);
    *out = pdf_number(w);
    pdf_object_begin(w, *out);
    buf_add_c(&w->out, "<< /Type /Font /Subtype /Type0 /BaseFont /");
    add_name(&w->out, font, glyphs);
    buf_add_c(&w->out, " /Encoding /Identity-H /DescendantFonts [");
    pdf_add_reference(&w->out, below);
    buf_add_c(&w->out, "] /ToUnicode");
    pdf_add_reference(&w->out, map);
    buf_add_c(&w->out, " >>");
    pdf_object_end(w);
    return true;
}

bool fonts_write(PdfWriter *w, const FontUse *use, Buf *entries, Err *err)
{
    const Font *fonts = fonts_get();
    int map = 0;

    for (int i = 0; i < FONT_COUNT; i++) {
        int number = 0;

        if (i < FONT_COMMON_COUNT && use->common[i])
            buf_addf(entries, "/F%d %d 0 R ", i, write_common(w, &fonts[i], &map));
        if (use->others[i].count == 0)
            continue;
        if (!write_others(w, &fonts[i], &use->others[i], &number, err))
            return false;
        buf_addf(entries, "/G%d %d 0 R ", i, number);
    }
    return true;
}
