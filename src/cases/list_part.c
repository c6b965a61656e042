/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/list_part.h"

ListPart list_part(const Request *req, Str path, size_t total, size_t most)
{
    int64_t page, last = (int64_t)((total + most - 1) / most);

    if (last < 1)
        last = 1;
    if (!str_to_i64(request_query(req, "seite"), &page) || page < 1)
        page = 1;
    if (page > last)
        page = last;
    size_t first = (size_t)(page - 1) * most;

    return (ListPart){.first = first,
                      .count = total - first < most ? total - first : most,
                      .pages = {.path = path, .page = page, .page_count = last}};
}
