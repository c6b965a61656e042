/* SPDX-License-Identifier: EUPL-1.2 */
/* List functions and sort (10.3.4.4, 10.3.4.9). Positions begin at 1; negative ones count
 * from the end. */
#include "feel/builtin.h"

static bool contains(FeelEval *e, const FeelValue *items, size_t count, FeelValue wanted)
{
    for (size_t i = 0; i < count; i++)
        if (eval_equal(e, items[i], wanted) == YES)
            return true;
    return false;
}

static FeelValue code_list_contains(FeelEval *e, const FeelValue *args, size_t count)
{
    (void)count;
    return value_boolean(contains(e, args[0].list.items, args[0].list.count, args[1]));
}

/* The 0-based index of a position in a list of `count`; false outside. */
static bool index_of(Number position, size_t count, size_t *index)
{
    int64_t at;

    if (!number_truncate_i64(position, &at))
        return false;
    if (at < 0)
        at += (int64_t)count + 1;
    if (at < 1 || at > (int64_t)count)
        return false;
    *index = (size_t)at - 1;
    return true;
}

static FeelValue code_sublist(FeelEval *e, const FeelValue *args, size_t count)
{
    size_t from;
    int64_t length;

    if (!index_of(args[1].number, args[0].list.count, &from))
        return VALUE_NULL;
    length = (int64_t)(args[0].list.count - from);
    if (count > 2) {
        int64_t wanted;
        if (!number_truncate_i64(args[2].number, &wanted) || wanted < 1 || wanted > length)
            return VALUE_NULL;
        length = wanted;
    }
    return eval_list(e, args[0].list.items + from, (size_t)length);
}

/* A copy with room for `more` items. */
static FeelValue *copy_items(FeelEval *e, FeelValue list, size_t more)
{
    FeelValue *items = eval_values(e, list.list.count + more);

    eval_steps(e, list.list.count);
    if (list.list.count)
        memcpy(items, list.list.items, list.list.count * sizeof *items);
    return items;
}

static FeelValue code_append(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue *items = copy_items(e, args[0], count - 1);

    memcpy(items + args[0].list.count, args + 1, (count - 1) * sizeof *items);
    return eval_list(e, items, args[0].list.count + count - 1);
}

static FeelValue code_concatenate(FeelEval *e, const FeelValue *args, size_t count)
{
    ValueList all = {0};

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < args[i].list.count; j++)
            eval_push(e, &all, args[i].list.items[j]);
    eval_steps(e, all.count);
    return eval_list(e, all.items, all.count);
}

static FeelValue code_insert_before(FeelEval *e, const FeelValue *args, size_t count)
{
    size_t at, length = args[0].list.count;

    (void)count;
    if (!index_of(args[1].number, length, &at))
        return VALUE_NULL;
    FeelValue *items = copy_items(e, args[0], 1);
    memmove(items + at + 1, items + at, (length - at) * sizeof *items);
    items[at] = args[2];
    return eval_list(e, items, length + 1);
}

static FeelValue code_remove(FeelEval *e, const FeelValue *args, size_t count)
{
    size_t at, length = args[0].list.count;

    (void)count;
    if (!index_of(args[1].number, length, &at))
        return VALUE_NULL;
    FeelValue *items = copy_items(e, args[0], 0);
    memmove(items + at, items + at + 1, (length - at - 1) * sizeof *items);
    return eval_list(e, items, length - 1);
}

static FeelValue code_replace_at(FeelEval *e, const FeelValue *args, size_t count)
{
    size_t at;

    (void)count;
    if (!index_of(args[1].number, args[0].list.count, &at))
        return VALUE_NULL;
    FeelValue *items = copy_items(e, args[0], 0);
    items[at] = args[2];
    return eval_list(e, items, args[0].list.count);
}

static FeelValue code_replace_matching(FeelEval *e, const FeelValue *args, size_t count)
{
    FeelValue *items = copy_items(e, args[0], 0);

    (void)count;
    for (size_t i = 0; i < args[0].list.count; i++) {
        FeelValue pair[2] = {items[i], args[2]};
        FeelValue verdict = eval_call(e, args[1].function, pair, 2);
        if (verdict.kind != FEEL_BOOLEAN)
            return VALUE_NULL;
        if (verdict.boolean)
            items[i] = args[2];
    }
    return eval_list(e, items, args[0].list.count);
}

static FeelValue code_reverse(FeelEval *e, const FeelValue *args, size_t count)
{
    size_t length = args[0].list.count;
    FeelValue *items = eval_values(e, length);

    (void)count;
    eval_steps(e, length);
    for (size_t i = 0; i < length; i++)
        items[i] = args[0].list.items[length - 1 - i];
    return eval_list(e, items, length);
}

static FeelValue code_index_of(FeelEval *e, const FeelValue *args, size_t count)
{
    ValueList found = {0};

    (void)count;
    for (size_t i = 0; i < args[0].list.count; i++)
        if (eval_equal(e, args[0].list.items[i], args[1]) == YES)
            eval_push(e, &found, value_i64((int64_t)i + 1));
    return eval_list(e, found.items, found.count);
}

static FeelValue code_union(FeelEval *e, const FeelValue *args, size_t count)
{
    ValueList all = {0};

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < args[i].list.count; j++)
            if (!contains(e, all.items, all.count, args[i].list.items[j]))
                eval_push(e, &all, args[i].list.items[j]);
    return eval_list(e, all.items, all.count);
}

static void flatten_into(FeelEval *e, ValueList *all, FeelValue list)
{
    eval_steps(e, list.list.count + 1);
    for (size_t i = 0; i < list.list.count; i++) {
        if (list.list.items[i].kind == FEEL_LIST)
            flatten_into(e, all, list.list.items[i]);
        else
            eval_push(e, all, list.list.items[i]);
    }
}

static FeelValue code_flatten(FeelEval *e, const FeelValue *args, size_t count)
{
    ValueList all = {0};

    (void)count;
    flatten_into(e, &all, args[0]);
    return eval_list(e, all.items, all.count);
}

/* --- sort ----------------------------------------------------------------------------- */

/* Must `b` come before `a`? Without a function by their natural order. */
static bool swapped(FeelEval *e, const FeelFunction *precedes, FeelValue a, FeelValue b,
                    bool *failed)
{
    FeelValue pair[2] = {b, a};
    int order;

    if (!precedes) {
        if (!value_order(b, a, &order))
            *failed = true;
        return !*failed && order < 0;
    }
    FeelValue verdict = eval_call(e, precedes, pair, 2);
    if (verdict.kind != FEEL_BOOLEAN)
        *failed = true;
    return !*failed && verdict.boolean;
}

/* Merge sort, stable; what a careless function answers cannot disturb it. */
static bool merge_sort(FeelEval *e, FeelValue *items, FeelValue *spare, size_t count,
                       const FeelFunction *precedes)
{
    bool failed = false;

    for (size_t width = 1; width < count; width *= 2) {
        eval_steps(e, count);
        for (size_t from = 0; from < count; from += 2 * width) {
            size_t middle = from + width < count ? from + width : count;
            size_t end = from + 2 * width < count ? from + 2 * width : count;
            size_t left = from, right = middle, to = from;
            while (left < middle && right < end && !failed)
                spare[to++] = swapped(e, precedes, items[left], items[right], &failed)
                                  ? items[right++]
                                  : items[left++];
            if (failed)
                return false;
            while (left < middle)
                spare[to++] = items[left++];
            while (right < end)
                spare[to++] = items[right++];
        }
        memcpy(items, spare, count * sizeof *items);
    }
    return true;
}

static FeelValue code_sort(FeelEval *e, const FeelValue *args, size_t count)
{
    size_t length = args[0].list.count;
    FeelValue *items = copy_items(e, args[0], 0), *spare = eval_values(e, length);

    if (!merge_sort(e, items, spare, length, count > 1 ? args[1].function : NULL))
        return VALUE_NULL;
    return eval_list(e, items, length);
}

const Builtin BUILTIN_LIST[] = {
    {"list contains",
     code_list_contains,
     RESULT_BOOLEAN,
     2,
     2,
     {{"list", PARAM_LIST}, {"element", PARAM_ANY}}},
    {"sublist",
     code_sublist,
     RESULT_SAME_LIST,
     2,
     3,
     {{"list", PARAM_LIST}, {"start position", PARAM_NUMBER}, {"length", PARAM_NUMBER}}},
    {"append", code_append, RESULT_LIST, 2, VARIADIC, {{"list", PARAM_LIST}, {"item", PARAM_ANY}}},
    {"concatenate", code_concatenate, RESULT_SAME_LIST, 1, VARIADIC, {{"list", PARAM_LIST}}},
    {"insert before",
     code_insert_before,
     RESULT_LIST,
     3,
     3,
     {{"list", PARAM_LIST}, {"position", PARAM_NUMBER}, {"newItem", PARAM_ANY}}},
    {"remove",
     code_remove,
     RESULT_SAME_LIST,
     2,
     2,
     {{"list", PARAM_LIST}, {"position", PARAM_NUMBER}}},
    {"list replace",
     code_replace_at,
     RESULT_LIST,
     3,
     3,
     {{"list", PARAM_LIST}, {"position", PARAM_NUMBER}, {"newItem", PARAM_ANY}}},
    {"list replace",
     code_replace_matching,
     RESULT_LIST,
     3,
     3,
     {{"list", PARAM_LIST}, {"match", PARAM_FUNCTION}, {"newItem", PARAM_ANY}}},
    {"reverse", code_reverse, RESULT_SAME_LIST, 1, 1, {{"list", PARAM_LIST}}},
    {"index of", code_index_of, RESULT_NUMBERS, 2, 2, {{"list", PARAM_LIST}, {"match", PARAM_ANY}}},
    {"union", code_union, RESULT_LIST, 1, VARIADIC, {{"list", PARAM_LIST}}},
    {"distinct values", code_union, RESULT_SAME_LIST, 1, 1, {{"list", PARAM_LIST}}},
    {"flatten", code_flatten, RESULT_LIST, 1, 1, {{"list", PARAM_LIST}}},
    {"sort",
     code_sort,
     RESULT_SAME_LIST,
     1,
     2,
     {{"list", PARAM_LIST}, {"precedes", PARAM_FUNCTION}}},
    {.name = NULL},
};
