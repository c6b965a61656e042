/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Program, libraries and small things. */
static const double BASE_BYTES = 60e6;

/* The number behind `key` in a file of the kernel's; `otherwise` where there is none ("max"). */
static double number_of(const char *path, const char *key, double unit, double otherwise)
{
    FILE *file = fopen(path, "re");
    char line[256];
    double value = otherwise;

    while (file && fgets(line, sizeof line, file)) {
        char *end;
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        double found = strtod(line + strlen(key), &end) * unit;
        if (end != line + strlen(key))
            value = found;
        break;
    }
    if (file)
        fclose(file);
    return value;
}

double memory_available(void)
{
    double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    double most = number_of("/sys/fs/cgroup/memory.max", "", 1, INFINITY);

    bytes = number_of("/proc/meminfo", "MemAvailable:", 1024, bytes);
    return fmin(bytes, most - number_of("/sys/fs/cgroup/memory.current", "", 1, 0));
}

/* Of one cell. The solver's arrays: bed, depth, velocities; once more for the second order; the
 * five of the maxima; what roughness and soil need. */
static double bytes_of_cell(const TwinScenario *scenario, const TwinRunOptions *options)
{
    bool drag = scenario->roughness != NULL, soil = scenario->soil_count > 0;
    bool share = scenario->share || scenario->outside;
    int arrays = 4 + (options->order == 2 ? 3 : 0) + 5 + (drag ? 1 : 0) + (soil ? 4 : 0);
    double element = options->double_precision ? 8 : 4;
    /* All the time: terrain, the raster that is written, what lies outside, rain. */
    double kept = 8 + 8 + (scenario->outside ? 1 : 0) + (scenario->share ? 4 : 0) +
                  (share ? 4 : 0) + (scenario->radolan ? 12 : 0);
    /* While the model is made: its bed, and what is dropped then. */
    double making = 8 + (scenario->depth ? 8 : 0) + (scenario->u ? 8 : 0) + (scenario->v ? 8 : 0) +
                    (drag ? 4 : 0) + (scenario->soil ? 1 : 0);
    /* While a map is written: its numbers, GDAL's copy and what is packed. */
    double writing = 3 * element;

    return arrays * element / flow_ranks() + kept + fmax(making, writing);
}

double memory_of_run(const TwinScenario *scenario, const TwinRunOptions *options)
{
    return BASE_BYTES +
           (double)geo_grid_cells(&scenario->terrain.grid) * bytes_of_cell(scenario, options);
}

bool memory_check(const TwinScenario *scenario, const TwinRunOptions *options, Err *err)
{
    /* The terrain stands already, and is counted on both sides. */
    double cells = (double)geo_grid_cells(&scenario->terrain.grid);
    double need = memory_of_run(scenario, options) - 8 * cells, there = memory_available();

    if (need <= there)
        return true;
    return err_set(
        err, ERR_TOO_LARGE,
        "%s: %d x %d cells need %.1f GB of memory more, and there are %.1f GB now; cut a "
        "window out (terrain: {file: …, window: [west, south, east, north]})%s%s",
        scenario->file, scenario->terrain.grid.columns, scenario->terrain.grid.rows, need / 1e9,
        there / 1e9, options->double_precision ? ", leave --double away" : "",
        options->order == 2 ? ", or take --order 1" : "");
}
