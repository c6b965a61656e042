/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/command.h"

#include "base/flags.h"

#include <stdio.h>

const Command *command_find(const Command *commands, const char *name)
{
    for (const Command *command = commands; command && command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

void commands_print(const Command *commands, FILE *out)
{
    for (const Command *command = commands; command && command->name; command++)
        fprintf(out, "  %-10s %s\n", command->name, command->summary);
}

static void print_help(const char *name, const char *about, const Command *commands, FILE *out)
{
    fprintf(out, "Usage: rathaus %s COMMAND [options]\n\n%s\n\n", name, about);
    commands_print(commands, out);
    fprintf(out, "\nrathaus %s COMMAND --help tells more.\n", name);
}

static int refuse(const char *name, const Command *commands, const char *typed)
{
    char known[200] = "";
    size_t length = 0;

    for (const Command *command = commands; command->name && length < sizeof known; command++)
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%s",
                                   command == commands ? "" : ", ", command->name);
    if (typed[0] == '-')
        return flags_refuse(name, "options stand behind the command, which is one of: %s", known);
    return flags_refuse(name, "there is no command \"%s\"; it has: %s", flags_shown(typed).text,
                        known);
}

int command_run_one_of(const char *name, const char *about, const Command *commands, int argc,
                       char **argv)
{
    const char *typed = argc > 1 ? argv[1] : NULL;
    const Command *command = typed ? command_find(commands, typed) : NULL;

    if (command)
        return command->run(argc - 1, argv + 1);
    if (typed && strcmp(typed, "--help") != 0)
        return refuse(name, commands, typed);
    print_help(name, about, commands, typed ? stdout : stderr);
    return typed ? 0 : FLAGS_REFUSED;
}
