/* SPDX-License-Identifier: EUPL-1.2 */
/* The first page: what was computed, and the map. */
#include "post/letter_arms.h"
#include "twin/plan/desk.h"
#include "twin/plan/measure.h"
#include "twin/report/sheet.h"

#include <math.h>

static const double arms_height = MM(13), map_foot = MM(24);

/* Arms, town and date above a rule; the height down to what follows. Arms that cannot be read are
 * left out. */
static double draw_head(Sheet *sheet)
{
    const Report *report = sheet->report;
    double x = sheet_left, y = MM(13);
    Err err = {0};
    const PdfPicture *arms =
        str_empty(report->arms_png) ? NULL : arms_for_png(report->arms_png, &err);
    Str date = str_printf(sheet->arena, "Bericht vom %.*s",
                          STR_ARG(date_long(sheet->arena, report->date, STR("de"))));

    if (arms) {
        double width = arms_height * arms->width / arms->height;
        canvas_picture(&sheet->canvas, arms,
                       arena_printf(sheet->arena, "Wappen: %.*s", STR_ARG(report->town)), x, y,
                       width, arms_height);
        x += width + MM(4);
    }
    sheet_text(sheet, "P", &SHEET_HEADING, report->town, x, y + 10, 0);
    canvas_open(&sheet->canvas, "P");
    sheet_label(sheet, &SHEET_TEXT, date, 0, y + 12, sheet_right);
    canvas_close(&sheet->canvas);
    y += arms_height + 6;
    canvas_rule(&sheet->canvas, sheet_left, y, sheet_right, y, 0.6, 0.55);
    return y + MM(5);
}

/* What was computed, line by line. */
static double draw_scenario(Sheet *sheet, double y)
{
    const Report *report = sheet->report;
    Str cells[12];
    size_t rows = 0;
    int minutes = (int)lround(node_get_real(report->summary, "time_s") / 60);

#define ROW(label, value) (cells[2 * rows] = STR(label), cells[2 * rows++ + 1] = (value))
    if (report->before)
        ROW("Vorher", str_printf(sheet->arena, "%.*s. %.*s", STR_ARG(report->before->title),
                                 STR_ARG(report->before->rain)));
    ROW("Regen", report->rain);
    ROW("Gerechnet", str_printf(sheet->arena, "%d Minuten vom Beginn des Regens an", minutes));
    if (report->model.ptr)
        ROW("Stadtmodell", report->model);
    ROW("Maßnahmen",
        report->measures.ptr ? report->measures : STR("keine, die Stadt ist wie sie ist"));
#undef ROW
    SheetTable table = {
        .columns = 2, .cells = cells, .rows = rows, .row_heads = true, .left = true};
    return sheet_table(sheet, &table, sheet_left, y, sheet_right - sheet_left);
}

/* In one line, and further ones where it is too long. Its height. */
static double draw_legend(Sheet *sheet, const Legend *legend, double x, double y, double right)
{
    double from = x, top = y;

    canvas_open(&sheet->canvas, "P");
    sheet_label(sheet, &SHEET_SMALL, str_printf(sheet->arena, "%s:", legend->title), x, y, 0);
    canvas_close(&sheet->canvas);
    y += SHEET_SMALL.leading + 2;
    for (size_t i = 0; i < legend->count; i++) {
        const char *label = legend->classes[i].label;
        if (!label[0])
            continue;
        double width = 15 + typesetter_plain(&sheet->setter, &SHEET_SMALL, str_c(label), 0)->width;
        if (x + width > right) {
            x = from;
            y += SHEET_SMALL.leading + 2;
        }
        x += sheet_swatch(sheet, legend->classes[i].colour, label, x, y);
    }
    return y + SHEET_SMALL.leading + 2 - top;
}

static void draw_base_legend(Sheet *sheet, double x, double y)
{
    x += sheet_swatch(sheet, map_house_colour(), "Gebäude", x, y);
    if (sheet->report->pictures.ground)
        sheet_swatch(sheet, map_street_colour(), "Straße", x, y);
}

static void draw_source(Sheet *sheet, double y)
{
    sheet_text(
        sheet, "P", &SHEET_SMALL,
        STR("Quelle: eigene Berechnung aus Gelände, Gebäuden und Böden der Stadt. Norden ist "
            "oben. Eine Simulation ist keine Messung."),
        sheet_left, y, sheet_right - sheet_left);
}

static const char *map_words(Sheet *sheet, const Report *report, const char *what)
{
    double deepest = node_get_real(report->summary, "max_depth_m");

    return arena_printf(
        sheet->arena,
        "Karte %s. Am tiefsten steht das Wasser %.*s hoch. %lld %s mehr als 10 cm Wasser an der "
        "Wand; die am stärksten betroffenen nennt die zweite Seite.",
        what, STR_ARG(depth_text(sheet->arena, deepest)), (long long)report->affected,
        report->affected == 1 ? "Haus hat" : "Häuser haben");
}

/* As wide as the page, unless it would be higher than the room. */
static double fit_width(const Report *report, double width, double height)
{
    return fmin(width, height * report->pictures.width / report->pictures.height);
}

void page_of_maps(Sheet *sheet)
{
    const Report *report = sheet->report;
    double width = sheet_right - sheet_left;

    canvas_page(&sheet->canvas);
    double y = draw_head(sheet);
    y += sheet_text(sheet, "H1", &SHEET_TITLE,
                    str_printf(sheet->arena, "Starkregen: %.*s", STR_ARG(report->title)),
                    sheet_left, y, width) +
         4;
    y += draw_scenario(sheet, y) + MM(4);
    y += sheet_text(sheet, "H2", &SHEET_HEADING, STR("Größte Wassertiefe"), sheet_left, y, width) +
         3;
    double shown = fit_width(report, width, sheet_bottom - y - map_foot - MM(6));
    y +=
        map_draw(sheet, report, MAP_DEPTH,
                 map_words(sheet, report, "der größten Wassertiefen während des Regens und danach"),
                 sheet_left + (width - shown) / 2, y, shown) +
        4;
    double legend = draw_legend(sheet, &report->legend, sheet_left, y, sheet_right);
    canvas_open(&sheet->canvas, "P");
    sheet_label(sheet, &SHEET_SMALL,
                str_printf(sheet->arena, "Maßstab etwa %.*s",
                           STR_ARG(map_scale(sheet->arena, report, shown))),
                0, y, sheet_right);
    canvas_close(&sheet->canvas);
    y += legend;
    draw_base_legend(sheet, sheet_left, y);
    draw_source(sheet, y + SHEET_SMALL.leading + 3);
}

/* --- Before and after ---------------------------------------------------------------------------
 */

static void draw_small(Sheet *sheet, const Report *report, const char *title, const char *what,
                       double x, double y, double width)
{
    y += sheet_text(sheet, "H2", &SHEET_HEADING, str_c(title), x, y, width) + 3;
    map_draw(sheet, report, MAP_DEPTH, map_words(sheet, report, what), x, y, width);
}

static const char *difference_words(Sheet *sheet)
{
    const Report *report = sheet->report;

    return arena_printf(sheet->arena,
                        "Karte des Unterschieds der größten Wassertiefen. An %lld %s steht weniger "
                        "Wasser als vorher, an %lld mehr.",
                        (long long)report->less, report->less == 1 ? "Haus" : "Häusern",
                        (long long)report->more);
}

void page_of_comparison(Sheet *sheet)
{
    const Report *report = sheet->report;
    Legend difference = legend_difference();
    double width = sheet_right - sheet_left, gap = MM(6);

    canvas_page(&sheet->canvas);
    double y = draw_head(sheet);
    y += sheet_text(sheet, "H1", &SHEET_TITLE,
                    str_printf(sheet->arena, "Starkregen, vorher und nachher: %.*s",
                               STR_ARG(report->title)),
                    sheet_left, y, width) +
         4;
    y += draw_scenario(sheet, y) + MM(4);
    /* Two maps beside each other, and a third of their size and half as much again. */
    double heads = 2 * (SHEET_HEADING.leading + 3), feet = MM(34);
    double aspect = (double)report->pictures.height / report->pictures.width;
    double small = fmin((width - gap) / 2, (sheet_bottom - y - heads - feet) / (2.5 * aspect));
    draw_small(sheet, report->before, "Vorher", "der größten Wassertiefen vorher", sheet_left, y,
               small);
    draw_small(sheet, report, "Nachher", "der größten Wassertiefen nachher",
               sheet_left + small + gap, y, small);
    y += SHEET_HEADING.leading + 3 + small * aspect + 4;
    y += draw_legend(sheet, &report->legend, sheet_left, y, sheet_right) + 6;
    y += sheet_text(sheet, "H2", &SHEET_HEADING, STR("Unterschied"), sheet_left, y, width) + 3;
    double large = fmin(width, 1.5 * small);
    map_draw(sheet, report, MAP_DIFFERENCE, difference_words(sheet), sheet_left, y, large);
    y += large * aspect + 4;
    double legend = draw_legend(sheet, &difference, sheet_left, y, sheet_right);
    canvas_open(&sheet->canvas, "P");
    sheet_label(sheet, &SHEET_SMALL,
                str_printf(sheet->arena, "Maßstab etwa %.*s, oben %.*s",
                           STR_ARG(map_scale(sheet->arena, report, large)),
                           STR_ARG(map_scale(sheet->arena, report, small))),
                0, y, sheet_right);
    canvas_close(&sheet->canvas);
    y += legend;
    draw_base_legend(sheet, sheet_left, y);
    draw_source(sheet, y + SHEET_SMALL.leading + 3);
}
