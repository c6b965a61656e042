/* SPDX-License-Identifier: EUPL-1.2 */
/* What is known about the values of terms at one place of a program: from the types of names, from
 * the conditions around the place, and from what the terms themselves compute.
 *
 *     size_t before = facts->count;
 *     facts_learn(facts, condition, IS_TRUE);
 *     Interval i = facts_bounds(facts, divisor);
 *     facts->count = before;
 *
 * A fact speaks of a term's value when that is a number or a duration (in nanoseconds or months);
 * other values, null above all, are no concern of it. */
#pragma once

#include "feel/interval.h"
#include "feel/tree.h"

/* `a`, or the difference `a - b` when there is a `b`, lies in `in`. */
typedef struct Fact {
    const Term *a, *b;
    Interval in;
} Fact;

typedef struct Facts {
    Arena *arena;
    Fact *items;
    size_t count;
    size_t capacity;
    size_t work;
    int depth; /* of tables and constraints within each other */
} Facts;

/* What is known of a condition. FEEL's truths have three values: not being true is less than
 * being false. */
typedef enum Answer { IS_TRUE, NOT_TRUE, NOT_FALSE } Answer;

void facts_learn(Facts *facts, const Term *condition, Answer answer);
/* The same of unary tests of the subject. */
void facts_learn_tests(Facts *facts, const Term *subject, const Term *tests, Answer answer);
/* A variable of the expression has a value in the interval. */
void facts_bind(Facts *facts, uint32_t slot, Interval in);
Interval facts_bounds(Facts *facts, const Term *term);
/* The expression is too large: facts_bounds() knows nothing any more. */
bool facts_exhausted(const Facts *facts);
/* What variables of the item type, or the items of the list, may be. */
Interval facts_of_items(Facts *facts, const Term *list);

/* Inside the module of facts. */
Interval facts_of_value(FeelValue value);
Interval facts_of_tests(Facts *facts, const Term *tests, Answer answer);
