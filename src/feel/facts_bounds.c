/* SPDX-License-Identifier: EUPL-1.2 */
/* Where the value of a term lies. */
#include "feel/facts.h"

#include "feel/builtin.h"
#include "feel/table.h"
#include "feel/type.h"

enum { MAX_DEPTH = 8 };

static Interval from(int64_t low)
{
    return interval_from(number_from_i64(low), false);
}

static Interval from_to(int64_t low, int64_t high)
{
    return interval_meet(from(low), interval_to(number_from_i64(high), false));
}

/* Facts about other programs' variables are not ours. */
static Interval elsewhere(Facts *f, const Term *term, bool tests)
{
    Facts other = {.arena = f->arena, .work = f->work, .depth = f->depth + 1};
    Interval in = INTERVAL_ALL;

    if (f->depth < MAX_DEPTH)
        in = tests ? facts_of_tests(&other, term, IS_TRUE) : facts_bounds(&other, term);
    f->work = other.work;
    return in;
}

/* --- Types ---------------------------------------------------------------------------------------
 */

static Interval of_type(Facts *f, const FeelType *type)
{
    Interval in = INTERVAL_ALL;

    if (type->bounds && !type->bounds->below)
        in = interval_from(type->bounds->low, false);
    if (type->bounds && !type->bounds->above)
        in = interval_meet(in, interval_to(type->bounds->high, false));
    if (type->constraint)
        in = interval_meet(in, elsewhere(f, type->constraint->root, true));
    return in;
}

Interval facts_of_items(Facts *facts, const Term *list)
{
    Interval all = INTERVAL_EMPTY;

    if (list->op == TERM_CONSTANT && list->constant.kind == FEEL_LIST) {
        for (size_t i = 0; i < list->constant.list.count; i++)
            all = interval_join(all, facts_of_value(list->constant.list.items[i]));
        return all;
    }
    if (list->op == TERM_CONSTANT && list->constant.kind == FEEL_RANGE) {
        Interval ends = interval_around(facts_of_value(list->constant.range->low),
                                        facts_of_value(list->constant.range->high));
        return list->constant.range->low_closed && list->constant.range->high_closed ? ends
                                                                                     : INTERVAL_ALL;
    }
    if (list->op == TERM_LIST) {
        for (size_t i = 0; i < list->count; i++)
            all = interval_join(all, facts_bounds(facts, list->items[i]));
        return all;
    }
    if (list->op == TERM_FOR)
        return INTERVAL_ALL;
    return list->type->kind == FEEL_LIST && list->type->item ? of_type(facts, list->type->item)
                                                             : INTERVAL_ALL;
}

/* --- Built-in functions
 * ---------------------------------------------------------------------------- */

typedef struct Rounded {
    int64_t scale;
    Rounding how;
} Rounded;

static bool map_round(Number n, const void *what, Number *out)
{
    const Rounded *rounded = what;

    return number_round(n, rounded->scale, rounded->how, out);
}

static bool map_sqrt(Number n, const void *what, Number *out)
{
    (void)what;
    return number_sqrt(n, out);
}

static Interval of_rounding(Facts *f, const Term *call, Rounding how)
{
    Interval scale = call->arg_count > 1 && call->args[1] ? facts_bounds(f, call->args[1])
                                                          : interval_point(NUMBER_ZERO);
    Rounded rounded = {.how = how};

    if (scale.empty || scale.below || scale.above || number_compare(scale.low, scale.high) != 0 ||
        !number_to_i64(scale.low, &rounded.scale))
        return INTERVAL_ALL;
    Interval in = interval_map(facts_bounds(f, call->args[0]), map_round, &rounded);
    /* Away from zero, nothing becomes 0. */
    if (how == ROUND_UP && !interval_has_zero(facts_bounds(f, call->args[0])))
        in = interval_meet(in, interval_not_zero());
    return in;
}

/* Of any number of values that lie there. */
static Interval of_many(const char *name, Interval each)
{
    bool positive = !each.empty && !each.below && !number_is_negative(each.low);

    if (strcmp(name, "min") == 0 || strcmp(name, "max") == 0)
        return each;
    if (strcmp(name, "product") == 0 && !interval_has_zero(each))
        return positive ? interval_from(NUMBER_ZERO, true) : interval_not_zero();
    return positive ? interval_from(NUMBER_ZERO, !interval_has_zero(each)) : INTERVAL_ALL;
}

/* The greatest is at least what each of the values is. */
static Interval greater(Interval a, Interval b)
{
    Interval all = interval_join(a, b);

    if (!a.below)
        all = interval_meet(all, interval_from(a.low, a.low_open));
    return b.below ? all : interval_meet(all, interval_from(b.low, b.low_open));
}

static Interval of_two(const char *name, Interval a, Interval b)
{
    if (a.empty || b.empty)
        return INTERVAL_EMPTY;
    if (strcmp(name, "sum") == 0)
        return interval_add(a, b);
    if (strcmp(name, "product") == 0)
        return interval_multiply(a, b);
    if (strcmp(name, "max") == 0)
        return greater(a, b);
    if (strcmp(name, "min") == 0)
        return interval_negate(greater(interval_negate(a), interval_negate(b)));
    return of_many(name, interval_join(a, b));
}

/* min, max, sum, mean, median, product of a list or of several values. */
static Interval of_aggregate(Facts *f, const Term *call)
{
    const char *name = call->builtin->name;
    const Term *const *values = call->args;
    size_t count = call->arg_count;

    if (count == 1 && values[0]->op != TERM_LIST)
        return of_many(name, facts_of_items(f, values[0]));
    if (count == 1) {
        count = values[0]->count;
        values = values[0]->items;
    }
    Interval all = count ? facts_bounds(f, values[0]) : INTERVAL_EMPTY;
    for (size_t i = 1; i < count; i++)
        all = of_two(name, all, facts_bounds(f, values[i]));
    return all;
}

static Interval of_builtin(Facts *f, const Term *call)
{
    static const struct {
        const char *name;
        Rounding how;
    } roundings[] = {
        {"decimal", ROUND_HALF_EVEN},         {"floor", ROUND_FLOOR},
        {"ceiling", ROUND_CEILING},           {"round up", ROUND_UP},
        {"round down", ROUND_DOWN},           {"round half up", ROUND_HALF_UP},
        {"round half down", ROUND_HALF_DOWN},
    };
    static const struct {
        const char *name;
        int low, high;
    } known[] = {{"day of year", 1, 366}, {"week of year", 1, 53}};
    const char *name = call->builtin->name;

    if (strcmp(name, "count") == 0 || strcmp(name, "string length") == 0)
        return from(0);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            return from_to(known[i].low, known[i].high);
    if (call->arg_count == 0 || !call->args[0])
        return INTERVAL_ALL;
    if (strcmp(name, "abs") == 0)
        return interval_abs(facts_bounds(f, call->args[0]));
    if (strcmp(name, "sqrt") == 0)
        return interval_map(interval_meet(facts_bounds(f, call->args[0]), from(0)), map_sqrt, NULL);
    for (size_t i = 0; i < sizeof roundings / sizeof *roundings; i++)
        if (strcmp(name, roundings[i].name) == 0)
            return of_rounding(f, call, roundings[i].how);
    if (strcmp(name, "min") == 0 || strcmp(name, "max") == 0 || strcmp(name, "sum") == 0 ||
        strcmp(name, "product") == 0 || strcmp(name, "mean") == 0 || strcmp(name, "median") == 0)
        return of_aggregate(f, call);
    return INTERVAL_ALL;
}

/* --- Tables
 * ----------------------------------------------------------------------------------------- */

/* What the rows say; no row at all gives null. */
static Interval of_table(Facts *f, const FeelTable *table)
{
    Interval all = INTERVAL_EMPTY;

    if (table->output_count != 1 || table->hit > FEEL_HIT_FIRST)
        return INTERVAL_ALL;
    for (size_t i = 0; i < table->rule_count; i++)
        all = interval_join(all, elsewhere(f, table->rules[i].results[0]->root, false));
    if (table->outputs[0].otherwise)
        all = interval_join(all, elsewhere(f, table->outputs[0].otherwise->root, false));
    return all;
}

/* --- Terms
 * ------------------------------------------------------------------------------------------ */

static Interval of_path(Facts *f, const Term *path)
{
    FeelTypeKind base = path->base->type->kind;
    bool day = base == FEEL_DATE || base == FEEL_DATE_TIME;

    if (day && str_is(path->name, "month"))
        return from_to(1, 12);
    if (day && str_is(path->name, "day"))
        return from_to(1, 31);
    if (day && str_is(path->name, "weekday"))
        return from_to(1, 7);
    return of_type(f, path->type);
}

static Interval of_if(Facts *f, const Term *term)
{
    size_t before = f->count;

    facts_learn(f, term->a, IS_TRUE);
    Interval yes = facts_bounds(f, term->b);
    f->count = before;
    facts_learn(f, term->a, NOT_TRUE);
    Interval no = facts_bounds(f, term->c);
    f->count = before;
    return interval_join(yes, no);
}

/* Of durations parts are cut off, so that a part of one may be none. */
static Interval of_arithmetic(Facts *f, const Term *term)
{
    Interval a = facts_bounds(f, term->a);

    if (term->op == TERM_NEGATE)
        return interval_negate(a);
    Interval b = facts_bounds(f, term->b);
    if (term->op == TERM_ADD)
        return interval_add(a, b);
    if (term->op == TERM_SUBTRACT)
        return interval_add(a, interval_negate(b));
    if (term->type->kind == FEEL_DAYS_DURATION || term->type->kind == FEEL_MONTHS_DURATION)
        return INTERVAL_ALL;
    if (term->op == TERM_MULTIPLY)
        return interval_multiply(a, b);
    return term->op == TERM_DIVIDE ? interval_divide(a, b) : interval_power(a, b);
}

static Interval computed(Facts *f, const Term *term)
{
    switch (term->op) {
    case TERM_CONSTANT: return facts_of_value(term->constant);
    case TERM_LOCAL:
    case TERM_GLOBAL:
    case TERM_ITEM_NAME:
    case TERM_FILTER: return of_type(f, term->type);
    case TERM_PATH: return of_path(f, term);
    case TERM_NEGATE:
    case TERM_ADD:
    case TERM_SUBTRACT:
    case TERM_MULTIPLY:
    case TERM_DIVIDE:
    case TERM_POWER: return of_arithmetic(f, term);
    case TERM_IF: return of_if(f, term);
    case TERM_BUILTIN: return of_builtin(f, term);
    case TERM_TABLE: return of_table(f, term->table);
    default: return INTERVAL_ALL;
    }
}

Interval facts_bounds(Facts *facts, const Term *term)
{
    if (facts_exhausted(facts))
        return INTERVAL_ALL;
    facts->work++;
    Interval in = computed(facts, term);
    for (size_t i = 0; i < facts->count; i++) {
        const Fact *fact = &facts->items[i];
        facts->work++;
        if (!fact->b && term_same(fact->a, term)) {
            in = interval_meet(in, fact->in);
        } else if (fact->b && term->op == TERM_SUBTRACT) {
            if (term_same(fact->a, term->a) && term_same(fact->b, term->b))
                in = interval_meet(in, fact->in);
            else if (term_same(fact->a, term->b) && term_same(fact->b, term->a))
                in = interval_meet(in, interval_negate(fact->in));
        }
    }
    return in;
}
