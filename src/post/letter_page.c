/* SPDX-License-Identifier: EUPL-1.2 */
/* The frame of a letter's pages by DIN 5008, form B: head, address window (20 mm from the left,
 * 45 mm from the top, 85 x 45 mm), information block, marks, foot. */
#include "post/letter_layout.h"

#include "post/letter_arms.h"

#include <math.h>

static const double window_right = MM(105);
static const double sender_top = MM(58), address_top = MM(62.7);
static const double info_left = MM(125), info_right = MM(200), info_top = MM(50);
static const double info_label_width = MM(25);
static const double body_top = MM(98.46);
static const double head_top = MM(14), head_rule = MM(38), arms_height = MM(20);
static const double foot_bottom = MM(287), foot_gap = MM(4);

static const TextStyle town_style = {.size = 20, .leading = 25, .bold = true};
static const TextStyle office_style = {.size = 12, .leading = 16, .gray = 0.25};
static const TextStyle sender_style = {.size = 7, .leading = 9, .gray = 0.2};
static const TextStyle address_style = {.size = 11, .leading = 12.9};
static const double address_height = 6 * 12.9, address_smallest = 3.5;
static const TextStyle info_style = {.size = 9, .leading = 12};
static const TextStyle info_label_style = {.size = 9, .leading = 12, .gray = 0.35};
static const TextStyle foot_style = {.size = 7.5, .leading = 9.6, .gray = 0.25};
static const TextStyle page_style = {.size = 9, .leading = 12, .gray = 0.25};

static void draw_paragraph(Composition *c, Str text, const TextStyle *style, double x, double y,
                           double width)
{
    if (str_empty(text))
        return;
    canvas_open(&c->canvas, "P");
    canvas_text(&c->canvas, typesetter_plain(&c->setter, style, text, width), style, x, y, 0);
    canvas_close(&c->canvas);
}

/* -------------------------------------------------------------------- head */

static bool draw_head(Composition *c, Err *err)
{
    double x = text_left;

    if (!str_empty(c->head->arms_png)) {
        double width = arms_height;
        const PdfPicture *arms = arms_for_png(c->head->arms_png, err);

        if (!arms)
            return err_context(err, "arms of %.*s", STR_ARG(c->head->town));
        width = arms_height * arms->width / arms->height;
        canvas_picture(&c->canvas, arms,
                       arena_printf(c->arena, c->words->arms_alt, STR_ARG(c->head->town)), x,
                       MM(13), width, arms_height);
        x += width + MM(6);
    }
    draw_paragraph(c, c->head->town, &town_style, x, head_top, text_right - x);
    draw_paragraph(c, c->head->office, &office_style, x, head_top + town_style.leading + 1,
                   text_right - x);
    canvas_rule(&c->canvas, text_left, head_rule, text_right, head_rule, 0.6, 0.55);
    return true;
}

/* ------------------------------------------------------------------ window */

/* The recipient as it stands in the window: one size for all lines. */
typedef struct Address {
    const SetText *lines[sizeof((Letter *)0)->recipient / sizeof(Str)];
    TextStyle style;
} Address;

static double set_address(Composition *c, double size, Address *out)
{
    double height = 0;

    out->style =
        (TextStyle){.size = size, .leading = address_style.leading * size / address_style.size};
    for (size_t i = 0; i < c->letter->recipient_count; i++) {
        out->lines[i] = typesetter_plain(&c->setter, &out->style, c->letter->recipient[i],
                                         window_right - text_left);
        height += set_height(out->lines[i], &out->style);
    }
    return height;
}

/* An address must be whole: long lines go on in the next one, and all are set smaller until they
 * fit the zone of six lines. DIN 5008 asks for 8 points; what is smaller no post reads, but a case
 * whose letters cannot be made could never be closed, and the letter lies in the portal too. The
 * widest that the core blocks of forms allow fits at 4 points. */
static bool fit_address(Composition *c, Address *out, Err *err)
{
    int steps = (int)((address_style.size - address_smallest) * 2); /* of half a point */

    for (int step = 0; step <= steps; step++)
        if (set_address(c, address_style.size - step * 0.5, out) <= address_height + 0.01)
            return true;
    return err_field(err, "recipient", "letter: the recipient does not fit the address window");
}

static bool draw_window(Composition *c, Err *err)
{
    double y = address_top;
    Address address = {0};

    if (!fit_address(c, &address, err))
        return false;
    if (!str_empty(c->head->sender_line)) {
        const SetText *sender =
            typesetter_plain(&c->setter, &sender_style, c->head->sender_line, 0);
        double width = sender->width;

        if (width > window_right - text_left) {
            width = window_right - text_left;
            sender = typesetter_cut(&c->setter, &sender_style, c->head->sender_line, width);
        }
        canvas_open(&c->canvas, "P");
        canvas_text(&c->canvas, sender, &sender_style, text_left, sender_top, 0);
        canvas_close(&c->canvas);
        canvas_rule(&c->canvas, text_left, sender_top + 9.5, text_left + width, sender_top + 9.5,
                    0.3, 0.4);
    }
    canvas_open(&c->canvas, "P");
    for (size_t i = 0; i < c->letter->recipient_count; i++) {
        canvas_text(&c->canvas, address.lines[i], &address.style, text_left, y, 0);
        y += set_height(address.lines[i], &address.style);
    }
    canvas_close(&c->canvas);
    return true;
}

/* -------------------------------------------------------- information block */

/* The label may be absent: the value takes both columns then. */
static void add_info(Composition *c, Str label, Str value)
{
    InfoLine *line = &c->info[c->info_count];
    double x = info_left + (str_empty(label) ? 0 : info_label_width);

    if (str_empty(value) || c->info_count == sizeof c->info / sizeof *c->info)
        return;
    if (!str_empty(label))
        line->label = typesetter_plain(&c->setter, &info_label_style, label, 0);
    line->value = typesetter_plain(&c->setter, &info_style, value, info_right - x);
    c->info_count++;
}

/* "Telefon: 01234 56-789" has its label in front of the colon. */
static void add_contact(Composition *c, Str contact)
{
    ptrdiff_t colon = str_find(contact, STR(": "));

    if (colon > 0)
        add_info(c, str_slice(contact, 0, (size_t)colon + 1),
                 str_trim(str_slice(contact, (size_t)colon + 2, contact.len)));
    else
        add_info(c, STR_NONE, contact);
}

/* Set the block's lines; returns its lower edge. */
static double measure_info(Composition *c)
{
    const Letter *letter = c->letter;
    double y = info_top;

    for (size_t i = 0; i < c->head->contact_count; i++)
        add_contact(c, c->head->contact[i]);
    add_info(c, str_printf(c->arena, "%s:", c->words->our_sign), letter->our_sign);
    if (!date_absent(letter->date))
        add_info(c, str_printf(c->arena, "%s:", c->words->date),
                 date_long(c->arena, letter->date, letter->lang));
    for (size_t i = 0; i < c->info_count; i++)
        y += set_height(c->info[i].value, &info_style);
    return y;
}

static void draw_info(Composition *c)
{
    double y = info_top;

    for (size_t i = 0; i < c->info_count; i++) {
        const InfoLine *line = &c->info[i];

        canvas_open(&c->canvas, "P");
        if (line->label)
            canvas_text(&c->canvas, line->label, &info_label_style, info_left, y, 0);
        canvas_text(&c->canvas, line->value, &info_style,
                    info_left + (line->label ? info_label_width : 0), y, 0);
        canvas_close(&c->canvas);
        y += set_height(line->value, &info_style);
    }
}

/* -------------------------------------------------------------------- foot */

enum { FOOT_LINES_MAX = 8 };

/* A column of the foot, set line by line. */
typedef struct FootColumn {
    Str lines[FOOT_LINES_MAX];
    size_t count;
    double width; /* of its widest line */
} FootColumn;

static size_t line_count(Str text)
{
    size_t lines = 1;

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines < FOOT_LINES_MAX ? lines : FOOT_LINES_MAX;
}

static double foot_top(const Composition *c)
{
    size_t lines = 0;

    for (size_t i = 0; i < c->head->footer_count; i++)
        if (line_count(c->head->footer[i]) > lines)
            lines = line_count(c->head->footer[i]);
    return foot_bottom - (double)lines * foot_style.leading - 4;
}

static FootColumn set_foot_column(Composition *c, Str text)
{
    FootColumn column = {.count = 0};

    while (text.ptr && column.count < FOOT_LINES_MAX) {
        Str line = str_cut(&text, '\n');

        column.lines[column.count++] = line;
        column.width =
            fmax(column.width, typesetter_plain(&c->setter, &foot_style, line, 0)->width);
    }
    return column;
}

static void draw_foot_column(Composition *c, const FootColumn *column, double x, double y,
                             double width)
{
    canvas_open(&c->canvas, "P");
    for (size_t i = 0; i < column->count; i++) {
        const SetText *line = width < column->width
                                  ? typesetter_cut(&c->setter, &foot_style, column->lines[i], width)
                                  : typesetter_plain(&c->setter, &foot_style, column->lines[i], 0);

        canvas_text(&c->canvas, line, &foot_style, x, y, 0);
        y += foot_style.leading;
    }
    canvas_close(&c->canvas);
}

/* Columns as wide as their text with even gaps; equal and cut where that does not fit. The foot
 * stands at the end of the reading order. */
static void draw_foot(Composition *c)
{
    FootColumn columns[4];
    double top = foot_top(c), x = text_left, room = text_right - text_left, taken = 0, gap;
    size_t count = c->head->footer_count;

    if (!count)
        return;
    for (size_t i = 0; i < count; i++) {
        columns[i] = set_foot_column(c, c->head->footer[i]);
        taken += columns[i].width;
    }
    gap = count > 1 ? fmin((room - taken) / (double)(count - 1), MM(25)) : 0;
    canvas_rule(&c->canvas, text_left, top, text_right, top, 0.4, 0.55);
    canvas_open(&c->canvas, "Div");
    canvas_read_last(&c->canvas);
    for (size_t i = 0; i < count; i++) {
        double share = room / (double)count;
        bool cut = count > 1 && gap < MM(2);

        draw_foot_column(c, &columns[i], x, top + 4, cut ? share - MM(2) : room);
        x += cut ? share : columns[i].width + gap;
    }
    canvas_close(&c->canvas);
}

/* ------------------------------------------------------- marks and numbers */

static void draw_marks(PdfCanvas *canvas)
{
    canvas_rule(canvas, MM(4), MM(105), MM(8), MM(105), 0.3, 0.4);
    canvas_rule(canvas, MM(4), MM(148.5), MM(10), MM(148.5), 0.3, 0.4);
    canvas_rule(canvas, MM(4), MM(210), MM(8), MM(210), 0.3, 0.4);
}

static void draw_page_number(Composition *c, size_t page)
{
    Str text = str_printf(c->arena, c->words->page, page, c->page_count);
    double y = page == 1 ? c->first_bottom + 4 : c->next_bottom + 8;

    if (c->page_count > 1)
        canvas_text(&c->canvas, typesetter_plain(&c->setter, &page_style, text, 0), &page_style, 0,
                    y, text_right);
}

/* Later pages say which letter they belong to. */
static void draw_running_head(Composition *c)
{
    const Letter *letter = c->letter;
    Buf text = buf_in(c->arena);

    buf_add(&text, c->head->town);
    if (!str_empty(letter->our_sign))
        buf_addf(&text, " · %.*s", STR_ARG(letter->our_sign));
    if (!date_absent(letter->date)) {
        buf_add_c(&text, " · ");
        buf_addf(&text, c->words->dated, STR_ARG(date_long(c->arena, letter->date, letter->lang)));
    }
    canvas_text(&c->canvas, typesetter_plain(&c->setter, &page_style, buf_str(&text), 0),
                &page_style, text_left, MM(14), 0);
    canvas_rule(&c->canvas, text_left, MM(20), text_right, MM(20), 0.4, 0.55);
}

void letter_measure_page(Composition *c)
{
    double info_end = measure_info(c) + MM(6);

    c->first_top = info_end > body_top ? info_end : body_top;
    c->first_bottom = foot_top(c) - foot_gap;
    c->number_height = page_style.leading;
    c->next_top = MM(27);
    c->next_bottom = MM(275);
}

bool letter_draw_page_frame(Composition *c, size_t page, Err *err)
{
    canvas_page(&c->canvas);
    if (page > 1) { /* in the middle of the text, perhaps of a paragraph */
        canvas_furniture(&c->canvas, true);
        draw_running_head(c);
        draw_page_number(c, page);
        canvas_furniture(&c->canvas, false);
        return true;
    }
    draw_marks(&c->canvas);
    if (!draw_head(c, err))
        return false;
    if (!draw_window(c, err))
        return false;
    draw_info(c);
    draw_foot(c);
    draw_page_number(c, page);
    return true;
}
