/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/parse.h"

#include "base/percent.h"
#include "base/utf8.h"
#include "base/vec.h"

Str text_line_ends(Arena *arena, Str text)
{
    if (text.len == 0 || !memchr(text.ptr, '\r', text.len))
        return text;
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\r') {
            if (i + 1 < text.len && text.ptr[i + 1] == '\n')
                continue;
            out[len++] = '\n';
        } else {
            out[len++] = text.ptr[i];
        }
    }
    return (Str){out, len};
}

static bool pair_parse(Arena *arena, Str pair, FieldList *out, Err *err)
{
    Str value = pair;
    Str name = str_cut(&value, '=');
    Field field;

    if (!value.ptr)
        value = STR("");
    if (!percent_decode(arena, name, true, &field.name) ||
        !percent_decode(arena, value, true, &field.value))
        return err_set(err, ERR_INPUT, "a form field holds a broken %% escape");
    if (field.name.len > FIELD_NAME_MAX)
        return err_set(err, ERR_TOO_LARGE, "the name of a form field is longer than %d bytes",
                       FIELD_NAME_MAX);
    if (!utf8_valid_text(field.name) || !utf8_valid_text(field.value))
        return err_set(err, ERR_INPUT, "a form field is not UTF-8 text");
    field.value = text_line_ends(arena, field.value);
    VEC_PUSH(arena, out, field);
    return true;
}

bool urlencoded_parse(Arena *arena, Str body, size_t max_fields, FieldList *out, Err *err)
{
    Str rest = body.len ? body : STR_NONE;

    while (rest.ptr) {
        Str pair = str_cut(&rest, '&');
        if (pair.len == 0)
            continue;
        if (out->count == max_fields)
            return err_set(err, ERR_TOO_LARGE, "more than %zu form fields", max_fields);
        if (!pair_parse(arena, pair, out, err))
            return false;
    }
    return true;
}
