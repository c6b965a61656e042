/* SPDX-License-Identifier: EUPL-1.2 */
/* The datasets at the desk, for who may write the town's data. */
#pragma once

#include "city/hub/hub.h"
#include "core/page/parts.h"

typedef struct DatasetLine {
    Str name, title, access, keep;
    int64_t streams, things;
    uint64_t values;
} DatasetLine;

/* What was typed, and what is wrong with it. */
typedef struct DatasetForm {
    Str name, title, licence, access, keep;
    FieldError errors[1];
    size_t error_count;
    bool added; /* there is one of this name: it is changed */
} DatasetForm;

typedef struct DatasetsPage {
    DatasetLine *lines;
    size_t count;
    Str notice;
    bool mqtt; /* devices speak it with this server */
    DatasetForm form;
} DatasetsPage;

bool desk_datasets(Request *req, Response *res, Err *err);
bool desk_dataset_add(Request *req, Response *res, Err *err);
bool desk_dataset(Request *req, Response *res, Err *err);
bool desk_dataset_change(Request *req, Response *res, Err *err);
