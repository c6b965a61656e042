/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/desk.h"

#include "core/http/request.h"

bool city_desk_send(Request *req, Response *res, const char *active, Str title, Out *out)
{
    PageFrame frame = {.area = AREA_DESK, .title = title, .active = str_c(active)};

    return page_send(req, res, &frame, out_html(out));
}

Str city_desk_done(const Request *req, const CityDone *table)
{
    Str word = request_query(req, "getan");

    for (; table->word; table++)
        if (str_is(word, table->word))
            return str_c(table->notice);
    return STR_NONE;
}
