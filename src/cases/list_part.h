/* SPDX-License-Identifier: EUPL-1.2 */
/* The part of a long list that one page shows. */
#pragma once

#include "core/http/request.h"
#include "core/page/parts.h"

typedef struct ListPart {
    size_t first, count; /* of the list's items; 0 and 0 of an empty list */
    PagesView pages;     /* for the way to the others */
} ListPart;

/* The part that `seite` of the address names, from 1, of a list of `total` items, `most` to a page;
 * the nearest one when there is no such page. `path` is the page's own address without `seite`. */
ListPart list_part(const Request *req, Str path, size_t total, size_t most);
