/* SPDX-License-Identifier: EUPL-1.2 */
/* What programs get as DATEX II: what the caller may see. */
#pragma once

#include "core/http/request.h"

bool datex_situations_get(Request *req, Response *res, Err *err);
bool datex_sites_get(Request *req, Response *res, Err *err);
bool datex_measured_get(Request *req, Response *res, Err *err);

#define DATEX_ROUTE(name, handler)                                                            \
    {                                                                                         \
        "GET", "/api/v1/city/datex/" name ".xml", handler, ACCESS_PUBLIC, NULL, ROUTE_ENGLISH \
    }
#define DATEX_ROUTES                                                                        \
    DATEX_ROUTE("situations", datex_situations_get), DATEX_ROUTE("sites", datex_sites_get), \
        DATEX_ROUTE("measured", datex_measured_get)
