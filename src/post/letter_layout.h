/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside of the letter renderer: what is set becomes a list of boxes, boxes are put on pages,
 * pages are drawn. Lengths are points from the top left corner of the page. */
#pragma once

#include "post/letter.h"
#include "post/pdf_letter.h"

static const double text_left = MM(25), text_right = MM(190);

/* Words the renderer itself prints. */
typedef struct LetterWords {
    const char *date, *our_sign;
    const char *page;     /* printf: page and number of pages */
    const char *dated;    /* printf: date, on later pages */
    const char *arms_alt; /* printf: town */
    const char *giro_title, *giro_text, *giro_alt;
    const char *payee, *iban, *bic, *amount, *reference;
} LetterWords;

const LetterWords *letter_words(Str lang);

/* Structure tags to open before or close behind a box, outermost first. */
typedef struct Tags {
    const char *items[20]; /* lists nest four deep, three tags each */
    size_t count;
} Tags;

typedef struct Table {
    size_t columns;
    double *left, *width; /* of each column */
    bool *right;          /* set right */
    const TextStyle *style;
} Table;

typedef struct TableRow {
    const Table *table;
    const SetText **cells;
    bool is_head;
    bool is_last;
    struct Box *head; /* box to repeat on the next page, or NULL */
} TableRow;

typedef struct GiroBlock {
    const GiroCode *code;
    Str payload;
} GiroBlock;

/* Something that is not parted between pages. */
typedef struct Box {
    enum { BOX_LINE, BOX_ROW, BOX_GIRO } kind;
    double space_before; /* not at a page's top */
    double height;
    bool keep_with_next;
    Tags open, close;
    size_t page; /* result of placing */
    double y;
    /* LINE */
    const SetText *text;
    size_t line;
    const TextStyle *style;
    double x;
    const SetText *label; /* a list item's bullet or number */
    double label_x;
    /* ROW */
    TableRow *row;
    /* GIRO */
    const GiroBlock *giro;
} Box;

typedef struct BoxList {
    Box *items;
    size_t count, capacity;
} BoxList;

/* A line of the information block; label may be NULL. */
typedef struct InfoLine {
    const SetText *label, *value;
} InfoLine;

/* Everything about one letter while it is made. */
typedef struct Composition {
    Arena *arena;
    const LetterHead *head;
    const Letter *letter;
    const LetterWords *words;
    Typesetter setter;
    BoxList boxes;
    InfoLine info[14]; /* contact, our sign, date */
    size_t info_count;
    TextStyle body_style, strong_style, heading_style, subject_style;
    double first_top, first_bottom; /* where text may stand on the first page */
    double next_top, next_bottom;   /* and on the others */
    double number_height;           /* what a page number takes from the first page */
    size_t page_count;
    PdfCanvas canvas;
} Composition;

/* letter_body.c: subject, Markdown and GiroCode to boxes. */
bool letter_compose_body(Composition *c, Err *err);
/* letter_table.c */
void letter_compose_table(Composition *c, const MarkdownBlock *table);
void letter_draw_row(Composition *c, const TableRow *row, double y, bool tagged);
/* letter_giro.c */
bool letter_compose_giro(Composition *c, Err *err);
bool letter_draw_giro(Composition *c, const Box *box, Err *err);
/* letter_page.c: the frame of the page; measuring it sets where text may stand. */
void letter_measure_page(Composition *c);
bool letter_draw_page_frame(Composition *c, size_t page, Err *err);
