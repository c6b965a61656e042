/* SPDX-License-Identifier: EUPL-1.2 */
/* checkpoint.bin: a heading, the two CSV files so far, the solver's state, and a word at the end
 * that tells that all is there. Written beside and renamed, so that a run that is killed while it
 * writes still has the one before. */
#include "core/crypto.h"
#include "core/folder.h"
#include "twin/run_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char NAME[] = "checkpoint.bin";
static const char END[8] = "complete", MAGIC[8] = "RHTWIN2";
enum { MAGIC_NAME = 6 }; /* bytes that all versions share */
enum { PIECE = 1 << 20 };

typedef struct Heading {
    char magic[8];    /* "RHTWIN2" */
    char version[24]; /* of the program */
    unsigned char fingerprint[32];
    uint64_t next_row, next_snapshot, gauges, volume;
    double wall, cpu;
} Heading;

/* --- what decides the result --- */

typedef struct Digests {
    Buf all;
} Digests;

static void add(Digests *digests, const void *data, size_t size)
{
    unsigned char digest[32];

    crypto_sha256((Str){data ? data : "", data ? size : 0}, digest);
    buf_add(&digests->all, (Str){(const char *)digest, sizeof digest});
}

static void add_series(Digests *digests, const FlowSeries *series)
{
    add(digests, series->times, series->count * sizeof *series->times);
    add(digests, series->values, series->count * sizeof *series->values);
}

static void add_water(Digests *digests, const TwinScenario *scenario)
{
    for (size_t i = 0; i < FLOW_SIDES; i++) {
        add(digests, &scenario->boundaries[i].kind, sizeof scenario->boundaries[i].kind);
        add_series(digests, &scenario->boundaries[i].series);
    }
    for (size_t i = 0; i < scenario->source_count; i++) {
        add(digests, scenario->sources[i].cells,
            scenario->sources[i].cell_count * sizeof *scenario->sources[i].cells);
        add_series(digests, &scenario->sources[i].discharge);
    }
    for (size_t i = 0; i < scenario->inlet_count; i++) {
        const double values[] = {scenario->inlets[i].cell, scenario->inlets[i].capacity};
        add(digests, values, sizeof values);
    }
    for (size_t i = 0; i < scenario->rain_count; i++) {
        const double values[] = {scenario->rain[i].time, scenario->rain[i].rate,
                                 scenario->rain[i].raster};
        add(digests, values, sizeof values);
    }
    if (scenario->radolan)
        add(digests, &scenario->radolan->missing, sizeof scenario->radolan->missing);
    for (size_t i = 0; scenario->radolan && i < scenario->radolan->count; i++)
        add(digests, scenario->radolan->steps[i].bytes.ptr, scenario->radolan->steps[i].bytes.len);
}

static void add_ground(Digests *digests, const TwinScenario *scenario)
{
    size_t cells = geo_grid_cells(&scenario->terrain.grid);
    const GeoGrid *grid = &scenario->terrain.grid;
    const double place[] = {grid->columns, grid->rows,  grid->cell,
                            grid->west,    grid->north, scenario->roughness_all};

    add(digests, place, sizeof place);
    add(digests, scenario->terrain.values, cells * sizeof(double));
    add(digests, scenario->outside, cells);
    add(digests, scenario->roughness, cells * sizeof(float));
    add(digests, scenario->soil, cells);
    for (size_t i = 0; i < scenario->soil_count; i++) {
        const FlowSoil *soil = &scenario->soils[i];
        const double values[] = {soil->kind, soil->rate, soil->suction, soil->deficit};
        add(digests, values, sizeof values);
    }
    add(digests, scenario->share, cells * sizeof(float));
    add(digests, scenario->depth, cells * sizeof(double));
    add(digests, scenario->u, cells * sizeof(double));
    add(digests, scenario->v, cells * sizeof(double));
}

static void add_buildings(Digests *digests, const TwinScenario *scenario)
{
    for (size_t i = 0; i < scenario->building_count; i++) {
        const TwinBuilding *building = &scenario->buildings[i];
        Arena *scratch = arena_create(0);
        Buf text = buf_in(scratch);

        geo_feature_write_json(building->shape, building->shape->properties, false, &text);
        add(digests, text.ptr, text.len);
        add(digests, building->ring.items, building->ring.count * sizeof *building->ring.items);
        arena_destroy(scratch);
    }
}

/* What is written about the same water: other houses' fields, another curve, other classes. */
static void fingerprint_outputs(TwinRun *run, Arena *arena)
{
    Digests digests = {buf_in(arena)};
    const TwinScenario *scenario = &run->scenario;

    add(&digests, scenario->title.ptr, scenario->title.len);
    add(&digests, scenario->classes.name, strlen(scenario->classes.name));
    add(&digests, scenario->classes.from, scenario->classes.count * sizeof(double));
    add(&digests, scenario->damage.name, scenario->damage.name ? strlen(scenario->damage.name) : 0);
    add(&digests, scenario->damage.depth, scenario->damage.count * sizeof(double));
    add(&digests, scenario->damage.fraction, scenario->damage.count * sizeof(double));
    add(&digests, &scenario->damage_value, sizeof scenario->damage_value);
    add_buildings(&digests, scenario);
    crypto_sha256(buf_str(&digests.all), run->outputs);
}

void checkpoint_fingerprint(TwinRun *run)
{
    Arena *arena = arena_create(0);
    Digests digests = {buf_in(arena)};
    const TwinScenario *scenario = &run->scenario;
    const double numbers[] = {run->options->order,          run->options->double_precision,
                              scenario->duration,           scenario->output.interval,
                              scenario->output.series,      scenario->output.snapshots,
                              (double)scenario->gauge_count};

    add(&digests, numbers, sizeof numbers);
    add_ground(&digests, scenario);
    add_water(&digests, scenario);
    for (size_t i = 0; i < scenario->gauge_count; i++) {
        add(&digests, scenario->gauges[i].name, strlen(scenario->gauges[i].name));
        add(&digests, &scenario->gauges[i].cell, sizeof scenario->gauges[i].cell);
    }
    crypto_sha256(buf_str(&digests.all), run->fingerprint);
    fingerprint_outputs(run, arena);
    arena_destroy(arena);
}

Str checkpoint_hex(const unsigned char fingerprint[32], Arena *arena)
{
    return crypto_hex(arena, (Str){(const char *)fingerprint, 32});
}

/* --- writing --- */

typedef struct Output {
    NewFile file;
    char *piece;
    size_t used;
} Output;

static bool flush(Output *output, Err *err)
{
    bool ok = folder_add_bytes(&output->file, output->piece, output->used, err);

    output->used = 0;
    return ok;
}

static bool put(void *context, const void *data, size_t size, Err *err)
{
    Output *output = context;

    if (size >= PIECE)
        return flush(output, err) && folder_add_bytes(&output->file, data, size, err);
    if (output->used + size > PIECE && !flush(output, err))
        return false;
    memcpy(output->piece + output->used, data, size);
    output->used += size;
    return true;
}

static bool put_all(TwinRun *run, Output *output, Err *err)
{
    Str gauges = buf_str(&run->gauges), volume = buf_str(&run->volume);
    Heading heading = {.version = RATHAUS_VERSION,
                       .next_row = run->next_row,
                       .next_snapshot = run->next_snapshot,
                       .gauges = gauges.len,
                       .volume = volume.len,
                       .wall = run_wall(run),
                       .cpu = run_cpu(run)};

    memcpy(heading.magic, MAGIC, sizeof heading.magic);
    memcpy(heading.fingerprint, run->fingerprint, sizeof heading.fingerprint);
    return put(output, &heading, sizeof heading, err) && put(output, gauges.ptr, gauges.len, err) &&
           put(output, volume.ptr, volume.len, err) && flow_save(run->model, put, output, err) &&
           put(output, END, sizeof END, err) && flush(output, err);
}

bool checkpoint_write(TwinRun *run, Err *err)
{
    Output output = {.piece = malloc(PIECE)};
    bool ok;

    if (!output.piece)
        abort();
    ok = folder_begin_output(&output.file, run_path(run, NAME), 0644, err);
    if (ok && !put_all(run, &output, err)) {
        folder_abandon_file(&output.file);
        ok = false;
    }
    free(output.piece);
    return ok && folder_finish_file(&output.file, err);
}

/* --- reading --- */

static bool take(void *context, void *data, size_t size, Err *err)
{
    FILE *file = context;

    return fread(data, 1, size, file) == size ||
           err_set(err, ERR_INPUT, "it ends too early; remove it and run without --resume");
}

static bool take_text(FILE *file, uint64_t size, Buf *out, Err *err)
{
    char piece[4096];

    while (size > 0) {
        size_t part = size < sizeof piece ? (size_t)size : sizeof piece;
        if (!take(file, piece, part, err))
            return false;
        buf_add(out, (Str){piece, part});
        size -= part;
    }
    return true;
}

static bool check_heading(const TwinRun *run, const Heading *heading, Err *err)
{
    if (memcmp(heading->magic, MAGIC, MAGIC_NAME) != 0)
        return err_set(err, ERR_INPUT, "it is no checkpoint of this program");
    bool same_form = memcmp(heading->magic, MAGIC, sizeof MAGIC) == 0;
    if (!same_form || strncmp(heading->version, RATHAUS_VERSION, sizeof heading->version) != 0)
        return err_set(err, ERR_CONFLICT,
                       "version %.24s of the program has written it, and this is " RATHAUS_VERSION
                       "; run with --resume=or-anew, or without --resume, to start anew",
                       same_form ? heading->version : "0.x");
    if (memcmp(heading->fingerprint, run->fingerprint, sizeof heading->fingerprint) == 0)
        return true;
    return err_set(err, ERR_CONFLICT,
                   "it belongs to another scenario, other data or other options (--order, "
                   "--double); run with --resume=or-anew, or without --resume, to start anew");
}

static bool take_all(TwinRun *run, FILE *file, Err *err)
{
    Heading heading;
    char end[sizeof END];

    if (!take(file, &heading, sizeof heading, err) || !check_heading(run, &heading, err))
        return false;
    if (!take_text(file, heading.gauges, &run->gauges, err) ||
        !take_text(file, heading.volume, &run->volume, err) ||
        !flow_load(run->model, take, file, err) || !take(file, end, sizeof end, err))
        return false;
    if (memcmp(end, END, sizeof END) != 0)
        return err_set(err, ERR_INPUT, "it is damaged; remove it and run without --resume");
    run->next_row = heading.next_row;
    run->next_snapshot = heading.next_snapshot;
    run->wall_before = heading.wall;
    run->cpu_before = heading.cpu;
    return true;
}

bool checkpoint_load(TwinRun *run, bool *found, Err *err)
{
    const char *path = run_path(run, NAME);
    FILE *file = fopen(path, "rbe");

    *found = file != NULL;
    if (!file)
        return errno == ENOENT ||
               err_set(err, ERR_TEMPORARY, "%s: cannot be read: %s", path, strerror(errno));
    bool ok = take_all(run, file, err) || err_context(err, "%s", path);
    fclose(file);
    return ok;
}

bool checkpoint_remove(TwinRun *run, Err *err)
{
    const char *path = run_path(run, NAME);

    if (unlink(path) == 0 || errno == ENOENT)
        return folder_sync(run->options->out, err);
    return err_set(err, ERR_TEMPORARY, "%s: cannot be removed: %s", path, strerror(errno));
}
