/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus twin …` */
#include "twin/command.h"
#include "core/crypto.h"
#include "twin/plan/hazard.h"
#include "twin/plan/plan.h"
#include "twin/report/report.h"
#include "twin/run.h"
#include "twin/show/show.h"
#include "twin/twin.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char HELP[] =
    "Usage: rathaus twin run SCENARIO.yaml --out DIR [options]\n"
    "       rathaus twin check SCENARIO.yaml [--json]\n"
    "       rathaus twin compare BEFORE AFTER --out DIR [--json]\n"
    "       rathaus twin report RESULT --out FILE.pdf [options]\n"
    "       rathaus twin tiles RESULT --out DIR [options]\n"
    "       rathaus twin demo --out DIR [--json]\n"
    "\n"
    "run      compute where the water stands after heavy rain; docs/twin-scenario.md tells what\n"
    "         a scenario may say and which files are written\n"
    "  --out DIR         where results go; older results there are replaced\n"
    "  --threads N       as many as the machine has cores, if not given; the result is the same\n"
    "  --order 1|2       2 (exact) if not given; 1 is about three times as fast\n"
    "  --double          compute and write with double precision\n"
    "  --json            print the summary as JSON on standard output\n"
    "  --progress WORD   line (as it is for people), json (one object a line), none\n"
    "  --resume          go on from the folder's checkpoint, to the same bits; --resume=or-anew\n"
    "                    starts anew where that is of other data or of another version\n"
    "         Ctrl-C writes what there is up to then, and a checkpoint.\n"
    "check    read everything, tell sizes, memory, time and what is doubtful; compute nothing\n"
    "compare  difference of two results: maps, buildings that changed, a summary\n"
    "report   two pages about a result, as PDF; --help tells its options\n"
    "tiles    maps for browsers from a result; rathaus twin tiles --help has its options\n"
    "demo     make a small fictional city with scenarios that run at once\n"
    "\n"
    "Ends with 0 when all is done, with 1 when it failed, with 2 when it was called wrongly, with\n"
    "130 or 143 when a signal interrupted it.\n";

static bool read_number(const char *text, int least, int most, int *out)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (*end || end == text || value < least || value > most)
        return false;
    *out = (int)value;
    return true;
}

static bool read_progress(const char *word, ProgressMode *out)
{
    if (strcmp(word, "line") == 0)
        *out = PROGRESS_LINE;
    else if (strcmp(word, "json") == 0)
        *out = PROGRESS_JSON;
    else if (strcmp(word, "none") == 0)
        *out = PROGRESS_NONE;
    else
        return false;
    return true;
}

bool twin_words_read(int argc, char **argv, TwinWords *words)
{
    enum {
        OUT = 'o',
        THREADS = 't',
        ORDER = 'n',
        DOUBLE = 'd',
        JSON = 'j',
        PROGRESS = 'p',
        RESUME = 'r',
        HELP_WANTED = 'h'
    };
    static const struct option OPTIONS[] = {
        {"out", required_argument, NULL, OUT},
        {"threads", required_argument, NULL, THREADS},
        {"order", required_argument, NULL, ORDER},
        {"double", no_argument, NULL, DOUBLE},
        {"json", no_argument, NULL, JSON},
        {"progress", required_argument, NULL, PROGRESS},
        {"resume", optional_argument, NULL, RESUME},
        {"help", no_argument, NULL, HELP_WANTED},
        {0},
    };
    int option;

    *words = (TwinWords){.run = {.order = 2}};
    optind = 1;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        const char *wrong = NULL;
        switch (option) {
        case OUT: words->run.out = optarg; break;
        case THREADS:
            if (!read_number(optarg, 1, 1024, &words->run.threads))
                wrong = "--threads is a number from 1 to 1024";
            break;
        case ORDER:
            if (!read_number(optarg, 1, 2, &words->run.order))
                wrong = "--order is 1 or 2";
            break;
        case DOUBLE: words->run.double_precision = true; break;
        case JSON: words->json = true; break;
        case PROGRESS:
            if (!read_progress(optarg, &words->run.progress))
                wrong = "--progress is line, json or none";
            break;
        case RESUME:
            words->run.resume = true;
            words->run.or_anew = optarg != NULL;
            if (optarg && strcmp(optarg, "or-anew") != 0)
                wrong = "--resume has no value but or-anew";
            break;
        case HELP_WANTED: words->help = true; return true;
        default: return false;
        }
        if (wrong) {
            fprintf(stderr, "rathaus twin: %s\n", wrong);
            return false;
        }
    }
    words->files = argv + optind;
    words->file_count = argc - optind;
    return true;
}

int twin_failed(const Err *err, Arena *arena)
{
    fprintf(stderr, "rathaus twin: %s\n", err_text(err, arena));
    return 1;
}

static void tell(const TwinWords *words, Str summary)
{
    Err ignored;
    Arena *arena = arena_create(0);
    const Node *node = node_parse_json(arena, summary, NULL, &NODE_LIMITS_PACKAGE, &ignored);

    if (words->json) {
        fwrite(summary.ptr, 1, summary.len, stdout);
    } else {
        printf("%s: %.6g s in %.1f s (%.1f s CPU), %.0f steps, deepest %.3f m, volume error %.1e\n",
               words->run.out, node_get_real(node, "time_s"), node_get_real(node, "wall_seconds"),
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

static int run_command(const TwinWords *words)
{
    Arena *arena = arena_create(1 << 20);
    Err err = {0};
    Str summary = STR_NONE;
    int signal = 0, status = 0;

    if (words->file_count != 1 || !words->run.out) {
        fputs(
            "Usage: rathaus twin run SCENARIO.yaml --out DIR [--threads N] [--order 1|2]\n"
            "                        [--double] [--json] [--progress line|json|none] [--resume]\n",
            stderr);
        arena_destroy(arena);
        return 2;
    }
    TwinRunOptions options = words->run;
    options.scenario = words->files[0];
    TwinRunEnd end = twin_run(&options, arena, &summary, &signal, &err);
    if (end == TWIN_RUN_FAILED) {
        status = twin_failed(&err, arena);
    } else {
        tell(words, summary);
        if (end == TWIN_RUN_INTERRUPTED) {
            fprintf(stderr,
                    "interrupted: %s has the results up to then; go on with: rathaus twin run %s "
                    "--out %s --resume\n",
                    options.out, options.scenario, options.out);
            status = 128 + signal;
        }
    }
    arena_destroy(arena);
    return status;
}

void twin_begin_with_short_spins(char **words)
{
    if (!getenv("OMP_WAIT_POLICY") && !getenv("GOMP_SPINCOUNT") &&
        setenv("GOMP_SPINCOUNT", "1000", 1) == 0)
        execv("/proc/self/exe", words); /* where that fails it is slower, but right */
}

static int twin_command(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const TwinWords *words);
    } COMMANDS[] = {{"run", run_command},
                    {"check", twin_check_command},
                    {"compare", twin_compare_command},
                    {"demo", twin_demo_command}};
    TwinWords words;

    if (argc > 2 && strcmp(argv[1], "run") == 0) {
        char **all = calloc((size_t)argc + 2, sizeof *all);
        if (!all)
            abort();
        all[0] = "rathaus";
        memcpy(all + 1, argv, (size_t)argc * sizeof *all);
        twin_begin_with_short_spins(all);
        free(all);
    }
    crypto_start();
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        fputs(HELP, argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (strcmp(argv[1], "report") == 0)
        return twin_report_command(argc - 1, argv + 1);
    if (strcmp(argv[1], "tiles") == 0)
        return twin_tiles_command(argc - 1, argv + 1);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        if (strcmp(argv[1], COMMANDS[i].name) != 0)
            continue;
        if (!twin_words_read(argc - 1, argv + 1, &words))
            return 2;
        if (words.help) {
            fputs(HELP, stdout);
            return 0;
        }
        return COMMANDS[i].run(&words);
    }
    fprintf(stderr,
            "rathaus twin: there is no \"%s\"; it is run, check, compare, report, tiles or demo\n",
            argv[1]);
    return 2;
}

static const Command COMMANDS[] = {
    {"twin", "compute heavy rain: where the water stands, which houses are hit", twin_command},
    {0},
};

const Engine TWIN_ENGINE = {
    .name = "twin",
    .tenant_open = plan_settings_check,
    .commands = COMMANDS,
    .migrations = PLAN_MIGRATIONS,
    .jobs = PLAN_JOBS,
    .routes = PLAN_ROUTES,
    .navigation = PLAN_NAVIGATION,
    .portal_entry = hazard_entry,
};
