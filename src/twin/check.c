/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus twin check`: what a run would read, how large and how long it would be. */
#include "twin/command.h"

#include "base/flags.h"
#include "base/node.h"
#include "twin/memory.h"

#include <math.h>
#include <stdio.h>
#include <sys/sysinfo.h>

typedef struct Estimate {
    double memory_bytes;
    double seconds; /* of the machine at a representative depth */
    uint64_t steps;
} Estimate;

/* A wave over the depth that the rain of the whole run, gathered fivefold, would make; half a cell
 * a step; as many cells a second and core as the solver does at the least. */
static Estimate estimate(const TwinScenario *scenario, const TwinRunOptions *options)
{
    const GeoGrid *grid = &scenario->terrain.grid;
    double cells = (double)geo_grid_cells(grid), rain = 0, deepest = 0.3;
    int cores = options->threads > 0 ? options->threads : get_nprocs();

    for (size_t i = 0; i + 1 < scenario->rain_count; i++)
        rain +=
            scenario->rain[i].rate *
            fmax(0, fmin(scenario->rain[i + 1].time, scenario->duration) - scenario->rain[i].time);
    for (size_t i = 0; scenario->depth && i < geo_grid_cells(grid); i++)
        deepest = fmax(deepest, scenario->depth[i]);
    deepest = fmax(deepest, 5 * rain);
    double step = 0.45 * grid->cell / (2 * sqrt(9.81 * deepest));
    double steps = scenario->duration / step, a_second = options->order == 1 ? 150e6 : 60e6;
    return (Estimate){.memory_bytes = memory_of_run(scenario, options),
                      .seconds = steps * cells / (a_second * cores),
                      .steps = (uint64_t)steps};
}

static void print_text(const TwinScenario *scenario, const Estimate *e, Arena *arena)
{
    const GeoGrid *grid = &scenario->terrain.grid;

    printf("terrain        %d x %d cells of %.6g m, %zu file%s, %s\n", grid->columns, grid->rows,
           grid->cell, scenario->terrain.files, scenario->terrain.files == 1 ? "" : "s",
           grid->crs ? geo_crs_name(grid->crs, arena) : "no reference system");
    printf("               west %.3f, south %.3f, east %.3f, north %.3f\n", grid->west,
           grid->north - grid->rows * grid->cell, grid->west + grid->columns * grid->cell,
           grid->north);
    printf("outside        %zu cells\n", scenario->outside_count);
    printf("buildings      %zu\n", scenario->building_count);
    printf("sources        %zu, inlets %zu, gauges %zu\n", scenario->source_count,
           scenario->inlet_count, scenario->gauge_count);
    printf("memory         about %.0f MB\n", e->memory_bytes / 1e6);
    printf("time           about %.0f s for %llu steps\n", ceil(e->seconds),
           (unsigned long long)e->steps);
    for (size_t i = 0; i < scenario->notes.count; i++)
        printf("%s\n", scenario->notes.items[i].text);
    for (size_t i = 0; i < scenario->remarks.count; i++)
        printf("warning: %s\n", scenario->remarks.items[i].text);
}

static void add_remarks(Buf *out, const Remarks *remarks)
{
    for (size_t i = 0; i < remarks->count; i++) {
        buf_add_c(out, i ? ", " : "");
        json_write_string(out, str_c(remarks->items[i].text));
    }
}

static void print_json(const TwinScenario *scenario, const Estimate *e, Arena *arena)
{
    const GeoGrid *grid = &scenario->terrain.grid;
    Buf out = buf_in(arena);

    buf_addf(&out,
             "{\"columns\": %d, \"rows\": %d, \"cells\": %zu, \"cell_m\": %.9g, \"west\": %.9g, "
             "\"north\": %.9g, \"crs\": ",
             grid->columns, grid->rows, geo_grid_cells(grid), grid->cell, grid->west, grid->north);
    if (grid->crs)
        json_write_string(&out, str_c(geo_crs_name(grid->crs, arena)));
    else
        buf_add_c(&out, "null");
    buf_addf(&out,
             ", \"cells_outside\": %zu, \"buildings\": %zu, \"sources\": %zu, \"inlets\": %zu, "
             "\"gauges\": %zu, \"memory_bytes\": %.0f, \"seconds\": %.0f, \"steps\": %llu, "
             "\"warnings\": [",
             scenario->outside_count, scenario->building_count, scenario->source_count,
             scenario->inlet_count, scenario->gauge_count, e->memory_bytes, ceil(e->seconds),
             (unsigned long long)e->steps);
    add_remarks(&out, &scenario->remarks);
    buf_add_c(&out, "], \"notes\": [");
    add_remarks(&out, &scenario->notes);
    buf_add_c(&out, "]}\n");
    fwrite(out.ptr, 1, out.len, stdout);
}

static const char HELP[] = "Usage: rathaus twin check SCENARIO.yaml [options]\n"
                           "\n"
                           "Read everything that a run would read; tell sizes, memory, time and "
                           "what is doubtful; compute\n"
                           "nothing.\n"
                           "\n"
                           "  --threads N   of the run whose time is told; as many as the machine "
                           "has cores, if not given\n"
                           "  --order 1|2   of that run; 2 if not given\n"
                           "  --double      that run has double precision\n"
                           "  --json        for machines\n"
                           "  --help        this text\n"
                           "\n"
                           "Exit status: 0 all could be read, 1 not, 2 called wrongly.\n";

static int check(const TwinRunOptions *options, bool json)
{
    Arena *arena = arena_create(1 << 20);
    TwinScenario scenario = {0};
    Err err = {0};
    int status = 0;

    if (scenario_read(options->scenario, arena, &scenario, &err)) {
        Estimate e = estimate(&scenario, options);
        if (!memory_check(&scenario, options, &err))
            remark(&scenario.remarks, "%s", err.message);
        if (json)
            print_json(&scenario, &e, arena);
        else
            print_text(&scenario, &e, arena);
    } else {
        status = twin_failed("check", &err, arena);
    }
    scenario_free(&scenario);
    arena_destroy(arena);
    return status;
}

int twin_check_command(int argc, char **argv)
{
    TwinRunOptions options = {.order = 2};
    bool json = false;
    const Flag flags[] = {{"SCENARIO.yaml", .text = &options.scenario},
                          {"--threads", .number = &options.threads, .least = 1, .most = 1024},
                          {"--order", .number = &options.order, .least = 1, .most = 2},
                          {"--double", .set = &options.double_precision},
                          {"--json", .set = &json},
                          {0}};
    int status = flags_read("twin check", HELP, flags, argc, argv);

    return status == FLAGS_GO_ON ? check(&options, json) : status;
}
