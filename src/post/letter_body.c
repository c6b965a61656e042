/* SPDX-License-Identifier: EUPL-1.2 */
/* Subject and body: Markdown blocks to boxes with their structure tags. */
#include "post/letter_layout.h"

#include "base/vec.h"

#include <assert.h>

static const double list_indent = MM(6);

static void tag_push(Tags *tags, const char *name)
{
    assert(tags->count < sizeof tags->items / sizeof *tags->items);
    tags->items[tags->count++] = name;
}

/* Put a text's lines into the list. The first and the last two lines of a block stay
 * together (no widows, no orphans). Returns the index of the first box. */
static size_t add_lines(Composition *c, const SetText *text, const TextStyle *style, double x,
                        double space_before)
{
    size_t first = c->boxes.count;

    for (size_t i = 0; i < text->count; i++)
        VEC_PUSH(c->arena, &c->boxes,
                 (Box){.kind = BOX_LINE,
                       .space_before = i == 0 ? space_before : 0,
                       .height = style->leading,
                       .keep_with_next = i + 1 < text->count && (i == 0 || i + 2 == text->count),
                       .text = text,
                       .line = i,
                       .style = style,
                       .x = x});
    return first;
}

static void tag_block(Composition *c, size_t first, const char *tag)
{
    tag_push(&c->boxes.items[first].open, tag);
    tag_push(&c->boxes.items[c->boxes.count - 1].close, tag);
}

static void add_block(Composition *c, const MarkdownText *text, const TextStyle *style,
                      const char *tag, double space_before)
{
    const SetText *layout = typesetter_layout(&c->setter, style, text, text_right - text_left);

    tag_block(c, add_lines(c, layout, style, text_left, space_before), tag);
}

/* A heading never stands last on a page. */
static void add_heading(Composition *c, const MarkdownBlock *heading)
{
    bool top = heading->level == 1;
    const TextStyle *style = top ? &c->heading_style : &c->strong_style;
    size_t first = c->boxes.count;

    if (str_empty(markdown_plain(c->arena, &heading->text)))
        return;
    add_block(c, &heading->text, style, top ? "H2" : "H3", c->body_style.leading * (top ? 1 : 0.8));
    for (size_t i = first; i < c->boxes.count; i++)
        c->boxes.items[i].keep_with_next = true;
}

static void add_list(Composition *c, const MarkdownBlock *list, int depth)
{
    double x = text_left + list_indent * depth;
    const TextStyle *style = &c->body_style;
    size_t list_first = c->boxes.count;

    for (size_t i = 0; i < list->count; i++) {
        const MarkdownBlock *item = &list->items[i];
        Str mark = list->ordered ? str_printf(c->arena, "%d.", list->level + (int)i)
                                 : (depth == 1 ? STR("•") : STR("–"));
        const SetText *layout = typesetter_layout(&c->setter, style, &item->text, text_right - x);
        double space = style->leading * (i == 0 && depth == 1 ? 0.5 : 0.2);
        size_t first = add_lines(c, layout, style, x, space);
        Tags *open = &c->boxes.items[first].open;

        if (first == list_first)
            tag_push(open, "L");
        tag_push(open, "LI");
        c->boxes.items[first].label = typesetter_plain(&c->setter, style, mark, 0);
        c->boxes.items[first].label_x = x - list_indent + MM(1);
        for (size_t nested = 0; nested < item->count; nested++)
            add_list(c, &item->items[nested], depth + 1);
        tag_push(&c->boxes.items[c->boxes.count - 1].close, "LBody");
        tag_push(&c->boxes.items[c->boxes.count - 1].close, "LI");
    }
    tag_push(&c->boxes.items[c->boxes.count - 1].close, "L");
}

static void add_markdown(Composition *c, const MarkdownBlock *document)
{
    for (size_t i = 0; i < document->count; i++) {
        const MarkdownBlock *block = &document->items[i];
        bool after_heading = i > 0 && document->items[i - 1].kind == MARKDOWN_HEADING;

        switch (block->kind) {
        case MARKDOWN_HEADING: add_heading(c, block); break;
        case MARKDOWN_LIST: add_list(c, block, 1); break;
        case MARKDOWN_TABLE: letter_compose_table(c, block); break;
        default:
            add_block(c, &block->text, &c->body_style, "P",
                      c->body_style.leading * (after_heading ? 0.2 : 0.65));
        }
    }
}

bool letter_compose_body(Composition *c, Err *err)
{
    MarkdownSpan subject = {.text = c->letter->subject};

    add_block(c, &(MarkdownText){.items = &subject, .count = 1}, &c->subject_style, "H1", 0);
    add_markdown(c, markdown_parse(c->arena, c->letter->body));
    return !c->letter->giro || letter_compose_giro(c, err);
}
