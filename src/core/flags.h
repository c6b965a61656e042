/* SPDX-License-Identifier: EUPL-1.2 */
/* The options of a command: --name VALUE or --name. */
#pragma once

#include <stdbool.h>

typedef struct Flag {
    const char *name;
    const char **value; /* takes a value */
    bool *set;          /* or none */
} Flag;

/* Read the options of `rathaus argv[0] …` and at most `word_count` words besides. Returns -1 to
 * go on, else the exit status: help was printed (0) or something is wrong (2). `flags` ends with
 * a NULL name; --help is always there. */
int flags_read(int argc, char **argv, const char *help, const Flag *flags, const char **words,
               int word_count);
/* Complain about a missing option, and return 2. */
int flags_missing(const char *command, const char *what);
