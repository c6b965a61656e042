/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus twin …` */
#include "twin/command.h"
#include "core/crypto.h"
#include "twin/plan/hazard.h"
#include "twin/plan/plan.h"
#include "twin/report/report.h"
#include "twin/show/show.h"
#include "twin/twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int twin_failed(const char *command, const Err *err, Arena *arena)
{
    fprintf(stderr, "rathaus twin %s: %s\n", command, err_text(err, arena));
    return 1;
}

void twin_begin_with_short_spins(char **words)
{
    if (!getenv("OMP_WAIT_POLICY") && !getenv("GOMP_SPINCOUNT") &&
        setenv("GOMP_SPINCOUNT", "1000", 1) == 0)
        execv("/proc/self/exe", words); /* where that fails it is slower, but right */
}

static int twin_command(int argc, char **argv)
{
    static const Command TWIN_COMMANDS[] = {
        {"run", "compute where the water stands after heavy rain", twin_run_command},
        {"check", "read everything, tell sizes, memory, time; compute nothing", twin_check_command},
        {"compare", "the difference of two results", twin_compare_command},
        {"report", "two pages about a result, as PDF", twin_report_command},
        {"tiles", "maps for browsers from a result", twin_tiles_command},
        {"demo", "make a small fictional city with scenarios", twin_demo_command},
        {0},
    };

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
    return command_run_one_of("twin",
                              "Heavy rain: where the water stands and which houses it hits.\n"
                              "docs/twin-scenario.md tells what a scenario may say and which files "
                              "are written.",
                              TWIN_COMMANDS, argc, argv);
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
    .schedules = PLAN_SCHEDULES,
    .routes = PLAN_ROUTES,
    .navigation = PLAN_NAVIGATION,
    .portal_entry = hazard_entry,
};
