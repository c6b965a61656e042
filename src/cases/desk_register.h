/* SPDX-License-Identifier: EUPL-1.2 */
/* What the register pages show. */
#pragma once

#include "cases/desk.h"

typedef struct RegisterLink {
    Str path, name;
    int64_t count;
} RegisterLink;

typedef struct RegisterRow {
    Str title, path, life;
    Str cells[4];
} RegisterRow;

typedef struct RegisterPage {
    Str name, path, search, next;
    int64_t total;
    Str columns[4];
    size_t column_count;
    RegisterRow *rows;
    size_t row_count;
} RegisterPage;

typedef struct EntryHistory {
    Str valid, recorded, superseded, who, case_path, reason, changes;
} EntryHistory;

typedef struct EntryPage {
    Str title, life, reason, register_name, register_path;
    bool ended;
    FactView *facts;
    size_t fact_count;
    EntryHistory *history;
    size_t history_count;
} EntryPage;
