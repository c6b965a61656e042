/* SPDX-License-Identifier: EUPL-1.2 */
/* Straight code for the arithmetic of fees: an expression over numbers and truths becomes a list of
 * steps on registers of short decimals, its names resolved to places where they were last found.
 * A kernel computes only what nothing special happens in; a null, a long number, a division that
 * does not end, another type: it gives up and the tree computes instead. Both are pure, so giving
 * up costs time and nothing else. */
#pragma once

#include "feel/tree.h"

typedef struct Kernel Kernel;

/* NULL when the term is not of that sort, or so small that the tree is as quick. */
const Kernel *kernel_compile(Arena *arena, const Term *root);
/* False when the tree must compute. `steps`: how many the evaluation has left. */
bool kernel_run(const Kernel *kernel, const FeelContext *globals, size_t *steps, FeelValue *out);
