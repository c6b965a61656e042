/* SPDX-License-Identifier: EUPL-1.2 */
/* The engines and the commands; nothing else. */
#include "cases/cases.h"
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
    &CITIZEN_ENGINE, &PORTAL_ENGINE, &HOOKS_ENGINE, &GEO_ENGINE, &TWIN_ENGINE,
};
enum { ENGINE_COUNT = sizeof ENGINES / sizeof ENGINES[0] };

static const Command COMMANDS[] = {
    {"serve", "serve the town hall from a data folder", serve_command},
    {"feel", "try expressions, decision tables and DMN models", feel_command},
    {"routes", "list every address and who may call it", routes_command},
    {0},
};

static void help_print(void)
{
    puts("Rathaus: a digital town hall in one program.\n"
         "\n"
         "Usage: rathaus COMMAND [options]\n");
    for (const Command *command = COMMANDS; command->name; command++)
        printf("  %-10s %s\n", command->name, command->summary);
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        for (const Command *command = ENGINES[i]->commands; command && command->name; command++)
            printf("  %-10s %s\n", command->name, command->summary);
    puts("\n"
         "rathaus COMMAND --help tells more. To look around:\n"
         "  rathaus serve --data demo-data --demo");
}

static const Command *command_find(const Command *commands, const char *name)
{
    for (const Command *command = commands; command && command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    const Command *command = command_find(COMMANDS, name);

    engines_register(ENGINES, ENGINE_COUNT);
    for (size_t i = 0; !command && i < ENGINE_COUNT; i++)
        command = command_find(ENGINES[i]->commands, name);
    if (command)
        return command->run(argc - 1, argv + 1);
    if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
        puts("rathaus " RATHAUS_VERSION);
        return 0;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        help_print();
        return argc > 1 ? 0 : 2;
    }
    fprintf(stderr, "rathaus: there is no command \"%s\"; rathaus --help lists them\n", name);
    return 2;
}
