/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/letter_edit.h"

#include "base/utf8.h"
#include "post/letter.h"
#include "post/markdown.h"

/* --- Spelling ------------------------------------------------------------------------------ */

/* A line's text with its pairs of ** as they are and everything else escaped. */
static void add_line(Buf *out, Str line)
{
    while (line.ptr) {
        ptrdiff_t at = str_find(line, STR("**"));
        Str piece = at < 0 ? line : str_slice(line, 0, (size_t)at);

        markdown_escape(out, piece);
        if (at < 0)
            return;
        buf_add(out, STR("**"));
        line = str_slice(line, (size_t)at + 2, line.len);
    }
}

Str letter_edit_to_markdown(Arena *arena, Str typed)
{
    Buf out = buf_in(arena);

    typed = str_trim(str_replace(arena, typed, STR("\r"), STR("")));
    while (typed.ptr) {
        Str line = str_cut(&typed, '\n');

        line = str_trim(line);
        if (str_starts_with(line, "- ")) {
            buf_add(&out, STR("- "));
            line = str_slice(line, 2, line.len);
        }
        add_line(&out, line);
        if (typed.ptr)
            buf_add_char(&out, '\n');
    }
    return out.len ? buf_str(&out) : STR("");
}

Str letter_edit_from_markdown(Arena *arena, Str markdown)
{
    Buf out = buf_in(arena);

    markdown = str_trim(markdown);
    for (size_t i = 0; i < markdown.len; i++) {
        char c = markdown.ptr[i];
        char next = i + 1 < markdown.len ? markdown.ptr[i + 1] : ' ';
        bool escapes = c == '\\' && strchr("\\*#|[]()<>+-.~`_", next) && next;

        if (escapes)
            c = markdown.ptr[++i];
        buf_add_char(&out, c);
    }
    return out.len ? buf_str(&out) : STR("");
}

/* --- Checks ------------------------------------------------------------------------------- */

bool letter_edit_check(const char *field, const char *what, Str typed, size_t most, Err *err)
{
    Str bad = letter_unprintable(typed);

    if (utf8_length(typed) > most)
        return err_field(err, field, "%s ist zu lang: höchstens %zu Zeichen.", what, most);
    return !bad.ptr ||
           err_field(err, field,
                     "%s enthält das Zeichen „%.*s“, das kein Brief drucken kann. Bitte "
                     "schreiben Sie es anders.",
                     what, STR_ARG(bad));
}

bool letter_edit_take(LetterEdits *edits, Str name, Str label, Str written, Arena *arena,
                      Str *changed, Err *err)
{
    Str key = str_printf(arena, "%d.%.*s", edits->letter, STR_ARG(name));
    Str before = letter_edit_from_markdown(arena, written);
    Str typed = node_text(node_get_str(edits->changes, key));
    LetterEdit *edit = &edits->items[edits->count];

    typed = typed.ptr ? str_trim(str_replace(arena, typed, STR("\r"), STR(""))) : typed;
    *changed = STR_NONE;
    if (edits->count == EDITS_MAX)
        return err_set(err, ERR_INTERNAL, "a letter has more parts to edit than it was read with");
    *edit = (LetterEdit){.name = name, .label = label, .before = before, .text = before};
    edits->count++;
    if (str_empty(typed) || str_eq(typed, before))
        return true;
    if (!letter_edit_check(str_cstr(arena, letter_edit_field(arena, edits->letter, name)),
                           arena_printf(arena, "„%.*s“", STR_ARG(label)), typed,
                           EDIT_CHARACTERS_MAX, err))
        return false;
    edit->text = typed;
    edit->changed = true;
    *changed = letter_edit_to_markdown(arena, typed);
    return true;
}

Str letter_edit_field(Arena *arena, int letter, Str name)
{
    return str_printf(arena, "brief-%d-%.*s", letter, STR_ARG(name));
}

Node *letter_edits_node(const LetterEdits *edits, Arena *arena)
{
    Node *list = node_list(arena);

    for (size_t i = 0; i < edits->count; i++) {
        const LetterEdit *edit = &edits->items[i];
        Node *item = node_map(arena);

        node_set(arena, item, STR("name"), node_string(arena, edit->name));
        node_set(arena, item, STR("label"), node_string(arena, edit->label));
        node_set(arena, item, STR("text"), node_string(arena, edit->text));
        if (edit->changed)
            node_set(arena, item, STR("before"), node_string(arena, edit->before));
        node_append(arena, list, item);
    }
    return list;
}
