/* SPDX-License-Identifier: EUPL-1.2 */
/* The engines and the commands; nothing else. */
#include "base/flags.h"
#include "base/output.h"
#include "cases/cases.h"
#include "city/city.h"
#include "core/engine.h"
#include "core/http/server.h"
#include "core/tenant.h"
#include "core/work/work.h"
#include "feel/feel.h"
#include "geo/geo.h"
#include "hooks/hooks.h"
#include "ident/ident.h"
#include "pay/pay.h"
#include "portal/portal.h"
#include "twin/twin.h"

#include <stdio.h>

static const Engine *const ENGINES[] = {
    &STORE_ENGINE,   &WORK_ENGINE,   &IDENT_ENGINE, &PAY_ENGINE, &CASES_ENGINE, &API_ENGINE,
    &CITIZEN_ENGINE, &PORTAL_ENGINE, &HOOKS_ENGINE, &GEO_ENGINE, &TWIN_ENGINE,  &CITY_ENGINE,
};
enum { ENGINE_COUNT = sizeof ENGINES / sizeof ENGINES[0] };

static int help_command(int argc, char **argv);
static int version_command(int argc, char **argv);

static const Command COMMANDS[] = {
    {"serve", "serve the town hall from a data folder", serve_command},
    {"feel", "try expressions, decision tables and DMN models", feel_command},
    {"routes", "list every address and who may call it", routes_command},
    {0},
};

/* Listed last. */
static const Command ABOUT[] = {
    {"help", "tell more about a command", help_command},
    {"version", "tell the program's version", version_command},
    {0},
};

static void help_print(FILE *out)
{
    fputs("Rathaus: a digital town hall in one program.\n"
          "\n"
          "Usage: rathaus COMMAND [options]\n\n",
          out);
    commands_print(COMMANDS, out);
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        commands_print(ENGINES[i]->commands, out);
    commands_print(ABOUT, out);
    fputs("\n"
          "rathaus COMMAND --help tells more. To look around:\n"
          "  rathaus serve --data demo-data --demo\n",
          out);
}

static int version_command(int argc, char **argv)
{
    static const char HELP[] = "Usage: rathaus version\n"
                               "\n"
                               "Tell the program's version.\n"
                               "\n"
                               "  --help  this text\n"
                               "\n"
                               "Exit status: 0 told, 2 called wrongly.\n";
    int status = flags_read("version", HELP, (const Flag[]){{0}}, argc, argv);

    if (status == FLAGS_GO_ON)
        puts("rathaus " RATHAUS_VERSION);
    return status == FLAGS_GO_ON ? 0 : status;
}

/* The command that argv[0] names. */
static int run(int argc, char **argv)
{
    const Command *command = command_find(COMMANDS, argv[0]);

    for (size_t i = 0; !command && i < ENGINE_COUNT; i++)
        command = command_find(ENGINES[i]->commands, argv[0]);
    if (!command)
        command = command_find(ABOUT, argv[0]);
    if (command)
        return command->run(argc, argv);
    if (strcmp(argv[0], "--help") == 0)
        return help_command(argc, argv);
    if (strcmp(argv[0], "--version") == 0)
        return version_command(argc, argv);
    fprintf(stderr, "rathaus: there is no command \"%s\"; rathaus --help lists them\n",
            flags_shown(argv[0]).text);
    return FLAGS_REFUSED;
}

/* `rathaus help service check` is `rathaus service check --help`. */
static int help_command(int argc, char **argv)
{
    static char help[] = "--help";

    if (argc == 1 || strcmp(argv[1], help) == 0) {
        help_print(stdout);
        return 0;
    }
    memmove(argv, argv + 1, (size_t)(argc - 1) * sizeof *argv);
    argv[argc - 1] = help;
    return run(argc, argv);
}

int main(int argc, char **argv)
{
    output_begin();
    engines_register(ENGINES, ENGINE_COUNT);
    if (argc > 1)
        return output_end(run(argc - 1, argv + 1));
    help_print(stderr);
    return FLAGS_REFUSED;
}
