/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/demo/demo.h"

#include "city/demo/alarms.h"
#include "city/demo/board.h"
#include "city/demo/roads.h"
#include "city/demo/sensors.h"
#include "city/hub/watch.h"
#include "city/import/streams.h"
#include "city/sta/time.h"

enum {
    PAST_DAYS = 30,
    PAST_STEP_MS = 15 * 60000,
    STEP_MS = 5 * 60000,
    BATCH = 20000,
    PLACES = 14,
};

bool city_demo_here(const Tenant *tenant)
{
    return app_options(tenant->app)->demo && str_eq(tenant->name, DEMO_TENANT);
}

/* --- Datasets and places -----------------------------------------------------------------------
 */

static bool add_dataset(Hub *hub, const char *name, const char *title, Err *err)
{
    CityDataset dataset = {
        .name = str_c(name), .title = str_c(title), .licence = STR("dl-de/by-2-0")};

    return hub_need_dataset(hub, &dataset, STR("system"), STR("en"), NULL, err);
}

typedef struct Places {
    const char *dataset, *title, *one, *category, *hours;
} Places;

static const Places PLACES_OF[] = {
    {"spielplaetze", "Spielplätze", "Spielplatz", "spielplatz", "08:00-20:00"},
    {"trinkbrunnen", "Trinkbrunnen", "Trinkbrunnen", "trinkbrunnen", "May-Oct"},
    {"wertstoffe", "Wertstoffinseln", "Wertstoffinsel", "wertstoffe", "Mo-Sa 07:00-19:00; PH off"},
};

static bool add_places(Hub *hub, const Places *places, int first, Arena *arena, Err *err)
{
    Buf text = buf_in(arena);
    CityImportReport report;

    buf_add_c(&text, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (int i = 0; i < PLACES; i++) {
        double x, y;
        demo_place(first + i, &x, &y);
        buf_addf(&text,
                 "%s{\"type\":\"Feature\",\"id\":\"%s-%d\",\"geometry\":{\"type\":\"Point\","
                 "\"coordinates\":[%.6f,%.6f]},\"properties\":{\"name\":\"%s %s\","
                 "\"kategorie\":\"%s\",\"strasse\":\"%s\",\"ort\":\"Musterstadt\","
                 "\"oeffnungszeiten\":\"%s\",\"barrierefrei\":\"%s\"}}",
                 i ? "," : "", places->dataset, i + 1, x, y, places->one, demo_street(first + i),
                 places->category, demo_street(first + i), places->hours,
                 i % 5 ? i % 3 ? "ja" : "teilweise" : "nein");
    }
    buf_add_c(&text, "]}");
    CityImport import = {.hub = hub,
                         .dataset = str_c(places->dataset),
                         .source = STR("demo"),
                         .text = buf_str(&text),
                         .now = clock_now()};
    return add_dataset(hub, places->dataset, places->title, err) &&
           city_import(&import, arena, &report, err);
}

static bool add_all_places(Hub *hub, Arena *arena, Err *err)
{
    for (size_t i = 0; i < sizeof PLACES_OF / sizeof *PLACES_OF; i++)
        if (!add_places(hub, &PLACES_OF[i], 100 + (int)i * PLACES, arena, err))
            return false;
    return true;
}

/* --- Sensors -----------------------------------------------------------------------------------
 */

typedef struct Live {
    Hub *hub;
    Arena *arena;
    ObsEntry *batch;
    size_t count;
} Live;

static bool flush(Live *live, Err *err)
{
    bool ok = !live->count || hub_append(live->hub, live->batch, live->count, 0, NULL, err);

    live->count = 0;
    return ok;
}

/* What the sensor measured after `since`, until now. */
static bool catch_up(Live *live, const DemoKind *kind, int sensor, uint32_t series, Timestamp since,
                     Timestamp now, Err *err)
{
    Timestamp recent = now - 2 * PAST_STEP_MS, step = kind->counts ? PAST_STEP_MS : STEP_MS;
    Timestamp at = since - since % step + step;

    while (at <= now) {
        live->batch[live->count++] = (ObsEntry){series, obs_number(at, kind->value(sensor, at))};
        if (live->count == BATCH && !flush(live, err))
            return false;
        Timestamp next = at - at % PAST_STEP_MS + PAST_STEP_MS;
        at = next < recent ? next : at + step;
    }
    return true;
}

/* Since when a sensor's values are missing. */
static bool missing_since(const Live *live, uint32_t series, Timestamp now, Timestamp *since,
                          Err *err)
{
    Observation last;
    bool found;

    if (!obs_latest_until(hub_store(live->hub), series, now, live->arena, &last, &found, err))
        return false;
    *since = now - (Timestamp)PAST_DAYS * STA_MS_PER_DAY;
    if (found && last.time > *since && last.time <= now)
        *since = last.time;
    return true;
}

static CityStreamKey key_of(const DemoKind *kind, int i, int sensor, Arena *arena)
{
    Str thing = kind->name ? kind->name(i, arena)
                           : str_printf(arena, "%s %s", kind->thing, demo_street(sensor));
    Str place = kind->name ? thing : str_c(demo_street(sensor));
    CityStreamKey key = {.key = str_printf(arena, "%s-%d", kind->dataset, i + 1),
                         .name = str_printf(arena, "%s %.*s", kind->property, STR_ARG(place)),
                         .unit = str_c(kind->unit),
                         .property = str_c(kind->property),
                         .thing = thing};

    demo_place(sensor, &key.x, &key.y);
    return key;
}

static bool run_kind(Live *live, const DemoKind *kind, int first, Timestamp now, Err *err)
{
    CityImport import = {
        .hub = live->hub, .dataset = str_c(kind->dataset), .source = STR("demo"), .now = now};
    CityImportReport report = {0};
    CityStreams streams;

    if (!city_streams_begin(&streams, &import, &report, live->arena, err))
        return false;
    for (int i = 0; i < kind->count; i++) {
        CityStreamKey key = key_of(kind, i, first + i, live->arena);
        uint32_t series;
        Timestamp since;
        if (!city_stream_series(&streams, &key, &series, err) ||
            !missing_since(live, series, now, &since, err) ||
            !catch_up(live, kind, first + i, series, since, now, err))
            return false;
    }
    return true;
}

static bool begin(Hub *hub, Arena *arena, Err *err)
{
    const CityDatasets *datasets = (hub_hold(hub), hub_datasets(hub));
    bool there = city_dataset_named(datasets, str_c(DEMO_KINDS[0].dataset)) != NULL;

    hub_release(hub);
    for (const DemoKind *kind = DEMO_KINDS; !there && kind->dataset; kind++)
        if (!add_dataset(hub, kind->dataset, kind->title, err))
            return false;
    return there ||
           (add_dataset(hub, "baustellen", "Baustellen und Sperrungen", err) &&
            demo_roads_make(hub, clock_now(), arena, err) && add_all_places(hub, arena, err));
}

bool city_demo_run(Tenant *tenant, Arena *arena, Err *err)
{
    Hub *hub = hub_of(tenant, err);
    Live live = {.hub = hub, .arena = arena};
    Timestamp now = clock_now();
    int first = 0;

    if (!hub || !begin(hub, arena, err))
        return false;
    live.batch = arena_array(arena, ObsEntry, BATCH);
    for (const DemoKind *kind = DEMO_KINDS; kind->dataset; kind++) {
        if (!run_kind(&live, kind, first, now, err))
            return false;
        first += kind->count;
    }
    return flush(&live, err) && demo_alarms(hub, tenant, err) && demo_board(hub, tenant, err);
}
