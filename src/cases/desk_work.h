/* SPDX-License-Identifier: EUPL-1.2 */
/* A small work on a case, as the desk's pages do it: one write that checks the caller's rights
 * inside, against the case as it is then. */
#pragma once

#include "cases/desk.h"

typedef struct Work Work;
typedef bool (*WorkFn)(Work *work, Tx *tx, DeskCase *desk, Err *err);
struct Work {
    Request *req;
    WorkFn run;
    void *context; /* the function's own */
};

/* Read the case, which the caller may read, and run the function, in one write. */
bool desk_work_write(Work *work, Err *err);
/* The same, and show the case again: with a word of success (`done`, for notice_text() of the case
 * page), or with what was wrong. */
bool desk_work_answer(Request *req, Response *res, WorkFn run, const char *done, Err *err);

/* May the caller work in the case? ERR_FORBIDDEN. */
bool desk_need_work(const Work *work, const DeskCase *desk, Err *err);
/* Complete the open task of this row, which the caller's office must have. */
bool desk_complete_task(Request *req, Tx *tx, DeskCase *desk, int64_t id, Str result, Err *err);
/* Works that the API does as well. They read the form: `ergebnis` of a task (`:aufgabe`), `konto`
 * of an assignment (0: nobody), `text` and `an` of a note. */
bool desk_work_task(Work *work, Tx *tx, DeskCase *desk, Err *err);
bool desk_assign_case(Work *work, Tx *tx, DeskCase *desk, Err *err);
bool desk_add_note(Work *work, Tx *tx, DeskCase *desk, Err *err);

/* What a clerk's own finding may say. */
enum { FINDING_KINDS = 4 };
typedef struct FindingKind {
    const char *id, *label;
} FindingKind;
extern const FindingKind FINDING_KIND[FINDING_KINDS];

/* What the form sent; ERR_INPUT with words for the clerk. `most` counts characters. */
bool desk_form_id(const Request *req, const char *name, int64_t *id, Err *err);
bool desk_form_text(const Request *req, const char *name, size_t most, const char *what, Str *out,
                    Err *err);
/* Has what was typed into this field at most so many characters? */
bool desk_text_fits(const char *name, Str text, size_t most, const char *what, Err *err);
bool desk_form_day(const Request *req, const char *name, const char *what, Date *out, Err *err);
