/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines of glyphs to cairo, with the text each glyph stands for.
 *
 * Pango's own renderer writes an empty marked content for every soft hyphen that no line ends
 * at, and takes the hyphen from a further font. Here a soft hyphen is left out where it is
 * not seen, is the common hyphen marked as U+00AD where it is (ISO 32000-1,
 * 14.9.4: readers join the word again), and a line that ends between words keeps
 * its blank, so that words do not run together when the text is read aloud or copied. */
#include "post/typesetter.h"

#include <pango/pangofc-font.h>

enum { GLYPHS_MAX = 256, TEXT_MAX = 1024 }; /* of one call; longer runs are drawn in parts */

static const double baseline_below_middle = 0.3465; /* in ems: half of ascent minus descent */

/* Glyphs collected for one cairo call. */
typedef struct Run {
    cairo_t *cr;
    PangoFcFont *font;
    double x, y; /* of the next glyph */
    cairo_glyph_t glyphs[GLYPHS_MAX];
    cairo_text_cluster_t clusters[GLYPHS_MAX];
    char text[TEXT_MAX];
    int glyph_count, cluster_count, text_len;
} Run;

static void run_flush(Run *run)
{
    if (run->glyph_count)
        cairo_show_text_glyphs(run->cr, run->text, run->text_len, run->glyphs, run->glyph_count,
                               run->clusters, run->cluster_count, 0);
    run->glyph_count = run->cluster_count = run->text_len = 0;
}

static void run_add_glyph(Run *run, PangoGlyph glyph, double x, double y)
{
    run->glyphs[run->glyph_count++] = (cairo_glyph_t){.index = glyph, .x = x, .y = y};
}

static void run_add_cluster(Run *run, Str text, int glyphs)
{
    memcpy(run->text + run->text_len, text.ptr, text.len);
    run->text_len += (int)text.len;
    run->clusters[run->cluster_count++] =
        (cairo_text_cluster_t){.num_bytes = (int)text.len, .num_glyphs = glyphs};
}

/* One character or inseparable group of the text with its glyphs. */
static void add_cluster(Run *run, Str text, const PangoGlyphInfo *infos, int count)
{
    bool soft_hyphen = str_is(text, "\u00ad");
    bool blank = str_is(text, " ") || str_is(text, "\u00a0");
    int drawn = 0;

    if (run->glyph_count + count > GLYPHS_MAX || run->text_len + text.len > TEXT_MAX)
        run_flush(run);
    for (int i = 0; i < count; i++) {
        PangoGlyph glyph = infos[i].glyph;
        double x = run->x + (double)infos[i].geometry.x_offset / PANGO_SCALE;
        double y = run->y + (double)infos[i].geometry.y_offset / PANGO_SCALE;

        run->x += (double)infos[i].geometry.width / PANGO_SCALE;
        if (soft_hyphen && glyph != PANGO_GLYPH_EMPTY)
            glyph = pango_fc_font_get_glyph(run->font, '-');
        else if (blank)
            glyph = pango_fc_font_get_glyph(run->font, ' ');
        if (glyph == PANGO_GLYPH_EMPTY)
            continue;
        run_add_glyph(run, glyph, x, y);
        drawn++;
    }
    if (drawn)
        run_add_cluster(run, blank ? STR(" ") : text, drawn);
}

/* Longer clusters, right-to-left text and glyphs that no font has are left to pango. */
static bool is_plain(const PangoGlyphItem *item)
{
    if (item->item->analysis.level & 1 || !item->item->analysis.font)
        return false;
    for (int i = 0; i < item->glyphs->num_glyphs; i++)
        if (item->glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG)
            return false;
    return true;
}

static void draw_item(cairo_t *cr, const char *text, PangoGlyphItem *item, double x, double y)
{
    PangoFont *font = item->item->analysis.font;
    PangoGlyphItemIter clusters;
    Run run = {.cr = cr, .font = PANGO_FC_FONT(font), .x = x, .y = y};

    if (!is_plain(item)) {
        cairo_move_to(cr, x, y);
        pango_cairo_show_glyph_item(cr, text, item);
        return;
    }
    cairo_set_scaled_font(cr, pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font)));
    for (gboolean more = pango_glyph_item_iter_init_start(&clusters, item, text); more;
         more = pango_glyph_item_iter_next_cluster(&clusters)) {
        int count = clusters.end_glyph - clusters.start_glyph;
        size_t len = (size_t)(clusters.end_index - clusters.start_index);

        if (count < GLYPHS_MAX && len < TEXT_MAX)
            add_cluster(&run, (Str){text + clusters.start_index, len},
                        item->glyphs->glyphs + clusters.start_glyph, count);
    }
    run_flush(&run);
}

void layout_line_draw(cairo_t *cr, PangoLayoutLine *line, const TextStyle *style, double x,
                      double y)
{
    const char *text = pango_layout_get_text(line->layout);

    y += style->leading / 2 + style->size * baseline_below_middle;
    cairo_set_source_rgb(cr, style->gray, style->gray, style->gray);
    for (GSList *run = line->runs; run; run = run->next) {
        PangoGlyphItem *item = run->data;

        draw_item(cr, text, item, x, y);
        x += (double)pango_glyph_string_get_width(item->glyphs) / PANGO_SCALE;
    }
}

void layout_draw(cairo_t *cr, PangoLayout *layout, const TextStyle *style, double x, double y,
                 double right_edge)
{
    for (GSList *item = pango_layout_get_lines_readonly(layout); item; item = item->next) {
        PangoLayoutLine *line = item->data;
        double left = x;

        if (right_edge > 0) {
            PangoRectangle logical;

            pango_layout_line_get_extents(line, NULL, &logical);
            left = right_edge - (double)logical.width / PANGO_SCALE;
        }
        layout_line_draw(cr, line, style, left, y);
        y += style->leading;
    }
}
