/* SPDX-License-Identifier: EUPL-1.2 */
/* What the commands of `rathaus twin` share. */
#pragma once

#include "base/err.h"

/* Tell the error of `rathaus twin COMMAND`; the exit status. */
int twin_failed(const char *command, const Err *err, Arena *arena);

/* The solver's threads meet several times a step. As libgomp comes, the one that waits spins for
 * milliseconds, which on a machine with other work takes the time from those it waits for:
 * measured, eight times the processor time. It reads how long only when it is loaded, so begin this
 * program once more, with these words; before anything that belongs to the process (MPI). */
void twin_begin_with_short_spins(char **words);

int twin_run_command(int argc, char **argv);
int twin_check_command(int argc, char **argv);
int twin_compare_command(int argc, char **argv);
int twin_demo_command(int argc, char **argv);
