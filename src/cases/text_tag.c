/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/text_tag.h"

#include "base/vec.h"

void reader_problem(Reader *reader, int line, const char *format, ...)
{
    Node place = {.file = reader->file, .line = line, .column = 0};
    va_list args;

    va_start(args, format);
    char *message = arena_vprintf(reader->arena, format, args);
    va_end(args);
    problem_add(reader->problems, false, &place, "%s", message);
    reader->failed = true;
}

/* The offset of the `}}` that closes a tag: braces of FEEL contexts and texts in quotes do
 * not close it. -1 when there is none. */
static ptrdiff_t tag_end(Str text, size_t from)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = from; i < text.len; i++) {
        char c = text.ptr[i];

        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && depth > 0) {
            depth--;
        } else if (c == '}' && i + 1 < text.len && text.ptr[i + 1] == '}') {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

static int count_lines(Str text)
{
    int lines = 0;

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* A block tag alone on its line takes the line away with it, so that tables stay whole. */
static bool stands_alone(Str text, size_t begin, size_t end, size_t *line_begin, size_t *line_end)
{
    size_t from = begin;
    size_t to = end;

    while (from > 0 && (text.ptr[from - 1] == ' ' || text.ptr[from - 1] == '\t'))
        from--;
    if (from > 0 && text.ptr[from - 1] != '\n')
        return false;
    while (to < text.len && (text.ptr[to] == ' ' || text.ptr[to] == '\t' || text.ptr[to] == '\r'))
        to++;
    if (to < text.len && text.ptr[to] != '\n')
        return false;
    *line_begin = from;
    *line_end = to < text.len ? to + 1 : to;
    return true;
}

static Str after_word(Str inside, const char *word)
{
    return str_trim(str_slice(inside, strlen(word), inside.len));
}

static bool tag_classify(Reader *reader, Str inside, Tag *tag)
{
    tag->expression = STR("");
    if (str_starts_with(inside, "#each ")) {
        tag->kind = TAG_EACH;
        tag->expression = after_word(inside, "#each ");
    } else if (str_starts_with(inside, "#if ")) {
        tag->kind = TAG_IF;
        tag->expression = after_word(inside, "#if ");
    } else if (str_starts_with(inside, "#edit ")) {
        tag->kind = TAG_EDIT;
        tag->expression = after_word(inside, "#edit ");
    } else if (str_is(inside, "else")) {
        tag->kind = TAG_ELSE;
    } else if (str_is(inside, "/each")) {
        tag->kind = TAG_END_EACH;
    } else if (str_is(inside, "/if")) {
        tag->kind = TAG_END_IF;
    } else if (str_is(inside, "/edit")) {
        tag->kind = TAG_END_EDIT;
    } else if (str_starts_with(inside, "#") || str_starts_with(inside, "/")) {
        reader_problem(
            reader, tag->line,
            "{{%.*s}} is no tag; there are #each, #if, else, /each, /if, #edit and /edit",
            STR_ARG(inside));
        return false;
    } else {
        tag->kind = TAG_VALUE;
        tag->expression = inside;
    }
    return true;
}

bool reader_next(Reader *reader, Pieces *out, Tag *tag)
{
    Str rest = str_slice(reader->text, reader->at, reader->text.len);
    ptrdiff_t open = str_find(rest, STR("{{"));
    size_t begin = open < 0 ? reader->text.len : reader->at + (size_t)open;
    size_t text_end = begin;
    size_t next = begin;
    bool found = open >= 0;

    tag->alone = false;
    tag->line = reader->line + count_lines(str_slice(reader->text, reader->at, begin));
    if (found) {
        ptrdiff_t close = tag_end(reader->text, begin + 2);

        if (close < 0) {
            reader_problem(reader, tag->line, "{{ is not closed by }}");
            reader->at = reader->text.len;
            return false;
        }
        next = (size_t)close + 2;
        Str inside = str_trim(str_slice(reader->text, begin + 2, (size_t)close));
        size_t line_begin, line_end;

        if (!tag_classify(reader, inside, tag))
            tag->kind = TAG_VALUE, tag->expression = STR("null");
        if (tag->kind != TAG_VALUE &&
            stands_alone(reader->text, begin, next, &line_begin, &line_end)) {
            tag->alone = true;
            text_end = line_begin < reader->at ? reader->at : line_begin;
            next = line_end;
        }
    }
    if (text_end > reader->at) {
        Str text = str_slice(reader->text, reader->at, text_end);
        VEC_PUSH(reader->arena, out, (Piece){.kind = PIECE_TEXT, .text = text});
    }
    reader->line += count_lines(str_slice(reader->text, reader->at, next));
    reader->at = next;
    return found;
}
