/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the page of the ledger's export. */
#pragma once

#include "core/http/request.h"
#include "core/page/parts.h"

typedef struct ExportPage {
    FieldView from, until;
    Str format; /* chosen: "csv", "json", "datev" */
    FieldError errors[2];
    size_t error_count;
} ExportPage;

bool ledger_export_page(Request *req, Response *res, Err *err);
bool ledger_export_file(Request *req, Response *res, Err *err);
