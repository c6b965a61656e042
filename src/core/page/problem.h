/* SPDX-License-Identifier: EUPL-1.2 */
/* What a page says of an error. People read German; what is wrong with a rule, a setting or the
 * program itself is for those who look after it, in English, and the page says only what they are
 * to be told. */
#pragma once

#include "base/err.h"
#include "core/page/parts.h"

typedef struct Request Request;

/* The words for a page. The message itself of an error in what somebody asked for: the rooms that
 * have pages write those in German. */
Str problem_words(const Err *err, Arena *arena);

/* For what the reader can put right on the page (bad input, a conflict): the words, and the error
 * is cleared. False when it is something else; failure.c answers then. */
bool problem_take(const Request *req, Err *err, Str *words);

/* For a form: what is wrong with one of its fields goes beside the field, and the error is cleared.
 * False when it is something else. */
bool problem_take_field(Err *err, Arena *arena, FieldError *errors, size_t *count);

/* For work behind a request, whose failure is kept: the words, and behind a line's end what the log
 * says, when that is something else. */
Str problem_report(const Err *err, Arena *arena);
