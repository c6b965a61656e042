/* SPDX-License-Identifier: EUPL-1.2 */
/* What the page for reading a stock shows. */
#pragma once

#include "cases/desk_register.h"
#include "cases/register_import.h"

typedef struct ImportColumnView {
    Str id, label, need;
} ImportColumnView;

typedef struct ImportPage {
    Str name, path, register_path, problem;
    bool preview_only; /* the register demands two people */
    ImportColumnView *columns;
    size_t column_count;
    FileView *reports;
    size_t report_count;
} ImportPage;
