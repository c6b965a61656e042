/* SPDX-License-Identifier: EUPL-1.2 */
/* Compiled texts are written. */
#include "cases/text_piece.h"
#include "post/markdown.h"

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
                       "%.*s ist kein Betrag in ganzen Cent. Bitte geben Sie das der Betreuung der "
                       "Leistung weiter: Der Ausdruck muss runden.",
                       STR_ARG(feel_to_text(writer->arena, value)));
    write_escaped(writer, money_text(writer->arena, cents, writer->lang));
    return true;
}

typedef const FeelValue *PutNames(Arena *arena, const FeelValue *context, const Str *names,
                                  const FeelValue *const *values, size_t count);

static const FeelValue *put_item(PutNames *put, Arena *arena, const FeelValue *context,
                                 const FeelValue *item, const FeelType *item_type, size_t position,
                                 size_t count)
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
    return put(arena, context, names, values, name_count + 2);
}

const FeelValue *text_item_context(Arena *arena, const FeelValue *context, const FeelValue *item,
                                   const FeelType *item_type, size_t position, size_t count)
{
    return put_item(feel_context_put_all, arena, context, item, item_type, position, count);
}

static bool write_pieces(Writer *writer, const Pieces *pieces, const FeelValue *context, Err *err);

static bool write_each(Writer *writer, const Piece *piece, const FeelValue *list,
                       const FeelValue *context, Err *err)
{
    size_t count = feel_list_count(list);

    for (size_t i = 0; i < count; i++) {
        const FeelValue *inner = put_item(feel_context_over, writer->arena, context,
                                          feel_list_at(list, i), piece->item_type, i + 1, count);

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
