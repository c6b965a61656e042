/* SPDX-License-Identifier: EUPL-1.2 */
/* What came by MQTT as a request, so that the same functions look at it. */
#pragma once

#include "core/http/request.h"
#include "core/tenant.h"

static inline Request mqtt_request(Arena *arena, Tenant *tenant, const Session *session)
{
    Timestamp now = clock_now();

    return (Request){.arena = arena,
                     .app = tenant->app,
                     .tenant = tenant,
                     .base = STR(""),
                     .path = STR("/"),
                     .lang = STR("de"),
                     .now = now,
                     .today = date_in_berlin(now),
                     .session = *session};
}
