/* SPDX-License-Identifier: EUPL-1.2 */
/* Alarms' addresses. */
#pragma once

#include "city/alarm/api.h"
#include "city/alarm/desk.h"
#include "city/alarm/round.h"

#define ALARM_ROUTES                                                                                 \
    {"GET", "/desk/alarme", alarm_desk_list, ACCESS_STAFF, "city.read", 0},                          \
        {"GET", "/desk/alarme/neu", alarm_desk_new, ACCESS_STAFF, "city.write", 0},                  \
        {"POST", "/desk/alarme", alarm_desk_add, ACCESS_STAFF, "city.write", 0},                     \
        {"GET", "/desk/alarme/:id", alarm_desk_one, ACCESS_STAFF, "city.read", 0},                   \
        {"POST", "/desk/alarme/:id", alarm_desk_change, ACCESS_STAFF, "city.write", 0},              \
        {"GET", "/desk/alarme/:id/aendern", alarm_desk_edit, ACCESS_STAFF, "city.write", 0},         \
        {"POST", "/desk/alarme/:id/bestaetigen", alarm_desk_acknowledge, ACCESS_STAFF, "city.write", \
         0},                                                                                         \
        {"POST", "/desk/alarme/:id/anhalten", alarm_desk_pause, ACCESS_STAFF, "city.write", 0},      \
        {"POST", "/desk/alarme/:id/pruefen", alarm_desk_check, ACCESS_STAFF, "city.write", 0},       \
        {"GET", "/api/v1/city/alarms", alarm_api_list, ACCESS_STAFF, "city.read", ROUTE_ENGLISH},    \
    {                                                                                                \
        "GET", "/api/v1/city/alarms/:id/history", alarm_api_history, ACCESS_STAFF, "city.read",      \
            ROUTE_ENGLISH                                                                            \
    }
