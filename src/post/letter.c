/* SPDX-License-Identifier: EUPL-1.2 */
/* A letter from its parts: set the text, put it on pages, draw the pages, finish the PDF. */
#include "post/letter.h"

#include "base/utf8.h"
#include "post/letter_layout.h"

enum { BODY_MAX = 1 << 20, SUBJECT_MAX = 500, PAGES_MAX = 200, RECIPIENT_MAX = 500 };

/* ------------------------------------------------------------------- words */

static const LetterWords german = {
    .date = "Datum",
    .our_sign = "Unser Zeichen",
    .page = "Seite %zu von %zu",
    .dated = "vom %.*s",
    .arms_alt = "Wappen: %.*s",
    .giro_title = "Bequem mit dem Handy bezahlen",
    .giro_text = "Scannen Sie den Code mit Ihrer Banking-App oder überweisen Sie:",
    .giro_alt = "GiroCode mit den daneben stehenden Angaben zur Überweisung",
    .payee = "Empfänger",
    .iban = "IBAN",
    .bic = "BIC",
    .amount = "Betrag",
    .reference = "Verwendungszweck",
};

static const LetterWords english = {
    .date = "Date",
    .our_sign = "Our reference",
    .page = "Page %zu of %zu",
    .dated = "of %.*s",
    .arms_alt = "Coat of arms: %.*s",
    .giro_title = "Pay with your phone",
    .giro_text = "Scan the code with your banking app or make a transfer:",
    .giro_alt = "GiroCode with the transfer details given beside it",
    .payee = "Payee",
    .iban = "IBAN",
    .bic = "BIC",
    .amount = "Amount",
    .reference = "Reference",
};

const LetterWords *letter_words(Str lang)
{
    return str_is(lang, "en") ? &english : &german;
}

/* ------------------------------------------------------------------- check */

/* `max` counts characters, as the limits of forms do. */
static bool check_text(const char *field, Str text, size_t max, Err *err)
{
    if (!utf8_valid_text(text))
        return err_field(err, field, "letter: %s is not valid text", field);
    return utf8_length(text) <= max ||
           err_field(err, field, "letter: %s is longer than %zu characters", field, max);
}

static bool check_input(const LetterHead *head, const Letter *letter, Err *err)
{
    bool valid = check_text("town", head->town, 200, err) &&
                 check_text("office", head->office, 200, err) &&
                 check_text("sender_line", head->sender_line, 300, err) &&
                 check_text("subject", letter->subject, SUBJECT_MAX, err) &&
                 check_text("our_sign", letter->our_sign, 200, err) &&
                 check_text("author", letter->author, 200, err) &&
                 check_text("body", letter->body, BODY_MAX, err);

    for (size_t i = 0; valid && i < head->contact_count; i++)
        valid = check_text("contact", head->contact[i], 200, err);
    for (size_t i = 0; valid && i < head->footer_count; i++)
        valid = check_text("footer", head->footer[i], 500, err);
    for (size_t i = 0; valid && i < letter->recipient_count; i++)
        valid = check_text("recipient", letter->recipient[i], RECIPIENT_MAX, err);
    if (valid && str_empty(str_trim(letter->subject)))
        return err_field(err, "subject", "letter: a letter needs a subject");
    return valid;
}

/* ------------------------------------------------------------------- pages */

/* Height of a box and of all that must stay on its page. */
static double group_height(const BoxList *boxes, size_t first)
{
    double height = boxes->items[first].height;

    for (size_t i = first; boxes->items[i].keep_with_next && i + 1 < boxes->count; i++)
        height += boxes->items[i + 1].space_before + boxes->items[i + 1].height;
    return height;
}

static const Box *repeated_head(const Box *box)
{
    return box->kind == BOX_ROW ? box->row->head : NULL;
}

/* Decide page and place of every box. */
static bool place_boxes(Composition *c, Err *err)
{
    size_t page = 1;
    double y = c->first_top, bottom = c->first_bottom;
    bool at_top = true;

    for (size_t i = 0; i < c->boxes.count; i++) {
        Box *box = &c->boxes.items[i];
        bool kept = i > 0 && c->boxes.items[i - 1].keep_with_next;
        double needed = kept ? box->height : group_height(&c->boxes, i);

        if (!at_top && y + box->space_before + needed > bottom &&
            (!kept || y + box->space_before + box->height > bottom)) {
            page++;
            y = c->next_top;
            bottom = c->next_bottom;
            at_top = true;
            if (repeated_head(box))
                y += repeated_head(box)->height;
        }
        if (page > PAGES_MAX)
            return err_field(err, "pages", "letter: more than %d pages", PAGES_MAX);
        if (box->height > c->next_bottom - c->next_top - MM(20))
            return err_field(err, "row", "letter: a table's row is higher than a page");
        box->page = page;
        box->y = y + (at_top ? 0 : box->space_before);
        y = box->y + box->height;
        at_top = false;
    }
    c->page_count = page;
    return true;
}

/* Only a letter of several pages gives up a line for the page's number. */
static bool place_on_pages(Composition *c, Err *err)
{
    if (!place_boxes(c, err))
        return false;
    if (c->page_count == 1)
        return true;
    c->first_bottom -= c->number_height;
    return place_boxes(c, err);
}

static bool draw_box(Composition *c, const Box *box, Err *err)
{
    bool drawn = true;

    for (size_t i = 0; i < box->open.count; i++)
        canvas_open(&c->canvas, box->open.items[i]);
    switch (box->kind) {
    case BOX_LINE:
        if (box->label) {
            canvas_open(&c->canvas, "Lbl");
            canvas_text(&c->canvas, box->label, box->style, box->label_x, box->y, 0);
            canvas_close(&c->canvas);
            canvas_open(&c->canvas, "LBody");
        }
        canvas_line_of_text(&c->canvas, box->text, box->line, box->style, box->x, box->y);
        break;
    case BOX_ROW: letter_draw_row(c, box->row, box->y, true); break;
    case BOX_GIRO: drawn = letter_draw_giro(c, box, err); break;
    }
    for (size_t i = 0; i < box->close.count; i++)
        canvas_close(&c->canvas);
    return drawn;
}

static bool draw_pages(Composition *c, Err *err)
{
    size_t page = 0;

    for (size_t i = 0; i < c->boxes.count; i++) {
        const Box *box = &c->boxes.items[i];
        const Box *head = repeated_head(box);
        bool turned = box->page > page;

        if (turned && !letter_draw_page_frame(c, box->page, err))
            return false;
        if (turned && page && head)
            letter_draw_row(c, head->row, box->y - head->height, false);
        page = box->page;
        if (!draw_box(c, box, err))
            return false;
    }
    return true;
}

/* ----------------------------------------------------------------- drawing */

/* Leichte Sprache is set larger and wider. */
static void choose_styles(Composition *c)
{
    bool easy = str_is(c->letter->lang, "de-leicht");
    double size = easy ? 14 : 11, leading = easy ? 21 : 14.2;

    c->body_style = (TextStyle){.size = size, .leading = leading, .hyphenated = true};
    c->strong_style = (TextStyle){.size = size, .leading = leading, .bold = true};
    c->heading_style = (TextStyle){.size = size + 1, .leading = leading + 1, .bold = true};
    c->subject_style = (TextStyle){.size = size + 2, .leading = leading + 2.4, .bold = true};
}

static bool compose(Composition *c, Err *err)
{
    choose_styles(c);
    letter_measure_page(c);
    canvas_begin(&c->canvas, c->arena);
    return letter_compose_body(c, err) && place_on_pages(c, err) && draw_pages(c, err);
}

bool letter_render(const LetterHead *head, const Letter *letter, Arena *arena, Str *pdf, Err *err)
{
    Composition c = {
        .arena = arena, .head = head, .letter = letter, .words = letter_words(letter->lang)};

    if (!check_input(head, letter, err) || !typesetter_begin(&c.setter, arena, letter->lang, err) ||
        !compose(&c, err))
        return false;
    /* "simple" is the registered BCP 47 variant for simplified language. */
    PdfTitle title = {.lang = str_is(letter->lang, "de-leicht") ? STR("de-simple")
                              : str_is(letter->lang, "en")      ? STR("en")
                                                                : STR("de"),
                      .title = letter->subject,
                      .author = letter->author,
                      .date = letter->date};

    return pdf_letter(&c.canvas, &title, arena, pdf, err);
}
