/* SPDX-License-Identifier: EUPL-1.2 */
/* Markdown's blocks, line by line. */
#include "post/markdown.h"

#include "base/vec.h"
#include "post/markdown_inline.h"

#include <assert.h>

enum { NESTING_MAX = 4, COLUMNS_MAX = 16 };

/* A line without its end; `rest` starts behind it. */
typedef struct Lines {
    Arena *arena;
    Str rest;
} Lines;

static Str peek_line(const Lines *lines)
{
    Str rest = lines->rest;
    Str line = str_cut(&rest, '\n');

    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

static void skip_line(Lines *lines)
{
    str_cut(&lines->rest, '\n');
}

static bool at_end(const Lines *lines)
{
    return lines->rest.ptr == NULL;
}

static bool is_blank(Str line)
{
    return str_empty(str_trim(line));
}

static size_t indent_of(Str line)
{
    size_t i = 0;

    while (i < line.len && line.ptr[i] == ' ')
        i++;
    return i;
}

static int heading_level(Str line)
{
    int level = 0;

    while ((size_t)level < line.len && line.ptr[level] == '#')
        level++;
    return level >= 1 && level <= 3 && (size_t)level < line.len && line.ptr[level] == ' ' ? level
                                                                                          : 0;
}

/* "- ", "* ", "12. " or "12) " behind the indent: length of the marker, else 0. */
static size_t item_marker(Str line, bool *ordered, int *number)
{
    size_t start = indent_of(line), i = start;
    int value = 0;

    if (i + 1 < line.len && (line.ptr[i] == '-' || line.ptr[i] == '*') && line.ptr[i + 1] == ' ') {
        *ordered = false;
        *number = 0;
        return 2;
    }
    while (i < line.len && i - start < 4 && line.ptr[i] >= '0' && line.ptr[i] <= '9')
        value = value * 10 + (line.ptr[i++] - '0');
    if (i == start || i + 1 >= line.len || (line.ptr[i] != '.' && line.ptr[i] != ')') ||
        line.ptr[i + 1] != ' ')
        return 0;
    *ordered = true;
    *number = value;
    return i + 2 - start;
}

static bool is_bullet(Str line)
{
    bool ordered;
    int number;

    return item_marker(line, &ordered, &number) && !ordered;
}

/* Lines that end a running paragraph without a blank line between. */
static bool interrupts(Str line)
{
    Str text = str_slice(line, indent_of(line), line.len);

    return is_blank(line) || heading_level(text) || str_starts_with(text, "|") || is_bullet(line);
}

/* ------------------------------------------------------------------ tables */

static size_t read_cells(Str line, Str cells[COLUMNS_MAX])
{
    size_t count = 0, start;

    line = str_trim(line);
    line = str_slice(line, 1, line.len);
    if (str_ends_with(line, "|") && !str_ends_with(line, "\\|"))
        line.len--;
    start = 0;
    for (size_t i = 0; i <= line.len && count < COLUMNS_MAX; i++) {
        if (i + 1 < line.len && line.ptr[i] == '\\') {
            i++;
        } else if (i == line.len || line.ptr[i] == '|') {
            cells[count++] = str_trim(str_slice(line, start, i));
            start = i + 1;
        }
    }
    return count;
}

static bool is_rule_cell(Str cell)
{
    bool dash = false;

    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '-')
            dash = true;
        else if (cell.ptr[i] != ':')
            return false;
    }
    return dash;
}

static bool is_rule(Str line)
{
    Str cells[COLUMNS_MAX];
    size_t count;

    if (!str_starts_with(str_trim(line), "|"))
        return false;
    count = read_cells(line, cells);
    for (size_t i = 0; i < count; i++)
        if (!is_rule_cell(cells[i]))
            return false;
    return count > 0;
}

/* "1.234,50 €", "-3", "12 %", "01.03.2027": read from the right, so set right. */
static bool looks_numeric(Str text)
{
    static const Str units[] = {STR("€"), STR("Euro"), STR("EUR"), STR("%")};
    size_t digits = 0;

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text.len > units[i].len &&
            str_eq(str_slice(text, text.len - units[i].len, text.len), units[i]))
            text = str_slice(text, 0, text.len - units[i].len);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            digits++;
        else if (!strchr(".,-+ \xc2\xa0", text.ptr[i]))
            return false;
    }
    return digits > 0;
}

static void add_row(Arena *arena, MarkdownBlock *table, Str line, bool head)
{
    MarkdownBlock row = {.kind = MARKDOWN_ROW, .head = head};
    Str cells[COLUMNS_MAX];
    size_t count = read_cells(line, cells);

    for (size_t i = 0; i < count; i++) {
        MarkdownBlock cell = {.kind = MARKDOWN_CELL};

        markdown_read_inline(arena, cells[i], &cell.text);
        VEC_PUSH(arena, &row, cell);
    }
    VEC_PUSH(arena, table, row);
}

static void level_columns(Arena *arena, MarkdownBlock *table)
{
    size_t columns = 0;

    for (size_t i = 0; i < table->count; i++)
        if (table->items[i].count > columns)
            columns = table->items[i].count;
    for (size_t i = 0; i < table->count; i++)
        while (table->items[i].count < columns)
            VEC_PUSH(arena, &table->items[i], (MarkdownBlock){.kind = MARKDOWN_CELL});
}

/* A column is set right when its rule says so or when all its cells are numbers. */
static void align_column(Arena *arena, MarkdownBlock *table, size_t column, Str rule)
{
    bool right = str_ends_with(rule, ":") && !str_starts_with(rule, ":");
    size_t numbers = 0;

    if (!right && !str_starts_with(rule, ":")) {
        right = true;
        for (size_t i = 0; i < table->count; i++) {
            Str text = markdown_plain(arena, &table->items[i].items[column].text);

            if (table->items[i].head || str_empty(text))
                continue;
            right = right && looks_numeric(text);
            numbers++;
        }
        right = right && numbers > 0;
    }
    for (size_t i = 0; i < table->count; i++)
        table->items[i].items[column].right = right;
}

static MarkdownBlock read_table(Lines *lines)
{
    MarkdownBlock table = {.kind = MARKDOWN_TABLE};
    Str rule[COLUMNS_MAX] = {STR_NONE};
    size_t rule_count = 0;

    while (!at_end(lines) && str_starts_with(str_trim(peek_line(lines)), "|")) {
        Str line = peek_line(lines);

        skip_line(lines);
        if (is_rule(line) && table.count == 1 && !rule_count) {
            rule_count = read_cells(line, rule);
            table.items[0].head = true;
        } else {
            add_row(lines->arena, &table, line, false);
        }
    }
    assert(table.count > 0);
    level_columns(lines->arena, &table);
    for (size_t i = 0; i < table.items[0].count; i++)
        align_column(lines->arena, &table, i, i < rule_count ? rule[i] : STR_NONE);
    return table;
}

/* ------------------------------------------------------------------- lists */

static MarkdownBlock read_list(Lines *lines, size_t indent, int depth);

/* Text of an item: the rest of its first line and the lines that carry it on. */
static void read_item_text(Lines *lines, size_t marker_end, MarkdownBlock *item)
{
    Buf text = buf_in(lines->arena);
    Str line = peek_line(lines);

    buf_add(&text, str_slice(line, marker_end, line.len));
    skip_line(lines);
    while (!at_end(lines)) {
        bool ordered;
        int number;

        line = peek_line(lines);
        if (interrupts(line) || item_marker(line, &ordered, &number))
            break;
        buf_add_char(&text, '\n');
        buf_add(&text, str_slice(line, indent_of(line), line.len));
        skip_line(lines);
    }
    markdown_read_inline(lines->arena, buf_str(&text), &item->text);
}

/* Skip blank lines if an item of this list or of a nested one follows them. */
static bool item_follows(Lines *lines, size_t indent)
{
    Lines ahead = *lines;
    bool ordered;
    int number;

    while (!at_end(&ahead) && is_blank(peek_line(&ahead)))
        skip_line(&ahead);
    if (at_end(&ahead) || indent_of(peek_line(&ahead)) < indent ||
        !item_marker(peek_line(&ahead), &ordered, &number))
        return false;
    *lines = ahead;
    return true;
}

static MarkdownBlock read_list(Lines *lines, size_t indent, int depth)
{
    MarkdownBlock list = {.kind = MARKDOWN_LIST};
    bool ordered = false;
    int number = 0;

    item_marker(peek_line(lines), &list.ordered, &list.level);
    while (!at_end(lines) && item_follows(lines, indent)) {
        Str line = peek_line(lines);
        size_t marker = item_marker(line, &ordered, &number);
        MarkdownBlock *last = list.count ? &list.items[list.count - 1] : NULL;

        if (last && indent_of(line) >= indent + 2 && depth < NESTING_MAX) {
            MarkdownBlock nested = read_list(lines, indent_of(line), depth + 1);

            VEC_PUSH(lines->arena, last, nested); /* `last` lies in list.items */
        } else if (last && ordered != list.ordered) {
            break;
        } else {
            MarkdownBlock item = {.kind = MARKDOWN_ITEM};

            read_item_text(lines, indent_of(line) + marker, &item);
            VEC_PUSH(lines->arena, &list, item);
        }
    }
    return list;
}

/* -------------------------------------------------------------- paragraphs */

static MarkdownBlock read_heading(Lines *lines, int level)
{
    MarkdownBlock heading = {.kind = MARKDOWN_HEADING, .level = level};
    Str line = str_trim(peek_line(lines));

    skip_line(lines);
    markdown_read_inline(lines->arena, str_slice(line, (size_t)level, line.len), &heading.text);
    return heading;
}

static MarkdownBlock read_paragraph(Lines *lines)
{
    MarkdownBlock paragraph = {.kind = MARKDOWN_PARAGRAPH};
    Buf text = buf_in(lines->arena);

    do {
        Str line = peek_line(lines);

        if (text.len)
            buf_add_char(&text, '\n');
        buf_add(&text, str_slice(line, indent_of(line), line.len));
        skip_line(lines);
    } while (!at_end(lines) && !interrupts(peek_line(lines)));
    markdown_read_inline(lines->arena, buf_str(&text), &paragraph.text);
    return paragraph;
}

static MarkdownBlock read_block(Lines *lines)
{
    Str line = peek_line(lines);
    Str text = str_slice(line, indent_of(line), line.len);
    bool ordered;
    int number;

    if (heading_level(text))
        return read_heading(lines, heading_level(text));
    if (str_starts_with(text, "|"))
        return read_table(lines);
    if (item_marker(line, &ordered, &number))
        return read_list(lines, indent_of(line), 1);
    return read_paragraph(lines);
}

MarkdownBlock *markdown_parse(Arena *arena, Str source)
{
    MarkdownBlock *document = arena_new(arena, MarkdownBlock);
    Lines lines = {arena, source};

    document->kind = MARKDOWN_DOCUMENT;
    while (!at_end(&lines)) {
        if (is_blank(peek_line(&lines))) {
            skip_line(&lines);
            continue;
        }
        MarkdownBlock block = read_block(&lines);

        VEC_PUSH(arena, document, block);
    }
    return document;
}
