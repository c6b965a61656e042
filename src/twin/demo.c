/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus twin demo`: a city to try everything with. */
#include "twin/demo.h"

#include "core/folder.h"
#include "twin/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Made up, of the size that tables for the middle of Germany have. */
static const char KOSTRA[] = "duration_min,T10,T30,T100\n"
                             "5,10.1,12.4,15.0\n"
                             "10,14.6,18.1,22.0\n"
                             "15,17.4,21.7,26.5\n"
                             "20,19.5,24.4,29.9\n"
                             "30,22.4,28.2,34.7\n"
                             "45,25.5,32.2,39.7\n"
                             "60,27.8,35.1,43.4\n"
                             "90,31.0,39.2,48.5\n"
                             "120,33.5,42.3,52.4\n"
                             "180,36.9,46.7,57.8\n";

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
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return err_set(err, ERR_INPUT, "%s: cannot be made: %s", folder, strerror(errno));
    return write_terrain(folder, arena, err) && demo_write_town(folder, arena, err) &&
           write_text(folder, "kostra.csv", KOSTRA, arena, err) &&
           write_text(folder, "extrem.csv", "time_s,mm_per_h\n0,128\n3600,0\n", arena, err) &&
           write_scenarios(folder, arena, err);
}

int twin_demo_command(const TwinWords *words)
{
    Arena *arena = arena_create(1 << 20);
    Err err = {0};
    int status = 0;

    if (words->file_count != 0 || !words->run.out) {
        fputs("Usage: rathaus twin demo --out DIR\n", stderr);
        status = 2;
    } else if (!write_demo(words->run.out, arena, &err)) {
        status = twin_failed(&err, arena);
    } else {
        printf("%s: a city with the scenarios", words->run.out);
        for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++)
            printf(" %s", SCENARIOS[i].file);
        printf("\n");
    }
    arena_destroy(arena);
    return status;
}
