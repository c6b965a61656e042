/* SPDX-License-Identifier: EUPL-1.2 */
/* Markdown as HTML: letter previews and the texts of services. */
#include "post/markdown.h"

static void add_escaped(Buf *html, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '&': buf_add_c(html, "&amp;"); break;
        case '<': buf_add_c(html, "&lt;"); break;
        case '>': buf_add_c(html, "&gt;"); break;
        case '"': buf_add_c(html, "&quot;"); break;
        case '\'': buf_add_c(html, "&#39;"); break;
        default: buf_add_char(html, text.ptr[i]);
        }
    }
}

/* `base`: what links of the tenant begin with. */
static void add_link(Buf *html, Str href, Str base)
{
    buf_add_c(html, "<a href=\"");
    if (href.len && href.ptr[0] == '/' && !(href.len > 1 && href.ptr[1] == '/'))
        add_escaped(html, base);
    add_escaped(html, href);
    buf_add_c(html, "\">");
}

static void add_text(Buf *html, const MarkdownText *text, Str base)
{
    for (size_t i = 0; i < text->count; i++) {
        const MarkdownSpan *span = &text->items[i];

        if (span->line_break) {
            buf_add_c(html, "<br>");
            continue;
        }
        if (span->href.ptr)
            add_link(html, span->href, base);
        if (span->strong)
            buf_add_c(html, "<strong>");
        add_escaped(html, span->text);
        if (span->strong)
            buf_add_c(html, "</strong>");
        if (span->href.ptr)
            buf_add_c(html, "</a>");
    }
}

static void add_row(Buf *html, const MarkdownBlock *row, Str base)
{
    buf_add_c(html, "<tr>");
    for (size_t i = 0; i < row->count; i++) {
        const MarkdownBlock *cell = &row->items[i];

        buf_add_c(html, row->head ? "<th scope=\"col\"" : "<td");
        buf_add_c(html, cell->right ? " class=\"number\">" : ">");
        add_text(html, &cell->text, base);
        buf_add_c(html, row->head ? "</th>" : "</td>");
    }
    buf_add_c(html, "</tr>\n");
}

static void add_table(Buf *html, const MarkdownBlock *table, Str base)
{
    size_t body = table->items[0].head ? 1 : 0;

    buf_add_c(html, "<table>\n");
    if (body) {
        buf_add_c(html, "<thead>");
        add_row(html, &table->items[0], base);
        buf_add_c(html, "</thead>\n");
    }
    buf_add_c(html, "<tbody>");
    for (size_t i = body; i < table->count; i++)
        add_row(html, &table->items[i], base);
    buf_add_c(html, "</tbody>\n</table>\n");
}

static void add_list(Buf *html, const MarkdownBlock *list, Str base)
{
    if (!list->ordered)
        buf_add_c(html, "<ul>\n");
    else if (list->level == 1)
        buf_add_c(html, "<ol>\n");
    else
        buf_addf(html, "<ol start=\"%d\">\n", list->level);
    for (size_t i = 0; i < list->count; i++) {
        buf_add_c(html, "<li>");
        add_text(html, &list->items[i].text, base);
        for (size_t nested = 0; nested < list->items[i].count; nested++)
            add_list(html, &list->items[i].items[nested], base);
        buf_add_c(html, "</li>\n");
    }
    buf_add_c(html, list->ordered ? "</ol>\n" : "</ul>\n");
}

static void add_block(Buf *html, const MarkdownBlock *block, Str base)
{
    switch (block->kind) {
    case MARKDOWN_HEADING:
        buf_addf(html, "<h%d>", block->level + 1);
        add_text(html, &block->text, base);
        buf_addf(html, "</h%d>\n", block->level + 1);
        break;
    case MARKDOWN_LIST: add_list(html, block, base); break;
    case MARKDOWN_TABLE: add_table(html, block, base); break;
    default:
        buf_add_c(html, "<p>");
        add_text(html, &block->text, base);
        buf_add_c(html, "</p>\n");
    }
}

void markdown_to_html(Buf *html, Str source, Str base)
{
    MarkdownBlock *document = markdown_parse(html->arena, source);

    for (size_t i = 0; i < document->count; i++)
        add_block(html, &document->items[i], base);
}
