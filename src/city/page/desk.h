/* SPDX-License-Identifier: EUPL-1.2 */
/* What the engine's pages at the desk share. */
#pragma once

#include "core/page/out.h"

/* A page of the part of the desk whose address is `active` in the navigation. */
bool city_desk_send(Request *req, Response *res, const char *active, Str title, Out *out);

/* What a page says behind a redirect with ?getan=WORD. */
typedef struct CityDone {
    const char *word, *notice;
} CityDone;

/* Of a table that ends with a NULL word; STR_NONE when nothing was done. */
Str city_desk_done(const Request *req, const CityDone *table);
