/* SPDX-License-Identifier: EUPL-1.2 */
#include "post/pdf_canvas.h"

#include "base/vec.h"

static const double baseline_below_middle = 0.3465; /* in ems: half of ascent minus descent */

static CanvasPage *page_of(PdfCanvas *canvas)
{
    return &canvas->pages.items[canvas->pages.count - 1];
}

static PdfElement *new_element(PdfCanvas *canvas, const char *type, PdfElement *parent)
{
    PdfElement *element = arena_new(canvas->arena, PdfElement);

    element->type = type;
    element->parent = parent;
    if (parent)
        VEC_PUSH(canvas->arena, &parent->kids, ((PdfKid){.element = element}));
    return element;
}

void canvas_begin(PdfCanvas *canvas, Arena *arena)
{
    *canvas = (PdfCanvas){.arena = arena};
    canvas->document = canvas->open = new_element(canvas, "Document", NULL);
}

static void end_content(PdfCanvas *canvas)
{
    if (canvas->state != CANVAS_BARE)
        buf_add_c(&page_of(canvas)->content, "EMC\n");
    canvas->state = CANVAS_BARE;
    canvas->writing = NULL;
}

void canvas_page(PdfCanvas *canvas)
{
    if (canvas->pages.count)
        end_content(canvas);
    VEC_PUSH(canvas->arena, &canvas->pages,
             ((CanvasPage){.content = buf_in(canvas->arena), .line_width = -1}));
    buf_reserve(&page_of(canvas)->content, 8000);
}

void canvas_end(PdfCanvas *canvas)
{
    assert(canvas->open == canvas->document);
    end_content(canvas);
}

/* --- Structure ---------------------------------------------------------------------------------
 */

void canvas_open(PdfCanvas *canvas, const char *type)
{
    canvas->open = new_element(canvas, type, canvas->open);
}

void canvas_close(PdfCanvas *canvas)
{
    assert(canvas->open != canvas->document);
    canvas->open = canvas->open->parent;
}

void canvas_read_last(PdfCanvas *canvas)
{
    canvas->open->last = true;
}

void canvas_head_of_row(PdfCanvas *canvas)
{
    canvas->open->head_of_row = true;
}

void canvas_furniture(PdfCanvas *canvas, bool on)
{
    canvas->furniture = on;
}

static Buf *artifact(PdfCanvas *canvas)
{
    Buf *out = &page_of(canvas)->content;

    if (canvas->state != CANVAS_ARTIFACT) {
        end_content(canvas);
        buf_add_c(out, "/Artifact BMC\n");
        canvas->state = CANVAS_ARTIFACT;
    }
    return out;
}

/* Be in the marked content of the open element. */
static Buf *content(PdfCanvas *canvas)
{
    CanvasPage *page = page_of(canvas);
    Buf *out = &page->content;

    if (canvas->furniture || canvas->open == canvas->document)
        return artifact(canvas);
    if (canvas->writing == canvas->open)
        return out;
    end_content(canvas);
    canvas->state = CANVAS_ELEMENT;
    canvas->writing = canvas->open;
    buf_add_char(out, '/');
    buf_add_c(out, canvas->open->type);
    buf_add_c(out, " << /MCID ");
    buf_add_i64(out, (int64_t)page->marked.count);
    buf_add_c(out, " >> BDC\n");
    VEC_PUSH(canvas->arena, &canvas->open->kids,
             ((PdfKid){.page = (int)canvas->pages.count - 1, .content = (int)page->marked.count}));
    VEC_PUSH(canvas->arena, &page->marked, canvas->open);
    return out;
}

/* --- Operators ---------------------------------------------------------------------------------
 */

static void add_numbers(Buf *out, const double *values, size_t count, const char *operator)
{
    for (size_t i = 0; i < count; i++) {
        pdf_add_real(out, values[i]);
        buf_add_char(out, ' ');
    }
    buf_add_c(out, operator);
}

static void set_gray(PdfCanvas *canvas, Buf *out, double gray)
{
    if (gray == page_of(canvas)->gray)
        return;
    add_numbers(out, &gray, 1, "g\n");
    page_of(canvas)->gray = gray;
}

static void use_fonts(PdfCanvas *canvas, const SetText *text)
{
    for (size_t i = 0; i < FONT_COMMON_COUNT; i++)
        canvas->fonts.common[i] = canvas->fonts.common[i] || text->common[i];
    for (size_t i = 0; i < text->other_count; i++)
        glyphs_add(canvas->arena, &canvas->fonts.others[text->others[i].font],
                   text->others[i].glyph);
}

static void show_line(PdfCanvas *canvas, const SetLine *line, const TextStyle *style, double x,
                      double y)
{
    double at[] = {x, page_height - (y + style->leading / 2 + style->size * baseline_below_middle)};

    if (str_empty(line->operators))
        return;
    Buf *out = content(canvas);

    set_gray(canvas, out, style->gray);
    buf_add_c(out, "BT\n1 0 0 1 ");
    add_numbers(out, at, 2, "Tm\n");
    buf_add(out, line->operators);
    buf_add_c(out, "ET\n");
}

void canvas_line_of_text(PdfCanvas *canvas, const SetText *text, size_t line,
                         const TextStyle *style, double x, double y)
{
    if (line == 0)
        use_fonts(canvas, text);
    show_line(canvas, &text->lines[line], style, x, y);
}

void canvas_text(PdfCanvas *canvas, const SetText *text, const TextStyle *style, double x, double y,
                 double right_edge)
{
    use_fonts(canvas, text);
    for (size_t i = 0; i < text->count; i++) {
        const SetLine *line = &text->lines[i];

        show_line(canvas, line, style, right_edge > 0 ? right_edge - line->width : x, y);
        y += style->leading;
    }
}

void canvas_rule(PdfCanvas *canvas, double x1, double y1, double x2, double y2, double width,
                 double gray)
{
    Buf *out = artifact(canvas);
    CanvasPage *page = page_of(canvas);

    if (gray != page->line_gray)
        add_numbers(out, &gray, 1, "G\n");
    if (width != page->line_width)
        add_numbers(out, &width, 1, "w\n");
    page->line_gray = gray;
    page->line_width = width;
    add_numbers(out, (double[]){x1, page_height - y1}, 2, "m ");
    add_numbers(out, (double[]){x2, page_height - y2}, 2, "l S\n");
}

void canvas_open_figure(PdfCanvas *canvas, const char *alt, double x, double y, double width,
                        double height)
{
    double bottom = page_height - y - height;

    canvas_open(canvas, "Figure");
    canvas->open->alt = alt;
    memcpy(canvas->open->box, (double[]){x, bottom, x + width, bottom + height},
           sizeof canvas->open->box);
}

static size_t picture_index(PdfCanvas *canvas, const PdfPicture *picture)
{
    for (size_t i = 0; i < canvas->pictures.count; i++)
        if (canvas->pictures.items[i] == picture)
            return i;
    VEC_PUSH(canvas->arena, &canvas->pictures, picture);
    return canvas->pictures.count - 1;
}

void canvas_paint(PdfCanvas *canvas, const PdfPicture *picture, double x, double y, double width,
                  double height)
{
    Buf *out = content(canvas);

    buf_add_c(out, "q\n");
    add_numbers(out, (double[]){width, 0, 0, height, x, page_height - y - height}, 6, "cm\n");
    buf_addf(out, "/P%zu Do\nQ\n", picture_index(canvas, picture));
}

void canvas_picture(PdfCanvas *canvas, const PdfPicture *picture, const char *alt, double x,
                    double y, double width, double height)
{
    canvas_open_figure(canvas, alt, x, y, width, height);
    canvas_paint(canvas, picture, x, y, width, height);
    canvas_close(canvas);
}

/* --- Lines and areas
 * --------------------------------------------------------------------------- */

static void add_path(Buf *out, const PdfPoint *points, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_numbers(out, (double[]){points[i].x, page_height - points[i].y}, 2, i ? "l\n" : "m\n");
}

void canvas_area(PdfCanvas *canvas, const PdfPoint *points, size_t count, PdfColour colour)
{
    Buf *out = content(canvas);

    buf_add_c(out, "q\n");
    add_numbers(out, (double[]){colour.red, colour.green, colour.blue}, 3, "rg\n");
    add_path(out, points, count);
    buf_add_c(out, "h f\nQ\n");
}

void canvas_line(PdfCanvas *canvas, const PdfPoint *points, size_t count, double width,
                 PdfColour colour, double dash)
{
    Buf *out = content(canvas);

    buf_add_c(out, "q\n1 j 1 J\n");
    if (dash > 0) {
        buf_add_char(out, '[');
        add_numbers(out, (double[]){dash, 2 * dash}, 2, "] 0 d\n");
    }
    add_numbers(out, &width, 1, "w\n");
    add_numbers(out, (double[]){colour.red, colour.green, colour.blue}, 3, "RG\n");
    add_path(out, points, count);
    buf_add_c(out, "S\nQ\n");
}

void canvas_drawing(PdfCanvas *canvas, Str operators, int units, const char *alt, double x,
                    double y, double size)
{
    canvas_open_figure(canvas, alt, x, y, size, size);
    Buf *out = content(canvas);

    buf_add_c(out, "q\n");
    /* Thousandths of a point would not do for a field's unit: its last row would be off. */
    buf_addf(out, "%.8f 0 0 %.8f %.3f %.3f cm\n0 g\n", size / units, size / units, x,
             page_height - y - size);
    buf_add(out, operators);
    buf_add_c(out, "Q\n");
    canvas_close(canvas);
}
