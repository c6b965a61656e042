/* SPDX-License-Identifier: EUPL-1.2 */
/* What the commands of `rathaus twin` share. */
#pragma once

#include "twin/run.h"

typedef struct TwinWords {
    TwinRunOptions run;
    bool json, help;
    char **files;
    int file_count;
} TwinWords;

/* False when the words are wrong; it has been told then. */
bool twin_words_read(int argc, char **argv, TwinWords *words);
/* Tell the error; the exit status. */
int twin_failed(const Err *err, Arena *arena);

/* The solver's threads meet several times a step. As libgomp comes, the one that waits spins for
 * milliseconds, which on a machine with other work takes the time from those it waits for:
 * measured, eight times the processor time. It reads how long only when it is loaded, so begin this
 * program once more, with these words; before anything that belongs to the process (MPI). */
void twin_begin_with_short_spins(char **words);

int twin_check_command(const TwinWords *words);
int twin_compare_command(const TwinWords *words);
int twin_demo_command(const TwinWords *words);
