/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/portal.h"
#include "post/markdown.h"

Str portal_text(const Request *req, const Node *text)
{
    return text_in(text, req->lang);
}

Html portal_markdown_text(Arena *arena, Str text)
{
    Buf html = buf_in(arena);

    if (text.ptr)
        markdown_to_html(&html, text);
    return (Html){html.len ? buf_str(&html) : STR("")};
}

Html portal_markdown(const Request *req, const Node *text)
{
    return portal_markdown_text(req->arena, portal_text(req, text));
}

bool portal_evaluate(Request *req, Tx *tx, const Package *package, const Procedure *procedure,
                     const Node *data, FormState *out, Err *err)
{
    FeelEnv env = {.today = req->today, .now = req->now};
    FormInput input = {
        .package = package, .form = procedure->form, .data = data, .env = &env, .lang = req->lang};

    if (!case_lookups(tx, package, procedure, data, req->today, req->arena, &input.extra, err))
        return false;
    return form_evaluate(&input, req->arena, out, err);
}
