/* SPDX-License-Identifier: EUPL-1.2 */
/* What eval.c hands to its neighbours. */
#pragma once

#include "feel/eval.h"

/* Slots that fit on the stack; larger frames come from the arena. */
enum { SMALL_FRAME = 12 };

/* eval_loop.c */
FeelValue eval_loop(FeelEval *e, const Term *term);
FeelValue eval_quantified(FeelEval *e, const Term *term);
FeelValue eval_filter(FeelEval *e, const Term *term);
/* eval_call.c: TERM_CALL; TERM_BUILTIN and TERM_TABLE. */
FeelValue eval_call_term(FeelEval *e, const Term *term);
FeelValue eval_arguments(FeelEval *e, const Term *term);
