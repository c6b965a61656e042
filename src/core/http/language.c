/* SPDX-License-Identifier: EUPL-1.2 */
/* The language of an answer. */
#include "core/http/dispatch.h"

static bool language_known(Str lang)
{
    return str_is(lang, "de") || str_is(lang, "en") || str_is(lang, "de-leicht");
}

/* The desk's pages are German, whatever the browser of who works there prefers. */
static bool is_desk(const Exchange *x)
{
    return x->entry && x->entry->route->access == ACCESS_STAFF && !exchange_is_api(x);
}

void exchange_find_language(Exchange *x)
{
    Str asked = request_query(&x->req, "lang");
    Str kept = request_cookie(&x->req, "lang");

    if (is_desk(x))
        return;
    if (x->entry && (x->entry->route->flags & ROUTE_ENGLISH) == ROUTE_ENGLISH) {
        x->req.lang = STR("en");
        return;
    }
    if (asked.ptr && language_known(asked)) {
        x->req.lang = asked;
        x->language_asked = !str_eq(asked, kept);
    } else if (kept.ptr && language_known(kept)) {
        x->req.lang = kept;
    } else {
        x->req.lang = language_choose(request_header(&x->req, "Accept-Language"));
    }
}
