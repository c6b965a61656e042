/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/portal.h"
#include "post/markdown.h"

Str portal_text(const Request *req, const Node *text)
{
    return text_in(text, req->lang);
}

/* Leichte Sprache has one sentence a line: a line's end inside a paragraph stays one ("\\" before
 * it, as Markdown writes that). Headings and list items end by themselves. */
static Str keep_lines(Arena *arena, Str text)
{
    Buf kept = buf_in(arena);

    while (text.ptr) {
        Str line = str_cut(&text, '\n');
        bool block = str_starts_with(line, "#") || str_starts_with(line, "|");
        bool more = text.len > 0 && !strchr("\n-#|", text.ptr[0]);
        buf_add(&kept, line);
        if (line.len > 0 && more && !block)
            buf_add_char(&kept, '\\');
        if (text.ptr)
            buf_add_char(&kept, '\n');
    }
    return kept.len ? buf_str(&kept) : STR("");
}

Html portal_markdown(const Request *req, const Node *text)
{
    Str source = portal_text(req, text);
    Buf html = buf_in(req->arena);

    if (str_is(req->lang, "de-leicht"))
        source = keep_lines(req->arena, source);
    if (source.ptr)
        markdown_to_html(&html, source, req->base);
    return (Html){html.len ? buf_str(&html) : STR("")};
}

bool portal_evaluate(Request *req, Tx *tx, const Package *package, const Procedure *procedure,
                     const Node *data, bool quiet, FormState *out, Err *err)
{
    FeelEnv env = {.today = req->today, .now = req->now};
    FormInput input = {.package = package,
                       .form = procedure->form,
                       .data = data,
                       .env = &env,
                       .lang = req->lang,
                       .quiet = quiet};

    if (!case_lookups(tx, package, procedure, data, req->today, req->arena, &input.extra, err))
        return false;
    return form_evaluate(&input, req->arena, out, err);
}
