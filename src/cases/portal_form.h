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
