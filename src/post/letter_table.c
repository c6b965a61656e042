/* SPDX-License-Identifier: EUPL-1.2 */
/* Tables: columns as wide as they need, numbers set right, fine rules between rows. */
#include "post/letter_layout.h"

#include "base/vec.h"

static const double column_gap = MM(4), cell_pad = 2.5, column_min = MM(12);

static const TextStyle *cell_style(const Composition *c, const MarkdownBlock *row)
{
    return row->head ? &c->strong_style : &c->body_style;
}

/* Set every cell, and find the width each column would like: its longest cell on one line. */
static PangoLayout **measure_cells(Composition *c, const MarkdownBlock *block, double *wanted)
{
    size_t columns = block->items[0].count;
    PangoLayout **cells = arena_array(c->arena, PangoLayout *, block->count * columns);

    for (size_t r = 0; r < block->count; r++)
        for (size_t i = 0; i < columns; i++) {
            const MarkdownBlock *row = &block->items[r];
            PangoLayout *cell =
                typesetter_layout(&c->setter, cell_style(c, row), &row->items[i].text, 0);
            double width = layout_width(cell);

            cells[r * columns + i] = cell;
            if (width + 1 > wanted[i])
                wanted[i] = width + 1;
        }
    return cells;
}

/* Share out the page's width: what is left over goes to the first column of text, what
 * lacks is taken from columns of text in proportion; numbers are kept on one line
 * as long as half of the width remains. */
static void share_width(Table *table, const double *wanted)
{
    double room = text_right - text_left - column_gap * (double)(table->columns - 1);
    double numbers = 0, texts = 0;
    size_t first_text = table->columns;

    for (size_t i = 0; i < table->columns; i++) {
        *(table->right[i] ? &numbers : &texts) += wanted[i];
        if (!table->right[i] && first_text == table->columns)
            first_text = i;
    }
    for (size_t i = 0; i < table->columns; i++)
        table->width[i] = wanted[i];
    if (numbers + texts <= room) {
        table->width[first_text < table->columns ? first_text : 0] += room - numbers - texts;
        return;
    }
    if (numbers > room / 2 || first_text == table->columns) {
        for (size_t i = 0; i < table->columns; i++)
            table->width[i] = wanted[i] / (numbers + texts) * room;
        return;
    }
    for (size_t i = 0; i < table->columns; i++)
        if (!table->right[i])
            table->width[i] = wanted[i] / texts * (room - numbers);
}

static Table *new_table(Composition *c, const MarkdownBlock *block, PangoLayout ***cells)
{
    Table *table = arena_new(c->arena, Table);
    double *wanted, x = text_left;

    table->columns = block->items[0].count;
    table->left = arena_array(c->arena, double, table->columns);
    table->width = arena_array(c->arena, double, table->columns);
    table->right = arena_array(c->arena, bool, table->columns);
    table->style = &c->body_style;
    wanted = arena_array(c->arena, double, table->columns);
    for (size_t i = 0; i < table->columns; i++) {
        table->right[i] = block->items[0].items[i].right;
        wanted[i] = column_min;
    }
    *cells = measure_cells(c, block, wanted);
    share_width(table, wanted);
    for (size_t i = 0; i < table->columns; i++) {
        table->left[i] = x;
        x += table->width[i] + column_gap;
    }
    return table;
}

static double row_height(const TableRow *row)
{
    double height = row->table->style->leading;

    for (size_t i = 0; i < row->table->columns; i++)
        if (layout_height(row->cells[i], row->table->style) > height)
            height = layout_height(row->cells[i], row->table->style);
    return height + 2 * cell_pad;
}

static Box row_box(Composition *c, const Table *table, const MarkdownBlock *block,
                   PangoLayout **cells)
{
    TableRow *row = arena_new(c->arena, TableRow);

    row->table = table;
    row->is_head = block->head;
    row->cells = cells;
    for (size_t i = 0; i < table->columns; i++)
        if (layout_width(cells[i]) > table->width[i])
            pango_layout_set_width(cells[i], (int)(table->width[i] * PANGO_SCALE));
    return (Box){.kind = BOX_ROW, .height = row_height(row), .row = row};
}

void letter_compose_table(Composition *c, const MarkdownBlock *block)
{
    PangoLayout **cells;
    const Table *table = new_table(c, block, &cells);
    Box *head = NULL;

    for (size_t i = 0; i < block->count; i++) {
        Box box = row_box(c, table, &block->items[i], cells + i * table->columns);

        if (i == 0) {
            box.space_before = c->body_style.leading * 0.7;
            box.open = (Tags){{"Table"}, 1};
        }
        if (i + 1 == block->count) {
            box.close = (Tags){{"Table"}, 1};
            box.row->is_last = true;
        }
        box.keep_with_next = box.row->is_head;
        box.row->head = head;
        VEC_PUSH(c->arena, &c->boxes, box);
        if (box.row->is_head)
            head = arena_copy(c->arena, &c->boxes.items[c->boxes.count - 1], sizeof *head);
    }
}

static void draw_rule(cairo_t *cr, double y, double width, double gray)
{
    cairo_set_source_rgb(cr, gray, gray, gray);
    cairo_set_line_width(cr, width);
    cairo_move_to(cr, text_left, y);
    cairo_line_to(cr, text_right, y);
    cairo_stroke(cr);
}

/* `tagged` is false for a head repeated on a further page: it is told once. */
void letter_draw_row(Composition *c, const TableRow *row, double y, bool tagged)
{
    const Table *table = row->table;
    const char *tag = row->is_head ? "TH" : "TD";
    bool closing = row->is_head || row->is_last;

    if (tagged)
        cairo_tag_begin(c->cr, "TR", NULL);
    for (size_t i = 0; i < table->columns; i++) {
        if (tagged)
            cairo_tag_begin(c->cr, tag, NULL);
        layout_draw(c->cr, row->cells[i], table->style, table->left[i], y + cell_pad,
                    table->right[i] ? table->left[i] + table->width[i] : 0);
        if (tagged)
            cairo_tag_end(c->cr, tag);
    }
    if (tagged)
        cairo_tag_end(c->cr, "TR");
    if (row->is_head)
        draw_rule(c->cr, y, 0.7, 0);
    draw_rule(c->cr, y + row_height(row), closing ? 0.7 : 0.35, closing ? 0 : 0.7);
}
