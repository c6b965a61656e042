/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once

#include "feel/eval.h"

FeelValue eval_loop(FeelEval *e, const Term *term);
FeelValue eval_quantified(FeelEval *e, const Term *term);
FeelValue eval_filter(FeelEval *e, const Term *term);
