/* SPDX-License-Identifier: EUPL-1.2 */
/* What this room answers, for the engine's table. Rights depend on datasets: the handlers ask. */
#pragma once

#include "city/traffic/api.h"
#include "city/traffic/desk.h"
#include "city/traffic/page.h"

#define TRAFFIC_ROUTES                                                                            \
    {"GET", "/stadtdaten/verkehr", traffic_page, ACCESS_PUBLIC, NULL, 0},                         \
        {"GET", "/stadtdaten/verkehr.geojson", traffic_geojson, ACCESS_PUBLIC, NULL, 0},          \
        {"GET", "/stadtdaten/baustellen/:id", road_work_page, ACCESS_PUBLIC, NULL, 0},            \
        {"GET", "/desk/verkehr", desk_traffic, ACCESS_STAFF, "city.write", 0},                    \
        {"POST", "/desk/verkehr", desk_work_add, ACCESS_STAFF, "city.write", 0},                  \
        {"GET", "/desk/verkehr/:id", desk_work, ACCESS_STAFF, "city.write", 0},                   \
        {"POST", "/desk/verkehr/:id", desk_work_change, ACCESS_STAFF, "city.write", 0},           \
        {"POST", "/desk/verkehr/:id/ende", desk_work_end, ACCESS_STAFF, "city.write", 0},         \
        {"GET", "/api/v1/city/traffic/route", traffic_route, ACCESS_PUBLIC, NULL, ROUTE_ENGLISH}, \
    {                                                                                             \
        "POST", "/api/v1/city/traffic/floating-cars", traffic_floating_cars, ACCESS_STAFF,        \
            "city.write", ROUTE_ENGLISH | ROUTE_WITHIN                                            \
    }
