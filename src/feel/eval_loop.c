/* SPDX-License-Identifier: EUPL-1.2 */
/* for, some, every and filters: what repeats. */
#include "feel/eval.h"

#include "feel/eval_loop.h"
#include "feel/moment.h"

typedef struct Loop {
    FeelEval *e;
    const Term *term;
    ValueList results; /* for */
    FeelValue partial; /* weighed as it grows */
    Truth truth;       /* some, every */
    bool failed;       /* a domain that cannot be walked */
} Loop;

static void loop_from(Loop *loop, size_t depth);

/* for: keep the result and show it as `partial`. */
static void add_result(Loop *loop, FeelValue value)
{
    FeelEval *e = loop->e;

    eval_push(e, &loop->results, value);
    value_weigh(&loop->partial, &value);
    loop->partial.list.items = loop->results.items;
    loop->partial.list.count = loop->results.count;
    (void)eval_bounded(e, loop->partial);
}

static void loop_body(Loop *loop)
{
    const Term *term = loop->term;
    FeelEval *e = loop->e;

    if (term->op == TERM_FOR) {
        e->slots[term->partial_slot] = loop->partial;
        add_result(loop, eval_term(e, term->body));
        return;
    }
    FeelValue value = eval_term(e, term->body);
    bool decisive = term->op == TERM_SOME;
    if (value.kind == FEEL_BOOLEAN && value.boolean == decisive)
        loop->truth = decisive ? YES : NO;
    else if (value.kind != FEEL_BOOLEAN && loop->truth != (decisive ? YES : NO))
        loop->truth = UNKNOWN;
}

static bool decided(const Loop *loop)
{
    return loop->failed || (loop->term->op == TERM_SOME && loop->truth == YES) ||
           (loop->term->op == TERM_EVERY && loop->truth == NO);
}

static void step(Loop *loop, size_t depth, FeelValue value)
{
    loop->e->slots[loop->term->iterators[depth].slot] = value;
    loop_from(loop, depth + 1);
}

/* Whole numbers or days from one end to the other, in the direction they lie. */
static void walk_ends(Loop *loop, size_t depth, FeelValue from, FeelValue to)
{
    int64_t first, last;
    bool days = from.kind == FEEL_DATE && to.kind == FEEL_DATE;

    if (days) {
        first = from.at.day;
        last = to.at.day;
    } else if (from.kind != FEEL_NUMBER || to.kind != FEEL_NUMBER ||
               !number_to_i64(from.number, &first) || !number_to_i64(to.number, &last)) {
        loop->failed = true;
        return;
    }
    int64_t direction = first <= last ? 1 : -1;
    for (int64_t i = first;; i += direction) {
        eval_steps(loop->e, 1);
        step(loop, depth, days ? moment_date(i) : value_i64(i));
        if (i == last || decided(loop))
            return;
    }
}

static void walk_range(Loop *loop, size_t depth, const FeelRange *range)
{
    FeelValue low = range->low, high = range->high;
    FeelValue day = {.kind = FEEL_DAYS_DURATION, .nanos = NANOS_PER_DAY};
    int order;

    if (!value_order(low, high, &order) || order > 0) {
        loop->failed = true;
        return;
    }
    FeelValue one = low.kind == FEEL_DATE ? day : value_i64(1);
    if (!range->low_closed)
        low = eval_arithmetic(loop->e, TERM_ADD, low, one);
    if (!range->high_closed)
        high = eval_arithmetic(loop->e, TERM_SUBTRACT, high, one);
    if (value_order(low, high, &order) && order > 0)
        return;
    walk_ends(loop, depth, low, high);
}

/* All values of the iterator at `depth`, each with all of those after it. */
static void loop_from(Loop *loop, size_t depth)
{
    const Iterator *iterator = &loop->term->iterators[depth];
    FeelEval *e = loop->e;

    if (depth == loop->term->iterator_count) {
        loop_body(loop);
        return;
    }
    eval_check_stack(e);
    FeelValue domain = eval_term(e, iterator->domain);
    if (iterator->to) {
        walk_ends(loop, depth, domain, eval_term(e, iterator->to));
    } else if (domain.kind == FEEL_LIST) {
        for (size_t i = 0; i < domain.list.count && !decided(loop); i++) {
            eval_steps(e, 1);
            step(loop, depth, domain.list.items[i]);
        }
    } else if (domain.kind == FEEL_RANGE) {
        walk_range(loop, depth, domain.range);
    } else if (domain.kind == FEEL_NULL) {
        loop->failed = true;
    } else {
        step(loop, depth, domain);
    }
}

FeelValue eval_loop(FeelEval *e, const Term *term)
{
    Loop loop = {.e = e, .term = term, .partial = value_list(NULL, 0)};

    loop_from(&loop, 0);
    return loop.failed ? VALUE_NULL : loop.partial;
}

FeelValue eval_quantified(FeelEval *e, const Term *term)
{
    Loop loop = {.e = e, .term = term, .truth = term->op == TERM_SOME ? NO : YES};

    loop_from(&loop, 0);
    return loop.failed ? VALUE_NULL : value_truth(loop.truth);
}

/* --- Filters ------------------------------------------------------------------------------ */

/* 1 is the first, -1 the last; null outside. */
static FeelValue item_at(FeelValue list, Number position)
{
    int64_t at, count = (int64_t)list.list.count;

    if (!number_to_i64(position, &at))
        return VALUE_NULL;
    if (at < 0)
        at += count + 1;
    return at >= 1 && at <= count ? list.list.items[at - 1] : VALUE_NULL;
}

FeelValue eval_filter(FeelEval *e, const Term *term)
{
    FeelValue list = eval_term(e, term->a);
    ValueList kept = {0};

    if (list.kind != FEEL_LIST)
        list = list.kind == FEEL_NULL
                   ? value_list(NULL, 0)
                   : eval_list(e, memcpy(eval_values(e, 1), &list, sizeof list), 1);
    if (term->b->type->kind == FEEL_NUMBER) {
        e->slots[term->slot] = VALUE_NULL;
        FeelValue position = eval_term(e, term->b);
        return position.kind == FEEL_NUMBER ? item_at(list, position.number) : VALUE_NULL;
    }
    for (size_t i = 0; i < list.list.count; i++) {
        e->slots[term->slot] = list.list.items[i];
        FeelValue verdict = eval_term(e, term->b);
        if (i == 0 && verdict.kind == FEEL_NUMBER)
            return item_at(list, verdict.number);
        if (verdict.kind != FEEL_BOOLEAN && verdict.kind != FEEL_NULL)
            return VALUE_NULL;
        if (value_is_true(verdict))
            eval_push(e, &kept, list.list.items[i]);
    }
    return eval_list(e, kept.items, kept.count);
}
