/* SPDX-License-Identifier: EUPL-1.2 */
/* What the pages of an application show. */
#pragma once

#include "cases/portal.h"

typedef struct FormView {
    Str title;
    Html intro;
    Str back, action;
    int step, steps;
    const FieldError *errors;
    size_t error_count;
    Html fields;
    Html prefill; /* what may be taken from a register, and what was; or empty */
} FormView;

typedef struct SaveView {
    Str resume; /* path */
    Str link;   /* absolute */
    Str until;
    Str action;
    Str sent_to;
    FieldView email;
    const FieldError *errors;
    size_t error_count;
} SaveView;

typedef struct AnswerSection {
    Str title;
    Html answers;
} AnswerSection;

typedef struct ReviewProblem {
    Str path, message;
} ReviewProblem;

typedef struct ReviewView {
    Str back, action, save, button;
    int step;
    const AnswerSection *sections;
    size_t section_count;
    const ReviewProblem *problems;
    size_t problem_count;
} ReviewView;

typedef struct DoneView {
    Str number, what, next, until, email, status, receipt;
} DoneView;

/* The draft behind the token of the path, and its data evaluated. */
typedef struct Application {
    Draft draft;
    FormState state;
} Application;
/* One read. Not evaluated when the draft is a case already. */
bool application_read(Request *req, Application *out, Err *err);
/* "/antrag/TOKEN/REST" */
Str application_path(const Request *req, const Draft *draft, const char *rest);
/* Number of visible pages, and of those before `page`. */
int application_steps(const FormState *state, const FormPage *page, int *before);
/* The visible page after `page` (NULL: the first), or NULL. */
const FormPage *application_next(const FormState *state, const FormPage *page);
const FormPage *application_previous(const FormState *state, const FormPage *page);

/* --- portal_prefill.c: values from a register of the signed-in citizen's own -------------------
 */

typedef struct PrefillView {
    Str action;
    Str register_name, day; /* of the register's state */
    Str taken;              /* title of the entry whose values stand in the page, or STR_NONE */
    Str taken_on;
    OptionView *entries; /* that may be chosen */
    size_t entry_count;
} PrefillView;

/* The part of the page; empty when it takes nothing from a register or nobody is signed in. */
bool prefill_show(Request *req, const Draft *draft, const FormPage *page, Str action, Html *out,
                  Err *err);
/* Take the values of the entry that was chosen into the draft. */
bool prefill_take(Request *req, const Draft *draft, const FormPage *page, Err *err);
