/* SPDX-License-Identifier: EUPL-1.2 */
/* Boxed for, some, every and filter: they mean what the expressions of FEEL mean (DMN 1.5,
 * 10.2.2.9 to 10.2.2.12). */
#include "feel/dmn_model.h"

#include "feel/moment.h"

typedef struct Repeat {
    FeelEval *e;
    const Box *box;
    ValueList results;
    FeelValue partial;
    Truth truth;
    bool failed; /* some, every: something said neither yes nor no */
} Repeat;

static void repeat_with(Repeat *r, FeelValue item)
{
    FeelEval *e = r->e;
    FeelContext *names = box_names(e, 2);

    /* A fresh set of names each time: a function made inside keeps its own. */
    box_add_name(names, r->box->variable, item);
    if (r->box->kind == BOX_FOR)
        box_add_name(names, STR("partial"), r->partial);
    const FeelContext *outer = e->globals;
    e->globals = names;
    FeelValue value = box_value(e, r->box->second);
    e->globals = outer;
    if (r->box->kind == BOX_FOR) {
        eval_push(e, &r->results, value);
        value_weigh(&r->partial, &value);
        r->partial.list.items = r->results.items;
        r->partial.list.count = r->results.count;
        (void)eval_bounded(e, r->partial);
        return;
    }
    Truth decisive = r->box->kind == BOX_SOME ? YES : NO;
    if (value.kind == FEEL_BOOLEAN && value.boolean == (decisive == YES))
        r->truth = decisive;
    else if (value.kind == FEEL_NULL && r->truth != decisive)
        r->truth = UNKNOWN;
    r->failed = r->failed || (value.kind != FEEL_BOOLEAN && value.kind != FEEL_NULL);
}

/* Whole numbers or days in the range; false when it has none that could be counted. */
static bool repeat_over_range(Repeat *r, const FeelRange *range)
{
    int64_t first, last;
    bool days = range->low.kind == FEEL_DATE && range->high.kind == FEEL_DATE;

    if (days) {
        first = range->low.at.day;
        last = range->high.at.day;
    } else if (range->low.kind != FEEL_NUMBER || range->high.kind != FEEL_NUMBER ||
               !number_to_i64(range->low.number, &first) ||
               !number_to_i64(range->high.number, &last)) {
        return false;
    }
    if (first > last)
        return false;
    if (range->high_closed)
        last++;
    for (int64_t i = range->low_closed ? first : first + 1; i < last; i++) {
        eval_steps(r->e, 1);
        repeat_with(r, days ? moment_date(i) : value_i64(i));
    }
    return true;
}

static bool repeat_over(Repeat *r, FeelValue domain)
{
    if (domain.kind == FEEL_NULL)
        return false;
    if (domain.kind == FEEL_RANGE)
        return repeat_over_range(r, domain.range);
    if (domain.kind != FEEL_LIST)
        repeat_with(r, domain);
    for (size_t i = 0; domain.kind == FEEL_LIST && i < domain.list.count; i++) {
        eval_steps(r->e, 1);
        repeat_with(r, domain.list.items[i]);
    }
    return true;
}

FeelValue box_repeat(FeelEval *e, const Box *box)
{
    Repeat r = {.e = e,
                .box = box,
                .partial = value_list(NULL, 0),
                .truth = box->kind == BOX_SOME ? NO : YES};

    if (!repeat_over(&r, box_value(e, box->first)))
        return VALUE_NULL;
    if (box->kind == BOX_FOR)
        return r.partial;
    return r.failed ? VALUE_NULL : value_truth(r.truth);
}

/* --- Filter ------------------------------------------------------------------------------------
 */

static FeelValue match(FeelEval *e, const Box *box, FeelValue item)
{
    const Box *condition = box->second;
    size_t fields = 0;

    if (condition->is_item_test)
        return condition->program ? eval_program(e, condition->program, &item) : VALUE_NULL;
    const FeelEntry *entries =
        item.kind == FEEL_CONTEXT ? context_entries(e->arena, item.context, &fields) : NULL;
    FeelContext *names = box_names(e, fields + 1);
    box_add_name(names, STR("item"), item);
    for (size_t i = 0; i < fields; i++)
        box_add_name(names, entries[i].key, entries[i].value);
    const FeelContext *outer = e->globals;
    e->globals = names;
    FeelValue verdict = box_value(e, condition);
    e->globals = outer;
    return verdict;
}

FeelValue box_filter(FeelEval *e, const Box *box)
{
    FeelValue list = box_value(e, box->first);
    ValueList kept = {0};

    if (list.kind == FEEL_NULL)
        list = value_list(NULL, 0);
    else if (list.kind != FEEL_LIST)
        list = eval_list(e, memcpy(eval_values(e, 1), &list, sizeof list), 1);
    for (size_t i = 0; i < list.list.count; i++) {
        FeelValue verdict = match(e, box, list.list.items[i]);
        eval_steps(e, 1);
        if (verdict.kind != FEEL_BOOLEAN && verdict.kind != FEEL_NULL)
            return VALUE_NULL;
        if (value_is_true(verdict))
            eval_push(e, &kept, list.list.items[i]);
    }
    return eval_list(e, kept.items, kept.count);
}
