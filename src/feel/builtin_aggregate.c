/* SPDX-License-Identifier: EUPL-1.2 */
/* Functions that make one value of many: of a list, or of their arguments (10.3.4.4). */
#include "feel/builtin.h"

#include <stdlib.h>

/* sum([1, 2]) and sum(1, 2) mean the same. */
static FeelValue values_of(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue list = args[0];

    if (count > 1 || args[0].kind != FEEL_LIST) {
        FeelValue *items = eval_values(e, count);
        memcpy(items, args, count * sizeof *items);
        list = eval_list(e, items, count);
    }
    eval_steps(e, list.list.count);
    return list;
}

static FeelValue code_count(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)e, (void)count;
    return value_i64((int64_t)args[0].list.count);
}

static FeelValue extreme(FeelEval *e, const FeelValue *args, size_t count, int direction)
{
    FeelValue list = values_of(e, args, count);
    FeelValue best = VALUE_NULL;

    for (size_t i = 0; i < list.list.count; i++) {
        FeelValue item = list.list.items[i];
        int order;
        if (!value_order(item, i ? best : item, &order))
            return VALUE_NULL;
        if (i == 0 || order * direction > 0)
            best = item;
    }
    return best;
}

static FeelValue code_min(FeelEval *e, const FeelValue *args, size_t count)
{
    return extreme(e, args, count, -1);
}

static FeelValue code_max(FeelEval *e, const FeelValue *args, size_t count)
{
    return extreme(e, args, count, 1);
}

/* Numbers only; durations of one kind can be added as well. */
static FeelValue fold(FeelEval *e, FeelValue list, TermOp op)
{
    if (list.list.count == 0)
        return VALUE_NULL;
    FeelValue result = list.list.items[0];
    bool addable = result.kind == FEEL_NUMBER ||
                   (op == TERM_ADD &&
                    (result.kind == FEEL_DAYS_DURATION || result.kind == FEEL_MONTHS_DURATION));
    if (!addable)
        return VALUE_NULL;
    for (size_t i = 1; i < list.list.count; i++) {
        if (list.list.items[i].kind != result.kind)
            return VALUE_NULL;
        result = eval_arithmetic(e, op, result, list.list.items[i]);
        if (result.kind == FEEL_NULL)
            return VALUE_NULL;
    }
    return result;
}

static FeelValue code_sum(FeelEval *e, const FeelValue *args, size_t count)
{
    return fold(e, values_of(e, args, count), TERM_ADD);
}

static FeelValue code_product(FeelEval *e, const FeelValue *args, size_t count)
{
    return fold(e, values_of(e, args, count), TERM_MULTIPLY);
}

static FeelValue code_mean(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue list = values_of(e, args, count);
    FeelValue sum = fold(e, list, TERM_ADD);

    return eval_arithmetic(e, TERM_DIVIDE, sum, value_i64((int64_t)list.list.count));
}

/* all: false decides; any: true decides; else every item must be a truth. */
static FeelValue combine(FeelEval *e, const FeelValue *args, size_t count, bool decisive)
{
    FeelValue list = values_of(e, args, count);
    bool only_truths = true;

    for (size_t i = 0; i < list.list.count; i++) {
        FeelValue item = list.list.items[i];
        if (item.kind == FEEL_BOOLEAN && item.boolean == decisive)
            return item;
        only_truths = only_truths && item.kind == FEEL_BOOLEAN;
    }
    return only_truths ? value_boolean(!decisive) : VALUE_NULL;
}

static FeelValue code_all(FeelEval *e, const FeelValue *args, size_t count)
{
    return combine(e, args, count, false);
}

static FeelValue code_any(FeelEval *e, const FeelValue *args, size_t count)
{
    return combine(e, args, count, true);
}

static int by_number(const void *a, const void *b)
{
    return number_compare(((const FeelValue *)a)->number, ((const FeelValue *)b)->number);
}

/* A sorted copy of a list of numbers; false when an item is none. */
static bool sorted_numbers(FeelEval *e, FeelValue list, FeelValue **out)
{
    size_t count = list.list.count;

    for (size_t i = 0; i < count; i++)
        if (list.list.items[i].kind != FEEL_NUMBER)
            return false;
    *out = eval_values(e, count);
    if (count)
        memcpy(*out, list.list.items, count * sizeof **out);
    eval_steps(e, count * 4);
    qsort(*out, count, sizeof **out, by_number);
    return true;
}

static FeelValue code_median(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue list = values_of(e, args, count), *sorted;
    size_t middle = list.list.count / 2;

    if (list.list.count == 0 || !sorted_numbers(e, list, &sorted))
        return VALUE_NULL;
    if (list.list.count % 2)
        return sorted[middle];
    FeelValue sum = eval_arithmetic(e, TERM_ADD, sorted[middle - 1], sorted[middle]);
    return eval_arithmetic(e, TERM_DIVIDE, sum, value_i64(2));
}

/* Sample standard deviation; null for fewer than two numbers. */
static FeelValue code_stddev(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue list = values_of(e, args, count), squares = value_i64(0);
    FeelValue mean = code_mean(e, &list, 1);
    Number root;

    if (list.list.count < 2 || mean.kind != FEEL_NUMBER)
        return VALUE_NULL;
    for (size_t i = 0; i < list.list.count; i++) {
        FeelValue distance = eval_arithmetic(e, TERM_SUBTRACT, list.list.items[i], mean);
        squares = eval_arithmetic(e, TERM_ADD, squares,
                                  eval_arithmetic(e, TERM_MULTIPLY, distance, distance));
    }
    FeelValue variance =
        eval_arithmetic(e, TERM_DIVIDE, squares, value_i64((int64_t)list.list.count - 1));
    if (variance.kind != FEEL_NUMBER || !number_sqrt(variance.number, &root))
        return VALUE_NULL;
    return value_number(root);
}

/* The most frequent numbers, ascending. */
static FeelValue code_mode(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue list = values_of(e, args, count), *sorted;
    ValueList modes = {0};
    size_t best = 0;

    if (!sorted_numbers(e, list, &sorted))
        return VALUE_NULL;
    for (size_t i = 0; i < list.list.count;) {
        size_t run = i;
        while (run < list.list.count && by_number(&sorted[i], &sorted[run]) == 0)
            run++;
        if (run - i > best)
            modes.count = 0;
        if (run - i >= best) {
            best = run - i;
            eval_push(e, &modes, sorted[i]);
        }
        i = run;
    }
    return eval_list(e, modes.items, modes.count);
}

#define LIST_OR_VALUES(name, code, result)              \
    {name, code, result, 1, 1, {{"list", PARAM_LIST}}}, \
    {                                                   \
        name, code, result, 2, VARIADIC,                \
        {                                               \
            {                                           \
                "c1", PARAM_ANY                         \
            }                                           \
        }                                               \
    }

const Builtin BUILTIN_AGGREGATE[] = {
    {"count", code_count, RESULT_NUMBER, 1, 1, {{"list", PARAM_LIST}}},
    LIST_OR_VALUES("min", code_min, RESULT_ITEM),
    LIST_OR_VALUES("max", code_max, RESULT_ITEM),
    LIST_OR_VALUES("sum", code_sum, RESULT_ITEM),
    LIST_OR_VALUES("product", code_product, RESULT_NUMBER),
    LIST_OR_VALUES("mean", code_mean, RESULT_ITEM),
    LIST_OR_VALUES("all", code_all, RESULT_BOOLEAN),
    LIST_OR_VALUES("any", code_any, RESULT_BOOLEAN),
    LIST_OR_VALUES("median", code_median, RESULT_NUMBER),
    LIST_OR_VALUES("stddev", code_stddev, RESULT_NUMBER),
    LIST_OR_VALUES("mode", code_mode, RESULT_NUMBERS),
    {.name = NULL},
};
