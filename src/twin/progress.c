/* SPDX-License-Identifier: EUPL-1.2 */
#include "twin/progress.h"

#include "base/buf.h"
#include "base/node.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* s between lines; where they are kept, ever fewer. */
static const double SELDOM = 2, OFTEN = 0.4;

double progress_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void progress_begin(Progress *progress, ProgressMode mode, double duration, double time)
{
    double now = progress_clock();

    *progress = (Progress){.mode = mode,
                           .terminal = isatty(STDERR_FILENO) == 1,
                           .duration = duration,
                           .begun_at = time,
                           .wall_begun = now,
                           .wall_told = now};
}

/* "1:02:03", "12:30", "45 s" */
static const char *span(char text[32], double seconds)
{
    long s = (long)(seconds + 0.5);

    if (s < 60)
        snprintf(text, 32, "%ld s", s);
    else if (s < 3600)
        snprintf(text, 32, "%ld:%02ld min", s / 60, s % 60);
    else
        snprintf(text, 32, "%ld:%02ld h", s / 3600, s / 60 % 60);
    return text;
}

static void end_line(Progress *progress)
{
    if (progress->open)
        fputc('\n', stderr);
    progress->open = false;
}

void progress_tell(Progress *progress, ProgressState state, bool force)
{
    double now = progress_clock(), wall = now - progress->wall_begun;
    double pause = progress->terminal || progress->mode == PROGRESS_JSON ? OFTEN
                   : wall / 40 > SELDOM                                  ? wall / 40
                                                                         : SELDOM;
    double speed = wall > 0 ? (state.time - progress->begun_at) / wall : 0;
    double left = speed > 0 ? (progress->duration - state.time) / speed : 0;
    double rate = wall > 0 ? (double)state.cell_updates / wall : 0;
    char text[32];

    if (progress->mode == PROGRESS_NONE || (!force && now - progress->wall_told < pause))
        return;
    progress->wall_told = now;
    if (progress->mode == PROGRESS_JSON) {
        fprintf(stderr,
                "{\"state\":\"running\",\"time_s\":%.3f,\"duration_s\":%.3f,\"fraction\":%.6f,"
                "\"speed\":%.4g,\"cell_updates_per_second\":%.4g,\"wall_s\":%.2f,"
                "\"remaining_s\":%.1f}\n",
                state.time, progress->duration, state.time / progress->duration, speed, rate, wall,
                left);
        return;
    }
    fprintf(stderr,
            "%s%.6g s of %.6g s (%.0f %%), %.3g times real time, %.3g million cells/s, %s left%s",
            progress->terminal ? "\r\x1b[K" : "", state.time, progress->duration,
            100 * state.time / progress->duration, speed, rate / 1e6, span(text, left),
            progress->terminal ? "" : "\n");
    progress->open = progress->terminal;
}

void progress_stage(Progress *progress, const char *word, const char *line, double time)
{
    if (progress->mode == PROGRESS_NONE)
        return;
    end_line(progress);
    if (progress->mode == PROGRESS_JSON)
        fprintf(stderr, "{\"state\":\"%s\",\"time_s\":%.3f,\"duration_s\":%.3f}\n", word, time,
                progress->duration);
    else
        fprintf(stderr, "%s\n", line);
}

void progress_remark(Progress *progress, const char *text)
{
    end_line(progress);
    if (progress->mode == PROGRESS_JSON) {
        Arena *arena = arena_create(0);
        Buf out = buf_in(arena);
        json_write_string(&out, str_c(text));
        fprintf(stderr, "{\"state\":\"warning\",\"message\":%.*s}\n", STR_ARG(buf_str(&out)));
        arena_destroy(arena);
    } else {
        fprintf(stderr, "warning: %s\n", text);
    }
}

const char *progress_failure_word(ErrKind kind)
{
    switch (kind) {
    case ERR_INPUT:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT: return "input";
    case ERR_TOO_LARGE: return "too_large";
    case ERR_TEMPORARY: return "temporary";
    default: return "internal";
    }
}

void progress_failed(Progress *progress, const char *stage, const Err *err)
{
    end_line(progress);
    if (progress->mode != PROGRESS_JSON)
        return;
    Arena *arena = arena_create(0);
    Buf out = buf_in(arena);
    json_write_string(&out, str_c(err_text(err, arena)));
    fprintf(stderr, "{\"state\":\"failed\",\"stage\":\"%s\",\"kind\":\"%s\",\"message\":%.*s}\n",
            stage, progress_failure_word(err->kind), STR_ARG(buf_str(&out)));
    arena_destroy(arena);
}
