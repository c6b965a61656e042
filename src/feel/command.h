/* SPDX-License-Identifier: EUPL-1.2 */
/* The words behind `rathaus feel`; each takes its own arguments, the word first. */
#pragma once

int feel_command_tck(int argc, char **argv);
int feel_command_run(int argc, char **argv);
int feel_command_convert(int argc, char **argv);
