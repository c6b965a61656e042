/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: the pages of the day's closing. */
#pragma once

#include "core/engine.h"
#include "core/http/request.h"
#include "core/page/parts.h"
#include "pay/closing.h"

typedef struct ClosingList {
    Closing *items;
    size_t count;
    bool may_close;
} ClosingList;

typedef struct ClosingPage {
    Closing closing;
    bool looking; /* not closed yet */
    FieldView day, note;
    FieldError errors[2];
    size_t error_count;
    bool looked;     /* the numbers are there */
    Str seen;        /* which numbers */
    bool all_closed; /* nothing can be closed before tomorrow */
    Str actor;
} ClosingPage;

/* "Forderungen" for "forderung", as people read it; revenue accounts as the tenant names them. */
Str account_label(const Tenant *tenant, Str account, Arena *arena);
/* "Sollstellung" for "sollstellung". */
Str booking_label(Str kind);

bool closings_page(Request *req, Response *res, Err *err);
bool closing_new_page(Request *req, Response *res, Err *err);
bool closing_new_post(Request *req, Response *res, Err *err);
bool closing_page(Request *req, Response *res, Err *err);
bool closing_csv(Request *req, Response *res, Err *err);
