/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/demo/roads.h"

#include "city/import/import.h"
#include "city/traffic/work.h"

#include <assert.h>

enum { DAY_MS = 86400000, HOUR_MS = 3600000, COLUMNS = 6, ROWS = 4, EAST = ROWS * (COLUMNS - 1) };
enum { NORTH = COLUMNS * (ROWS - 1), CLOSED = 3, HALVED = 9, NARROW = 26 };

/* Streets of the town's map, at these metres from its corner. */
typedef struct Street {
    const char *name;
    double at;
    bool main;
} Street;

static const Street EASTWARD[ROWS] = {{"Uferstraße", 450, false},
                                      {"Marktstraße", 630, true},
                                      {"Schulstraße", 810, false},
                                      {"Bergstraße", 990, false}};
static const Street NORTHWARD[COLUMNS] = {{"Wiesengasse", 270, false}, {"Kirchgasse", 450, false},
                                          {"Hauptstraße", 630, true},  {"Turmstraße", 810, false},
                                          {"Buchenweg", 1080, false},  {"Am Osttor", 1440, false}};

static_assert(DEMO_ROADS == EAST + NORTH, "the table of streets has them all");

typedef struct Road {
    const Street *street, *from, *to;
    bool eastward;
} Road;

static Road road_at(int road)
{
    if (road < EAST) {
        int column = road % (COLUMNS - 1);
        return (Road){&EASTWARD[road / (COLUMNS - 1)], &NORTHWARD[column], &NORTHWARD[column + 1],
                      true};
    }
    int row = (road - EAST) % (ROWS - 1);
    return (Road){&NORTHWARD[(road - EAST) / (ROWS - 1)], &EASTWARD[row], &EASTWARD[row + 1],
                  false};
}

Str demo_road_name(int road, Arena *arena)
{
    Road r = road_at(road);

    return str_printf(arena, "%s von %s bis %s", r.street->name, r.from->name, r.to->name);
}

double demo_road_free(int road)
{
    return road_at(road).street->main ? 50 : 30;
}

/* Metres from the corner (566100, 5712300 in EPSG:25832) as longitude and latitude; within the town
 * it is a plane to some centimetres. */
static WayPoint place_at(double x, double y)
{
    return (WayPoint){9.9534935 + x * 1.44226e-5 + y * 1.881e-7,
                      51.5579067 - x * 1.1879e-7 + y * 8.9904e-6};
}

static Way way_of(int road, Arena *arena)
{
    Road r = road_at(road);
    WayPoint *ends = arena_array(arena, WayPoint, 2);

    ends[0] = r.eastward ? place_at(r.from->at, r.street->at) : place_at(r.street->at, r.from->at);
    ends[1] = r.eastward ? place_at(r.to->at, r.street->at) : place_at(r.street->at, r.to->at);
    return (Way){ends, 2};
}

static bool make_segments(Hub *hub, Timestamp now, Arena *arena, Err *err)
{
    Buf text = buf_in(arena);
    CityImportReport report;

    buf_add_c(&text, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (int i = 0; i < DEMO_ROADS; i++) {
        Road road = road_at(i);
        Way way = way_of(i, arena);
        buf_addf(&text,
                 "%s{\"type\":\"Feature\",\"id\":\"strasse-%d\",\"properties\":{\"name\":\"%.*s\","
                 "\"strasse\":\"%s\",\"klasse\":\"%s\",\"freieGeschwindigkeit\":%.0f},"
                 "\"geometry\":{\"type\":\"LineString\",\"coordinates\":",
                 i ? "," : "", i + 1, STR_ARG(demo_road_name(i, arena)), road.street->name,
                 road.street->main ? "Hauptstraße" : "Nebenstraße", demo_road_free(i));
        way_write(&way, &text);
        buf_add_c(&text, "}}");
    }
    buf_add_c(&text, "]}");
    CityImport import = {.hub = hub,
                         .dataset = STR("strassen"),
                         .source = STR("demo"),
                         .text = buf_str(&text),
                         .now = now};
    return city_import(&import, arena, &report, err);
}

/* --- Road works --------------------------------------------------------------------------------
 */

static RoadWork work_on(int road, Timestamp begins, int days, Arena *arena)
{
    return (RoadWork){.road = str_c(road_at(road).street->name),
                      .key = str_printf(arena, "demo-%d", road),
                      .version = STR("1"),
                      .begins = begins + 7 * HOUR_MS,
                      .ends = begins + (Timestamp)days * DAY_MS - 7 * HOUR_MS,
                      .place = way_of(road, arena),
                      .source = STR("Tiefbauamt")};
}

/* Round the block: along a street beside it. */
static Way detour_of(int road, Arena *arena)
{
    Road r = road_at(road);
    WayPoint *points = arena_array(arena, WayPoint, 4);
    double aside = r.street->at + 180;

    points[0] = place_at(r.from->at, r.street->at);
    points[1] = place_at(r.from->at, aside);
    points[2] = place_at(r.to->at, aside);
    points[3] = place_at(r.to->at, r.street->at);
    return (Way){points, 4};
}

static bool make_works(Hub *hub, Timestamp now, Arena *arena, Err *err)
{
    Timestamp today = timestamp_of_berlin_day(date_in_berlin(now));
    RoadWork works[] = {work_on(CLOSED, today - 5 * (Timestamp)DAY_MS, 33, arena),
                        work_on(HALVED, today - 2 * (Timestamp)DAY_MS, 12, arena),
                        work_on(NARROW, today + 6 * (Timestamp)DAY_MS, 3, arena)};

    works[0].title = STR("Kanal in der Uferstraße");
    works[0].text = STR("Der Abwasserkanal wird erneuert. Fußgänger kommen auf der Nordseite "
                        "vorbei.");
    works[0].restriction = WORK_CLOSED;
    works[0].detour = STR("Über Turmstraße, Marktstraße und Buchenweg.");
    works[0].detour_way = detour_of(CLOSED, arena);
    works[1].title = STR("Fernwärme in der Marktstraße");
    works[1].text = STR("Eine Ampel regelt den Verkehr.");
    works[1].restriction = WORK_HALF;
    works[2].title = STR("Stadtlauf");
    works[2].kind = WORK_EVENT;
    works[2].restriction = WORK_NARROW;
    return road_works_write(hub, STR("baustellen"), works, sizeof works / sizeof *works, now, arena,
                            err);
}

bool demo_roads_make(Hub *hub, Timestamp now, Arena *arena, Err *err)
{
    return make_segments(hub, now, arena, err) && make_works(hub, now, arena, err);
}
