/* SPDX-License-Identifier: EUPL-1.2 */
/* Curves over time, told apart by colour and dashes. */
#include "twin/plan/desk.h"
#include "twin/report/sheet.h"

#include <math.h>

static const PdfColour INKS[CHART_CURVES_MAX] = {{0.03, 0.19, 0.42}, {0.84, 0.37, 0},
                                                 {0, 0.45, 0.32},    {0.55, 0.2, 0.5},
                                                 {0.35, 0.35, 0.35}, {0, 0, 0}};
static const double DASHES[CHART_CURVES_MAX] = {0, 4, 1.5, 7, 2.5, 0.7};
static const PdfColour GRID = {0.82, 0.82, 0.82};

typedef struct Frame {
    double left, right, top, bottom; /* of the curves, on the page */
    double seconds, most;            /* at the right and upper edge */
} Frame;

static PdfPoint point(const Frame *frame, double seconds, double value)
{
    return (PdfPoint){frame->left + (frame->right - frame->left) * seconds / frame->seconds,
                      frame->bottom - (frame->bottom - frame->top) * value / frame->most};
}

static void draw_axes(Sheet *sheet, const Frame *frame, double step)
{
    double minutes = plot_step(frame->seconds / 60, 6);

    for (double level = 0; level <= frame->most * 1.001; level += step) {
        PdfPoint line[] = {point(frame, 0, level), point(frame, frame->seconds, level)};
        canvas_line(&sheet->canvas, line, 2, 0.5, GRID, 0);
        sheet_label(sheet, &SHEET_SMALL, depth_text(sheet->arena, level), 0,
                    line[0].y - SHEET_SMALL.leading / 2, frame->left - 4);
    }
    for (double at = 0; at <= frame->seconds / 60 * 1.001; at += minutes) {
        Str text = str_printf(sheet->arena, "%.0f min", at);
        const SetText *word = typesetter_plain(&sheet->setter, &SHEET_SMALL, text, 0);
        PdfPoint foot = point(frame, at * 60, 0);
        canvas_text(&sheet->canvas, word, &SHEET_SMALL,
                    fmin(foot.x - word->width / 2, frame->right - word->width), foot.y + 2, 0);
    }
}

static void draw_curve(Sheet *sheet, const Frame *frame, const Curve *curve, size_t ink)
{
    PdfPoint *points = arena_array(sheet->arena, PdfPoint, curve->count);

    for (size_t i = 0; i < curve->count; i++)
        points[i] = point(frame, curve->seconds[i], fmax(0, curve->values[i]));
    canvas_line(&sheet->canvas, points, curve->count, 1.4, INKS[ink], DASHES[ink]);
}

/* In as many lines as they need; only measured with `draw` false. How many lines. */
static int set_names(Sheet *sheet, const Chart *chart, double left, double y, double right,
                     bool draw)
{
    double x = left;
    int lines = 1;

    for (size_t i = 0; i < chart->count; i++) {
        const SetText *word =
            typesetter_plain(&sheet->setter, &SHEET_SMALL, chart->curves[i].name, 0);
        if (x > left && x + 24 + word->width > right) {
            x = left;
            y += SHEET_SMALL.leading;
            lines++;
        }
        PdfPoint line[] = {{x, y + SHEET_SMALL.leading / 2}, {x + 20, y + SHEET_SMALL.leading / 2}};
        if (draw) {
            canvas_line(&sheet->canvas, line, 2, 1.4, INKS[i], DASHES[i]);
            canvas_text(&sheet->canvas, word, &SHEET_SMALL, x + 24, y, 0);
        }
        x += 24 + word->width + MM(5);
    }
    return lines;
}

void chart_draw(Sheet *sheet, const Chart *chart, double x, double y, double width, double height)
{
    Frame frame = {
        .left = x + 32,
        .right = x + width,
        .top = y + set_names(sheet, chart, x + 32, y, x + width, false) * SHEET_SMALL.leading + 6,
        .bottom = y + height - SHEET_SMALL.leading - 4,
        .seconds = 60,
        .most = 0.05};

    for (size_t i = 0; i < chart->count; i++)
        for (size_t k = 0; k < chart->curves[i].count; k++) {
            frame.most = fmax(frame.most, chart->curves[i].values[k]);
            frame.seconds = fmax(frame.seconds, chart->curves[i].seconds[k]);
        }
    double step = plot_step(frame.most, 4);
    frame.most = ceil(frame.most / step - 1e-9) * step;
    canvas_open_figure(&sheet->canvas, chart->alt, x, y, width, height);
    set_names(sheet, chart, frame.left, y, frame.right, true);
    draw_axes(sheet, &frame, step);
    for (size_t i = 0; i < chart->count; i++)
        draw_curve(sheet, &frame, &chart->curves[i], i);
    canvas_close(&sheet->canvas);
}
