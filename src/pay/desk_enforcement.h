/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the pages of enforcement. */
#pragma once

#include "core/engine.h"
#include "core/http/request.h"
#include "core/page/parts.h"
#include "pay/enforcement.h"

typedef struct EnforcementPage {
    Enforcement handover; /* what could go, or what went */
    size_t first, shown;  /* its lines on this page */
    PagesView pages;
    Enforcement *earlier;
    size_t earlier_count;
    bool may_dun;
    Str seen;  /* the mark of what could go */
    Str error; /* why nothing was handed over */
    Str actor;
} EnforcementPage;

bool enforcement_page(Request *req, Response *res, Err *err);
bool enforcement_post(Request *req, Response *res, Err *err);
bool enforcement_sheet(Request *req, Response *res, Err *err);
bool enforcement_file(Request *req, Response *res, Err *err);
