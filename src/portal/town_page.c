/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/buf.h"
#include "portal/portal.h"

/* Cut the head ("---" … "---") off and return the value of its "title:". */
static Str cut_head(Str *text)
{
    Str rest = *text;
    Str title = STR_NONE;

    if (!str_is(str_trim(str_cut(&rest, '\n')), "---"))
        return STR_NONE;
    while (rest.ptr) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (str_is(line, "---")) {
            *text = rest;
            return title;
        }
        if (str_starts_with(line, "title:"))
            title = str_trim(str_slice(line, strlen("title:"), line.len));
    }
    return STR_NONE; /* never closed: it is text */
}

TownPage town_page_parse(Arena *arena, Str text)
{
    TownPage page = {.title = cut_head(&text)};
    Buf body = buf_in(arena);
    bool titled = false;

    while (text.ptr) {
        Str line = str_cut(&text, '\n');
        if (!titled && str_starts_with(line, "# ")) {
            page.title = str_trim(str_slice(line, 2, line.len));
            titled = true;
            continue;
        }
        if (str_starts_with(line, "##"))
            line = str_slice(line, 1, line.len);
        buf_add(&body, line);
        buf_add_char(&body, '\n');
    }
    page.markdown = body.len ? buf_str(&body) : STR("");
    return page;
}
