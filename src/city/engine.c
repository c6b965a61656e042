/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/routes.h"
#include "city/board/routes.h"
#include "city/city.h"
#include "city/command/command.h"
#include "city/datex/get.h"
#include "city/demo/demo.h"
#include "city/features/catalogue.h"
#include "city/features/routes.h"
#include "city/http/import.h"
#include "city/http/sta.h"
#include "city/mqtt/desk_refused.h"
#include "city/mqtt/mqtt.h"
#include "city/page/desk_datasets.h"
#include "city/page/page.h"
#include "city/page/quality_page.h"
#include "city/place/desk_places.h"
#include "city/place/propose.h"
#include "city/traffic/routes.h"

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
#define STA_ROUTES(root)                                                                 \
    {"GET", root, get, ACCESS_PUBLIC, NULL, ROUTE_ENGLISH},                              \
        {"GET", root "/*rest", get, ACCESS_PUBLIC, NULL, ROUTE_ENGLISH},                 \
        {"POST",        root "/*rest", post,                                             \
         ACCESS_PUBLIC, NULL,          ROUTE_ENGLISH | ROUTE_RAW | ROUTE_UPLOAD},        \
        {"PATCH", root "/*rest", patch, ACCESS_PUBLIC, NULL, ROUTE_ENGLISH | ROUTE_RAW}, \
        {"PUT", root "/*rest", put, ACCESS_PUBLIC, NULL, ROUTE_ENGLISH},                 \
    {                                                                                    \
        "DELETE", root "/*rest", delete, ACCESS_PUBLIC, NULL, ROUTE_ENGLISH              \
    }

static const Route ROUTES[] = {
    STA_ROUTES("/sta/v1.1"),
    STA_ROUTES("/sta/datasets/:dataset/v1.1"),
    OGC_ROUTES,
    PLACE_ROUTES,
    ALARM_ROUTES,
    BOARD_ROUTES,
    TRAFFIC_ROUTES,
    DATEX_ROUTES,
    MQTT_ROUTES,
    {"POST", "/api/v1/city/datasets/:dataset/import", city_import_post, ACCESS_STAFF, "city.write",
     ROUTE_ENGLISH | ROUTE_RAW | ROUTE_UPLOAD | ROUTE_WITHIN},
    {"GET", "/desk/stadtdaten", desk_datasets, ACCESS_STAFF, "city.write", 0},
    {"POST", "/desk/stadtdaten", desk_dataset_add, ACCESS_STAFF, "city.write", 0},
    {"GET", "/desk/stadtdaten/:name", desk_dataset, ACCESS_STAFF, "city.write", 0},
    {"POST", "/desk/stadtdaten/:name", desk_dataset_change, ACCESS_STAFF, "city.write", 0},
    {"GET", "/desk/stadtdaten/:name/guete", desk_quality, ACCESS_STAFF, "city.write", 0},
    {"GET", "/api/v1/city/datasets/:dataset/quality", city_quality_get, ACCESS_PUBLIC, NULL,
     ROUTE_ENGLISH},
    {"POST", "/api/v1/city/datasets/:dataset/write", city_write_post, ACCESS_STAFF, "city.write",
     ROUTE_ENGLISH | ROUTE_RAW | ROUTE_UPLOAD | ROUTE_WITHIN},
    {"POST", "/api/v1/city/datasets/:dataset/prometheus", city_prometheus_post, ACCESS_STAFF,
     "city.write", ROUTE_ENGLISH | ROUTE_RAW | ROUTE_UPLOAD | ROUTE_WITHIN},
    {"GET", "/stadtdaten", city_now_page, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/stadtdaten/karte.geojson", city_places, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/stadtdaten/reihe/:id", city_series_page, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/stadtdaten/reihe/:id/einbetten", city_series_embedded, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/stadtdaten/reihe/:id/werte.json", city_points, ACCESS_PUBLIC, NULL, 0},
    {"GET", "/stadtdaten/datensatz/:name", city_dataset_page, ACCESS_PUBLIC, NULL, 0},
    {0},
};

static const Command COMMANDS[] = {
    {"city", "keep the town's measured values", city_command},
    {0},
};

static const NavItem NAVIGATION[] = {
    {"/desk/stadtdaten", "Stadtdaten", "city.write"}, {"/desk/orte", "Orte", "city.write"},
    {"/desk/alarme", "Alarme", "city.read"},          {"/desk/tafeln", "Tafeln", "city.read"},
    {"/desk/verkehr", "Verkehr", "city.write"},       {0},
};

static const Schedule SCHEDULES[] = {
    {.name = "city-house", .every_minutes = 10, .run = hub_keep_house, .here = hub_is_open},
    {.name = "city-photos", .every_minutes = 60, .run = photos_tidy, .here = hub_is_open},
    {.name = "city-alarm", .every_minutes = 1, .run = alarm_round},
    {.name = "city-demo", .every_minutes = 1, .run = city_demo_run, .here = city_demo_here},
    {0},
};

static const EffectKind EFFECTS[] = {
    {.name = "place",
     .label = "Ort in die Stadtdaten übernehmen",
     .run = place_effect,
     .values = PLACE_EFFECT_VALUES},
    {0},
};

const Engine CITY_ENGINE = {
    .name = "city",
    .migrations = HUB_MIGRATIONS,
    .routes = ROUTES,
    .effects = EFFECTS,
    .schedules = SCHEDULES,
    .portal_entry = city_portal_entry,
    .open_data = city_open_data,
    .live_folder = "city",
    .live_copy = obs_copy,
    .serve_begin = mqtt_begin,
    .serve_end = mqtt_end,
    .metrics = mqtt_metrics,
    .commands = COMMANDS,
    .navigation = NAVIGATION,
    .tenant_open = hub_tenant_open,
    .tenant_close = hub_tenant_close,
};
