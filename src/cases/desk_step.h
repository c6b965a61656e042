/* SPDX-License-Identifier: EUPL-1.2 */
/* A small page of its own for one step of a case: a form with a few fields, one button. */
#pragma once

#include "cases/desk.h"

typedef struct StepPage {
    Str case_path; /* "/desk/vorgaenge/17" */
    Str number, applicant;
    Str title, lead, problem;
    Str action; /* where the form goes */
    Html fields;
    Str button;
    bool files; /* it takes files */
    Html after; /* below the form, or empty */
} StepPage;

/* The page of a case, with what the step is about filled in. */
StepPage desk_step_of(const Request *req, const DeskCase *desk);
bool desk_step_show(Request *req, Response *res, const StepPage *page, Err *err);
/* Read the case, which the caller must be allowed to work in; `loaded` (may be NULL) reads what
 * else the page shows in the same transaction. */
typedef bool (*StepLoad)(Request *req, Tx *tx, DeskCase *desk, void *context, Err *err);
bool desk_step_case(Request *req, DeskCase *desk, StepLoad loaded, void *context, Err *err);
