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

int twin_check_command(const TwinWords *words);
int twin_compare_command(const TwinWords *words);
int twin_demo_command(const TwinWords *words);
