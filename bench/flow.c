/* SPDX-License-Identifier: EUPL-1.2 */
/* How fast the flow solver is in the town of flow_town.h.
 *
 *   bench_flow [--cells 512] [--until 3600] [--order 1|2] [--double] [--path scalar|avx2|avx512]
 *              [--threads 1] [--no-maxima] [--json]
 *
 * Beside it the bandwidth of a triad a = b + s c over arrays of 64 MB, measured in the same run on
 * one thread: a sweep of the first order moves 28 bytes per cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <stdio.h>

#include "flow_town.h"
#include "twin/flow/flow.h"

typedef struct Wanted {
    int cells;
    double until;
    bool json;
    FlowOptions options;
} Wanted;

static double wall_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* GB/s that one thread moves through a = b + s c; the best of five rounds. */
static double triad(void)
{
    const size_t count = 16U << 20;
    float *a = malloc(count * sizeof *a), *b = malloc(count * sizeof *b),
          *c = malloc(count * sizeof *c);
    double best = 0;

    for (size_t i = 0; i < count; i++)
        a[i] = 0, b[i] = (float)i, c[i] = 1;
    for (int round = 0; round < 5; round++) {
        double began = cpu_seconds();

        for (size_t i = 0; i < count; i++)
            a[i] = b[i] + (float)(round + 1) * c[i];
        best = fmax(best, 3 * (double)(count * sizeof *a) / (cpu_seconds() - began) / 1e9);
    }
    best += a[count / 3] < 0 ? 1 : 0;
    free(a);
    free(b);
    free(c);
    return best;
}

static bool parse(int argc, char **argv, Wanted *wanted)
{
    *wanted = (Wanted){512, 3600, false, {.order = 1, .threads = 1}};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(argv[i], "--json") == 0)
            wanted->json = true;
        else if (strcmp(argv[i], "--double") == 0)
            wanted->options.double_precision = true;
        else if (strcmp(argv[i], "--no-maxima") == 0)
            wanted->options.no_maxima = true;
        else if (strcmp(argv[i], "--cells") == 0)
            wanted->cells = (int)strtol(argv[++i] ? value : "0", NULL, 10);
        else if (strcmp(argv[i], "--until") == 0)
            wanted->until = strtod(argv[++i] ? value : "0", NULL);
        else if (strcmp(argv[i], "--order") == 0)
            wanted->options.order = (int)strtol(argv[++i] ? value : "0", NULL, 10);
        else if (strcmp(argv[i], "--threads") == 0)
            wanted->options.threads = (int)strtol(argv[++i] ? value : "0", NULL, 10);
        else if (strcmp(argv[i], "--path") == 0 && argv[++i])
            wanted->options.path = strcmp(value, "scalar") == 0 ? FLOW_PATH_SCALAR
                                   : strcmp(value, "avx2") == 0 ? FLOW_PATH_AVX2
                                                                : FLOW_PATH_AVX512;
        else
            return fprintf(stderr, "bench_flow: unknown word %s\n", argv[i]) < 0;
    }
    return true;
}

static void report(const Wanted *wanted, const FlowModel *model, double cpu, double wall)
{
    FlowVolume volume;
    double updates = (double)flow_cell_updates(model), water;

    flow_volume(model, &volume);
    water = volume.initial + volume.rain + volume.inflow;
    printf(
        wanted->json
            ? "{\"cells\": %d, \"order\": %d, \"steps\": %llu, \"cpu_s\": %.3f, "
              "\"wall_s\": %.3f, \"updates_per_cpu_second\": %.0f, \"updates_per_second\": %.0f, "
              "\"stored_m3\": %.6f, "
              "\"volume_error_relative\": %.3g, \"triad_gb_s\": %.2f}\n"
            : "%d cells a side, order %d: %llu steps, %.2f s CPU, %.2f s, %.0f updates per "
              "CPU second, %.0f per second, %.6f m3 stored, relative error %.3g, triad %.2f GB/s\n",
        wanted->cells, wanted->options.order, (unsigned long long)flow_steps(model), cpu, wall,
        updates / cpu, updates / wall, volume.stored, volume.error / water, triad());
}

int main(int argc, char **argv)
{
    static const FlowRainStep rain[] = {{0, TOWN_RAIN, false}};
    Wanted wanted;
    Err err = {0};
    FlowModel *model;
    double cpu, wall, *terrain;
    bool done;

    if (!parse(argc, argv, &wanted))
        return 2;
    terrain = town_terrain(wanted.cells);
    model = flow_create(&(FlowInput){.grid = {wanted.cells, wanted.cells, TOWN_CELL, 0, 0},
                                     .terrain = terrain,
                                     .roughness_all = TOWN_ROUGHNESS,
                                     .rain = {.steps = rain, .count = 1}},
                        &wanted.options, &err);
    free(terrain);
    if (!model) {
        fprintf(stderr, "bench_flow: %s\n", err.message);
        return 1;
    }
    cpu = cpu_seconds();
    wall = wall_seconds();
    done = flow_advance(model, wanted.until, NULL, &err);
    cpu = cpu_seconds() - cpu;
    wall = wall_seconds() - wall;
    if (done)
        report(&wanted, model, cpu, wall);
    else
        fprintf(stderr, "bench_flow: %s\n", err.message);
    flow_destroy(model);
    return !done;
}
