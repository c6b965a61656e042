/* SPDX-License-Identifier: EUPL-1.2 */
/* What the commands of `rathaus feel` share. */
#pragma once

#include "base/node.h"
#include "feel/feel.h"

/* Tell the error of `rathaus feel COMMAND`; the exit status: 2 when a file cannot be read, else 1.
 */
int feel_failed(const char *command, const Err *err, Arena *arena);
/* Of now, or of the midnight in UTC that `today` begins with; absent: now. */
FeelEnv feel_command_env(Date today);
/* The object in a file, "-": of standard input; NULL path: none. */
bool feel_command_context(Arena *arena, const char *path, const Node **out, Err *err);
void feel_command_print(Arena *arena, const Node *node);

int feel_command_tck(int argc, char **argv);
int feel_command_run(int argc, char **argv);
int feel_command_convert(int argc, char **argv);
