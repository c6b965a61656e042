/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files behind run.h share. */
#pragma once

#include "base/buf.h"
#include "twin/run.h"

typedef struct TwinRun {
    const TwinRunOptions *options;
    Arena *arena;
    TwinScenario scenario;
    const Node *outline; /* what the scenario and its base said when it was read */
    FlowModel *model;
    unsigned char fingerprint[32]; /* of all that decides how the water flows */
    unsigned char outputs[32];     /* of all that is told beside that: houses, classes, damage */
    double *field;                 /* one raster to read into */
    GeoNumber number;              /* as which rasters are written */

    uint64_t next_row, next_snapshot; /* the next time of each is this many intervals */
    Arena *series_arena;
    Buf gauges, volume; /* the two CSV files so far */

    double wall_before, cpu_before; /* s, of the runs that this one continues */
    Progress progress;
    const char *stage; /* of progress_failed() */
} TwinRun;

/* The time of the k-th interval; the end, where it lies within rounding of it. */
double run_time_of(const TwinRun *run, uint64_t k, double interval);
const char *run_path(const TwinRun *run, const char *name);
double run_wall(const TwinRun *run);
double run_cpu(const TwinRun *run);
/* The shortest decimals that read back as the same double. */
void run_add_number(Buf *out, double value);

/* --- result_series.c: gauges.csv and volume.csv --- */
void series_begin(TwinRun *run);
void series_add_row(TwinRun *run);
bool series_write(TwinRun *run, Err *err);

/* --- result_maps.c --- */
/* depth, u and v at the model's time, into snapshots/. */
bool maps_write_snapshot(TwinRun *run, Err *err);
bool maps_write_final(TwinRun *run, Err *err);
/* Remove what an earlier run has left in the folder: only files that a run writes. */
bool maps_remove_old(const char *folder, Arena *arena, Err *err);
const char *maps_snapshot_name(Arena *arena, const char *field, double time);

/* --- result_buildings.c --- */
typedef struct BuildingCounts {
    size_t all, in_model, affected; /* affected: the depth reaches the first class */
    size_t by_class[SCENARIO_CLASSES];
    double damage; /* EUR; 0 where no value is told */
} BuildingCounts;
bool buildings_write(TwinRun *run, BuildingCounts *counts, Err *err);

/* --- result_summary.c --- */
bool summary_write(TwinRun *run, bool complete, const BuildingCounts *buildings, Str *out,
                   Err *err);

/* --- checkpoint.c --- */
void checkpoint_fingerprint(TwinRun *run);
/* A fingerprint as 64 digits. */
Str checkpoint_hex(const unsigned char fingerprint[32], Arena *arena);
bool checkpoint_write(TwinRun *run, Err *err);
/* Go on from the folder's checkpoint; `*found` is false when there is none. A checkpoint of another
 * scenario, of other options or of another version of the program is ERR_CONFLICT, and the run is
 * as it was. */
bool checkpoint_load(TwinRun *run, bool *found, Err *err);
bool checkpoint_remove(TwinRun *run, Err *err);
