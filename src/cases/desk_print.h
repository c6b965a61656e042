/* SPDX-License-Identifier: EUPL-1.2 */
/* The desk's page of letters for the post that come behind a run's own: dunnings of people who
 * never had a case. */
#pragma once

#include "cases/desk.h"
#include "cases/run_store.h"

typedef struct PrintFile {
    Str path, name;
    int64_t letters;
} PrintFile;

typedef struct PrintPage {
    int64_t ready, unmade; /* letters that wait: with and without their PDF */
    PrintFile *files;
    size_t count;
    Str error;
} PrintPage;

bool desk_print_page(Request *req, Response *res, Err *err);
bool desk_print_post(Request *req, Response *res, Err *err);
bool desk_print_file(Request *req, Response *res, Err *err);
