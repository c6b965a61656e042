/* SPDX-License-Identifier: EUPL-1.2 */
/* Boards' addresses. */
#pragma once

#include "city/board/desk.h"

#define BOARD_ROUTES                                                                               \
    {"GET", "/stadtdaten/tafel/:name", board_page, ACCESS_PUBLIC, NULL, 0},                        \
        {"GET", "/desk/tafeln", board_desk_list, ACCESS_STAFF, "city.read", 0},                    \
        {"POST", "/desk/tafeln", board_desk_add, ACCESS_STAFF, "city.write", 0},                   \
        {"GET", "/desk/tafeln/:name", board_desk_one, ACCESS_STAFF, "city.write", 0},              \
        {"POST", "/desk/tafeln/:name", board_desk_change, ACCESS_STAFF, "city.write", 0},          \
        {"POST", "/desk/tafeln/:name/loeschen", board_desk_remove, ACCESS_STAFF, "city.write", 0}, \
        {"POST", "/desk/tafeln/:name/ordnen", board_desk_order, ACCESS_STAFF, "city.write", 0},    \
        {"GET", "/desk/tafeln/:name/kachel", board_desk_tile, ACCESS_STAFF, "city.write", 0},      \
    {                                                                                              \
        "POST", "/desk/tafeln/:name/kachel", board_desk_tile_save, ACCESS_STAFF, "city.write", 0   \
    }
