/* SPDX-License-Identifier: EUPL-1.2 */
/* Progress of a run on standard error: a line that is rewritten on a terminal, lines elsewhere, or
 * JSON for a program that watches. */
#pragma once

#include "base/err.h"

#include <stdint.h>

typedef enum ProgressMode { PROGRESS_LINE, PROGRESS_JSON, PROGRESS_NONE } ProgressMode;

typedef struct Progress {
    ProgressMode mode;
    bool terminal;
    double duration;   /* s of simulated time in all */
    double begun_at;   /* simulated time at which this process began */
    double wall_begun; /* s of a clock that never jumps */
    double wall_told;
    bool open; /* a line without an end stands on the terminal */
} Progress;

typedef struct ProgressState {
    double time;
    uint64_t cell_updates; /* of this process */
} ProgressState;

/* Seconds of a clock that never jumps. */
double progress_clock(void);
void progress_begin(Progress *progress, ProgressMode mode, double duration, double time);
/* Tell, unless it was told just now; `force` tells in any case. */
void progress_tell(Progress *progress, ProgressState state, bool force);
/* What is done besides computing, as a word for programs ("resumed", "writing", "done") and a line
 * for people. */
void progress_stage(Progress *progress, const char *word, const char *line, double time);
/* A warning, as a line of its own. */
void progress_remark(Progress *progress, const char *text);
/* Why it failed, for programs: in which stage ("reading", "computing", "writing"), whether the
 * input is wrong, too large, or the machine was in the way ("input", "too_large", "temporary",
 * "internal"). People are told by who called. */
const char *progress_failure_word(ErrKind kind);
void progress_failed(Progress *progress, const char *stage, const Err *err);
