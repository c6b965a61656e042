/* SPDX-License-Identifier: EUPL-1.2 */
/* The small Markdown of letters and of texts on pages, parsed to a tree in an arena.
 *
 * Blocks: paragraphs, `#` to `###` headings, `-` and `1.` lists (nested by two
 * blanks), tables whose lines begin with `|`. Inside a block: `**strong**`,
 * `[text](address)`, a line break by two blanks or a backslash at a line's end,
 * and a backslash before punctuation for the character itself. Everything else,
 * HTML included, is plain text. There is no invalid input: what is not markup
 * is text.
 *
 * An ordered list begins at a block's start only, so that a date at the start
 * of a wrapped line ("1. März") does not become one. */
#pragma once

#include "base/buf.h"

typedef enum MarkdownKind {
    MARKDOWN_DOCUMENT,
    MARKDOWN_PARAGRAPH,
    MARKDOWN_HEADING,
    MARKDOWN_LIST,
    MARKDOWN_ITEM, /* its `text`, then nested lists as children */
    MARKDOWN_TABLE,
    MARKDOWN_ROW,
    MARKDOWN_CELL,
} MarkdownKind;

typedef struct MarkdownSpan {
    Str text;
    bool strong;
    bool line_break; /* a forced line break; text is empty */
    Str href;        /* of a link whose address is safe, else absent */
} MarkdownSpan;

typedef struct MarkdownText {
    MarkdownSpan *items;
    size_t count, capacity;
} MarkdownText;

typedef struct MarkdownBlock MarkdownBlock;
struct MarkdownBlock {
    MarkdownKind kind;
    int level;    /* HEADING: 1-3; LIST: number of the first item */
    bool ordered; /* LIST */
    bool head;    /* ROW: holds the columns' titles */
    bool right;   /* CELL: set right, by `---:` or because the column holds numbers */
    MarkdownText text;
    MarkdownBlock *items; /* children */
    size_t count, capacity;
};

/* Parse; the tree lives in the arena, parts of it point into `source`. All rows
 * of a table have the same number of cells. */
MarkdownBlock *markdown_parse(Arena *arena, Str source);

/* Write as HTML with everything escaped. `#` becomes h2, as a page has its own h1. Links that begin
 * with one slash get `base` (the tenant's prefix, "" for none) before them. */
void markdown_to_html(Buf *html, Str source, Str base);

/* Write a value so that it stays text in the middle of Markdown: markup characters get a
 * backslash, line breaks become blanks. Whatever came from a person passes
 * through here before it is put into a letter. */
void markdown_escape(Buf *out, Str value);

/* A heading's, paragraph's or cell's text without markup, breaks as blanks. */
Str markdown_plain(Arena *arena, const MarkdownText *text);

/* http, https, mailto, or relative without a scheme. */
bool markdown_address_safe(Str address);
