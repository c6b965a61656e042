/* SPDX-License-Identifier: EUPL-1.2 */
/* Tables: columns as wide as they need, numbers set right, fine rules between rows. */
#include "post/letter_layout.h"

#include "base/vec.h"

#include <math.h>

static const double column_gap = MM(4), cell_pad = 2.5, column_min = MM(12);

static const TextStyle *cell_style(const Composition *c, const MarkdownBlock *row)
{
    return row->head ? &c->strong_style : &c->body_style;
}

/* Set every cell, and find the width each column would like: its longest cell on one line. */
static const SetText **measure_cells(Composition *c, const MarkdownBlock *block, double *wanted)
{
    size_t columns = block->items[0].count;
    const SetText **cells = arena_array(c->arena, const SetText *, block->count *columns);

    for (size_t r = 0; r < block->count; r++)
        for (size_t i = 0; i < columns; i++) {
            const MarkdownBlock *row = &block->items[r];
            const SetText *cell =
                typesetter_layout(&c->setter, cell_style(c, row), &row->items[i].text, 0);
            double width = cell->width;

            cells[r * columns + i] = cell;
            if (width + 1 > wanted[i])
                wanted[i] = width + 1;
        }
    return cells;
}

/* Give `room` to the columns with `right` as asked: narrow ones get what they want, the wide ones
 * share the rest alike. */
static void fill_columns(Table *table, const double *wanted, bool right, double room)
{
    size_t left = 0, settled = 1;

    for (size_t i = 0; i < table->columns; i++)
        if (table->right[i] == right) {
            table->width[i] = 0;
            left++;
        }
    while (settled && left) {
        double share = room / (double)left;

        settled = 0;
        for (size_t i = 0; i < table->columns; i++)
            if (table->right[i] == right && table->width[i] <= 0 && wanted[i] <= share) {
                table->width[i] = wanted[i];
                room -= wanted[i];
                left--;
                settled++;
            }
    }
    for (size_t i = 0; i < table->columns; i++)
        if (table->right[i] == right && table->width[i] <= 0)
            table->width[i] = room / (double)left;
}

/* Share out the page's width. What is left over goes to the first column of text; where it does
 * not suffice, columns of numbers keep theirs as long as half of the width remains. */
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
    if (texts > 0 && numbers > room / 2 && numbers + texts > room)
        numbers = room / 2;
    fill_columns(table, wanted, true, fmin(numbers, room));
    fill_columns(table, wanted, false, room - fmin(numbers, room));
    if (numbers + texts < room)
        table->width[first_text < table->columns ? first_text : 0] += room - numbers - texts;
}

static Table *new_table(Composition *c, const MarkdownBlock *block, const SetText ***cells)
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
        if (set_height(row->cells[i], row->table->style) > height)
            height = set_height(row->cells[i], row->table->style);
    return height + 2 * cell_pad;
}

static Box row_box(Composition *c, const Table *table, const MarkdownBlock *block,
                   const SetText **cells)
{
    TableRow *row = arena_new(c->arena, TableRow);

    row->table = table;
    row->is_head = block->head;
    row->cells = cells;
    for (size_t i = 0; i < table->columns; i++)
        if (cells[i]->width > table->width[i])
            cells[i] = typesetter_layout(&c->setter, cell_style(c, block), &block->items[i].text,
                                         table->width[i]);
    return (Box){.kind = BOX_ROW, .height = row_height(row), .row = row};
}

void letter_compose_table(Composition *c, const MarkdownBlock *block)
{
    const SetText **cells;
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
        /* The head stays with a row, and the last row, often a sum, with the one before. */
        box.keep_with_next = box.row->is_head || i + 2 == block->count;
        box.row->head = head;
        VEC_PUSH(c->arena, &c->boxes, box);
        if (box.row->is_head)
            head = arena_copy(c->arena, &c->boxes.items[c->boxes.count - 1], sizeof *head);
    }
}

/* `tagged` is false for a head repeated on a further page: it is told once. */
void letter_draw_row(Composition *c, const TableRow *row, double y, bool tagged)
{
    const Table *table = row->table;
    const char *tag = row->is_head ? "TH" : "TD";
    bool closing = row->is_head || row->is_last;

    canvas_furniture(&c->canvas, !tagged);
    if (tagged)
        canvas_open(&c->canvas, "TR");
    for (size_t i = 0; i < table->columns; i++) {
        if (tagged)
            canvas_open(&c->canvas, tag);
        canvas_text(&c->canvas, row->cells[i], table->style, table->left[i], y + cell_pad,
                    table->right[i] ? table->left[i] + table->width[i] : 0);
        if (tagged)
            canvas_close(&c->canvas);
    }
    if (tagged)
        canvas_close(&c->canvas);
    canvas_furniture(&c->canvas, false);
    if (row->is_head)
        canvas_rule(&c->canvas, text_left, y, text_right, y, 0.7, 0);
    y += row_height(row);
    canvas_rule(&c->canvas, text_left, y, text_right, y, closing ? 0.7 : 0.35, closing ? 0 : 0.7);
}
