/* SPDX-License-Identifier: EUPL-1.2 */
/* Command: what may stand behind `rathaus`, and behind a command that only gathers others. */
#pragma once

#include <stdio.h>

typedef struct Command {
    const char *name;                  /* "service" */
    const char *summary;               /* one line for --help */
    int (*run)(int argc, char **argv); /* argv[0] is the name; returns the exit status */
} Command;

/* One of the commands, which end with a NULL name; or NULL. */
const Command *command_find(const Command *commands, const char *name);
/* Their names and summaries, a line each. */
void commands_print(const Command *commands, FILE *out);
/* `rathaus NAME COMMAND …`: run the command that argv[1] names. Its own help lists them, below
 * `about`. Returns the exit status. */
int command_run_one_of(const char *name, const char *about, const Command *commands, int argc,
                       char **argv);
