/* SPDX-License-Identifier: EUPL-1.2 */
/* Child: a command of this program as a process of its own, for work that must not take the
 * server with it: that eats much memory, reads files of strangers or is stopped by killing it; or
 * another program that serves this one. */
#pragma once

#include "base/err.h"

typedef struct Child {
    /* Another program, looked for in PATH, whose standard output is listened to as well; NULL: this
     * one. */
    const char *program;
    const char *folder; /* where it works; NULL: here */
    const int *give;    /* descriptors that it gets as 3, 4 … */
    size_t give_count;
    const char *const *arguments; /* behind the program's name; ended by NULL */
    int niceness;                 /* added to the server's: 10 lets people's pages go first */
    /* Each line that the command prints on standard error, without its end. */
    void (*line)(void *context, Str line);
    /* Asked about four times a second; true sends SIGINT, and SIGKILL when it has said
     * nothing more for five minutes. May be NULL. */
    bool (*stop)(void *context);
    void *context;
} Child;

/* Run it and wait. True when it ended by itself or was stopped; `*status` is its exit status
 * (128 + signal when a signal ended it). It dies with the server: what it had not finished is
 * begun again by who ordered it. */
bool child_run(const Child *child, int *status, Err *err);
