/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/fim/xdf.h"

#include "base/utf8.h"

Str xdf_line(Arena *arena, Str text)
{
    Buf line = buf_in(arena);
    bool gap = false;

    text = str_trim(text);
    if (!text.len || !utf8_valid_text(text))
        return STR_NONE;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            gap = true;
            continue;
        }
        if (gap)
            buf_add_char(&line, ' ');
        gap = false;
        buf_add_char(&line, c);
    }
    return buf_str(&line);
}

Str xdf_paragraphs(Arena *arena, Str text)
{
    Buf all = buf_in(arena);
    bool blank = false;

    if (!utf8_valid_text(text))
        return STR_NONE;
    while (text.len) {
        Str line = xdf_line(arena, str_cut(&text, '\n'));
        bool item = str_starts_with(line, "- ") || str_starts_with(line, "* ");
        if (!line.len) {
            blank = true;
            continue;
        }
        if (all.len)
            buf_add_c(&all, blank ? "\n\n" : item ? "\n" : " ");
        blank = false;
        buf_add(&all, line);
    }
    return all.len ? buf_str(&all) : STR_NONE;
}

static bool is_id(Str text)
{
    bool good = text.len > 0 && text.len <= 64 && text.ptr[0] >= 'a' && text.ptr[0] <= 'z';

    for (size_t i = 0; i < text.len && good; i++) {
        char c = text.ptr[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }
    return good;
}

Str xdf_mark(Arena *arena, bool page, Str id, Str type)
{
    return page ? str_printf(arena, "Rathaus-Seite %.*s", STR_ARG(id))
                : str_printf(arena, "Rathaus-Feld %.*s (%.*s)", STR_ARG(id), STR_ARG(type));
}

bool xdf_marked(Str description, XdfMark *out)
{
    static const char page[] = "Rathaus-Seite ", field[] = "Rathaus-Feld ";

    *out = (XdfMark){0};
    if (str_starts_with(description, page)) {
        out->page = true;
        out->id = str_slice(description, sizeof page - 1, description.len);
        return is_id(out->id);
    }
    if (!str_starts_with(description, field) || !str_ends_with(description, ")"))
        return false;
    Str rest = str_slice(description, sizeof field - 1, description.len - 1);
    out->id = str_cut(&rest, ' ');
    out->type = rest.len && rest.ptr[0] == '(' ? str_slice(rest, 1, rest.len) : STR_NONE;
    return is_id(out->id) && is_id(out->type);
}

bool xdf_provisional(Str id)
{
    return id.len > 3 && id.ptr[1] == '9' && id.ptr[2] == '9';
}
