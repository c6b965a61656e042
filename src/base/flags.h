/* SPDX-License-Identifier: EUPL-1.2 */
/* The command line of one command: a table says which options and words it takes, and everything is
 * read, checked and refused here, so that all commands say the same about the same mistake.
 * docs/command-line.md is the contract.
 *
 *     const Flag flags[] = {{"FILE.csv", .text = &file},
 *                           {"--data", .text = &data, .needed = "DIR"},
 *                           {"--year", .number = &year, .least = 1990, .most = 2200},
 *                           {"--json", .set = &json},
 *                           {0}};
 *     int status = flags_read("import", HELP, flags, argc, argv);
 */
#pragma once

#include "base/clock.h"

/* Where the values of an option go that may be given several times. */
typedef struct FlagList {
    const char **items; /* of the caller, room for `max` */
    size_t max, count;
} FlagList;

/* An option when its name begins with two hyphens; else a word, which the command cannot do
 * without and which is called by its name in messages. One of the places takes the value. */
typedef struct Flag {
    const char *name;   /* "--data", "FILE.csv"; NULL ends the table */
    const char *needed; /* of an option that must be given: what its value is called, "DIR" */
    const char **text;  /* anything that is not empty */
    bool *set;   /* given, without a value; with `text` as well: `--name` or `--name=VALUE` */
    int *number; /* a whole number from `least` to `most` */
    int least, most;
    Date *day;                 /* 2027-01-31 */
    const char *const *one_of; /* one of these, NULL at the end: `*choice` is its place */
    int *choice;
    FlagList *list; /* may be given several times; of words: this and all that follow */
    bool signs;     /* a word that may begin with a hyphen: an expression */
} Flag;

enum { FLAGS_GO_ON = -1, FLAGS_REFUSED = 2 };

/* Read what stands behind `rathaus COMMAND`; argv[0] is its last word. FLAGS_GO_ON, or the exit
 * status: help was asked for and printed (0), or something is wrong and was told. */
int flags_read(const char *command, const char *help, const Flag *flags, int argc, char **argv);
/* Tell what is wrong with the command line and where help is; FLAGS_REFUSED. */
int flags_refuse(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What was typed, so short that a message stays readable. */
typedef struct Shown {
    char text[64];
} Shown;
Shown flags_shown(const char *typed);
