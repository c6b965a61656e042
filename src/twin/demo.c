/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus twin demo`: a city to try everything with. */
#include "twin/demo.h"

#include "base/flags.h"
#include "core/folder.h"
#include "twin/command.h"

#include <stdio.h>
#include <stdlib.h>

/* Made up, of the size that tables for the middle of Germany have. */
static const char KOSTRA[] = "duration_min,T1,T2,T3,T5,T10,T20,T30,T50,T100\n"
                             "5,5.2,6.7,7.5,8.6,10.1,11.6,12.4,13.5,15.0\n"
                             "10,7.2,9.4,10.7,12.4,14.6,16.8,18.1,19.8,22.0\n"
                             "15,8.3,11.0,12.6,14.7,17.4,20.1,21.7,23.8,26.5\n"
                             "20,9.1,12.2,14.1,16.4,19.5,22.6,24.5,26.8,29.9\n"
                             "30,10.1,13.8,16.0,18.7,22.4,26.1,28.3,31.0,34.7\n"
                             "45,11.3,15.6,18.1,21.2,25.5,29.8,32.3,35.4,39.7\n"
                             "60,12.2,16.9,19.6,23.1,27.8,32.5,35.2,38.7,43.4\n"
                             "90,13.5,18.8,21.8,25.7,31.0,36.3,39.3,43.2,48.5\n"
                             "120,14.6,20.3,23.6,27.8,33.5,39.2,42.5,46.7,52.4\n"
                             "180,16.0,22.3,26.0,30.6,36.9,43.2,46.9,51.5,57.8\n";

/* For the pages of planners. */
static const char MODEL[] = "title: Musterstadt\n"
                            "scenario: stadt.yaml\n"
                            "kostra: kostra.csv\n"
                            "streets: streets.geojson\n"
                            "addresses: {street: street, number: number}\n";

static const char HEAD[] =
    "# Musterstadt: erfunden, aus Formeln gemacht von \"rathaus twin demo\".\n"
    "title: %s\n"
    "terrain: terrain.tif\n"
    "duration: %d\n"
    "rain: %s\n"
    "roughness: {polygons: landuse.geojson, table: landuse.csv, default: 0.05}\n"
    "infiltration: {polygons: landuse.geojson, table: landuse.csv}\n"
    "buildings: {file: buildings.geojson, field: height}\n"
    "inlets: {file: inlets.csv}\n"
    "boundaries: open\n"
    "sources: [{name: Muster, line: [[%d, %d], [%d, %d]], discharge: 4}]\n"
    "gauges: [{name: Markt, at: [%d, %d]}, {name: Bachgasse, at: [%d, %d]}, "
    "{name: Pegel, at: [%d, %d]}]\n"
    "output: {interval: 300, series: 60}\n"
    "legend: lubw\n"
    "damage: {value: 800}\n";

typedef struct DemoScenario {
    const char *file, *title, *rain;
    int seconds;
} DemoScenario;

static const DemoScenario SCENARIOS[] = {
    {"selten.yaml", "Seltener Starkregen (30 Jahre, 60 Minuten)",
     "{euler2: {depths: kostra.csv, column: T30, duration: 60}}", 5400},
    {"aussergewoehnlich.yaml", "Außergewöhnlicher Starkregen (100 Jahre, 60 Minuten)",
     "{euler2: {depths: kostra.csv, column: T100, duration: 60}}", 5400},
    {"extrem.yaml", "Extremer Starkregen (128 mm in einer Stunde)", "{file: extrem.csv}", 7200},
    {"stadt.yaml", "Musterstadt ohne Regen, worauf andere Szenarien bauen", "0", 600},
    {"schnell.yaml", "Kurzer Schauer zum Ausprobieren (40 mm/h, 10 Minuten)", "40", 600},
};

static bool write_terrain(const char *folder, Arena *arena, Err *err)
{
    GeoGrid grid = {DEMO_WIDTH / DEMO_CELL,
                    DEMO_HEIGHT / DEMO_CELL,
                    DEMO_CELL,
                    DEMO_WEST,
                    DEMO_SOUTH + DEMO_HEIGHT,
                    geo_crs_parse(STR("EPSG:25832"), arena, err)};
    double *values = malloc(geo_grid_cells(&grid) * sizeof *values);

    if (!values)
        abort();
    for (int row = 0; row < grid.rows; row++)
        for (int column = 0; column < grid.columns; column++)
            values[row * grid.columns + column] = demo_height(geo_grid_x(&grid, column) - DEMO_WEST,
                                                              geo_grid_y(&grid, row) - DEMO_SOUTH);
    bool ok = grid.crs && geo_raster_write(arena_printf(arena, "%s/terrain.tif", folder), &grid,
                                           values, GEO_FLOAT32, err);
    free(values);
    return ok;
}

static bool write_text(const char *folder, const char *name, const char *text, Arena *arena,
                       Err *err)
{
    return folder_write_file(arena_printf(arena, "%s/%s", folder, name), str_c(text), 0644, err);
}

static bool write_scenarios(const char *folder, Arena *arena, Err *err)
{
    int river = (int)demo_river(12), gauge = (int)demo_river(1350);
    int hollow = (int)demo_hollow(585);

    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        const DemoScenario *s = &SCENARIOS[i];
        const char *text = arena_printf(
            arena, HEAD, s->title, s->seconds, s->rain, DEMO_WEST + 12, DEMO_SOUTH + river - 6,
            DEMO_WEST + 12, DEMO_SOUTH + river + 6, DEMO_WEST + 945, DEMO_SOUTH + 585,
            DEMO_WEST + hollow, DEMO_SOUTH + 720, DEMO_WEST + 1350, DEMO_SOUTH + gauge);
        if (!write_text(folder, s->file, text, arena, err))
            return false;
    }
    return true;
}

static bool write_demo(const char *folder, Arena *arena, Err *err)
{
    return folder_make_open(folder, err) && write_terrain(folder, arena, err) &&
           demo_write_town(folder, arena, err) &&
           write_text(folder, "kostra.csv", KOSTRA, arena, err) &&
           write_text(folder, "model.yaml", MODEL, arena, err) &&
           write_text(folder, "extrem.csv", "time_s,mm_per_h\n0,128\n3600,0\n", arena, err) &&
           write_scenarios(folder, arena, err);
}

static const char HELP[] = "Usage: rathaus twin demo --out DIR [--json]\n"
                           "\n"
                           "Make a small fictional city with scenarios that run at once.\n"
                           "\n"
                           "  --out DIR  where it goes\n"
                           "  --json     print the names of the scenarios as JSON\n"
                           "  --help     this text\n"
                           "\n"
                           "Exit status: 0 made, 1 not, 2 called wrongly.\n";

static void tell(const char *folder, bool json, Arena *arena)
{
    Node *summary = node_map(arena), *list = node_list(arena);

    if (!json)
        printf("%s: a city with the scenarios", folder);
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        node_append(arena, list, node_string(arena, str_c(SCENARIOS[i].file)));
        if (!json)
            printf(" %s", SCENARIOS[i].file);
    }
    node_set(arena, summary, STR("folder"), node_string(arena, str_c(folder)));
    node_set(arena, summary, STR("scenarios"), list);
    printf("%s\n", json ? str_cstr(arena, node_json(summary, arena)) : "");
}

int twin_demo_command(int argc, char **argv)
{
    const char *folder = NULL;
    bool json = false;
    Err err = {0};
    const Flag flags[] = {
        {"--out", .text = &folder, .needed = "DIR"}, {"--json", .set = &json}, {0}};
    int status = flags_read("twin demo", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(1 << 20);

    status = write_demo(folder, arena, &err) ? 0 : twin_failed("demo", &err, arena);
    if (status == 0)
        tell(folder, json, arena);
    arena_destroy(arena);
    return status;
}
