/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus twin run` */
#include "twin/command.h"

#include "base/flags.h"
#include "twin/run.h"

#include <stdio.h>

static const char HELP[] =
    "Usage: rathaus twin run SCENARIO.yaml --out DIR [options]\n"
    "\n"
    "Compute where the water stands after heavy rain. Ctrl-C writes what there is up to then, and "
    "a\n"
    "checkpoint.\n"
    "\n"
    "  --out DIR         where results go; older results there are replaced\n"
    "  --threads N       1 to 1024; as many as the machine has cores, if not given; the result is\n"
    "                    the same\n"
    "  --order 1|2       2 (exact) if not given; 1 is about three times as fast\n"
    "  --double          compute and write with double precision\n"
    "  --json            print the summary as JSON on standard output\n"
    "  --progress WORD   line (as it is for people), json (one object a line), none\n"
    "  --resume          go on from the folder's checkpoint, to the same bits; --resume=or-anew\n"
    "                    starts anew where that is of other data or of another version\n"
    "  --help            this text\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 called wrongly, 130 or 143 interrupted by a signal.\n";

static void tell(const TwinRunOptions *options, bool json, Str summary)
{
    Err ignored;
    Arena *arena = arena_create(0);
    const Node *node = node_parse_json(arena, summary, NULL, &NODE_LIMITS_PACKAGE, &ignored);

    if (json) {
        fwrite(summary.ptr, 1, summary.len, stdout);
    } else {
        printf("%s: %.6g s in %.1f s (%.1f s CPU), %.0f steps, deepest %.3f m, volume error %.1e\n",
               options->out, node_get_real(node, "time_s"), node_get_real(node, "wall_seconds"),
               node_get_real(node, "cpu_seconds"), node_get_real(node, "steps"),
               node_get_real(node, "max_depth_m"), node_get_real(node, "volume_error_relative"));
        const Node *buildings = node_get(node, "buildings");
        if (buildings)
            printf("%.*s of %.*s buildings affected\n",
                   STR_ARG(node_get_text(buildings, "affected")),
                   STR_ARG(node_get_text(buildings, "all")));
    }
    fflush(stdout);
    arena_destroy(arena);
}

static int run(const TwinRunOptions *options, bool json)
{
    Arena *arena = arena_create(1 << 20);
    Err err = {0};
    Str summary = STR_NONE;
    int signal = 0, status = 0;
    TwinRunEnd end = twin_run(options, arena, &summary, &signal, &err);

    if (end == TWIN_RUN_FAILED)
        status = twin_failed("run", &err, arena);
    else
        tell(options, json, summary);
    if (end == TWIN_RUN_INTERRUPTED) {
        fprintf(stderr,
                "interrupted: %s has the results up to then; go on with: rathaus twin run %s "
                "--out %s --resume\n",
                options->out, options->scenario, options->out);
        status = 128 + signal;
    }
    arena_destroy(arena);
    return status;
}

int twin_run_command(int argc, char **argv)
{
    static const char *const PROGRESS[] = {"line", "json", "none", NULL};
    TwinRunOptions options = {.order = 2};
    bool json = false;
    int progress = PROGRESS_LINE;
    const char *resume = NULL;
    const Flag flags[] = {{"SCENARIO.yaml", .text = &options.scenario},
                          {"--out", .text = &options.out, .needed = "DIR"},
                          {"--threads", .number = &options.threads, .least = 1, .most = 1024},
                          {"--order", .number = &options.order, .least = 1, .most = 2},
                          {"--double", .set = &options.double_precision},
                          {"--json", .set = &json},
                          {"--progress", .one_of = PROGRESS, .choice = &progress},
                          {"--resume", .set = &options.resume, .text = &resume},
                          {0}};
    int status = flags_read("twin run", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    if (resume && strcmp(resume, "or-anew") != 0)
        return flags_refuse("twin run", "--resume has no value but or-anew, not \"%s\"",
                            flags_shown(resume).text);
    options.or_anew = resume != NULL;
    options.progress = (ProgressMode)progress;
    return run(&options, json);
}
