/* SPDX-License-Identifier: EUPL-1.2 */
/* Run: compute a scenario and write what came of it into a folder. docs/twin-scenario.md names the
 * files and their columns. */
#pragma once

#include "twin/progress.h"
#include "twin/scenario.h"

typedef struct TwinRunOptions {
    const char *scenario;
    const char *out;
    int threads; /* 0: all cores */
    int order;
    bool double_precision;
    bool resume;
    bool or_anew; /* with resume: begin anew where the checkpoint is of another scenario or version
                   */
    ProgressMode progress;
} TwinRunOptions;

typedef enum TwinRunEnd {
    TWIN_RUN_FAILED,
    TWIN_RUN_COMPLETE,
    TWIN_RUN_INTERRUPTED, /* by a signal: results up to then and a checkpoint are there */
} TwinRunEnd;

/* `summary` is the content of summary.json, in the arena. `signal` tells which one interrupted. */
TwinRunEnd twin_run(const TwinRunOptions *options, Arena *arena, Str *summary, int *signal,
                    Err *err);
