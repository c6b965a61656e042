/* SPDX-License-Identifier: EUPL-1.2 */
#include "gen/template.h"
#include "gen/html.h"

#include <ctype.h>
#include <stdio.h>

enum { BLOCK_MAX = 32 };

typedef enum BlockKind {
    BLOCK_IF,
    BLOCK_FOR,
    BLOCK_CAPTURE,
} BlockKind;

typedef struct Block { /* an open {% if %}, {% for %} or {% capture %} */
    BlockKind kind;
    HtmlState begin; /* where every branch begins */
    HtmlState end;   /* where the first branch ended */
    bool has_end;
    bool has_else;
    size_t outer_floor;
    int line;
    int column;
    Str name; /* capture */
} Block;

typedef struct Compiler {
    Arena *arena;
    Str text;
    size_t at;
    int line; /* of text[at] */
    int column;
    const char *file;
    Buf header;
    Buf source;
    Buf fixed; /* static text not yet written */
    HtmlTrack html;
    bool in_template;
    int template_line;
    Block blocks[BLOCK_MAX];
    size_t depth;
    int captures;
} Compiler;

typedef struct Place {
    int line;
    int column;
} Place;

static bool fail(const Compiler *c, Place place, Err *err, const char *what, Str name)
{
    char copy[120];

    snprintf(copy, sizeof copy, "%.*s", STR_ARG(name));
    return err_at(err, c->file, place.line, place.column, what, copy);
}

static void advance(Compiler *c, size_t count)
{
    for (size_t end = c->at + count; c->at < end; c->at++) {
        if (c->text.ptr[c->at] == '\n') {
            c->line++;
            c->column = 1;
        } else {
            c->column++;
        }
    }
}

static bool looking_at(const Compiler *c, const char *what)
{
    return str_starts_with(str_slice(c->text, c->at, c->text.len), what);
}

/* --- Writing C ------------------------------------------------------------------------ */

static void write_string(Buf *out, Str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n') {
            buf_add_c(out, "\\n");
        } else {
            if (c == '"' || c == '\\')
                buf_add_char(out, '\\');
            buf_add_char(out, c);
        }
    }
    buf_add_char(out, '"');
}

static void write_line(const Compiler *c, Buf *out, int line)
{
    buf_addf(out, "#line %d ", line);
    write_string(out, str_c(c->file));
    buf_add_char(out, '\n');
}

/* All static text since the last value or statement, in one call. */
static void flush_fixed(Compiler *c)
{
    if (c->fixed.len == 0)
        return;
    buf_add_c(&c->source, "    buf_add(out->buf, STR(");
    write_string(&c->source, buf_str(&c->fixed));
    buf_add_c(&c->source, "));\n");
    c->fixed.len = 0;
}

static void write_statement(Compiler *c, int line, const char *before, Str code, const char *after)
{
    flush_fixed(c);
    write_line(c, &c->source, line);
    buf_addf(&c->source, "    %s%.*s%s\n", before, STR_ARG(code), after);
}

/* --- Reading {{ … }} and {% … %} ------------------------------------------------------- */

/* The end of a C string or character literal that begins at `at`. */
static size_t skip_literal(Str text, size_t at)
{
    char quote = text.ptr[at++];

    while (at < text.len && text.ptr[at] != quote && text.ptr[at] != '\n')
        at += text.ptr[at] == '\\' ? 2 : 1;
    return at + 1;
}

/* The code up to `close`, which may stand inside literals and brackets without ending it. */
static bool read_code(Compiler *c, const char *close, Str *code, Place begin, Err *err)
{
    int brackets = 0;
    size_t at = c->at + 2;
    size_t from = at;

    while (at < c->text.len) {
        char now = c->text.ptr[at];
        if (now == '"' || now == '\'') {
            at = skip_literal(c->text, at);
            continue;
        }
        if (brackets == 0 && str_starts_with(str_slice(c->text, at, c->text.len), close)) {
            *code = str_trim(str_slice(c->text, from, at));
            advance(c, at + 2 - c->at);
            if (code->len == 0)
                return fail(c, begin, err, "nothing stands before %s", str_c(close));
            return true;
        }
        if (strchr("([{", now) && now)
            brackets++;
        if (strchr(")]}", now) && now && brackets > 0)
            brackets--;
        at++;
    }
    return fail(c, begin, err, "%s is missing", str_c(close));
}

static bool handle_value(Compiler *c, Err *err)
{
    static const char *const WRITERS[] = {
        [HTML_PLACE_TEXT] = "OUT_TEXT(out, ",
        [HTML_PLACE_ATTR] = "OUT_ATTR(out, ",
        [HTML_PLACE_URL] = "OUT_URL(out, ",
        [HTML_PLACE_URL_PART] = "OUT_URL_PART(out, ",
    };
    Place begin = {c->line, c->column};
    Str code = STR_NONE;
    const char *why;
    HtmlPlace place = html_place(&c->html, &why);

    if (!c->in_template)
        return fail(c, begin, err, "{{ … }} outside of a {%% template %s %%}", STR("…"));
    if (place == HTML_PLACE_FORBIDDEN || place == HTML_PLACE_TAG)
        return fail(c, begin, err, "no {{ … }} %s", str_c(why));
    if (!read_code(c, "}}", &code, begin, err))
        return false;
    html_settle(&c->html);
    write_statement(c, begin.line, WRITERS[place], code, ");");
    html_value_written(&c->html);
    return true;
}

/* --- Statements -------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool parenthesised(Str code)
{
    return code.len > 2 && code.ptr[0] == '(' && code.ptr[code.len - 1] == ')';
}

static bool open_block(Compiler *c, BlockKind kind, Place begin, Err *err)
{
    if (c->depth == BLOCK_MAX)
        return fail(c, begin, err, "blocks are nested too deeply%s", STR(""));
    Block *block = &c->blocks[c->depth++];
    *block = (Block){.kind = kind,
                     .begin = c->html.state,
                     .outer_floor = c->html.floor,
                     .line = begin.line,
                     .column = begin.column};
    c->html.floor = c->html.state.depth;
    c->html.branches++;
    return true;
}

/* A branch ends here: it must leave the page where the other branches left it. */
static bool end_branch(Compiler *c, Block *block, bool last, Place begin, Err *err)
{
    HtmlState now = c->html.state;
    bool may_skip = block->kind != BLOCK_CAPTURE && !block->has_else;

    if (now.depth > block->begin.depth) {
        const HtmlElement *open = &c->html.open[now.depth - 1];
        return err_at(err, c->file, begin.line, begin.column,
                      "<%s> of line %d must be closed inside this block", open->name, open->line);
    }
    if (block->has_end && !html_same(&block->end, &now))
        return fail(c, begin, err, "this branch ends at another place of the tag than the first%s",
                    STR(""));
    if (last && may_skip && !html_same(&block->begin, &now))
        return fail(c, begin, err,
                    "the block ends at another place of the tag than it began: add {%% else %%}%s",
                    STR(""));
    now.after_block = now.after_block && (!block->has_end || block->end.after_block);
    if (last && may_skip)
        now.after_block = now.after_block && block->begin.after_block;
    block->end = now;
    block->has_end = true;
    return true;
}

static bool next_branch(Compiler *c, Place begin, const char *word, Err *err)
{
    Block *block = c->depth ? &c->blocks[c->depth - 1] : NULL;

    if (!block || block->kind != BLOCK_IF || block->has_else)
        return fail(c, begin, err, "{%% %s %%} without {%% if %%}", str_c(word));
    if (!end_branch(c, block, false, begin, err))
        return false;
    html_return_to(&c->html, &block->begin);
    return true;
}

static bool handle_end(Compiler *c, Place begin, Err *err)
{
    if (c->depth == 0)
        return fail(c, begin, err, "{%% end %%} ends nothing%s", STR(""));
    Block *block = &c->blocks[c->depth - 1];
    if (!end_branch(c, block, true, begin, err))
        return false;
    c->depth--;
    c->html.state = block->end;
    c->html.floor = block->outer_floor;
    c->html.branches--;
    if (block->kind == BLOCK_CAPTURE) {
        c->html.state = block->begin;
        flush_fixed(c);
        buf_addf(&c->source,
                 "    out->buf = outer_%.*s;\n"
                 "    Html %.*s = {buf_str(&buf_%.*s)};\n",
                 STR_ARG(block->name), STR_ARG(block->name), STR_ARG(block->name));
    } else {
        write_statement(c, begin.line, "}", STR(""), "");
    }
    return true;
}

static bool handle_capture(Compiler *c, Str name, Place begin, Err *err)
{
    if (c->html.state.mode != HTML_MODE_TEXT)
        return fail(c, begin, err, "{%% capture %s %%} may only stand between tags", name);
    for (size_t i = 0; i < name.len; i++) {
        if (!is_word(name.ptr[i]))
            return fail(c, begin, err, "\"%s\" is no name for a variable", name);
    }
    flush_fixed(c);
    buf_addf(&c->source,
             "    Buf *outer_%.*s = out->buf;\n"
             "    Buf buf_%.*s = buf_in(out->buf->arena);\n"
             "    out->buf = &buf_%.*s;\n",
             STR_ARG(name), STR_ARG(name), STR_ARG(name));
    if (!open_block(c, BLOCK_CAPTURE, begin, err))
        return false;
    c->blocks[c->depth - 1].name = name;
    c->html.state.after_block = true;
    return true;
}

static bool close_template(Compiler *c, Err *err)
{
    if (!c->in_template)
        return true;
    if (c->depth > 0) {
        const Block *block = &c->blocks[c->depth - 1];
        return fail(c, (Place){block->line, block->column}, err, "this block lacks {%% end %%}%s",
                    STR(""));
    }
    c->html.state.pending_space = false;
    if (!html_finish(&c->html, err))
        return false;
    flush_fixed(c);
    buf_add_c(&c->source, "}\n");
    c->in_template = false;
    return true;
}

/* {% template name(arguments) %} */
static bool handle_template(Compiler *c, Str code, Place begin, Err *err)
{
    ptrdiff_t paren = str_find_char(code, '(');

    if (!close_template(c, err))
        return false;
    if (paren < 1 || code.ptr[code.len - 1] != ')' || !islower((unsigned char)code.ptr[0]))
        return fail(c, begin, err, "write {%% template name(arguments) %%}, not \"%s\"", code);
    Str name = str_trim(str_slice(code, 0, (size_t)paren));
    Str arguments = str_trim(str_slice(code, (size_t)paren + 1, code.len - 1));
    bool none = arguments.len == 0 || str_is(arguments, "void");
    Str declaration = str_printf(c->arena, "void page_%.*s(Out *out%s%.*s)", STR_ARG(name),
                                 none ? "" : ", ", none ? 0 : (int)arguments.len, arguments.ptr);

    write_line(c, &c->header, begin.line);
    buf_addf(&c->header, "%.*s;\n", STR_ARG(declaration));
    buf_add_char(&c->source, '\n');
    write_line(c, &c->source, begin.line);
    buf_addf(&c->source, "%.*s\n{\n", STR_ARG(declaration));
    html_start(&c->html, c->file, &c->fixed);
    c->in_template = true;
    c->template_line = begin.line;
    return true;
}

static bool handle_include(Compiler *c, Str code, Place begin, Err *err)
{
    ptrdiff_t paren = str_find_char(code, '(');

    if (c->html.state.mode != HTML_MODE_TEXT)
        return fail(c, begin, err, "{%% include %s %%} may only stand between tags", code);
    if (paren < 1 || code.ptr[code.len - 1] != ')')
        return fail(c, begin, err, "write {%% include name(arguments) %%}, not \"%s\"", code);
    Str arguments = str_trim(str_slice(code, (size_t)paren + 1, code.len - 1));
    Str call = str_printf(c->arena, "page_%.*s(out%s%.*s", (int)paren, code.ptr,
                          arguments.len ? ", " : "", STR_ARG(arguments));
    write_statement(c, begin.line, "", call, ");");
    c->html.state.after_block = false;
    return true;
}

static bool handle_condition(Compiler *c, Str word, Str rest, Place begin, Err *err)
{
    bool is_else = str_is(word, "else");

    if (!is_else && !parenthesised(rest))
        return fail(c, begin, err, "%s needs a condition in parentheses", word);
    if (is_else && rest.len > 0)
        return fail(c, begin, err, "{%% else %%} takes nothing: \"%s\"", rest);
    if (str_is(word, "if")) {
        write_statement(c, begin.line, "if ", rest, " {");
        return open_block(c, BLOCK_IF, begin, err);
    }
    if (str_is(word, "for")) {
        write_statement(c, begin.line, "for ", rest, " {");
        return open_block(c, BLOCK_FOR, begin, err);
    }
    if (!next_branch(c, begin, is_else ? "else" : "elif", err))
        return false;
    c->blocks[c->depth - 1].has_else = is_else;
    write_statement(c, begin.line, is_else ? "} else {" : "} else if ", rest, is_else ? "" : " {");
    return true;
}

static bool handle_in_template(Compiler *c, Str word, Str rest, Place begin, Err *err)
{
    if (!c->in_template)
        return fail(c, begin, err, "{%% %s %%} outside of a template", word);
    c->html.line = begin.line;
    c->html.column = begin.column;
    if (!html_statement(&c->html, err))
        return false;
    html_settle(&c->html);
    if (str_is(word, "if") || str_is(word, "elif") || str_is(word, "else") || str_is(word, "for"))
        return handle_condition(c, word, rest, begin, err);
    if (str_is(word, "end"))
        return handle_end(c, begin, err);
    if (str_is(word, "include"))
        return handle_include(c, rest, begin, err);
    if (str_is(word, "capture"))
        return handle_capture(c, rest, begin, err);
    if (str_is(word, "set")) {
        write_statement(c, begin.line, "", rest, str_ends_with(rest, ";") ? "" : ";");
        return true;
    }
    if (str_is(word, "csrf")) {
        if (c->html.state.mode != HTML_MODE_TEXT)
            return fail(c, begin, err, "{%% csrf %%} stands between tags, inside <form>%s",
                        STR(""));
        write_statement(c, begin.line, "out_csrf(out", STR(""), ");");
        return true;
    }
    return fail(c, begin, err, "unknown statement \"%s\"", word);
}

static bool handle_statement(Compiler *c, Err *err)
{
    Place begin = {c->line, c->column};
    Str code = STR_NONE;
    size_t length = 0;

    if (!read_code(c, "%}", &code, begin, err))
        return false;
    while (length < code.len && is_word(code.ptr[length]))
        length++;
    Str word = str_slice(code, 0, length);
    Str rest = str_trim(str_slice(code, length, code.len));
    if (str_is(word, "template"))
        return handle_template(c, rest, begin, err);
    if (!str_is(word, "c"))
        return handle_in_template(c, word, rest, begin, err);
    if (c->in_template)
        return fail(c, begin, err, "{%% c … %%} stands before the first template%s", STR(""));
    write_line(c, &c->header, begin.line);
    buf_addf(&c->header, "%.*s\n", STR_ARG(rest));
    return true;
}

static bool handle_comment(Compiler *c, Err *err)
{
    Place begin = {c->line, c->column};
    ptrdiff_t end = str_find(str_slice(c->text, c->at, c->text.len), STR("#}"));

    if (end < 0)
        return fail(c, begin, err, "%s is missing", STR("#}"));
    advance(c, (size_t)end + 2);
    return true;
}

static bool handle_static(Compiler *c, Err *err)
{
    char now = c->text.ptr[c->at];

    if (c->in_template) {
        c->html.line = c->line;
        c->html.column = c->column;
        if (!html_feed(&c->html, now, err))
            return false;
    } else if (!strchr(" \t\r\n", now)) {
        return fail(c, (Place){c->line, c->column}, err,
                    "text outside of a template: begin with {%% template name() %%}%s", STR(""));
    }
    advance(c, 1);
    return true;
}

static bool compile_all(Compiler *c, Err *err)
{
    while (c->at < c->text.len) {
        bool good;
        if (looking_at(c, "{{"))
            good = handle_value(c, err);
        else if (looking_at(c, "{%"))
            good = handle_statement(c, err);
        else if (looking_at(c, "{#"))
            good = handle_comment(c, err);
        else
            good = handle_static(c, err);
        if (!good)
            return false;
    }
    c->html.line = c->line;
    c->html.column = c->column;
    return close_template(c, err);
}

bool template_compile(Arena *arena, Str text, const char *file, const char *header_name,
                      TemplateCode *out, Err *err)
{
    Compiler *c = arena_new(arena, Compiler);

    c->arena = arena;
    c->text = text;
    c->line = c->column = 1;
    c->file = file;
    c->header = buf_in(arena);
    c->source = buf_in(arena);
    c->fixed = buf_in(arena);
    buf_add_c(&c->header, "/* Made from a page template; change that one. */\n"
                          "#pragma once\n#include \"core/page/out.h\"\n");
    buf_addf(&c->source,
             "/* Made from a page template; change that one. */\n"
             "#include \"core/page/template.h\"\n#include \"%s\"\n",
             header_name);
    if (!compile_all(c, err))
        return false;
    out->header = buf_str(&c->header);
    out->source = buf_str(&c->source);
    return true;
}
