/* SPDX-License-Identifier: EUPL-1.2 */
/* Pango's lines of glyphs to operators, with the text that each glyph stands for.
 *
 * A soft hyphen is left out where it is not seen and is the hyphen's second code where it is, which
 * means a soft hyphen (ISO 32000-1, annex D): readers join the word again. A line that
 * ends between words keeps its blank, so that words do not run together when the text is
 * read aloud or copied. Where glyphs do not tell their text (ligatures, what no font
 * has), it is written beside them (14.9.4). */
#include "post/typesetter.h"

#include "base/utf8.h"
#include "base/vec.h"

#include <math.h>
#include <pango/pangofc-font.h>

static const double unseen = 0.02; /* points: what a pen may be off before it is moved */

typedef struct OtherList {
    OtherGlyph *items;
    size_t count, capacity;
} OtherList;

/* Operators of a line while they are written. */
typedef struct LineWriter {
    Buf out;
    double size;
    double x;   /* where the next glyph belongs */
    double pen; /* where the PDF's pen stands */
    int font;   /* of the last string, -1 none */
    bool common;
    double rise;
    enum { OUTSIDE, IN_ARRAY, IN_STRING } state;
    SetText *text;
    OtherList *others;
    Arena *arena;
} LineWriter;

static void end_string(LineWriter *w)
{
    if (w->state == IN_STRING)
        buf_add_char(&w->out, w->common ? ')' : '>');
    if (w->state != OUTSIDE)
        w->state = IN_ARRAY;
}

static void end_array(LineWriter *w)
{
    end_string(w);
    if (w->state == IN_ARRAY)
        buf_add_c(&w->out, "]TJ\n");
    w->state = OUTSIDE;
}

static void choose_font(LineWriter *w, int font, bool common)
{
    if (w->font == font && w->common == common)
        return;
    end_array(w);
    buf_add_char(&w->out, '/');
    buf_add_char(&w->out, common ? 'F' : 'G');
    buf_add_i64(&w->out, font);
    buf_add_char(&w->out, ' ');
    pdf_add_real(&w->out, w->size);
    buf_add_c(&w->out, " Tf\n");
    w->font = font;
    w->common = common;
}

static void set_rise(LineWriter *w, double rise)
{
    if (fabs(rise - w->rise) < unseen)
        return;
    end_array(w);
    pdf_add_real(&w->out, rise);
    buf_add_c(&w->out, " Ts\n");
    w->rise = rise;
}

/* Bring the pen to `x` and be in a string. */
static void move_pen(LineWriter *w, double x)
{
    if (w->state == OUTSIDE) {
        buf_add_char(&w->out, '[');
        w->state = IN_ARRAY;
    }
    if (fabs(w->pen - x) > unseen) {
        int64_t back = llround((w->pen - x) * 1000 / w->size);

        end_string(w);
        buf_add_i64(&w->out, back);
        w->pen -= (double)back * w->size / 1000;
    }
    if (w->state == IN_ARRAY)
        buf_add_char(&w->out, w->common ? '(' : '<');
    w->state = IN_STRING;
}

static void advance(LineWriter *w, uint32_t glyph)
{
    w->pen += fonts_get()[w->font].widths[glyph] / 1e6 * w->size;
}

static void put_code(LineWriter *w, int font, unsigned code, double x)
{
    choose_font(w, font, true);
    set_rise(w, 0);
    move_pen(w, x);
    if (code == '(' || code == ')' || code == '\\')
        buf_add_char(&w->out, '\\');
    buf_add_char(&w->out, (char)code);
    advance(w, fonts_get()[font].glyph_of[code]);
    w->text->common[font] = true;
}

static void put_glyph(LineWriter *w, int font, uint32_t glyph, double x, double rise)
{
    static const char digits[] = "0123456789ABCDEF";

    choose_font(w, font, false);
    set_rise(w, rise);
    move_pen(w, x);
    for (int shift = 12; shift >= 0; shift -= 4)
        buf_add_char(&w->out, digits[glyph >> shift & 15]);
    advance(w, glyph);
    VEC_PUSH(w->arena, w->others, ((OtherGlyph){(uint16_t)font, (uint16_t)glyph}));
}

static void begin_actual(LineWriter *w, Str text)
{
    end_array(w);
    buf_add_c(&w->out, "/Span << /ActualText ");
    pdf_add_text(&w->out, text);
    buf_add_c(&w->out, " >> BDC\n");
}

static void end_actual(LineWriter *w)
{
    end_array(w);
    buf_add_c(&w->out, "EMC\n");
}

/* --- Clusters ----------------------------------------------------------------------------------
 */

/* Do the glyphs, each for its own character, make up the text? */
static bool glyphs_tell(const Font *font, Str text, const PangoGlyphInfo *glyphs, int count)
{
    size_t at = 0;

    for (int i = 0; i < count; i++)
        if (at == text.len || glyphs[i].glyph >= font->glyph_count ||
            font->unicode[glyphs[i].glyph] != utf8_next(text, &at))
            return false;
    return at == text.len;
}

static void put_run(LineWriter *w, int font, const PangoGlyphInfo *glyphs, int count)
{
    static const uint32_t white_square = 0x25a1; /* for what no font has */

    for (int i = 0; i < count; i++) {
        const PangoGlyphInfo *info = &glyphs[i];
        double x = w->x + (double)info->geometry.x_offset / PANGO_SCALE;
        double rise = -(double)info->geometry.y_offset / PANGO_SCALE;

        w->x += (double)info->geometry.width / PANGO_SCALE;
        if (info->glyph == PANGO_GLYPH_EMPTY)
            continue;
        if (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG || info->glyph >= fonts_get()[font].glyph_count)
            put_glyph(w, FONT_SYMBOLS, font_glyph(&fonts_get()[FONT_SYMBOLS], white_square), x, 0);
        else
            put_glyph(w, font, info->glyph, x, rise);
    }
}

static double width_of(const PangoGlyphInfo *glyphs, int count)
{
    double width = 0;

    for (int i = 0; i < count; i++)
        width += (double)glyphs[i].geometry.width / PANGO_SCALE;
    return width;
}

static bool all_empty(const PangoGlyphInfo *glyphs, int count)
{
    for (int i = 0; i < count; i++)
        if (glyphs[i].glyph != PANGO_GLYPH_EMPTY)
            return false;
    return true;
}

/* One character or inseparable group of the text with its glyphs. */
static void put_cluster(LineWriter *w, int font, Str text, const PangoGlyphInfo *glyphs, int count)
{
    const Font *fonts = fonts_get();
    bool blank = str_is(text, " ") || str_is(text, "\u00a0"), hyphen = str_is(text, "\u00ad");
    double x = w->x + (double)glyphs[0].geometry.x_offset / PANGO_SCALE;
    unsigned code = 0;
    size_t at = 0;

    if (!blank && all_empty(glyphs, count)) {
        w->x += width_of(glyphs, count);
        return;
    }
    if (blank || hyphen) {
        /* Symbols' blanks and hyphens are those of the text, as far as they go. */
        put_code(w, font % FONT_SYMBOLS, blank ? ' ' : SOFT_HYPHEN_CODE, x);
        w->x += width_of(glyphs, count);
        return;
    }
    if (font < FONT_COMMON_COUNT && count == 1 && glyphs[0].geometry.y_offset == 0) {
        uint32_t character = utf8_next(text, &at);

        code = at == text.len ? font_code(&fonts[font], character, glyphs[0].glyph) : 0;
    }
    if (code) {
        put_code(w, font, code, x);
        w->x += width_of(glyphs, count);
    } else if (glyphs_tell(&fonts[font], text, glyphs, count)) {
        put_run(w, font, glyphs, count);
    } else {
        begin_actual(w, text);
        put_run(w, font, glyphs, count);
        end_actual(w);
    }
}

static int font_of_item(const PangoGlyphItem *item)
{
    FcPattern *pattern = NULL;
    FcChar8 *file = NULL;

    if (item->item->analysis.font)
        pattern = pango_fc_font_get_pattern(PANGO_FC_FONT(item->item->analysis.font));
    if (!pattern || FcPatternGetString(pattern, FC_FILE, 0, &file) != FcResultMatch)
        return FONT_SYMBOLS;
    int font = font_of_file((const char *)file);

    return font < 0 ? FONT_SYMBOLS : font;
}

/* Clusters from left to right: readers of PDFs expect right-to-left text as it is seen, and turn it
 * themselves. Its glyphs are counted from behind. */
static void put_item(LineWriter *w, const char *text, PangoGlyphItem *item)
{
    bool backward = item->item->analysis.level & 1;
    int font = font_of_item(item);
    PangoGlyphItemIter at;

    for (gboolean more = backward ? pango_glyph_item_iter_init_end(&at, item, text)
                                  : pango_glyph_item_iter_init_start(&at, item, text);
         more; more = backward ? pango_glyph_item_iter_prev_cluster(&at)
                               : pango_glyph_item_iter_next_cluster(&at)) {
        int first = backward ? at.end_glyph + 1 : at.start_glyph;
        int end = backward ? at.start_glyph + 1 : at.end_glyph;

        put_cluster(w, font, (Str){text + at.start_index, (size_t)(at.end_index - at.start_index)},
                    item->glyphs->glyphs + first, end - first);
    }
}

static SetLine set_line(Arena *arena, PangoLayoutLine *line, double size, SetText *text,
                        OtherList *others)
{
    LineWriter w = {.out = buf_in(arena),
                    .size = size,
                    .font = -1,
                    .text = text,
                    .others = others,
                    .arena = arena};
    SetLine out = {0};

    for (GSList *run = line->runs; run; run = run->next) {
        PangoGlyphItem *item = run->data;
        double end = w.x + (double)pango_glyph_string_get_width(item->glyphs) / PANGO_SCALE;

        put_item(&w, pango_layout_get_text(line->layout), item);
        w.x = end;
    }
    set_rise(&w, 0);
    end_array(&w);
    out.operators = buf_str(&w.out);
    out.width = w.x;
    return out;
}

SetText *set_text_from_layout(Arena *arena, PangoLayout *layout, double size)
{
    SetText *text = arena_new(arena, SetText);
    OtherList others = {0};
    size_t i = 0;

    text->count = (size_t)pango_layout_get_line_count(layout);
    text->lines = arena_array(arena, SetLine, text->count);
    for (GSList *item = pango_layout_get_lines_readonly(layout); item; item = item->next, i++) {
        text->lines[i] = set_line(arena, item->data, size, text, &others);
        text->width = fmax(text->width, text->lines[i].width);
    }
    text->others = others.items;
    text->other_count = others.count;
    return text;
}
