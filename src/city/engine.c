/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/city.h"
#include "city/http/sta.h"
#include "city/import/command.h"

static bool get(Request *req, Response *res, Err *err)
{
    return sta_answer(req, res, sta_get, err);
}

static bool post(Request *req, Response *res, Err *err)
{
    return sta_answer(req, res, sta_post, err);
}

static bool patch(Request *req, Response *res, Err *err)
{
    return sta_answer(req, res, sta_patch, err);
}

static bool put(Request *req, Response *res, Err *err)
{
    return sta_answer(req, res, sta_put, err);
}

static bool delete (Request *req, Response *res, Err *err)
{
    return sta_answer(req, res, sta_delete, err);
}

/* Rights depend on datasets: the handlers ask. */
#define STA_ROUTES(root)                                                              \
    {"GET", root, get, ACCESS_PUBLIC, NULL, ROUTE_API},                               \
        {"GET", root "/*rest", get, ACCESS_PUBLIC, NULL, ROUTE_API},                  \
        {"POST", root "/*rest", post, ACCESS_PUBLIC, NULL, ROUTE_API | ROUTE_UPLOAD}, \
        {"PATCH", root "/*rest", patch, ACCESS_PUBLIC, NULL, ROUTE_API | ROUTE_RAW},  \
        {"PUT", root "/*rest", put, ACCESS_PUBLIC, NULL, ROUTE_API},                  \
    {                                                                                 \
        "DELETE", root "/*rest", delete, ACCESS_PUBLIC, NULL, ROUTE_API               \
    }

static const Route ROUTES[] = {
    STA_ROUTES("/sta/v1.1"),
    STA_ROUTES("/sta/datasets/:dataset/v1.1"),
    {0},
};

static const Command COMMANDS[] = {
    {"city", "keep the town's measured values", city_command},
    {0},
};

const Engine CITY_ENGINE = {
    .name = "city",
    .migrations = HUB_MIGRATIONS,
    .routes = ROUTES,
    .commands = COMMANDS,
    .tenant_open = hub_tenant_open,
    .tenant_close = hub_tenant_close,
};
