/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/report/sheet.h"

static void draw_feet(Sheet *sheet)
{
    double y = sheet_bottom + MM(3);
    Str program = node_get_text(sheet->report->summary, "program");

    canvas_furniture(&sheet->canvas, true);
    sheet_label(sheet, &SHEET_SMALL,
                str_printf(sheet->arena, "%.*s. Berechnet mit %.*s.", STR_ARG(sheet->report->title),
                           STR_ARG(program)),
                sheet_left, y, 0);
    sheet_label(sheet, &SHEET_SMALL,
                str_printf(sheet->arena, "Seite %zu von 2", sheet->canvas.pages.count), 0, y,
                sheet_right);
    canvas_furniture(&sheet->canvas, false);
}

bool report_render(const Report *report, Arena *arena, Str *pdf, Err *err)
{
    Sheet *sheet = arena_new(arena, Sheet);

    sheet->arena = arena;
    sheet->report = report;
    if (!typesetter_begin(&sheet->setter, arena, STR("de"), err))
        return false;
    canvas_begin(&sheet->canvas, arena);
    if (report->before)
        page_of_comparison(sheet);
    else
        page_of_maps(sheet);
    draw_feet(sheet);
    page_of_figures(sheet);
    draw_feet(sheet);
    PdfTitle title = {.lang = STR("de"),
                      .title = str_printf(arena, "Starkregen: %.*s", STR_ARG(report->title)),
                      .author = report->town,
                      .date = report->date};
    return pdf_letter(&sheet->canvas, &title, arena, pdf, err);
}
