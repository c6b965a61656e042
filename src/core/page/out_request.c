/* SPDX-License-Identifier: EUPL-1.2 */
/* What an Out takes from the request it answers. */
#include "base/vec.h"
#include "core/http/request.h"
#include "core/page/out.h"

#include <assert.h>

Out out_for(Request *req)
{
    Buf *buf = arena_new(req->arena, Buf);

    *buf = buf_in(req->arena);
    return (Out){.buf = buf, .lang = req->lang, .base = req->base, .req = req};
}

void out_csrf(Out *out)
{
    if (!out->csrf.ptr && out->req && !out->places)
        out->csrf = request_csrf(out->req);
    buf_add(out->buf, STR("<input type=\"hidden\" name=\"csrf\" value=\""));
    if (out->places) {
        assert(out->places->buf == out->buf); /* not in a captured part */
        VEC_PUSH(out->buf->arena, out->places, out->buf->len);
    } else {
        out_attr(out, out->csrf);
    }
    buf_add(out->buf, STR("\">"));
}

void out_with_tokens(Out *out, Html page, const TokenPlaces *places)
{
    size_t from = 0;

    if (places->count && !out->csrf.ptr)
        out->csrf = request_csrf(out->req);
    buf_reserve(out->buf, page.str.len + places->count * out->csrf.len);
    for (size_t i = 0; i < places->count; i++) {
        buf_add(out->buf, str_slice(page.str, from, places->items[i]));
        out_attr(out, out->csrf);
        from = places->items[i];
    }
    buf_add(out->buf, str_slice(page.str, from, page.str.len));
}
