/* SPDX-License-Identifier: EUPL-1.2 */
/* An action at the desk, tried out before it is done: the preview does it in the database and
 * takes it back, so that it can differ in nothing. */
#pragma once

#include "cases/desk.h"
#include "cases/letter_signs.h"

typedef struct Acting {
    Request *req;
    DeskCase desk;
    Str id; /* of the action */
    const Action *action;
    Node *entry;       /* what the clerk entered */
    const Node *edits; /* and wrote anew in the letters, or NULL */
    bool strict;       /* a program's: fields that are not known are mistakes */
    bool trial;        /* do it and take it back */
    bool done;
    bool needs_second; /* two people decide */
    Str note;          /* for the second, or STR_NONE */
    Str basis;         /* case_basis() when the caller looked at it; STR_NONE in a trial alone */
    bool outdated;     /* it is another one now */
    int64_t document_before;
    LetterList letters;
} Acting;

/* Find case and action; the caller must be allowed to do it. */
bool acting_find(Acting *acting, Tx *tx, Err *err);
/* Try it out: its letters are in `acting` then, and each of them can be printed. */
bool acting_try(Acting *acting, Err *err);
/* After it was tried: the sentence about a sign in its letters that cannot be printed, or
 * STR_NONE. */
Str acting_signs(const Acting *acting);
/* What is wrong with the entry, as with a form. */
bool acting_evaluate(Acting *acting, Tx *tx, FormState *out, Err *err);
/* Do it after it was tried out: the decision, or the proposal where two people decide. */
bool acting_commit(Acting *acting, Err *err);
/* The letters as a page shows them; `editable`: with fields for what can be written anew. */
LetterPreview *acting_letters(const Acting *acting, bool editable);
