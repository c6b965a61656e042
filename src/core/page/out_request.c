/* SPDX-License-Identifier: EUPL-1.2 */
/* What an Out takes from the request it answers. */
#include "core/http/request.h"
#include "core/page/out.h"

Out out_for(Request *req)
{
    Buf *buf = arena_new(req->arena, Buf);

    *buf = buf_in(req->arena);
    return (Out){.buf = buf, .lang = req->lang, .base = req->base, .req = req};
}

void out_csrf(Out *out)
{
    if (!out->csrf.ptr && out->req)
        out->csrf = request_csrf(out->req);
    buf_add(out->buf, STR("<input type=\"hidden\" name=\"csrf\" value=\""));
    out_attr(out, out->csrf);
    buf_add(out->buf, STR("\">"));
}
