/* SPDX-License-Identifier: EUPL-1.2 */
/* Standard output of a command: what could not be written must not look like success. */
#pragma once

/* Called first of all: a standard stream that is closed is opened on nothing, so that no file of
 * the town gets its number and what is meant for the terminal. Writing to it still fails. */
void output_begin(void);
/* Called last, with the command's exit status: tells when what was printed did not arrive, and
 * returns the status of the program. */
int output_end(int status);
