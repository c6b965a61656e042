/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/report/sheet.h"

#include <math.h>

const TextStyle SHEET_TITLE = {.size = 18, .leading = 22, .bold = true};
const TextStyle SHEET_HEADING = {.size = 11.5, .leading = 15, .bold = true};
const TextStyle SHEET_TEXT = {.size = 9.5, .leading = 12.5};
const TextStyle SHEET_STRONG = {.size = 9.5, .leading = 12.5, .bold = true};
const TextStyle SHEET_SMALL = {.size = 8.5, .leading = 11, .gray = 0.15};

static const double cell_pad = 2, column_gap = MM(4), item_indent = MM(3.5);

double sheet_text_height(Sheet *sheet, const TextStyle *style, Str text, double width)
{
    return set_height(typesetter_plain(&sheet->setter, style, text, width), style);
}

double sheet_text(Sheet *sheet, const char *type, const TextStyle *style, Str text, double x,
                  double y, double width)
{
    const SetText *set = typesetter_plain(&sheet->setter, style, text, width);

    canvas_open(&sheet->canvas, type);
    canvas_text(&sheet->canvas, set, style, x, y, 0);
    canvas_close(&sheet->canvas);
    return set_height(set, style);
}

void sheet_label(Sheet *sheet, const TextStyle *style, Str text, double x, double y, double right)
{
    canvas_text(&sheet->canvas, typesetter_plain(&sheet->setter, style, text, 0), style, x, y,
                right);
}

/* --- Tables -------------------------------------------------------------------------------------
 */

double sheet_row_height(void)
{
    return SHEET_TEXT.leading + 2 * cell_pad;
}

typedef struct Columns {
    double left[SHEET_COLUMNS_MAX], width[SHEET_COLUMNS_MAX];
} Columns;

static const TextStyle *cell_style(const SheetTable *table, bool head, size_t column)
{
    return head || (table->row_heads && table->left && column == 0) ? &SHEET_STRONG : &SHEET_TEXT;
}

static double widest(Sheet *sheet, const SheetTable *table, size_t column)
{
    double most = 0;

    if (table->head)
        most = typesetter_plain(&sheet->setter, &SHEET_STRONG, table->head[column], 0)->width;
    for (size_t r = 0; r < table->rows; r++)
        most = fmax(most, typesetter_plain(&sheet->setter, cell_style(table, false, column),
                                           table->cells[r * table->columns + column], 0)
                              ->width);
    return most + 1;
}

static Columns share_out(Sheet *sheet, const SheetTable *table, double x, double width)
{
    Columns columns;
    double rest = width;

    if (table->left) { /* the first as wide as it needs, the last takes the rest */
        for (size_t i = 0; i + 1 < table->columns; i++)
            rest -= (columns.width[i] = widest(sheet, table, i)) + column_gap;
        columns.width[table->columns - 1] = rest;
    } else {
        for (size_t i = 1; i < table->columns; i++)
            rest -= (columns.width[i] = widest(sheet, table, i)) + column_gap;
        columns.width[0] = rest;
    }
    for (size_t i = 0; i < table->columns; i++) {
        columns.left[i] = x;
        x += columns.width[i] + column_gap;
    }
    return columns;
}

static double draw_row(Sheet *sheet, const SheetTable *table, const Columns *columns,
                       const Str *cells, bool head, double y)
{
    double height = 0;

    canvas_open(&sheet->canvas, "TR");
    for (size_t i = 0; i < table->columns; i++) {
        bool heads_row = !head && table->row_heads && i == 0;
        const TextStyle *style = cell_style(table, head, i);
        double right = i && !table->left ? columns->left[i] + columns->width[i] : 0;
        const SetText *set = typesetter_plain(&sheet->setter, style, cells[i], columns->width[i]);
        canvas_open(&sheet->canvas, head || heads_row ? "TH" : "TD");
        if (heads_row)
            canvas_head_of_row(&sheet->canvas);
        canvas_text(&sheet->canvas, set, style, columns->left[i], y + cell_pad, right);
        canvas_close(&sheet->canvas);
        height = fmax(height, set_height(set, style));
    }
    canvas_close(&sheet->canvas);
    return height + 2 * cell_pad;
}

double sheet_table(Sheet *sheet, const SheetTable *table, double x, double y, double width)
{
    Columns columns = share_out(sheet, table, x, width);
    double top = y;

    canvas_open(&sheet->canvas, "Table");
    if (table->head) {
        y += draw_row(sheet, table, &columns, table->head, true, y);
        canvas_rule(&sheet->canvas, x, y, x + width, y, 0.7, 0);
    }
    for (size_t r = 0; r < table->rows; r++) {
        y += draw_row(sheet, table, &columns, table->cells + r * table->columns, false, y);
        canvas_rule(&sheet->canvas, x, y, x + width, y, 0.35, 0.7);
    }
    canvas_close(&sheet->canvas);
    return y - top;
}

/* --- Lists --------------------------------------------------------------------------------------
 */

double sheet_list(Sheet *sheet, const TextStyle *style, const Str *items, size_t count, double x,
                  double y, double width, bool measure_only)
{
    double top = y;

    if (!measure_only)
        canvas_open(&sheet->canvas, "L");
    for (size_t i = 0; i < count; i++) {
        const SetText *set = typesetter_plain(&sheet->setter, style, items[i], width - item_indent);
        if (!measure_only) {
            canvas_open(&sheet->canvas, "LI");
            canvas_open(&sheet->canvas, "Lbl");
            sheet_label(sheet, style, STR("–"), x, y, 0);
            canvas_close(&sheet->canvas);
            canvas_open(&sheet->canvas, "LBody");
            canvas_text(&sheet->canvas, set, style, x + item_indent, y, 0);
            canvas_close(&sheet->canvas);
            canvas_close(&sheet->canvas);
        }
        y += set_height(set, style) + 1;
    }
    if (!measure_only)
        canvas_close(&sheet->canvas);
    return y - top;
}

double sheet_swatch(Sheet *sheet, Colour colour, const char *label, double x, double y)
{
    static const double side = 8;
    const SetText *set = typesetter_plain(&sheet->setter, &SHEET_SMALL, str_c(label), 0);
    double top = y + (SHEET_SMALL.leading - side) / 2;
    PdfPoint corners[] = {{x, top}, {x + 12, top}, {x + 12, top + side}, {x, top + side}};

    canvas_furniture(&sheet->canvas, true);
    canvas_area(&sheet->canvas, corners, 4,
                (PdfColour){colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0});
    canvas_line(&sheet->canvas,
                (PdfPoint[]){corners[0], corners[1], corners[2], corners[3], corners[0]}, 5, 0.3,
                (PdfColour){0.4, 0.4, 0.4}, 0);
    canvas_furniture(&sheet->canvas, false);
    canvas_open(&sheet->canvas, "P");
    canvas_text(&sheet->canvas, set, &SHEET_SMALL, x + 15, y, 0);
    canvas_close(&sheet->canvas);
    return 15 + set->width + MM(4);
}
