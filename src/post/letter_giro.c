/* SPDX-License-Identifier: EUPL-1.2 */
/* The GiroCode's place in a letter: the symbol, and beside it the same in words. */
#include "post/letter_layout.h"

#include "base/vec.h"

#include <errno.h>
#include <math.h>
#include <qrencode.h>

enum { QR_VERSION_MAX = 13 };

static const double text_lines = 7.3; /* beside the code, at the usual lengths */

static const double code_size = MM(30), text_gap = MM(7), label_width = MM(34);
static const TextStyle line_style = {.size = 9, .leading = 11.8};
static const TextStyle label_style = {.size = 9, .leading = 11.8, .gray = 0.3};

bool letter_compose_giro(Composition *c, Err *err)
{
    GiroBlock *giro = arena_new(c->arena, GiroBlock);

    giro->code = c->letter->giro;
    if (!giro_code_payload(giro->code, c->arena, &giro->payload, err))
        return false;
    VEC_PUSH(c->arena, &c->boxes,
             (Box){.kind = BOX_GIRO,
                   .space_before = c->body_style.leading,
                   .height = fmax(code_size, line_style.leading * text_lines),
                   .giro = giro});
    return true;
}

/* A coordinate below 1000; printf would cost more than all else about the code. */
static void add_small(Buf *drawing, int value)
{
    if (value >= 100)
        buf_add_char(drawing, (char)('0' + value / 100));
    if (value >= 10)
        buf_add_char(drawing, (char)('0' + value / 10 % 10));
    buf_add_char(drawing, (char)('0' + value % 10));
    buf_add_char(drawing, ' ');
}

static void add_rectangle(Buf *drawing, int x, int y, int width)
{
    add_small(drawing, x);
    add_small(drawing, y);
    add_small(drawing, width);
    buf_add_c(drawing, "1 re\n");
}

/* Dark modules of a row as few wide rectangles: sharp at every size. */
static Str modules_drawing(Arena *arena, const QRcode *code)
{
    Buf drawing = buf_in(arena);

    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++) {
            int from = column;

            while (column < code->width && code->data[row * code->width + column] & 1)
                column++;
            if (column > from)
                add_rectangle(&drawing, from, code->width - 1 - row, column - from);
        }
    buf_add_c(&drawing, "f\n");
    return buf_str(&drawing);
}

static bool draw_code(Composition *c, const Box *box, Err *err)
{
    const GiroBlock *giro = box->giro;
    QRcode *code = QRcode_encodeData((int)giro->payload.len,
                                     (const unsigned char *)giro->payload.ptr, 0, QR_ECLEVEL_M);

    if (!code)
        return err_set(err, ERR_INTERNAL, "GiroCode: %s", strerror(errno));
    if (code->version > QR_VERSION_MAX) {
        QRcode_free(code);
        return err_field(err, "giro", "GiroCode: the content needs a symbol beyond version %d",
                         QR_VERSION_MAX);
    }
    /* The quiet zone of four modules lies in the margin and the white around: the symbol's
     * edge is flush with the text. */
    canvas_drawing(&c->canvas, modules_drawing(c->arena, code), code->width, c->words->giro_alt,
                   text_left, box->y, code_size);
    QRcode_free(code);
    return true;
}

static Str iban_in_groups(Arena *arena, Str iban)
{
    Buf groups = buf_in(arena);

    iban = str_replace(arena, iban, STR(" "), STR(""));
    for (size_t i = 0; i < iban.len; i++) {
        if (i && i % 4 == 0)
            buf_add_c(&groups, "\u00a0");
        buf_add_char(&groups, iban.ptr[i]);
    }
    return buf_str(&groups);
}

static double draw_line(Composition *c, const char *label, Str value, double x, double y)
{
    const SetText *left =
        typesetter_plain(&c->setter, &label_style, str_printf(c->arena, "%s:", label), label_width);
    const SetText *right =
        typesetter_plain(&c->setter, &line_style, value, text_right - x - label_width);

    if (str_empty(value))
        return y;
    canvas_open(&c->canvas, "P");
    canvas_text(&c->canvas, left, &label_style, x, y, 0);
    canvas_text(&c->canvas, right, &line_style, x + label_width, y, 0);
    canvas_close(&c->canvas);
    return y + set_height(right, &line_style);
}

static double draw_text(Composition *c, const char *text, const TextStyle *style, double x,
                        double y)
{
    const SetText *layout = typesetter_plain(&c->setter, style, str_c(text), text_right - x);

    canvas_open(&c->canvas, "P");
    canvas_text(&c->canvas, layout, style, x, y, 0);
    canvas_close(&c->canvas);
    return y + set_height(layout, style);
}

bool letter_draw_giro(Composition *c, const Box *box, Err *err)
{
    static const TextStyle title_style = {.size = 9, .leading = 11.8, .bold = true};
    const GiroCode *code = box->giro->code;
    const LetterWords *words = c->words;
    double x = text_left + code_size + text_gap, y = box->y - 2;

    if (!draw_code(c, box, err))
        return false;
    y = draw_text(c, words->giro_title, &title_style, x, y);
    y = draw_text(c, words->giro_text, &line_style, x, y) + 3;
    y = draw_line(c, words->payee, code->name, x, y);
    y = draw_line(c, words->iban, iban_in_groups(c->arena, code->iban), x, y);
    y = draw_line(c, words->bic, code->bic, x, y);
    y = draw_line(c, words->amount, money_text(c->arena, code->cents, c->letter->lang), x, y);
    draw_line(c, words->reference, code->reference, x, y);
    return true;
}
