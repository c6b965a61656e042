/* SPDX-License-Identifier: EUPL-1.2 */
/* Texts with expressions are compiled. */
#include "cases/text_tag.h"

#include "base/vec.h"

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
