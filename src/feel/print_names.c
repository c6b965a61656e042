/* SPDX-License-Identifier: EUPL-1.2 */
/* Names, types and literals as text. */
#include "feel/print.h"

#include "feel/builtin.h"
#include "feel/moment.h"
#include "feel/table.h"

#include "base/vec.h"

#include <assert.h>

/* --- Marks ------------------------------------------------------------------------------ */

size_t print_mark(Printer *p, MarkKind kind, const FeelType *base)
{
    if (!p->apart)
        VEC_PUSH(p->out.arena, &p->marks, (Mark){.kind = kind, .base = base});
    return p->next++;
}

bool print_is_apart(const Printer *p, size_t mark)
{
    return p->apart && p->apart[mark];
}

void print_mark_set(Printer *p, size_t mark, size_t from, size_t to)
{
    if (p->apart)
        return;
    p->marks.items[mark].from = from;
    p->marks.items[mark].to = to;
}

void print_insert(Printer *p, size_t at, Str text)
{
    Buf *out = &p->out;
    size_t behind = out->len - at;

    buf_add(out, text);
    memmove(out->ptr + at + text.len, out->ptr + at, behind);
    memcpy(out->ptr + at, text.ptr, text.len);
    for (size_t i = 0; i < p->marks.count; i++) {
        if (p->marks.items[i].from < at)
            continue;
        p->marks.items[i].from += text.len;
        p->marks.items[i].to += text.len;
    }
}

static bool value_known(Parser *parser, const void *what, Str name)
{
    const Printer *p = what;

    for (size_t i = 0; i < p->names.count; i++)
        if (name_same(name, p->names.items[i]))
            return true;
    return scope_find(parser->scope, name, false) || builtin_find(name);
}

static bool field_known(Parser *parser, const void *what, Str name)
{
    (void)parser;
    return type_find_field(what, name) != NULL;
}

static bool type_known(Parser *parser, const void *what, Str name)
{
    (void)what;
    return type_named(name) || scope_find(parser->scope, name, true);
}

static bool reads_further(const Printer *p, Parser *parser, const Mark *mark)
{
    const FeelType *fields = mark->base;
    Str name;

    while (fields && fields->kind == FEEL_LIST)
        fields = fields->item;
    if (mark->kind == MARK_FIELD && !type_closed(fields))
        return false;
    parser->at = mark->from;
    bool known = mark->kind == MARK_TYPE    ? parse_known_name(parser, type_known, NULL, &name)
                 : mark->kind == MARK_FIELD ? parse_known_name(parser, field_known, fields, &name)
                                            : parse_known_name(parser, value_known, p, &name);
    if (!known || parser->at <= mark->to)
        return false;
    return mark->kind != MARK_KEYWORD || (parser->scope && str_find_char(name, ' ') > 0);
}

const bool *print_find_apart(const Printer *p)
{
    Buf text = p->out;
    Parser parser = {.arena = text.arena, .text = buf_str(&text), .scope = p->program->scope};
    bool *apart = arena_array(text.arena, bool, p->marks.count), any = false;

    for (size_t i = 0; i < p->marks.count; i++) {
        apart[i] = reads_further(p, &parser, &p->marks.items[i]);
        any = any || apart[i];
    }
    return any ? apart : NULL;
}

/* --- Names ------------------------------------------------------------------------------- */

void print_know(Printer *p, Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (strchr(" ./-'+*", name.ptr[i]) || (name.ptr[i] & 0x80)) {
            VEC_PUSH(p->out.arena, &p->names, name);
            return;
        }
    }
}

void print_know_fields(Printer *p, const FeelType *item)
{
    for (size_t i = 0; item && item->kind == FEEL_CONTEXT && i < item->field_count; i++)
        print_know(p, item->fields[i].name);
}

/* Without blanks beside operators, but "//" and "/ *" would be comments. */
static Str spelling(Arena *arena, Str name)
{
    Str normal = name_normal(arena, name);
    Buf out = buf_in(arena);

    buf_reserve(&out, normal.len + 1);
    for (size_t i = 0; i < normal.len; i++) {
        if (i > 0 && normal.ptr[i - 1] == '/' && (normal.ptr[i] == '/' || normal.ptr[i] == '*'))
            buf_add_char(&out, ' ');
        buf_add_char(&out, normal.ptr[i]);
    }
    return buf_str(&out);
}

void print_name(Printer *p, Str name)
{
    buf_add(&p->out, spelling(p->out.arena, name));
}

/* Words that the parser takes for something else where an operand may begin. */
static bool begins_with_keyword(Printer *p, Str name)
{
    static const char *const words[] = {"and",       "or",       "then",     "else", "return",
                                        "satisfies", "instance", "external", NULL};
    Parser parser = {.arena = p->out.arena, .text = name};

    for (const char *const *word = words; *word; word++)
        if (peek_word(&parser, *word))
            return true;
    return false;
}

void print_name_operand(Printer *p, Str name)
{
    size_t mark = print_mark(p, MARK_NAME, NULL);
    bool apart = print_is_apart(p, mark) || begins_with_keyword(p, name);

    if (apart)
        buf_add_char(&p->out, '(');
    size_t from = p->out.len;
    print_name(p, name);
    print_mark_set(p, mark, from, p->out.len);
    if (apart)
        buf_add_char(&p->out, ')');
}

void print_keyword(Printer *p, const char *word)
{
    size_t mark = print_mark(p, MARK_KEYWORD, NULL), from = p->out.len;

    buf_add_c(&p->out, word);
    print_mark_set(p, mark, from, p->out.len);
    /* Nothing else ends a name before the next word. */
    buf_add_c(&p->out, print_is_apart(p, mark) ? " /**/ " : " ");
}

static void print_string(Printer *p, Str s)
{
    static const char from[] = "\n\r\t\"\\", to[] = "nrt\"\\";
    Buf *out = &p->out;

    buf_add_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        const char *escaped = c ? strchr(from, c) : NULL;
        if (escaped)
            buf_addf(out, "\\%c", to[escaped - from]);
        else if ((unsigned char)c < ' ' || c == 0x7F)
            buf_addf(out, "\\u%04x", (unsigned)c);
        else
            buf_add_char(out, c);
    }
    buf_add_char(out, '"');
}

void print_key(Printer *p, Str key)
{
    Str name = spelling(p->out.arena, key), read;
    Parser parser = {.arena = p->out.arena,
                     .text = str_printf(p->out.arena, "%.*s:", STR_ARG(name))};

    if (parse_name_before(&parser, ":", &read) && str_eq(read, key))
        buf_add(&p->out, name);
    else
        print_string(p, key);
}

/* --- Types -------------------------------------------------------------------------------- */

/* The name that the scope has for the very same type. */
static const ScopeEntry *named_type(const FeelScope *scope, const FeelType *type)
{
    for (const FeelScope *s = scope; s; s = s->outer)
        for (size_t i = 0; i < s->count; i++)
            if (s->items[i].is_type && s->items[i].type == type &&
                scope_find(scope, s->items[i].normal, true) == &s->items[i])
                return &s->items[i];
    return NULL;
}

static void print_type_fields(Printer *p, const FeelType *type)
{
    bool named = type->kind == FEEL_CONTEXT;

    buf_add_char(&p->out, '<');
    for (size_t i = 0; i < type->field_count; i++) {
        if (i)
            buf_add(&p->out, STR(", "));
        if (named) {
            print_name(p, type->fields[i].name);
            buf_add(&p->out, STR(": "));
        }
        (void)print_type(p, type->fields[i].type);
    }
    buf_add_char(&p->out, '>');
}

size_t print_type(Printer *p, const FeelType *type)
{
    size_t from = p->out.len;
    const FeelType *plain = feel_type(type->kind);
    /* Where wrong types are null, "function" alone is none. */
    bool by_name = type != plain || type->kind == FEEL_FUNCTION;
    const ScopeEntry *entry = by_name ? named_type(p->program->scope, type) : NULL;

    if (entry) {
        print_name(p, entry->name);
        return from;
    }
    buf_add(&p->out, feel_type_name(p->out.arena, plain));
    switch (type->kind) {
    case FEEL_LIST:
    case FEEL_RANGE:
        /* "list" alone is no type of the standard. */
        buf_add_char(&p->out, '<');
        (void)print_type(p, type->item ? type->item : feel_type(FEEL_ANY));
        buf_add_char(&p->out, '>');
        break;
    case FEEL_CONTEXT: print_type_fields(p, type); break;
    case FEEL_FUNCTION:
        if (type == plain)
            break;
        print_type_fields(p, type);
        buf_add(&p->out, STR("->"));
        return print_type(p, type->item);
    default: break;
    }
    return from;
}

/* --- Literals ------------------------------------------------------------------------------ */

/* true, false, null. */
static void print_word(Printer *p, const char *word)
{
    size_t mark = print_mark(p, MARK_KEYWORD, NULL);
    bool apart = print_is_apart(p, mark);

    if (apart)
        buf_add_char(&p->out, '(');
    size_t from = p->out.len;
    buf_add_c(&p->out, word);
    print_mark_set(p, mark, from, p->out.len);
    if (apart)
        buf_add_char(&p->out, ')');
}

void print_literal(Printer *p, FeelValue value)
{
    switch (value.kind) {
    case FEEL_NULL: print_word(p, "null"); break;
    case FEEL_BOOLEAN: print_word(p, value.boolean ? "true" : "false"); break;
    case FEEL_NUMBER: buf_add(&p->out, number_literal(p->out.arena, value.number)); break;
    case FEEL_STRING: print_string(p, value.string); break;
    case FEEL_FUNCTION:
        assert(value.function->builtin || value.function->table);
        print_name_operand(p, value.function->builtin ? str_c(value.function->builtin->name)
                                                      : feel_table_name(value.function->table));
        break;
    default:
        assert(value.kind >= FEEL_DATE && value.kind <= FEEL_MONTHS_DURATION);
        buf_addf(&p->out, "@\"%.*s\"", STR_ARG(moment_text(p->out.arena, value)));
    }
}
