/* SPDX-License-Identifier: EUPL-1.2 */
#include "gen/translations.h"

static bool is_conversion_end(char c)
{
    return strchr("diouxXeEfFgGaAcspn%", c) && c;
}

Str format_conversions(Arena *arena, Str format)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] != '%')
            continue;
        size_t end = i + 1;
        while (end < format.len && !is_conversion_end(format.ptr[end]))
            end++;
        if (out.len)
            buf_add_char(&out, ' ');
        buf_add(&out, str_slice(format, i, end + 1));
        i = end;
    }
    return out.len ? buf_str(&out) : STR("");
}

static void write_str(Buf *out, Str text)
{
    buf_add_c(out, "STR_INIT(\"");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n') {
            buf_add_c(out, "\\n");
            continue;
        }
        if (c == '"' || c == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, c);
    }
    buf_add_c(out, "\")");
}

static bool check_entry(Arena *arena, Str german, const Node *value, Err *err)
{
    Str text = node_text(value);

    if (value->kind != NODE_STRING || str_empty(str_trim(text)))
        return err_at(err, value->file, value->line, value->column,
                      "\"%.*s\" needs a translation as text", STR_ARG(german));
    Str ours = format_conversions(arena, german);
    Str theirs = format_conversions(arena, text);
    /* A text without arguments may hold "%" freely; one with them may not differ. */
    if (!str_eq(ours, theirs))
        return err_at(err, value->file, value->line, value->column,
                      "the translation must have the same conversions as the German text "
                      "(\"%.*s\"), in the same order; it has \"%.*s\"",
                      STR_ARG(ours), STR_ARG(theirs));
    return true;
}

bool translations_write(Buf *out, const Node *map, Str lang, const char *prefix, Err *err)
{
    Arena *arena = out->arena;
    size_t slot_count = 16;

    if (map->kind != NODE_MAP && map->kind != NODE_NULL)
        return err_at(err, map->file, map->line, map->column,
                      "expected a map from German texts to translations");
    while (slot_count < map->count * 2)
        slot_count *= 2;
    const Node **values = arena_array(arena, const Node *, slot_count);
    Str *keys = arena_array(arena, Str, slot_count);
    for (size_t i = 0; i < map->count; i++) {
        if (!check_entry(arena, map->keys[i], map->items[i], err))
            return false;
        size_t at = str_hash(map->keys[i]) & (slot_count - 1);
        while (values[at])
            at = (at + 1) & (slot_count - 1);
        values[at] = map->items[i];
        keys[at] = map->keys[i];
    }
    buf_addf(out, "/* %.*s */\nstatic const TrEntry %s[%zu] = {\n", STR_ARG(lang), prefix,
             slot_count);
    for (size_t at = 0; at < slot_count; at++) {
        if (!values[at])
            continue;
        buf_addf(out, "    [%zu] = {", at);
        write_str(out, keys[at]);
        buf_add_c(out, ", ");
        write_str(out, node_text(values[at]));
        buf_add_c(out, "},\n");
    }
    buf_add_c(out, "};\n");
    return true;
}
