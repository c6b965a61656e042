/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/text.h"

#include "base/vec.h"
#include "post/markdown.h"

typedef enum PieceKind {
    PIECE_TEXT,
    PIECE_VALUE,
    PIECE_MONEY,
    PIECE_EACH,
    PIECE_IF,
    PIECE_EDIT,
} PieceKind;

typedef struct Piece Piece;
typedef struct Pieces {
    Piece *items;
    size_t count, capacity;
} Pieces;

struct Piece {
    PieceKind kind;
    Str text;  /* PIECE_TEXT; name of a PIECE_EDIT */
    Str label; /* PIECE_EDIT */
    const FeelProgram *program;
    const FeelType *item_type; /* PIECE_EACH */
    Pieces body, otherwise;
};

typedef struct Variant {
    Str lang;
    Pieces pieces;
} Variant;

struct TextTemplate {
    Variant *variants;
    size_t count;
};

/* --- Reading ------------------------------------------------------------------------- */

typedef enum TagKind {
    TAG_VALUE,
    TAG_EACH,
    TAG_IF,
    TAG_EDIT,
    TAG_ELSE,
    TAG_END_EACH,
    TAG_END_IF,
    TAG_END_EDIT,
} TagKind;

typedef struct Tag {
    TagKind kind;
    Str expression;
    bool alone; /* on its line */
    int line;
} Tag;

typedef struct Reader {
    Str text;
    size_t at;
    int line;
    const char *file;
    Arena *arena;
    Problems *problems;
    bool failed;
    bool editable; /* the body of a letter */
    int inside;    /* how many `each` and `edit` are open */
    Str edits[EDITS_MAX];
    size_t edit_count;
} Reader;

__attribute__((format(printf, 3, 4))) static void reader_problem(Reader *reader, int line,
                                                                 const char *format, ...)
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

/* Read text up to the next tag; the text becomes a piece. False at the end of the text. */
static bool reader_next(Reader *reader, Pieces *out, Tag *tag)
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

/* The column of a part of the text; 0 on the first line, which may begin anywhere in its file. */
static int column_of(const Reader *reader, Str part)
{
    int column = 1;

    for (const char *at = part.ptr; at > reader->text.ptr; at--) {
        if (at[-1] == '\n')
            return column;
        column += (at[-1] & 0xC0) != 0x80;
    }
    return 0;
}

static const FeelProgram *compile(Reader *reader, Str expression, int line, const FeelScope *scope)
{
    Err err = {0};
    const FeelProgram *program =
        feel_compile(reader->arena, expression, reader->file, line, scope, &err);

    if (!program) {
        reader_problem(reader, err.line ? err.line : line, "%s", err.message);
        return NULL;
    }
    problem_rule(reader->problems, program,
                 &(Node){.line = line, .column = column_of(reader, expression)});
    return program;
}

/* "money(x)" gives "x"; anything else STR_NONE. */
static Str money_argument(Str expression)
{
    if (!str_starts_with(expression, "money(") || !str_ends_with(expression, ")"))
        return STR_NONE;
    int depth = 0;

    for (size_t i = 5; i < expression.len; i++) {
        if (expression.ptr[i] == '(')
            depth++;
        else if (expression.ptr[i] == ')' && --depth == 0 && i + 1 < expression.len)
            return STR_NONE; /* money(a) + money(b) */
    }
    return str_slice(expression, 6, expression.len - 1);
}

static void read_pieces(Reader *reader, const FeelScope *scope, Pieces *out, Tag *ended_by,
                        bool *ended);

const FeelScope *text_item_scope(Arena *arena, const FeelScope *scope, const FeelType *item)
{
    FeelScope *inner = feel_scope(arena, scope);

    if (item->kind == FEEL_CONTEXT)
        feel_scope_add_fields(inner, item);
    else
        feel_scope_add(inner, STR("item"), item);
    feel_scope_add(inner, STR("position"), feel_type(FEEL_NUMBER));
    feel_scope_add(inner, STR("item_count"), feel_type(FEEL_NUMBER));
    return inner;
}

static void read_each(Reader *reader, const FeelScope *scope, const Tag *tag, Pieces *out)
{
    Piece piece = {.kind = PIECE_EACH};
    Tag end = {0};
    bool ended = false;

    piece.program = compile(reader, tag->expression, tag->line, scope);
    piece.item_type = feel_type(FEEL_ANY);
    if (piece.program) {
        const FeelType *type = feel_program_type(piece.program);

        if (type->kind == FEEL_LIST && type->item)
            piece.item_type = type->item;
        else if (type->kind != FEEL_LIST && type->kind != FEEL_ANY)
            reader_problem(reader, tag->line, "{{#each %.*s}} needs a list, this is %.*s",
                           STR_ARG(tag->expression), STR_ARG(feel_type_name(reader->arena, type)));
    }
    reader->inside++;
    read_pieces(reader, text_item_scope(reader->arena, scope, piece.item_type), &piece.body, &end,
                &ended);
    reader->inside--;
    if (!ended || end.kind != TAG_END_EACH)
        reader_problem(reader, tag->line, "{{#each}} is not closed by {{/each}}");
    VEC_PUSH(reader->arena, out, piece);
}

static void read_if(Reader *reader, const FeelScope *scope, const Tag *tag, Pieces *out)
{
    Piece piece = {.kind = PIECE_IF};
    Tag end = {0};
    bool ended = false;

    piece.program = compile(reader, tag->expression, tag->line, scope);
    read_pieces(reader, scope, &piece.body, &end, &ended);
    if (ended && end.kind == TAG_ELSE) {
        ended = false;
        read_pieces(reader, scope, &piece.otherwise, &end, &ended);
    }
    if (!ended || end.kind != TAG_END_IF)
        reader_problem(reader, tag->line, "{{#if}} is not closed by {{/if}}");
    VEC_PUSH(reader->arena, out, piece);
}

static bool edit_name_valid(const Reader *reader, Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (i && ((c >= '0' && c <= '9') || c == '_'))))
            return false;
    }
    for (size_t i = 0; i < reader->edit_count; i++)
        if (str_eq(reader->edits[i], name))
            return false;
    return name.len > 0;
}

/* {{#edit gruende Gründe der Entscheidung}}: what a clerk may write anew. It is whole paragraphs,
 * and there once, so that nobody wonders which text was changed. */
static void read_edit(Reader *reader, const FeelScope *scope, const Tag *tag, Pieces *out)
{
    Str label = tag->expression;
    Piece piece = {.kind = PIECE_EDIT, .text = str_cut(&label, ' ')};
    Tag end = {0};
    bool ended = false;

    piece.label = label.ptr && str_trim(label).len ? str_trim(label) : piece.text;
    if (!reader->editable)
        reader_problem(reader, tag->line, "only the body of a letter has parts to {{#edit}}");
    else if (reader->inside || reader->edit_count == EDITS_MAX)
        reader_problem(reader, tag->line,
                       "{{#edit}} stands inside no #each and no other #edit, at most %d times in a "
                       "letter",
                       EDITS_MAX);
    else if (!edit_name_valid(reader, piece.text))
        reader_problem(reader, tag->line,
                       "{{#edit NAME}} needs a name of its own in the letter: small letters, "
                       "digits, _");
    else
        reader->edits[reader->edit_count++] = piece.text;
    reader->inside++;
    read_pieces(reader, scope, &piece.body, &end, &ended);
    reader->inside--;
    if (!ended || end.kind != TAG_END_EDIT)
        reader_problem(reader, tag->line, "{{#edit}} is not closed by {{/edit}}");
    else if (!tag->alone || !end.alone)
        reader_problem(reader, tag->line, "{{#edit}} and {{/edit}} stand on lines of their own");
    VEC_PUSH(reader->arena, out, piece);
}

/* Read until the end or a tag that closes a block, which is the caller's. */
static void read_pieces(Reader *reader, const FeelScope *scope, Pieces *out, Tag *ended_by,
                        bool *ended)
{
    Tag tag;

    while (reader_next(reader, out, &tag)) {
        if (tag.kind == TAG_EACH) {
            read_each(reader, scope, &tag, out);
        } else if (tag.kind == TAG_IF) {
            read_if(reader, scope, &tag, out);
        } else if (tag.kind == TAG_EDIT) {
            read_edit(reader, scope, &tag, out);
        } else if (tag.kind == TAG_VALUE) {
            Str money = money_argument(tag.expression);
            Str expression = money.ptr ? money : tag.expression;
            Piece piece = {.kind = money.ptr ? PIECE_MONEY : PIECE_VALUE,
                           .program = compile(reader, expression, tag.line, scope)};

            VEC_PUSH(reader->arena, out, piece);
        } else {
            *ended_by = tag;
            *ended = true;
            return;
        }
    }
}

static bool read_variant(const Node *node, Str lang, const FeelScope *scope, bool editable,
                         Arena *arena, Problems *problems, Variant *out)
{
    Reader reader = {.text = node_text(node),
                     .line = node->line,
                     .file = node->file,
                     .arena = arena,
                     .problems = problems,
                     .editable = editable};
    Tag tag = {0};
    bool ended = false;

    out->lang = lang;
    read_pieces(&reader, scope, &out->pieces, &tag, &ended);
    if (ended)
        reader_problem(&reader, tag.line, "a block is closed that was not opened");
    return !reader.failed;
}

static const TextTemplate *read_template(const Node *text, const FeelScope *scope, bool editable,
                                         Arena *arena, Problems *problems)
{
    TextTemplate *out = arena_new(arena, TextTemplate);
    bool ok = true;

    if (text && (text->kind == NODE_STRING || text->kind == NODE_NUMBER)) {
        out->variants = arena_new(arena, Variant);
        out->count = 1;
        ok = read_variant(text, STR("de"), scope, editable, arena, problems, &out->variants[0]);
    } else if (text && text->kind == NODE_MAP && text->count > 0) {
        out->variants = arena_array(arena, Variant, text->count);
        for (size_t i = 0; i < text->count; i++)
            ok = read_variant(text->items[i], text->keys[i], scope, editable, arena, problems,
                              &out->variants[out->count++]) &&
                 ok;
    } else {
        problem_add(problems, false, text,
                    "a text is missing here: write it, or a map by language");
        ok = false;
    }
    return ok ? out : NULL;
}

const TextTemplate *text_template(const Node *text, const FeelScope *scope, Arena *arena,
                                  Problems *problems)
{
    return read_template(text, scope, false, arena, problems);
}

const TextTemplate *text_letter_body(const Node *text, const FeelScope *scope, Arena *arena,
                                     Problems *problems)
{
    return read_template(text, scope, true, arena, problems);
}

static void visit_pieces(const Pieces *pieces, void (*fn)(const FeelProgram *, void *),
                         void *context)
{
    for (size_t i = 0; i < pieces->count; i++) {
        if (pieces->items[i].program)
            fn(pieces->items[i].program, context);
        visit_pieces(&pieces->items[i].body, fn, context);
        visit_pieces(&pieces->items[i].otherwise, fn, context);
    }
}

void text_visit(const TextTemplate *text, void (*fn)(const FeelProgram *program, void *context),
                void *context)
{
    for (size_t i = 0; text && i < text->count; i++)
        visit_pieces(&text->variants[i].pieces, fn, context);
}

/* --- Writing -------------------------------------------------------------------------- */

typedef struct Writer {
    Buf buf;
    Str lang;
    TextEscape escape;
    const FeelEnv *env;
    LetterEdits *edits; /* or NULL: parts to edit stay as they are */
    Arena *arena;
} Writer;

static void write_escaped(Writer *writer, Str text)
{
    if (writer->escape == TEXT_MARKDOWN)
        markdown_escape(&writer->buf, text);
    else
        buf_add(&writer->buf, text);
}

static void write_value(Writer *writer, const FeelValue *value)
{
    bool english = str_is(writer->lang, "en");
    Date date;

    switch (feel_kind(value)) {
    case FEEL_NULL: return;
    case FEEL_DATE:
        if (feel_to_date(value, &date))
            write_escaped(writer, date_long(writer->arena, date, writer->lang));
        return;
    case FEEL_NUMBER: {
        Str text = feel_to_text(writer->arena, value);

        write_escaped(writer,
                      english ? text : str_replace(writer->arena, text, STR("."), STR(",")));
        return;
    }
    case FEEL_BOOLEAN:
        write_escaped(writer, feel_is_true(value) ? english ? STR("yes") : STR("ja")
                              : english ? STR("no")
                                                  : STR("nein"));
        return;
    case FEEL_LIST:
        for (size_t i = 0; i < feel_list_count(value); i++) {
            if (i > 0)
                buf_add(&writer->buf, STR(", "));
            write_value(writer, feel_list_at(value, i));
        }
        return;
    default: write_escaped(writer, feel_to_text(writer->arena, value)); return;
    }
}

static bool write_money(Writer *writer, const FeelValue *value, Err *err)
{
    int64_t cents;

    if (feel_is_null(value))
        return true;
    if (!feel_to_cents(value, &cents))
        return err_set(err, ERR_INPUT,
                       "money(%.*s): not an amount in whole cents; round it in the expression",
                       STR_ARG(feel_to_text(writer->arena, value)));
    write_escaped(writer, money_text(writer->arena, cents, writer->lang));
    return true;
}

const FeelValue *text_item_context(Arena *arena, const FeelValue *context, const FeelValue *item,
                                   const FeelType *item_type, size_t position, size_t count)
{
    bool fields = item_type->kind == FEEL_CONTEXT;
    size_t name_count = fields ? item_type->field_count : 1;
    Str *names = arena_array(arena, Str, name_count + 2);
    const FeelValue **values = arena_array(arena, const FeelValue *, name_count + 2);

    for (size_t i = 0; i < name_count; i++) {
        names[i] = fields ? item_type->fields[i].name : STR("item");
        values[i] = fields ? feel_context_get(item, names[i]) : item;
    }
    names[name_count] = STR("position");
    values[name_count] = feel_number(arena, (int64_t)position);
    names[name_count + 1] = STR("item_count");
    values[name_count + 1] = feel_number(arena, (int64_t)count);
    return feel_context_put_all(arena, context, names, values, name_count + 2);
}

static bool write_pieces(Writer *writer, const Pieces *pieces, const FeelValue *context, Err *err);

static bool write_each(Writer *writer, const Piece *piece, const FeelValue *list,
                       const FeelValue *context, Err *err)
{
    size_t count = feel_list_count(list);

    for (size_t i = 0; i < count; i++) {
        const FeelValue *inner = text_item_context(writer->arena, context, feel_list_at(list, i),
                                                   piece->item_type, i + 1, count);

        if (!write_pieces(writer, &piece->body, inner, err))
            return false;
    }
    return true;
}

static bool write_edit(Writer *writer, const Piece *piece, const FeelValue *context, Err *err)
{
    size_t from = writer->buf.len;

    if (!write_pieces(writer, &piece->body, context, err))
        return false;
    if (!writer->edits)
        return true;
    Str written = {writer->buf.ptr + from, writer->buf.len - from};
    Str changed;

    if (!letter_edit_take(writer->edits, piece->text, piece->label,
                          str_copy(writer->arena, written), writer->arena, &changed, err))
        return false;
    if (changed.ptr) {
        writer->buf.len = from;
        buf_add(&writer->buf, changed);
        buf_add_char(&writer->buf, '\n');
    }
    return true;
}

static bool write_piece(Writer *writer, const Piece *piece, const FeelValue *context, Err *err)
{
    if (piece->kind == PIECE_TEXT) {
        buf_add(&writer->buf, piece->text);
        return true;
    }
    if (piece->kind == PIECE_EDIT)
        return write_edit(writer, piece, context, err);
    const FeelValue *value = feel_eval(piece->program, context, writer->env, writer->arena, err);

    if (!value)
        return false;
    switch (piece->kind) {
    case PIECE_MONEY: return write_money(writer, value, err);
    case PIECE_EACH: return write_each(writer, piece, value, context, err);
    case PIECE_IF:
        return write_pieces(writer, feel_is_true(value) ? &piece->body : &piece->otherwise, context,
                            err);
    default: write_value(writer, value); return true;
    }
}

static bool write_pieces(Writer *writer, const Pieces *pieces, const FeelValue *context, Err *err)
{
    for (size_t i = 0; i < pieces->count; i++)
        if (!write_piece(writer, &pieces->items[i], context, err))
            return false;
    return true;
}

bool text_render(const TextTemplate *text, Str lang, const FeelValue *context, const FeelEnv *env,
                 TextEscape escape, Arena *arena, Str *out, Err *err)
{
    return text_render_edited(text, lang, context, env, escape, NULL, arena, out, err);
}

bool text_render_edited(const TextTemplate *text, Str lang, const FeelValue *context,
                        const FeelEnv *env, TextEscape escape, LetterEdits *edits, Arena *arena,
                        Str *out, Err *err)
{
    const Variant *variant = &text->variants[0];

    for (size_t i = 0; i < text->count; i++) {
        if (str_eq(text->variants[i].lang, lang)) {
            variant = &text->variants[i];
            break;
        }
        if (str_is(text->variants[i].lang, "de"))
            variant = &text->variants[i];
    }
    Writer writer = {.buf = buf_in(arena),
                     .lang = lang,
                     .escape = escape,
                     .env = env,
                     .edits = edits,
                     .arena = arena};

    if (!write_pieces(&writer, &variant->pieces, context, err))
        return false;
    *out = writer.buf.len ? buf_str(&writer.buf) : STR("");
    return true;
}
